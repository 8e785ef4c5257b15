//! `parse_mode=HTML`. Anything that looks like a tag and is none of the known ones is an error, as at Telegram.

use super::{
    Entity, Formatted, Kind, link,
    scan::{Output, Source, is_space},
};

const TAGS: [&str; 17] = [
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
];

/// A tag that is open.
struct Open {
    tag: String,
    attributes: Attributes,
    offset: usize,
    begin: usize,
}

/// A finished entity; code remembers its language in case `<pre>` surrounds it.
struct Found {
    entity: Entity,
    language: String,
}

/// What the tags make use of, of all that they may carry.
#[derive(Default)]
struct Attributes {
    argument: String,
    format: String,
    expandable: bool,
}

pub fn parse(text: &str) -> Result<Formatted, String> {
    let source = Source(text.as_bytes());
    let (mut output, mut entities, mut open) = (Output::default(), Vec::new(), Vec::<Open>::new());
    let mut i = 0;
    while i < source.0.len() {
        match source.at(i) {
            b'&' => match reference(&source, i) {
                Some((char, next)) => {
                    output.push_char(char);
                    i = next;
                }
                None => {
                    output.push(b'&');
                    i += 1;
                }
            },
            b'<' if source.at(i + 1) == b'/' => i = end_tag(&source, i, &output, &mut open, &mut entities)?,
            b'<' => {
                let (tag, attributes, next) = start_tag(&source, i)?;
                open.push(Open { tag, attributes, offset: output.units, begin: output.bytes.len() });
                i = next;
            }
            byte => {
                output.push(byte);
                i += 1;
            }
        }
    }
    match open.last() {
        Some(left) => Err(format!("Can't find end tag corresponding to start tag \"{}\"", left.tag)),
        None => Ok(output.finish(entities.into_iter().map(|found| found.entity).collect())),
    }
}

/// A character reference at `begin`, and where the text goes on.
fn reference(source: &Source<'_>, begin: usize) -> Option<(char, usize)> {
    let mut end = begin + 1;
    let code = if source.at(end) == b'#' {
        end += 1;
        let radix = if source.at(end) == b'x' { 16 } else { 10 };
        end += usize::from(radix == 16);
        let digits = end;
        while source.at(end).is_ascii_hexdigit() && (radix == 16 || source.at(end).is_ascii_digit()) {
            end += 1;
        }
        let code = u32::from_str_radix(&source.text(digits, end), radix).ok()?;
        if code == 0 || code >= 0x10_FFFF || end - begin >= 10 {
            return None;
        }
        code
    } else {
        while source.at(end).is_ascii_alphabetic() {
            end += 1;
        }
        match &source.0[begin + 1..end] {
            b"lt" => u32::from(b'<'),
            b"gt" => u32::from(b'>'),
            b"amp" => u32::from(b'&'),
            b"quot" => u32::from(b'"'),
            _ => return None,
        }
    };
    Some((char::from_u32(code)?, end + usize::from(source.at(end) == b';')))
}

fn start_tag(source: &Source<'_>, begin: usize) -> Result<(String, Attributes, usize), String> {
    let mut i = source.until_space_or(begin + 1, b'>');
    if i >= source.0.len() {
        return Err(format!("Unclosed start tag at byte offset {begin}"));
    }
    let tag = source.text(begin + 1, i).to_ascii_lowercase();
    if !TAGS.contains(&tag.as_str()) {
        return Err(format!("Unsupported start tag \"{tag}\" at byte offset {begin}"));
    }
    let mut attributes = Attributes::default();
    while source.at(i) != b'>' {
        i = skip_spaces(source, i);
        if source.at(i) == b'>' {
            break;
        }
        i = attribute(source, i, begin, &tag, &mut attributes)?;
    }
    if tag == "span" && attributes.argument != "spoiler" {
        return Err(format!("Tag \"span\" must have class \"tg-spoiler\" at byte offset {begin}"));
    }
    Ok((tag, attributes, i + 1))
}

fn skip_spaces(source: &Source<'_>, mut i: usize) -> usize {
    while source.at(i) != 0 && is_space(source.at(i)) {
        i += 1;
    }
    i
}

fn attribute(
    source: &Source<'_>,
    begin: usize,
    tag_begin: usize,
    tag: &str,
    into: &mut Attributes,
) -> Result<usize, String> {
    let unclosed = || format!("Unclosed start tag at byte offset {tag_begin}");
    let mut i = begin;
    while !is_space(source.at(i)) && !matches!(source.at(i), b'=' | b'>' | b'/' | b'"' | b'\'') {
        i += 1;
    }
    let name = source.text(begin, i);
    if name.is_empty() {
        return Err(format!("Empty attribute name in the tag \"{tag}\" at byte offset {tag_begin}"));
    }
    i = skip_spaces(source, i);
    if i >= source.0.len() {
        return Err(unclosed());
    }
    if source.at(i) != b'=' {
        note(tag, &name, String::new(), into);
        return Ok(i);
    }
    i = skip_spaces(source, i + 1);
    if i >= source.0.len() {
        return Err(unclosed());
    }
    let (value, next) = match source.at(i) {
        quote @ (b'\'' | b'"') => literal(source, i + 1, quote).ok_or_else(unclosed)?,
        _ => name_token(source, i)?,
    };
    note(tag, &name, value, into);
    Ok(next)
}

