//! No bytes make the decoder panic, and what the envelope says holds for the whole.

#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

use std::{fs, sync::LazyLock};

use channels::telegram::{
    errors::{Reply, classify, me, updates, webhook_info},
    update::{decode, envelope},
};
use proptest::{prelude::*, sample::Index};
use serde_json::{Value, json};

static SAMPLES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/updates");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
});

/// Reads bytes in every way in which we read what Telegram sends.
fn read(bytes: &[u8]) {
    match (envelope(bytes), decode(bytes)) {
        (Ok(outside), Ok(whole)) => assert_eq!((outside.update_id, outside.kind), (whole.update_id, whole.kind)),
        (Err(outside), Err(whole)) => assert_eq!(outside, whole),
        (outside, whole) => panic!("{outside:?} but {whole:?}"),
    }
    for status in [200, 400] {
        let reply = Reply { status, retry_after: Some("1"), body: bytes };
        let _outcome = (classify(&reply), me(&reply), webhook_info(&reply), updates(&reply));
    }
}

/// Values that no field expects.
fn nasty() -> impl Strategy<Value = Value> {
    let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        Just(json!("\u{0}\u{ffff}")),
        Just(json!([])),
        Just(json!({})),
        Just(json!([[], {}, null, 1])),
        Just(json!({"id": 1, "message_id": 2, "text": "x", "chat": {"id": 3}})),
        Just(deep),
    ]
}

/// Puts a value in the place of one within another.
fn replace(value: &mut Value, place: Index, new: Value) {
    let mut pointers = Vec::new();
    collect(value, String::new(), &mut pointers);
    let pointer = place.get::<String>(&pointers);
    *value.pointer_mut(pointer).unwrap() = new;
}

fn collect(value: &Value, path: String, out: &mut Vec<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, inner)| collect(inner, format!("{path}/{key}"), out)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, inner)| collect(inner, format!("{path}/{i}"), out))
        }
        _ => {}
    }
    out.push(path);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        read(&bytes);
    }

    #[test]
    fn anything_like_json(text in "[\\[\\]{}\",:0-9a-f\\\\u\\- \n.eE+truefalsn]{0,80}") {
        read(text.as_bytes());
        read(format!("{{\"update_id\":1,\"message\":{text}}}").as_bytes());
    }

    #[test]
    fn samples_with_broken_bytes(
        sample in any::<Index>(), edits in proptest::collection::vec((any::<Index>(), any::<u8>(), 0u8..3), 1..8),
    ) {
        let mut bytes = sample.get(&SAMPLES).clone().into_bytes();
        for (at, byte, edit) in edits {
            let at = at.index(bytes.len());
            match edit {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => bytes.truncate(at.max(1)),
            }
        }
        read(&bytes);
    }

    #[test]
    fn samples_with_foreign_values(
        sample in any::<Index>(), edits in proptest::collection::vec((any::<Index>(), nasty()), 1..6),
    ) {
        let mut value: Value = serde_json::from_str(sample.get::<String>(&SAMPLES)).unwrap();
        for (place, new) in edits {
            replace(&mut value, place, new);
        }
        read(value.to_string().as_bytes());
    }
}

#[test]
fn depth_and_size_are_no_danger() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("{\"message\":", "}"), ("{\"reply_to_message\":", "}")] {
        let nested = format!("{}1{}", open.repeat(5_000), close.repeat(5_000));
        read(format!("{{\"update_id\":1,\"message\":{nested}}}").as_bytes());
        read(format!("{{\"update_id\":1,\"message\":{}", open.repeat(10_000)).as_bytes());
    }
    let many = format!("{{\"update_id\":1{}}}", ",\"message\":{}".repeat(50_000));
    assert_eq!(envelope(many.as_bytes()).unwrap().kind, "MESSAGE");
    let strange: String = (0..50_000).map(|i| format!(",\"k{i}\":{{}}")).collect();
    read(format!("{{\"update_id\":1{strange}}}").as_bytes());
    read(format!("{{\"update_id\":1,\"message\":{{\"message_id\":1{strange}}}}}").as_bytes());
    let digits = "9".repeat(20_000);
    assert!(envelope(format!("{{\"update_id\":{digits}}}").as_bytes()).is_err());
    read(format!("{{\"update_id\":1,\"message\":{{\"message_id\":{digits},\"date\":1e{digits}}}}}").as_bytes());
}
