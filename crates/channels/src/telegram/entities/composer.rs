//! The marks of the team's composer: `**bold**`, `_italic_`, `` `code` ``, `[text](url)`, `||spoiler||`, and fenced blocks.
//!
//! Unlike a parse mode it never fails: a mark without its partner is a character like any other, because people who
//! answer a customer must not be told about byte offsets.

use model::content::Entity;

use super::{Formatted, link, output::Output};

/// Turns what was typed into text and entities.
pub fn compose(typed: &str) -> Formatted {
    let mut out = Output::default();
    read(typed, &mut out, Inside::default());
    out.finish()
}

/// Which marks are already open: none is nested in itself.
#[derive(Clone, Copy, Default)]
struct Inside {
    bold: bool,
    italic: bool,
    spoiler: bool,
    link: bool,
}

/// Recursion is bounded by the four kinds that nest, each once.
fn read(typed: &str, out: &mut Output, inside: Inside) {
    let mut rest = typed;
    while let Some(character) = rest.chars().next() {
        let before = typed[..typed.len() - rest.len()].chars().next_back();
        match mark(rest, before, out, inside) {
            Some(taken) => rest = &rest[taken..],
            None => {
                out.push(character);
                rest = &rest[character.len_utf8()..];
            }
        }
    }
}

/// Reads the entity that begins here, if one does, and answers how many bytes it took.
fn mark(rest: &str, before: Option<char>, out: &mut Output, inside: Inside) -> Option<usize> {
    if rest.starts_with('\\') {
        return escaped(rest, out);
    }
    if rest.starts_with("```") {
        return block(rest, out);
    }
    if rest.starts_with('`') {
        let text = between(rest, "`").filter(|text| !text.contains('\n'))?;
        return Some(verbatim(text, "code", out) + 2);
    }
    if rest.starts_with("**") && !inside.bold {
        return nested(rest, "**", "bold", out, Inside { bold: true, ..inside });
    }
    if rest.starts_with("||") && !inside.spoiler {
        return nested(rest, "||", "spoiler", out, Inside { spoiler: true, ..inside });
    }
    // An underscore within a word, as in a file name, is none of ours.
    if rest.starts_with('_') && !inside.italic && !before.is_some_and(char::is_alphanumeric) {
        return italic(rest, out, Inside { italic: true, ..inside });
    }
    if rest.starts_with('[') && !inside.link {
        return labelled(rest, out, Inside { link: true, ..inside });
    }
    None
}

/// A backslash before a mark makes it a character.
fn escaped(rest: &str, out: &mut Output) -> Option<usize> {
    let character = rest[1..].chars().next().filter(|c| "*_`[]()|\\".contains(*c))?;
    out.push(character);
    Some(2)
}

/// What stands between the mark here and its next occurrence: something, not bounded by space.
fn between<'t>(rest: &'t str, mark: &str) -> Option<&'t str> {
    let after = &rest[mark.len()..];
    let text = &after[..after.find(mark)?];
    is_tight(text).then_some(text)
}

fn is_tight(text: &str) -> bool {
    !text.is_empty() && !text.starts_with(char::is_whitespace) && !text.ends_with(char::is_whitespace)
}

fn nested(rest: &str, mark: &str, kind: &str, out: &mut Output, inside: Inside) -> Option<usize> {
    let text = between(rest, mark)?;
    formatted(text, kind, out, inside);
    Some(text.len() + 2 * mark.len())
}

fn formatted(text: &str, kind: &str, out: &mut Output, inside: Inside) {
    let offset = out.units;
    read(text, out, inside);
    if out.units > offset {
        out.entities.push(out.entity(kind, offset));
    }
}

fn italic(rest: &str, out: &mut Output, inside: Inside) -> Option<usize> {
    let ends = rest.match_indices('_').skip(1).map(|(at, _)| at);
    let ends_word = |at: &usize| !rest[at + 1..].starts_with(|c: char| c.is_alphanumeric() || c == '_');
    let text = &rest[1..ends.into_iter().find(ends_word)?];
    if !is_tight(text) || text.starts_with('_') || text.ends_with('_') {
        return None;
    }
    formatted(text, "italic", out, inside);
    Some(text.len() + 2)
}

