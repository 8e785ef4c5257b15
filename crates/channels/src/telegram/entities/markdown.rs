//! The parse mode Markdown, Telegram's first: no nesting, escapes only outside of entities.

use super::{
    Formatted,
    cursor::Cursor,
    link,
    output::{Output, Parsed},
};

/// Parses a source in legacy Markdown.
pub(super) fn parse(source: &str) -> Parsed<Formatted> {
    let mut cursor = Cursor::new(source);
    let mut out = Output::default();
    while !cursor.is_at_end() {
        match cursor.peek(0) {
            b'\\' if matches!(cursor.peek(1), b'_' | b'*' | b'`' | b'[') => {
                cursor.at += 1;
                out.push(cursor.take().expect("a character was seen"));
            }
            mark @ (b'_' | b'*' | b'`' | b'[') => entity(&mut cursor, mark, &mut out)?,
            _ => out.push(cursor.take().expect("the cursor is not at the end")),
        }
    }
    Ok(out.finish())
}

fn entity(cursor: &mut Cursor<'_>, mark: u8, out: &mut Output) -> Parsed<()> {
    let start = cursor.at;
    let is_block = cursor.starts_with("```");
    cursor.at += if is_block { 3 } else { 1 };
    let language = if is_block { cursor.take_language() } else { None };
    let end = match (is_block, mark) {
        (true, _) => "```",
        (false, b'[') => "]",
        (false, b'_') => "_",
        (false, b'*') => "*",
        (false, _) => "`",
    };
    let (offset, begin) = (out.units, out.text.len());
    let label_start = cursor.at;
    while !cursor.starts_with(end) {
        let unclosed = || format!("Can't find end of the entity starting at byte offset {start}");
        out.push(cursor.take().ok_or_else(unclosed)?);
    }
    let label_end = cursor.at;
    cursor.at += end.len();
    if out.units == offset {
        return Ok(());
    }
    let kind = match (is_block, mark) {
        (true, _) => "pre",
        (false, b'_') => "italic",
        (false, b'*') => "bold",
        (false, _) => "code",
    };
    let stretch = model::content::Entity { language, ..out.entity(kind, offset) };
    if mark != b'[' {
        out.entities.push(stretch);
        return Ok(());
    }
    let address = match address(cursor) {
        Some(address) => Some(address),
        None => label_as_address(cursor.source, begin, label_start..label_end),
    };
    out.entities.extend(address.and_then(|address| link::entity(&address, stretch)));
    Ok(())
}

/// What stands in parentheses after a label. An address that doesn't end goes to the end of the text.
fn address(cursor: &mut Cursor<'_>) -> Option<String> {
    if cursor.peek(0) != b'(' {
        return None;
    }
    cursor.at += 1;
    let address = cursor.take_while(|byte| byte != b')').to_owned();
    cursor.at += usize::from(!cursor.is_at_end());
    Some(address)
}

/// Without an address the label is the link. Telegram reads it from the buffer into which it has just written the label
/// further to the front, and so loses as many bytes of its beginning as markup stood before it, and repeats those of its
/// end. A link that Telegram would send must come out the same here.
fn label_as_address(source: &str, begin: usize, label: std::ops::Range<usize>) -> Option<String> {
    let shift = label.start - begin;
    let written_to = begin + label.len();
    let moved = source.as_bytes()[label.clone()].get(shift..).unwrap_or_default();
    let original = &source.as_bytes()[written_to.max(label.start)..label.end];
    String::from_utf8([moved, original].concat()).ok()
}
