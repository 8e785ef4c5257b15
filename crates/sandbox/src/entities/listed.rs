//! The parameter `entities`: formatting that is given entity by entity, with its bounds checked.

use serde_json::Value;

use super::{Entity, Formatted, Kind, link, units};
use crate::answer::{ApiError, Result};

/// Text with entities given one by one.
pub fn read(text: String, list: Option<Result<Value, ()>>) -> Result<Formatted> {
    let Some(list) = list else { return Ok(Formatted { text, entities: Vec::new() }) };
    let bad = || ApiError::bad("can't parse entities: can't parse entities JSON object");
    let list = list.map_err(|()| bad())?;
    let mut entities = Vec::new();
    for item in list.as_array().ok_or_else(bad)? {
        if let Some(entity) = listed_entity(item)? {
            check_bounds(&text, &entity)?;
            entities.push(entity);
        }
    }
    Ok(Formatted { text, entities })
}

fn listed_entity(item: &Value) -> Result<Option<Entity>> {
    let bad = |what: &str| ApiError::bad(format!("can't parse entities: {what}"));
    let item = item.as_object().ok_or_else(|| bad("expected an Object as MessageEntity"))?;
    let number = |name: &str| {
        let value = item.get(name).and_then(crate::methods::as_int);
        value.ok_or_else(|| bad(&format!("field \"{name}\" must be a valid Number")))
    };
    let kind = item.get("type").and_then(Value::as_str).ok_or_else(|| bad("field \"type\" must be of type String"))?;
    let (offset, length) = (number("offset")?, number("length")?);
    let (Ok(offset), Ok(length)) = (usize::try_from(offset), usize::try_from(length)) else { return Ok(None) };
    let text = |name: &str| item.get(name).and_then(Value::as_str).unwrap_or_default();
    let kind = match kind {
        "bold" => Kind::Bold,
        "italic" => Kind::Italic,
        "underline" => Kind::Underline,
        "strikethrough" => Kind::Strikethrough,
        "spoiler" => Kind::Spoiler,
        "blockquote" => Kind::Blockquote,
        "expandable_blockquote" => Kind::ExpandableBlockquote,
        "code" => Kind::Code,
        "pre" if text("language").is_empty() => Kind::Pre,
        "pre" => Kind::PreCode(text("language").to_owned()),
        "text_link" => match link::classify(text("url")) {
            Some(kind) => kind,
            None => return Ok(None),
        },
        "text_mention" => match item.get("user").and_then(|user| user["id"].as_i64()) {
            Some(id) => Kind::TextMention(id),
            None => return Err(bad("field \"user\" must have an id")),
        },
        "custom_emoji" => match text("custom_emoji_id").parse() {
            Ok(id) => Kind::CustomEmoji(id),
            Err(_) => return Err(bad("invalid custom emoji identifier specified")),
        },
        // What is found by itself needn't be said, and unknown kinds are ignored.
        _ => return Ok(None),
    };
    Ok(Some(Entity { kind, offset, length }))
}

fn check_bounds(text: &str, entity: &Entity) -> Result<()> {
    let (begin, end) = (entity.offset, entity.end());
    let all = units(text);
    if begin > all {
        return Err(ApiError::bad(format!("entity begins after the end of the text at UTF-16 offset {begin}")));
    }
    if end > all {
        let what =
            format!("entity beginning at UTF-16 offset {begin} ends after the end of the text at UTF-16 offset {end}");
        return Err(ApiError::bad(what));
    }
    let (mut unit, mut byte) = (0, 0);
    for char in text.chars() {
        if char.len_utf16() == 2 && begin == unit + 1 {
            return Err(ApiError::bad(format!("entity begins in a middle of a UTF-16 symbol at byte offset {byte}")));
        }
        if char.len_utf16() == 2 && end == unit + 1 {
            let what = format!(
                "entity beginning at UTF-16 offset {begin} ends in a middle of a UTF-16 symbol at byte offset {byte}"
            );
            return Err(ApiError::bad(what));
        }
        unit += char.len_utf16();
        byte += char.len_utf8();
    }
    Ok(())
}
