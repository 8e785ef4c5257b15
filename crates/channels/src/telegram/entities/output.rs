//! The parsed text as it grows, counted in UTF-16 units.

use model::content::Entity;

use super::Formatted;

/// What a parser complains about.
pub(super) type Parsed<T> = Result<T, String>;

/// Text and entities found so far.
#[derive(Default)]
pub(super) struct Output {
    pub(super) text: String,
    pub(super) units: i64,
    pub(super) entities: Vec<Entity>,
}

impl Output {
    pub(super) fn push(&mut self, character: char) {
        self.text.push(character);
        self.units += character.len_utf16() as i64;
    }

    /// An entity from `offset` to here.
    pub(super) fn entity(&self, kind: &str, offset: i64) -> Entity {
        Entity::new(kind, offset, self.units - offset)
    }

    pub(super) fn finish(mut self) -> Formatted {
        sort(&mut self.entities);
        Formatted { text: self.text, entities: self.entities }
    }
}

/// Telegram's order: by offset, the longer first, and a fixed order of kinds between equals.
pub(super) fn sort(entities: &mut [Entity]) {
    entities.sort_by_key(|entity| (entity.offset, -entity.length, priority(entity)));
}

fn priority(entity: &Entity) -> u8 {
    match entity.kind.as_str() {
        "blockquote" | "expandable_blockquote" => 0,
        "pre" if entity.language.is_some() => 10,
        "pre" => 11,
        "code" => 20,
        "text_link" | "text_mention" => 49,
        "bold" => 90,
        "italic" => 91,
        "underline" => 92,
        "strikethrough" => 93,
        "spoiler" => 94,
        "custom_emoji" => 99,
        "date_time" => 30,
        _ => 50,
    }
}
