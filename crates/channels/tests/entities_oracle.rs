//! Our parsers of formatted text against Telegram's own: TDLib's, in the Python package tdjson, behind
//! `checks/tdjson/oracle.py`. `CHECKS_PYTHON` names a Python that has it; `cargo xtask test` sets that up.

#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

#[path = "support/markup.rs"]
mod markup;

use std::{
    io::Write,
    process::{Command, Stdio},
};

use channels::telegram::entities::{ParseMode, parse};
use model::content::Entity;
use serde_json::{Value, json};

/// Texts of each parse mode.
const TEXTS: usize = 2_000;

#[test]
fn we_read_formatted_text_as_telegram_does() {
    let python =
        std::env::var("CHECKS_PYTHON").expect("CHECKS_PYTHON names a Python with tdjson: run cargo xtask test");
    let mut questions = Vec::new();
    for (i, mode) in [ParseMode::Html, ParseMode::MarkdownV2, ParseMode::Markdown].into_iter().enumerate() {
        let mut source = markup::Source::new(mode, 0x5eed + i as u64);
        questions.extend((0..TEXTS).map(|_| (mode, source.text())));
    }
    let answers = ask(&python, &questions);
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

/// Asks the oracle all questions, and answers its lines in order.
fn ask(python: &str, questions: &[(ParseMode, String)]) -> Vec<Value> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../checks/tdjson/oracle.py");
    let mut child = Command::new(python)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("CHECKS_PYTHON={python} can't be started: {error}"));
    let mut stdin = child.stdin.take().unwrap();
    let lines: Vec<String> = questions
        .iter()
        .map(|(mode, text)| format!("{}\n", json!({"text": text, "parse_mode": mode.as_str()})))
        .collect();
    let writer = std::thread::spawn(move || lines.iter().try_for_each(|line| stdin.write_all(line.as_bytes())));
    let output = child.wait_with_output().unwrap();
    let written = writer.join().unwrap();
    let answers: Vec<Value> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    if let Some(question) = questions.get(answers.len()) {
        panic!("the oracle stopped ({:?}, {written:?}) at {question:?}", output.status);
    }
    answers
}
