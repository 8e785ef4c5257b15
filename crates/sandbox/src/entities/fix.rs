//! What Telegram makes of text and entities before it sends them: cleaned, trimmed, merged and cut so that they nest.

use super::{Entity, Formatted, Kind, sort};

/// Cleans the text, then puts its entities in order.
pub fn fix(parsed: Formatted) -> Formatted {
    let (text, mut entities) = clean(parsed);
    sort(&mut entities);
    let (text, mut entities) = trim(text, entities);
    entities.retain(|entity| entity.length > 0);
    let entities = arrange(entities);
    Formatted { text, entities }
}

/// Drops carriage returns, and makes other control characters spaces.
fn clean(parsed: Formatted) -> (String, Vec<Entity>) {
    let Formatted { text, mut entities } = parsed;
    if !text.chars().any(|char| char.is_control() && char != '\n') {
        return (text, entities);
    }
    let mut dropped = Vec::new();
    let (mut cleaned, mut unit) = (String::with_capacity(text.len()), 0);
    for char in text.chars() {
        match char {
            '\r' => dropped.push(unit),
            '\n' => cleaned.push('\n'),
            '\0'..=' ' => cleaned.push(' '),
            char => cleaned.push(char),
        }
        unit += char.len_utf16();
    }
    let moved = |position: usize| position - dropped.partition_point(|at| *at < position);
    for entity in &mut entities {
        let end = moved(entity.end());
        entity.offset = moved(entity.offset);
        entity.length = end - entity.offset;
    }
    (cleaned, entities)
}

/// Cuts white space at the end, and at the beginning up to the first entity.
fn trim(text: String, mut entities: Vec<Entity>) -> (String, Vec<Entity>) {
    let kept = text.trim_end_matches([' ', '\n']);
    let end = super::units(kept);
    for entity in &mut entities {
        let cut = entity.end().min(end);
        entity.length = cut.saturating_sub(entity.offset);
    }
    entities.retain(|entity| entity.length > 0);
    let first = entities.first().map_or(usize::MAX, |entity| entity.offset);
    let lead = kept.bytes().take_while(|byte| matches!(byte, b' ' | b'\n')).count().min(first);
    for entity in &mut entities {
        entity.offset -= lead;
    }
    (kept[lead..].to_owned(), entities)
}

fn is_style(kind: &Kind) -> bool {
    matches!(kind, Kind::Bold | Kind::Italic | Kind::Underline | Kind::Strikethrough | Kind::Spoiler)
}

fn is_code(kind: &Kind) -> bool {
    matches!(kind, Kind::Code | Kind::Pre | Kind::PreCode(_))
}

fn is_quote(kind: &Kind) -> bool {
    matches!(kind, Kind::Blockquote | Kind::ExpandableBlockquote)
}

/// Quotes hold everything; code holds nothing and links hold only styles; styles are merged and cut to nest.
fn arrange(entities: Vec<Entity>) -> Vec<Entity> {
    let (quotes, rest): (Vec<_>, Vec<_>) = entities.into_iter().partition(|entity| is_quote(&entity.kind));
    let (code, rest): (Vec<_>, Vec<_>) = rest.into_iter().partition(|entity| is_code(&entity.kind));
    let (styles, links): (Vec<_>, Vec<_>) = rest.into_iter().partition(|entity| is_style(&entity.kind));
    let quotes = without_overlaps(quotes);
    let code = without_overlaps(code);
    let links = without_overlaps(links);
    let links: Vec<_> = links
        .into_iter()
        .filter(|link| !code.iter().any(|code| overlap(link, code)))
        .filter(|link| !quotes.iter().any(|quote| crosses(link, quote)))
        .collect();
    let bounds: Vec<usize> = quotes.iter().chain(&code).chain(&links).flat_map(|e| [e.offset, e.end()]).collect();
    let styles = cut(merge(styles), &code, bounds);
    let mut all: Vec<_> = quotes.into_iter().chain(code).chain(links).chain(styles).collect();
    sort(&mut all);
    all
}

fn overlap(one: &Entity, other: &Entity) -> bool {
    one.offset < other.end() && other.offset < one.end()
}

fn crosses(one: &Entity, other: &Entity) -> bool {
    let is_inside = |inner: &Entity, outer: &Entity| inner.offset >= outer.offset && inner.end() <= outer.end();
    overlap(one, other) && !is_inside(one, other) && !is_inside(other, one)
}

/// Of overlapping entities the first stays.
fn without_overlaps(entities: Vec<Entity>) -> Vec<Entity> {
    let mut kept: Vec<Entity> = Vec::with_capacity(entities.len());
    for entity in entities {
        if kept.last().is_none_or(|last| entity.offset >= last.end()) {
            kept.push(entity);
        }
    }
    kept
}

/// Joins styles of the same kind that touch or overlap.
fn merge(mut styles: Vec<Entity>) -> Vec<Entity> {
    styles.sort_by_key(|style| (style.kind.priority(), style.offset));
    let mut merged: Vec<Entity> = Vec::with_capacity(styles.len());
    for style in styles {
        match merged.last_mut() {
            Some(last) if last.kind == style.kind && style.offset <= last.end() => {
                last.length = last.end().max(style.end()) - last.offset;
            }
            _ => merged.push(style),
        }
    }
    merged
}

/// Cuts styles wherever another entity begins or ends within them or a further style begins; within code none stay.
fn cut(styles: Vec<Entity>, code: &[Entity], mut bounds: Vec<usize>) -> Vec<Entity> {
    bounds.extend(styles.iter().map(|style| style.offset));
    bounds.sort_unstable();
    bounds.dedup();
    let mut pieces = Vec::new();
    for style in styles {
        let inner = bounds.iter().copied().filter(|at| (style.offset + 1..style.end()).contains(at));
        let mut begin = style.offset;
        for end in inner.chain([style.end()]) {
            let piece = Entity { kind: style.kind.clone(), offset: begin, length: end - begin };
            begin = end;
            if !code.iter().any(|code| overlap(&piece, code)) {
                pieces.push(piece);
            }
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entities::html;

    fn fixed(source: &str) -> (String, Vec<(Kind, usize, usize)>) {
        let Formatted { text, entities } = fix(html::parse(source).unwrap());
        (text, entities.into_iter().map(|entity| (entity.kind, entity.offset, entity.length)).collect())
    }

    #[test]
    fn styles_nest_by_being_cut() {
        let (_, entities) = fixed("<b>a<i>b</i>c</b>");
        assert_eq!(entities, [(Kind::Bold, 0, 1), (Kind::Bold, 1, 2), (Kind::Italic, 1, 1)]);
        let (_, entities) = fixed("<b>a<b>b</b>c</b><b>d</b>");
        assert_eq!(entities, [(Kind::Bold, 0, 4)]);
        let (_, entities) = fixed("<b>x<code>y</code></b>");
        assert_eq!(entities, [(Kind::Bold, 0, 1), (Kind::Code, 1, 1)]);
    }

    #[test]
    fn white_space_at_the_edges_goes_with_its_entities() {
        let (text, entities) = fixed("  \n a <b>b </b> \n");
        assert_eq!((text.as_str(), entities), ("a b", vec![(Kind::Bold, 2, 1)]));
        assert_eq!(fixed("a\r\n<i>b\t</i>c"), ("a\nb c".into(), vec![(Kind::Italic, 2, 2)]));
        assert_eq!(fixed(" <b> </b> "), (String::new(), vec![]));
    }
}
