//! Entities from outside, made fit for their text.

use model::content::Entity;

use super::{output::sort, utf16_len};

/// Sorts entities as Telegram does, clips them to the text and drops those that cover nothing.
pub fn normalise(text: &str, mut entities: Vec<Entity>) -> Vec<Entity> {
    let units = utf16_len(text) as i64;
    for entity in &mut entities {
        let end = entity.offset.saturating_add(entity.length).clamp(0, units);
        entity.offset = entity.offset.clamp(0, units);
        entity.length = end - entity.offset;
    }
    entities.retain(|entity| entity.length > 0);
    sort(&mut entities);
    entities
}

/// Whether Telegram would call this text empty.
pub fn is_blank(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_fit_their_text() {
        let from = [("italic", 2, 2), ("bold", 0, 4), ("code", 3, i64::MAX), ("bold", 9, 2), ("bold", -5, 6)];
        let entities = from.map(|(kind, offset, length)| Entity::new(kind, offset, length)).to_vec();
        let fit: Vec<_> = normalise("a😀b", entities).into_iter().map(|e| (e.kind, e.offset, e.length)).collect();
        let expected = [("bold", 0, 4), ("bold", 0, 1), ("italic", 2, 2), ("code", 3, 1)];
        assert_eq!(fit, expected.map(|(kind, offset, length)| (kind.to_owned(), offset, length)));
    }
}
