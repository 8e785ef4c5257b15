//! Telegram's own parser, at the other end of a pipe.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use channels::telegram::entities::ParseMode;
use serde_json::{Value, json};

/// Asks the oracle all questions, and answers its lines in order.
pub fn ask(questions: &[(ParseMode, String)]) -> Vec<Value> {
    let python =
        std::env::var("CHECKS_PYTHON").expect("CHECKS_PYTHON names a Python with tdjson: run cargo xtask test");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../checks/tdjson/oracle.py");
    let mut child = Command::new(&python)
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
