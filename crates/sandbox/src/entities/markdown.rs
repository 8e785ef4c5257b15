//! `parse_mode=Markdown`, the legacy one: four marks, no nesting.

use super::{
    Entity, Formatted, Kind, link,
    markdown_v2::skip_line_break,
    scan::{Output, Source},
};

pub fn parse(text: &str) -> Result<Formatted, String> {
    let source = Source(text.as_bytes());
    let (mut output, mut entities, mut i) = (Output::default(), Vec::new(), 0);
    while i < source.0.len() {
        let (byte, next) = (source.at(i), source.at(i + 1));
        if byte == b'\\' && is_mark(next) {
            output.push(next);
            i += 2;
        } else if is_mark(byte) {
            let (entity, after) = marked(&source, i, &mut output)?;
            entities.extend(entity);
            i = after;
        } else {
            output.push(byte);
            i += 1;
        }
    }
    Ok(output.finish(entities))
}

fn is_mark(byte: u8) -> bool {
    matches!(byte, b'_' | b'*' | b'`' | b'[')
}

/// The entity that begins at `begin`, and where the text goes on.
fn marked(source: &Source<'_>, begin: usize, output: &mut Output) -> Result<(Option<Entity>, usize), String> {
    let mark = source.at(begin);
    let end_mark = if mark == b'[' { b']' } else { mark };
    let is_pre = mark == b'`' && source.at(begin + 1) == b'`' && source.at(begin + 2) == b'`';
    let (language, mut i) = if is_pre { language(source, begin + 3) } else { (String::new(), begin + 1) };
    let offset = output.units;
    let ends =
        |i: usize| source.at(i) == end_mark && (!is_pre || (source.at(i + 1) == b'`' && source.at(i + 2) == b'`'));
    while i < source.0.len() && !ends(i) {
        output.push(source.at(i));
        i += 1;
    }
    if i >= source.0.len() {
        return Err(format!("Can't find end of the entity starting at byte offset {begin}"));
    }
    let length = output.units - offset;
    let (kind, next) = match mark {
        _ if length == 0 => (None, i + 1),
        b'_' => (Some(Kind::Italic), i + 1),
        b'*' => (Some(Kind::Bold), i + 1),
        b'[' => link_kind(source, begin, i),
        _ if is_pre && !language.is_empty() => (Some(Kind::PreCode(language)), i + 1),
        _ if is_pre => (Some(Kind::Pre), i + 1),
        _ => (Some(Kind::Code), i + 1),
    };
    Ok((kind.map(|kind| Entity { kind, offset, length }), if is_pre { next + 2 } else { next }))
}

fn language(source: &Source<'_>, begin: usize) -> (String, usize) {
    let end = source.until_space_or(begin, b'`');
    let has_language = end != begin && end < source.0.len() && source.at(end) != b'`';
    let (language, text) = if has_language { (source.text(begin, end), end) } else { (String::new(), begin) };
    (language, skip_line_break(source, text))
}

/// A link's address in parentheses, which needn't even be closed, or the text itself.
fn link_kind(source: &Source<'_>, begin: usize, end: usize) -> (Option<Kind>, usize) {
    if source.at(end + 1) != b'(' {
        return (link::classify(&source.text(begin + 1, end)), end + 1);
    }
    let mut close = end + 2;
    while close < source.0.len() && source.at(close) != b')' {
        close += 1;
    }
    (link::classify(&source.text(end + 2, close)), close + 1)
}
