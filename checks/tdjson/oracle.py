"""What Telegram itself makes of a formatted text.

Reads one JSON object a line, `{"text": "<b>hi</b>", "parse_mode": "HTML"}` (or `MarkdownV2`, `Markdown`), and answers
each with one line: `{"text": "hi", "entities": [{"type": "bold", "offset": 0, "length": 2}]}` with the names of the
Bot API, or `{"error": "Can't parse entities: …"}`. The parser is TDLib's own, by the package tdjson.
"""

import json
import sys

import tdjson

PARSE_MODES = {
    "HTML": {"@type": "textParseModeHTML"},
    "MarkdownV2": {"@type": "textParseModeMarkdown", "version": 2},
    "Markdown": {"@type": "textParseModeMarkdown", "version": 1},
}

# TDLib's name of an entity → the Bot API's name.
ENTITY_TYPES = {
    "textEntityTypeBold": "bold",
    "textEntityTypeItalic": "italic",
    "textEntityTypeUnderline": "underline",
    "textEntityTypeStrikethrough": "strikethrough",
    "textEntityTypeSpoiler": "spoiler",
    "textEntityTypeCode": "code",
    "textEntityTypePre": "pre",
    "textEntityTypePreCode": "pre",
    "textEntityTypeBlockQuote": "blockquote",
    "textEntityTypeExpandableBlockQuote": "expandable_blockquote",
    "textEntityTypeTextUrl": "text_link",
    "textEntityTypeMentionName": "text_mention",
    "textEntityTypeCustomEmoji": "custom_emoji",
    "textEntityTypeDateTime": "date_time",
}


def execute(request: dict) -> dict:
    answer = tdjson.td_execute(json.dumps(request).encode())
    return json.loads(answer) if answer is not None else {"@type": "error", "message": "TDLib gave no answer"}


def entity(found: dict) -> dict:
    kind = found["type"]
    named = {"type": ENTITY_TYPES[kind["@type"]], "offset": found["offset"], "length": found["length"]}
    if "url" in kind:
        named["url"] = kind["url"]
    if "language" in kind:
        named["language"] = kind["language"]
    if "user_id" in kind:
        named["user"] = {"id": kind["user_id"]}
    if "custom_emoji_id" in kind:
        named["custom_emoji_id"] = str(kind["custom_emoji_id"])
    if "unix_time" in kind:
        named["unix_time"] = kind["unix_time"]
    return named


def parse(question: dict) -> dict:
    mode = PARSE_MODES.get(question["parse_mode"])
    if mode is None:
        return {"error": f"unknown parse_mode {question['parse_mode']!r}, only: {', '.join(PARSE_MODES)}"}
    answer = execute({"@type": "parseTextEntities", "text": question["text"], "parse_mode": mode})
    if answer["@type"] == "error":
        return {"error": answer["message"]}
    return {"text": answer["text"], "entities": [entity(found) for found in answer["entities"]]}


def main() -> None:
    execute({"@type": "setLogVerbosityLevel", "new_verbosity_level": 0})
    for line in sys.stdin:
        # One answer a line and at once, so that a caller may ask the next question after reading it.
        print(json.dumps(parse(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
