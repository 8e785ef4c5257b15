//! Texts that are too long for one message, as several in order. Nothing is lost: the parts joined are the text, but for
//! parts of white space alone, which Telegram would refuse.
//!
//! Limits are Telegram's, counted in UTF-16 units of the parsed text, which is never less than what it counts.

mod seam;

use model::content::{Entity, MediaKind};

use super::{
    entities::{Formatted, is_blank, normalise, utf16_len},
    outgoing::has_caption,
};

/// Units of a text message.
pub const TEXT_MAX: usize = 4096;

/// Units of a caption.
pub const CAPTION_MAX: usize = 1024;

/// Entities of one message; Telegram ignores further ones silently.
pub const ENTITIES_MAX: usize = 100;

/// A text as messages that Telegram takes: cut at paragraphs, else at lines, else at words, else between characters.
pub fn text(formatted: Formatted) -> Vec<Formatted> {
    split(formatted, TEXT_MAX)
}

/// What stands under media of this kind, and the messages that follow: a caption that is too long, or that the kind can't
/// carry, follows whole. For an album any kind that it holds will do.
pub fn caption(kind: MediaKind, caption: Formatted) -> (Formatted, Vec<Formatted>) {
    let fits = utf16_len(&caption.text) <= CAPTION_MAX && caption.entities.len() <= ENTITIES_MAX;
    if caption.text.is_empty() || (fits && has_caption(kind)) {
        return (caption, Vec::new());
    }
    (Formatted::default(), text(caption))
}

fn split(formatted: Formatted, limit: usize) -> Vec<Formatted> {
    let entities = normalise(&formatted.text, formatted.entities);
    if utf16_len(&formatted.text) <= limit && entities.len() <= ENTITIES_MAX {
        return vec![Formatted { text: formatted.text, entities }];
    }
    let mut parts = Vec::new();
    let (mut rest, mut offset) = (formatted.text.as_str(), 0);
    while !rest.is_empty() {
        let part = seam::first_part(rest, room(&entities, offset, limit));
        if !is_blank(part) {
            parts.push(Formatted { text: part.to_owned(), entities: within(&entities, offset, utf16_len(part)) });
        }
        offset += utf16_len(part);
        rest = &rest[part.len()..];
    }
    if parts.is_empty() { vec![Formatted { text: formatted.text, entities }] } else { parts }
}

/// How many units from `offset` on one message can hold: fewer than the limit where entities are many.
fn room(entities: &[Entity], offset: usize, limit: usize) -> usize {
    let offset = offset as i64;
    let mut further = entities.iter().filter(|entity| entity.offset + entity.length > offset).skip(ENTITIES_MAX);
    // Where more than a hundred begin at one place, no cut helps.
    let one_too_many = further.find(|entity| entity.offset > offset);
    one_too_many.map_or(limit, |entity| limit.min((entity.offset - offset) as usize))
}