fn verbatim(text: &str, kind: &str, out: &mut Output) -> usize {
    let offset = out.units;
    text.chars().for_each(|character| out.push(character));
    out.entities.push(out.entity(kind, offset));
    text.len()
}

/// A fenced block: a language on its first line, if there is one line more.
fn block(rest: &str, out: &mut Output) -> Option<usize> {
    let after = &rest[3..];
    let inside = &after[..after.find("```")?];
    let is_language =
        |word: &str| word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '#' | '_' | '.'));
    let (language, text) = match inside.split_once('\n') {
        Some((word, text)) if is_language(word.trim()) => (word.trim(), text),
        _ => ("", inside),
    };
    let text = text.strip_suffix('\n').unwrap_or(text);
    if text.trim().is_empty() {
        return None;
    }
    verbatim(text, "pre", out);
    if let Some(last) = out.entities.last_mut() {
        last.language = Some(language.to_owned()).filter(|language| !language.is_empty());
    }
    Some(inside.len() + 6)
}

fn labelled(rest: &str, out: &mut Output, inside: Inside) -> Option<usize> {
    let close = rest.find("](")?;
    let label = &rest[1..close];
    let after = &rest[close + 2..];
    let address = &after[..after.find(')')?];
    let is_fine = !label.trim().is_empty() && !label.contains(['[', '\n']) && !address.contains(char::is_whitespace);
    let link = link::entity(address, Entity::new("text_link", 0, 0)).filter(|_| is_fine)?;
    let offset = out.units;
    read(label, out, inside);
    out.entities.push(Entity { offset, length: out.units - offset, ..link });
    Some(close + 2 + address.len() + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::compose;

    /// The text, and each entity as `kind:covered text`.
    fn shown(typed: &str) -> (String, Vec<String>) {
        let formatted = compose(typed);
        let units: Vec<u16> = formatted.text.encode_utf16().collect();
        let entities = formatted.entities.iter().map(|entity| {
            let covered = &units[entity.offset as usize..(entity.offset + entity.length) as usize];
            format!("{}:{}", entity.kind, String::from_utf16_lossy(covered))
        });
        (formatted.text.clone(), entities.collect())
    }

    #[test]
    fn marks_become_entities() {
        let (text, entities) = shown("Hi **Ada _😀_**, see [the docs](https://example.com/a_b) or `a*b*`, ||psst||");
        assert_eq!(text, "Hi Ada 😀, see the docs or a*b*, psst");
        assert_eq!(entities, ["bold:Ada 😀", "italic:😀", "text_link:the docs", "code:a*b*", "spoiler:psst"]);
        let (text, entities) = shown("```rust\nlet a = 1;\n```");
        assert_eq!((text.as_str(), entities.as_slice()), ("let a = 1;", ["pre:let a = 1;".to_owned()].as_slice()));
    }

    #[test]
    fn what_has_no_partner_is_text() {
        for text in [
            "2 ** 3",
            "a_b_c.txt",
            "**",
            "____",
            "[x]",
            "[x](javascript:alert)",
            "a || b",
            "`",
            "```",
            "* * *",
            "5 * 4 * 3",
        ] {
            assert_eq!(shown(text), (text.to_owned(), Vec::new()), "{text}");
        }
        assert_eq!(shown(r"\*\*no\*\*").0, "**no**");
    }

    proptest! {
        #[test]
        fn nothing_typed_fails(typed in "[*_`|\\[\\]()a😀 \n\\\\.:/]{0,60}") {
            let formatted = compose(&typed);
            let units = formatted.text.encode_utf16().count() as i64;
            prop_assert!(formatted.entities.iter().all(|e| e.length > 0 && e.offset + e.length <= units));
        }
    }
}
