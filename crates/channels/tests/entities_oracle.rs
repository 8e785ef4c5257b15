//! Our parsers of formatted text against Telegram's own: TDLib's, in the Python package tdjson, behind
//! `checks/tdjson/oracle.py`. `CHECKS_PYTHON` names a Python that has it; `cargo xtask test` sets that up.

#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

#[path = "support/markup.rs"]
mod markup;

#[path = "support/oracle.rs"]
mod oracle;

use std::collections::BTreeSet;

use channels::telegram::{
    entities::{Formatted, ParseMode, is_blank, parse, utf16_len},
    split,
};
use model::content::Entity;
use serde_json::{Value, json};

/// Texts of each parse mode.
const TEXTS: usize = 2_000;

/// Texts that need to be split.
const LONG_TEXTS: usize = 40;

#[test]
fn we_read_formatted_text_as_telegram_does() {
    let mut questions = Vec::new();
    for (i, mode) in [ParseMode::Html, ParseMode::MarkdownV2, ParseMode::Markdown].into_iter().enumerate() {
        let mut source = markup::Source::new(mode, 0x5eed + i as u64);
        questions.extend((0..TEXTS).map(|_| (mode, source.text())));
    }
    let answers = oracle::ask(&questions);
    let wrong: Vec<String> = questions
        .iter()
        .zip(&answers)
        .filter_map(|((mode, text), theirs)| {
            let ours = ours(*mode, text);
            (ours != *theirs).then(|| format!("{} {text:?}\n  ours   {ours}\n  theirs {theirs}", mode.as_str()))
        })
        .collect();
    let formatted = answers.iter().filter(|answer| answer["entities"].as_array().is_some_and(|list| !list.is_empty()));
    assert!(formatted.count() > TEXTS / 2, "most generated texts must be worth comparing");
    assert!(
        wrong.is_empty(),
        "{} of {} differ:\n{}",
        wrong.len(),
        questions.len(),
        wrong[..wrong.len().min(15)].join("\n")
    );
}

#[test]
fn the_parts_of_a_long_text_are_what_telegram_reads() {
    let mut source = markup::Source::new(ParseMode::Html, 0x10_46);
    let questions: Vec<_> = (0..LONG_TEXTS).map(|i| (ParseMode::Html, source.long_text(4_000 + 200 * i))).collect();
    for ((mode, text), theirs) in questions.iter().zip(oracle::ask(&questions)) {
        let whole = theirs["text"].as_str().unwrap_or_else(|| panic!("{theirs} to {text}"));
        let parts = split::text(parse(text, Some(*mode)).unwrap());
        assert!(parts.len() > 1 || utf16_len(whole) <= split::TEXT_MAX);
        let fits = |part: &Formatted| {
            utf16_len(&part.text) <= split::TEXT_MAX
                && part.entities.len() <= split::ENTITIES_MAX
                && !is_blank(&part.text)
        };
        assert!(parts.iter().all(fits));
        let (joined, covered) = joined(&parts);
        assert_eq!(joined, whole);
        let telegrams = theirs["entities"].as_array().unwrap().iter();
        let theirs: BTreeSet<_> = telegrams.flat_map(|entity| units(entity, 0)).collect();
        assert_eq!(covered, theirs);
    }
}

/// Parts put together again, and every unit that each kind of formatting covers.
fn joined(parts: &[Formatted]) -> (String, BTreeSet<(String, i64)>) {
    let (mut text, mut covered, mut offset) = (String::new(), BTreeSet::new(), 0);
    for part in parts {
        covered.extend(part.entities.iter().flat_map(|part| units(&entity(part), offset)));
        offset += utf16_len(&part.text) as i64;
        text += &part.text;
    }
    (text, covered)
}

/// The units that an entity covers, each with all that the entity says besides its place.
fn units(entity: &Value, base: i64) -> Vec<(String, i64)> {
    let mut said = entity.clone();
    let mut take = |field| said.as_object_mut().unwrap().remove(field).unwrap().as_i64().unwrap();
    let start = base + take("offset");
    let end = start + take("length");
    (start..end).map(|unit| (said.to_string(), unit)).collect()
}

fn ours(mode: ParseMode, text: &str) -> Value {
    match parse(text, Some(mode)) {
        Ok(formatted) => {
            let entities: Vec<Value> = formatted.entities.iter().map(entity).collect();
            json!({"text": formatted.text, "entities": entities})
        }
        Err(error) => json!({"error": error.message()}),
    }
}

/// An entity in the oracle's form, which leaves the format of a time out.
fn entity(entity: &Entity) -> Value {
    let mut value = json!({"type": entity.kind, "offset": entity.offset, "length": entity.length});
    let further = [
        ("url", entity.url.as_deref().map(Value::from)),
        ("language", entity.language.as_deref().map(Value::from)),
        ("user", entity.user_id.map(|id| json!({ "id": id }))),
        ("custom_emoji_id", entity.custom_emoji_id.as_deref().map(Value::from)),
        ("unix_time", entity.unix_time.map(Value::from)),
    ];
    for (name, field) in further {
        if let Some(field) = field {
            value[name] = field;
        }
    }
    value
}