/// The entities of a stretch, cut to it and counted from its beginning.
fn within(entities: &[Entity], offset: usize, units: usize) -> Vec<Entity> {
    let (start, end) = (offset as i64, (offset + units) as i64);
    let cut = entities.iter().filter_map(|entity| {
        let from = entity.offset.max(start);
        let to = (entity.offset + entity.length).min(end);
        (from < to).then(|| Entity { offset: from - start, length: to - from, ..entity.clone() })
    });
    cut.collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(text: &str, limit: usize) -> Vec<String> {
        split(Formatted::plain(text), limit).into_iter().map(|part| part.text).collect()
    }

    #[test]
    fn the_best_seam_is_taken() {
        assert_eq!(texts("one two.\n\nthree four\nfive six", 22), ["one two.\n\n", "three four\nfive six"]);
        assert_eq!(texts("one two three\nfour five six", 20), ["one two three\n", "four five six"]);
        assert_eq!(texts("one two three four", 10), ["one two ", "three four"]);
        assert_eq!(texts("abcdefghij klm", 10), ["abcdefghij", " klm"]);
        assert_eq!(texts("abcdefghijklm", 5), ["abcde", "fghij", "klm"]);
        assert_eq!(
            texts("a\n\nbcd efghij klmno", 16),
            ["a\n\nbcd efghij ", "klmno"],
            "a seam right at the front is no gain"
        );
    }

    #[test]
    fn no_character_is_torn() {
        assert_eq!(texts("ab😀cd", 3), ["ab", "😀c", "d"]);
        assert_eq!(texts("abce\u{301}f", 4), ["abc", "e\u{301}f"]);
        assert_eq!(texts("ab👨\u{200d}👩\u{200d}👧", 8), ["ab", "👨\u{200d}👩\u{200d}👧"]);
        assert_eq!(texts("a🇩🇪🇫🇷", 7), ["a🇩🇪", "🇫🇷"]);
    }

    #[test]
    fn a_part_of_space_alone_is_left_out() {
        assert_eq!(
            texts(&format!("a{}b", " ".repeat(25)), 10),
            [format!("a{}", " ".repeat(9)), format!("{}b", " ".repeat(6))]
        );
    }

    #[test]
    fn an_entity_over_a_seam_becomes_two_of_its_kind() {
        let link = Entity { url: Some("http://a.b/".into()), ..Entity::new("text_link", 2, 8) };
        let parts = split(Formatted { text: "ab cdefg hij".into(), entities: vec![link.clone()] }, 9);
        let expected = [Entity { length: 7, ..link.clone() }, Entity { offset: 0, length: 1, ..link }];
        assert_eq!(parts.iter().flat_map(|part| part.entities.clone()).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_caption_that_does_not_fit_follows() {
        let long = Formatted::plain("x".repeat(CAPTION_MAX + 1));
        assert_eq!(caption(MediaKind::Photo, long.clone()), (Formatted::default(), vec![long]));
        let short = Formatted::plain("x".repeat(CAPTION_MAX));
        assert_eq!(caption(MediaKind::Photo, short.clone()), (short, Vec::new()));
        let note = Formatted::plain("hello");
        assert_eq!(caption(MediaKind::Sticker, note.clone()), (Formatted::default(), vec![note]));
        assert_eq!(caption(MediaKind::Sticker, Formatted::default()), (Formatted::default(), Vec::new()));
    }

    /// The units that each kind covers, in the whole text.
    fn covered(parts: &[(usize, &[Entity])]) -> Vec<(String, i64)> {
        let each = |offset: usize, entity: &Entity| {
            let (kind, start) = (entity.kind.clone(), offset as i64 + entity.offset);
            (start..start + entity.length).map(move |unit| (kind.clone(), unit))
        };
        let mut units: Vec<_> = parts
            .iter()
            .flat_map(|(offset, entities)| entities.iter().flat_map(move |entity| each(*offset, entity)))
            .collect();
        units.sort();
        units.dedup();
        units
    }

    proptest! {
        #[test]
        fn parts_are_the_text(
            text in "[ab é😀🇩\u{301}\n ]{0,300}", limit in 8usize..60,
            spans in proptest::collection::vec((0i64..300, 1i64..120, 0usize..3), 0..150),
        ) {
            let kinds = ["bold", "text_link", "pre"];
            let entities: Vec<Entity> =
                spans.into_iter().map(|(offset, length, kind)| Entity::new(kinds[kind], offset, length)).collect();
            let entities = normalise(&text, entities);
            let parts = split(Formatted { text: text.clone(), entities: entities.clone() }, limit);
            prop_assert!(parts.iter().all(|part| utf16_len(&part.text) <= limit || is_blank(&text)));

            // Each part stands in the text, in order, with nothing but space between.
            let (mut at, mut offset, mut found) = (0, 0, Vec::new());
            for part in &parts {
                let gap = text[at..].find(part.text.as_str()).unwrap();
                prop_assert!(is_blank(&text[at..at + gap]));
                offset += utf16_len(&text[at..at + gap]);
                found.push((offset, part.entities.as_slice()));
                offset += utf16_len(&part.text);
                at += gap + part.text.len();
            }
            prop_assert!(is_blank(&text[at..]));
            if !text.chars().any(char::is_whitespace) {
                prop_assert_eq!(parts.iter().map(|part| part.text.as_str()).collect::<String>(), text);
                prop_assert_eq!(covered(&found), covered(&[(0, &entities)]));
            }
        }

        #[test]
        fn no_part_has_too_many_entities(count in 90i64..400, gap in 1i64..9) {
            let entities = (0..count).map(|i| Entity::new("bold", i * gap, 1)).collect();
            let text = "x".repeat((count * gap) as usize);
            let parts = split(Formatted { text, entities }, TEXT_MAX);
            prop_assert!(parts.iter().all(|part| part.entities.len() <= ENTITIES_MAX));
            prop_assert_eq!(parts.iter().map(|part| part.entities.len() as i64).sum::<i64>(), count);
        }
    }
}
