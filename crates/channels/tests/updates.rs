//! One sample of every kind of Update and of message, and what each is read as. `updates/expected.txt` holds a line for
//! each; `UPDATE_EXPECTED=1` writes it anew, for a person to read through.

#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

#[path = "support/summary.rs"]
mod summary;

use std::{collections::BTreeMap, fs, path::PathBuf};

use channels::telegram::update::{KINDS, decode, envelope};
use model::content::ContentKind;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/updates")
}

fn samples() -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let json = files.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    json.map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap())).collect()
}

#[test]
fn every_sample_is_read_as_expected() {
    let read = |(name, bytes): (&String, &Vec<u8>)| format!("{name}: {}\n", summary::of(&decode(bytes).unwrap()));
    let found: String = samples().iter().map(read).collect();
    let path = folder().join("expected.txt");
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(&path, &found).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap();
    for (found, expected) in found.lines().zip(expected.lines()) {
        assert_eq!(found, expected);
    }
    assert_eq!(found.lines().count(), expected.lines().count());
}

#[test]
fn every_kind_has_a_sample() {
    let kinds: Vec<&str> = samples().values().map(|bytes| envelope(bytes).unwrap().kind).collect();
    for (_, kind) in KINDS {
        assert!(kinds.contains(&kind), "{kind}");
    }
    let expected = fs::read_to_string(folder().join("expected.txt")).unwrap();
    // An album is put together from its messages, and a pressed button is no message, neither is one content of one.
    for kind in ContentKind::ALL.iter().filter(|kind| !matches!(kind, ContentKind::Album | ContentKind::Button)) {
        assert!(expected.contains(&format!(" | {kind}")), "{kind}");
    }
}

#[test]
fn the_envelope_says_the_same_as_the_whole() {
    for (name, bytes) in samples() {
        let (outside, whole) = (envelope(&bytes).unwrap(), decode(&bytes).unwrap());
        assert_eq!((outside.update_id, outside.kind), (whole.update_id, whole.kind), "{name}");
    }
}
