//! The parse mode HTML.

use super::{
    Formatted,
    cursor::{Cursor, is_space},
    output::{Output, Parsed},
    tag::{self, Open},
};

/// Parses a source in HTML.
pub(super) fn parse(source: &str) -> Parsed<Formatted> {
    let mut cursor = Cursor::new(source);
    let mut out = Output::default();
    let mut open: Vec<Open> = Vec::new();
    let mut has_surrogates = false;
    while !cursor.is_at_end() {
        let start = cursor.at;
        if cursor.peek(0) == b'&'
            && let Some(code) = character_reference(&mut cursor)
        {
            has_surrogates |= (0xd800..0xe000).contains(&code);
            out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
        } else if cursor.peek(0) != b'<' {
            out.push(cursor.take().expect("the cursor is not at the end"));
        } else if cursor.peek(1) == b'/' {
            cursor.at += 2;
            end_tag(&mut cursor, start, &mut open, &mut out)?;
        } else {
            cursor.at += 1;
            open.push(tag::open(&mut cursor, start, &out)?);
        }
    }
    if let Some(tag) = open.last() {
        return Err(format!("Can't find end tag corresponding to start tag \"{}\"", tag.name));
    }
    if has_surrogates {
        return Err("Text contains invalid Unicode characters after decoding HTML entities, check for unmatched \
                    surrogate code units"
            .into());
    }
    // Only a block keeps its language; code within a line has none.
    for entity in out.entities.iter_mut().filter(|entity| entity.kind == "code") {
        entity.language = None;
    }
    Ok(out.finish())
}

/// Reads an end tag, the cursor standing after its `</`.
fn end_tag(cursor: &mut Cursor<'_>, start: usize, open: &mut Vec<Open>, out: &mut Output) -> Parsed<()> {
    let Some(tag) = open.pop() else {
        return Err(format!("Unexpected end tag at byte offset {start}"));
    };
    let name = cursor.take_while(|byte| !is_space(byte) && byte != b'>').to_ascii_lowercase();
    cursor.skip_space();
    if cursor.peek(0) != b'>' {
        return Err(format!("Unclosed end tag at byte offset {start}"));
    }
    cursor.at += 1;
    if !name.is_empty() && name != tag.name {
        let expected = &tag.name;
        return Err(format!(
            "Unmatched end tag at byte offset {start}, expected \"</{expected}>\", found \"</{name}>\""
        ));
    }
    tag.close(out)
}

/// Takes a character reference and answers its code point, which may be a surrogate; takes nothing when it is none that
/// Telegram knows.
pub(super) fn character_reference(cursor: &mut Cursor<'_>) -> Option<u32> {
    let start = cursor.at;
    cursor.at += 1;
    let code = if cursor.peek(0) == b'#' { numeric(cursor, start) } else { named(cursor) };
    if code.is_none() {
        cursor.at = start;
    } else if cursor.peek(0) == b';' {
        cursor.at += 1;
    }
    code
}

fn named(cursor: &mut Cursor<'_>) -> Option<u32> {
    let character = match cursor.take_while(|byte| byte.is_ascii_alphabetic()) {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        _ => return None,
    };
    Some(u32::from(character))
}

fn numeric(cursor: &mut Cursor<'_>, start: usize) -> Option<u32> {
    cursor.at += 1;
    let radix = if cursor.peek(0) == b'x' { 16 } else { 10 };
    cursor.at += usize::from(radix == 16);
    let digits = cursor.take_while(|byte| char::from(byte).is_digit(radix));
    let code = u32::from_str_radix(digits, radix).ok()?;
    (code != 0 && code < 0x10_ffff && cursor.at - start < 10).then_some(code)
}