/// A value in quotes, and where the tag goes on.
fn literal(source: &Source<'_>, mut i: usize, quote: u8) -> Option<(String, usize)> {
    let mut value = Output::default();
    while i < source.0.len() && source.at(i) != quote {
        match (source.at(i) == b'&').then(|| reference(source, i)).flatten() {
            Some((char, next)) => {
                value.push_char(char);
                i = next;
            }
            None => {
                value.push(source.at(i));
                i += 1;
            }
        }
    }
    (i < source.0.len()).then(|| (value.since(0), i + 1))
}

/// A value without quotes: letters, digits, periods and hyphens, in any case.
fn name_token(source: &Source<'_>, begin: usize) -> Result<(String, usize), String> {
    let mut i = begin;
    while source.at(i).is_ascii_alphanumeric() || source.at(i) == b'.' || source.at(i) == b'-' {
        i += 1;
    }
    if !is_space(source.at(i)) && source.at(i) != b'>' {
        return Err(format!("Unexpected end of name token at byte offset {begin}"));
    }
    Ok((source.text(begin, i).to_ascii_lowercase(), i))
}

fn note(tag: &str, name: &str, value: String, into: &mut Attributes) {
    match (tag, name) {
        ("a", "href") | ("tg-emoji", "emoji-id") | ("tg-time", "unix") => into.argument = value,
        ("tg-time", "format") => into.format = value,
        ("code", "class") => into.argument = value.strip_prefix("language-").unwrap_or_default().to_owned(),
        ("span", "class") => into.argument = value.strip_prefix("tg-").unwrap_or_default().to_owned(),
        ("blockquote", "expandable") => into.expandable = true,
        _ => {}
    }
}

fn end_tag(
    source: &Source<'_>,
    begin: usize,
    output: &Output,
    open: &mut Vec<Open>,
    entities: &mut Vec<Found>,
) -> Result<usize, String> {
    let Some(closed) = open.pop() else {
        return Err(format!("Unexpected end tag at byte offset {begin}"));
    };
    let mut i = source.until_space_or(begin + 2, b'>');
    let name = source.text(begin + 2, i).to_ascii_lowercase();
    i = skip_spaces(source, i);
    if source.at(i) != b'>' {
        return Err(format!("Unclosed end tag at byte offset {begin}"));
    }
    if !name.is_empty() && name != closed.tag {
        let tag = &closed.tag;
        return Err(format!("Unmatched end tag at byte offset {begin}, expected \"</{tag}>\", found \"</{name}>\""));
    }
    if output.units > closed.offset {
        close(closed, output, entities)?;
    }
    Ok(i + 1)
}

fn close(closed: Open, output: &Output, entities: &mut Vec<Found>) -> Result<(), String> {
    let (offset, length) = (closed.offset, output.units - closed.offset);
    let argument = closed.attributes.argument;
    if closed.tag == "pre" || closed.tag == "code" {
        close_code(&closed.tag, argument, offset, length, entities);
        return Ok(());
    }
    let kind = match closed.tag.as_str() {
        "b" | "strong" => Some(Kind::Bold),
        "i" | "em" => Some(Kind::Italic),
        "u" | "ins" => Some(Kind::Underline),
        "s" | "strike" | "del" => Some(Kind::Strikethrough),
        "blockquote" if closed.attributes.expandable => Some(Kind::ExpandableBlockquote),
        "blockquote" => Some(Kind::Blockquote),
        "a" if argument.is_empty() => link::classify(&output.since(closed.begin)),
        "a" => link::classify(&argument),
        "tg-emoji" => {
            let id = argument.parse().ok().filter(|id| *id != 0);
            Some(Kind::CustomEmoji(id.ok_or("Invalid custom emoji identifier specified")?))
        }
        "tg-time" => {
            let format = closed.attributes.format;
            argument.parse().ok().map(|unix_time| Kind::DateTime { unix_time, format })
        }
        _ => Some(Kind::Spoiler),
    };
    entities.extend(kind.map(|kind| Found { entity: Entity { kind, offset, length }, language: String::new() }));
    Ok(())
}

/// `<pre>` and `<code class="language-…">` around the very same text are one entity with a language.
fn close_code(tag: &str, language: String, offset: usize, length: usize, entities: &mut Vec<Found>) {
    let (kind, other) = if tag == "pre" { (Kind::Pre, Kind::Code) } else { (Kind::Code, Kind::Pre) };
    let twin = entities
        .last_mut()
        .filter(|last| (last.entity.offset, last.entity.length) == (offset, length) && last.entity.kind == other);
    match twin {
        Some(twin) if !(language.is_empty() && twin.language.is_empty()) => {
            let language = if language.is_empty() { std::mem::take(&mut twin.language) } else { language };
            twin.entity.kind = Kind::PreCode(language);
        }
        _ => entities.push(Found { entity: Entity { kind, offset, length }, language }),
    }
}
