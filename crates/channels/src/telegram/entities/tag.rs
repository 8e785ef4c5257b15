//! Start tags of HTML and the entities of pairs of tags.

use model::content::Entity;

use super::{
    cursor::{Cursor, is_space},
    date_time,
    html::character_reference,
    link,
    output::{Output, Parsed},
};

const TAGS: [&str; 18] = [
    "a",
    "b",
    "strong",
    "i",
    "em",
    "s",
    "strike",
    "del",
    "u",
    "ins",
    "tg-spoiler",
    "tg-emoji",
    "tg-time",
    "span",
    "pre",
    "code",
    "blockquote",
    "",
];

/// A tag that waits for its end.
pub(super) struct Open {
    pub(super) name: String,
    /// The attribute that matters for this tag.
    argument: String,
    /// The format of a `tg-time`.
    format: String,
    offset: i64,
    /// Where its text begins in the output.
    begin: usize,
}

/// Reads a start tag, the cursor standing after its `<`.
pub(super) fn open(cursor: &mut Cursor<'_>, start: usize, out: &Output) -> Parsed<Open> {
    let name = cursor.take_while(|byte| !is_space(byte) && byte != b'>').to_ascii_lowercase();
    if cursor.is_at_end() {
        return Err(format!("Unclosed start tag at byte offset {start}"));
    }
    if name.is_empty() || !TAGS.contains(&name.as_str()) {
        return Err(format!("Unsupported start tag \"{name}\" at byte offset {start}"));
    }
    let (argument, format) = (String::new(), String::new());
    let mut tag = Open { name, argument, format, offset: out.units, begin: out.text.len() };
    while cursor.peek(0) != b'>' {
        cursor.skip_space();
        if cursor.peek(0) == b'>' {
            break;
        }
        attribute(cursor, start, &mut tag)?;
    }
    if tag.name == "span" && tag.argument != "spoiler" {
        return Err(format!("Tag \"span\" must have class \"tg-spoiler\" at byte offset {start}"));
    }
    cursor.at += 1;
    Ok(tag)
}

fn attribute(cursor: &mut Cursor<'_>, start: usize, tag: &mut Open) -> Parsed<()> {
    let name = cursor.take_while(|byte| !is_space(byte) && !b"=>/\"'".contains(&byte));
    if name.is_empty() {
        return Err(format!("Empty attribute name in the tag \"{}\" at byte offset {start}", tag.name));
    }
    let unclosed = || Err(format!("Unclosed start tag \"{}\" at byte offset {start}", tag.name));
    cursor.skip_space();
    if cursor.peek(0) != b'=' {
        if cursor.is_at_end() {
            return unclosed();
        }
        tag.set(name, String::new());
        return Ok(());
    }
    cursor.at += 1;
    cursor.skip_space();
    if cursor.is_at_end() {
        return unclosed();
    }
    let value = if matches!(cursor.peek(0), b'\'' | b'"') { quoted(cursor) } else { token(cursor)? };
    if cursor.is_at_end() {
        return Err(format!("Unclosed start tag at byte offset {start}"));
    }
    tag.set(name, value);
    Ok(())
}

/// A value without quotes: letters, digits, full stops and hyphens.
fn token(cursor: &mut Cursor<'_>) -> Parsed<String> {
    let start = cursor.at;
    let value = cursor.take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    if !is_space(cursor.peek(0)) && cursor.peek(0) != b'>' {
        return Err(format!("Unexpected end of name token at byte offset {start}"));
    }
    Ok(value.to_ascii_lowercase())
}

fn quoted(cursor: &mut Cursor<'_>) -> String {
    let end = cursor.peek(0);
    cursor.at += 1;
    let mut value = String::new();
    while !cursor.is_at_end() && cursor.peek(0) != end {
        let referred = if cursor.peek(0) == b'&' { character_reference(cursor) } else { None };
        value.extend(
            referred.map(|code| char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)).or_else(|| cursor.take()),
        );
    }
    cursor.at += usize::from(!cursor.is_at_end());
    value
}

impl Open {
    fn set(&mut self, attribute: &str, value: String) {
        match (self.name.as_str(), attribute) {
            ("a", "href") | ("tg-emoji", "emoji-id") | ("tg-time", "unix") => self.argument = value,
            ("tg-time", "format") => self.format = value,
            ("blockquote", "expandable") => self.argument = "1".into(),
            ("code", "class") => self.set_stripped(&value, "language-"),
            ("span", "class") => self.set_stripped(&value, "tg-"),
            _ => {}
        }
    }

    fn set_stripped(&mut self, value: &str, prefix: &str) {
        if let Some(rest) = value.strip_prefix(prefix) {
            self.argument = rest.to_owned();
        }
    }

    /// Adds what the tag means for the text since it was opened.
    pub(super) fn close(self, out: &mut Output) -> Parsed<()> {
        if out.units == self.offset {
            return Ok(());
        }
        let stretch = |kind: &str| out.entity(kind, self.offset);
        let entity = match self.name.as_str() {
            "i" | "em" => Some(stretch("italic")),
            "b" | "strong" => Some(stretch("bold")),
            "s" | "strike" | "del" => Some(stretch("strikethrough")),
            "u" | "ins" => Some(stretch("underline")),
            "tg-spoiler" | "span" => Some(stretch("spoiler")),
            "blockquote" if self.argument.is_empty() => Some(stretch("blockquote")),
            "blockquote" => Some(stretch("expandable_blockquote")),
            "tg-emoji" => Some(self.custom_emoji(stretch("custom_emoji"))?),
            "tg-time" => self.date_time(stretch("date_time"))?,
            "a" => self.link(out, stretch("text_link")),
            name => {
                let stretch = stretch(name);
                self.block(out, stretch);
                return Ok(());
            }
        };
        out.entities.extend(entity);
        Ok(())
    }

    fn custom_emoji(&self, stretch: Entity) -> Parsed<Entity> {
        let id = link::integer(&self.argument).filter(|id| *id != 0);
        let id = id.ok_or("Invalid custom emoji identifier specified")?;
        Ok(Entity { custom_emoji_id: Some(id.to_string()), ..stretch })
    }

    fn date_time(&self, stretch: Entity) -> Parsed<Option<Entity>> {
        if !date_time::is_format(&self.format) {
            return Err("Invalid date format used".into());
        }
        Ok(date_time::from_attribute(&self.argument).and_then(|time| date_time::entity(time, &self.format, stretch)))
    }

    /// Without an address the text itself is the link.
    fn link(&self, out: &Output, stretch: Entity) -> Option<Entity> {
        let address = if self.argument.is_empty() { &out.text[self.begin..] } else { &self.argument };
        link::entity(address, stretch)
    }

    /// `pre` and `code` around the same text are one block, with the language of the `code`.
    fn block(self, out: &mut Output, stretch: Entity) {
        let other = if self.name == "pre" { "code" } else { "pre" };
        let twin = out
            .entities
            .last_mut()
            .filter(|last| last.kind == other && last.offset == stretch.offset && last.length == stretch.length);
        match twin {
            Some(code) if other == "code" && code.language.is_some() => code.kind = "pre".into(),
            Some(pre) if other == "pre" && pre.language.is_none() && !self.argument.is_empty() => {
                pre.language = Some(self.argument);
            }
            _ => {
                let language = Some(self.argument).filter(|language| !language.is_empty());
                out.entities.push(Entity { language, ..stretch });
            }
        }
    }
}
