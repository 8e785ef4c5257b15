//! Pages of tools that list: a limit, and a cursor that says where the last page ended.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use store::{
    db::Arg,
    page::{List, Position, Request, Start},
};

const LIMIT_DEFAULT: u32 = 20;
const LIMIT_MAX: u32 = 100;
const CURSOR_CHARS_MAX: usize = 4_096;
const VERSION: u8 = 1;

/// Version, unique key, sort key.
#[derive(Serialize, Deserialize)]
struct Cursor(u8, Key, Key);

#[derive(Serialize, Deserialize)]
enum Key {
    #[serde(rename = "n")]
    None,
    #[serde(rename = "i")]
    Int(i64),
    #[serde(rename = "t")]
    Text(String),
    /// In base64.
    #[serde(rename = "b")]
    Bytes(String),
}

/// The store's request for a page in the list's first order, newest first.
pub(crate) fn request(list: &List, limit: Option<u32>, cursor: Option<&str>) -> Result<Request> {
    let wrong = || Error::field("cursor", "This cursor is not valid here. Start again without one.");
    let start = match cursor {
        None => Start::First,
        Some(text) => Start::After(read(text).filter(|at| list.accepts(0, at)).ok_or_else(wrong)?),
    };
    Ok(Request { sort: 0, descending: true, start, size: size(limit)?, count: false })
}

/// How many entries are asked for.
pub(crate) fn size(limit: Option<u32>) -> Result<u32> {
    match limit {
        None => Ok(LIMIT_DEFAULT),
        Some(limit @ 1..=LIMIT_MAX) => Ok(limit),
        Some(_) => Err(Error::field("limit", format!("Enter a number from 1 to {LIMIT_MAX}."))),
    }
}

/// What the client gives back to go on.
pub(crate) fn after(position: &Position) -> String {
    let cursor = Cursor(VERSION, key(&position.unique), key(&position.sort));
    BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(&cursor).expect("a cursor holds text and numbers only"))
}

fn read(text: &str) -> Option<Position> {
    if text.len() > CURSOR_CHARS_MAX {
        return None;
    }
    let Cursor(version, unique, sort) = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    if version != VERSION {
        return None;
    }
    Some(Position { unique: argument(unique)?, sort: argument(sort)? })
}

fn key(arg: &Arg) -> Key {
    match arg {
        Arg::Int(value) => Key::Int(*value),
        Arg::Text(text) => Key::Text(text.clone()),
        Arg::Bytes(bytes) => Key::Bytes(BASE64_URL_SAFE_NO_PAD.encode(bytes)),
        // The store reads no key of another type.
        Arg::Null | Arg::Float(_) | Arg::Bool(_) => Key::None,
    }
}

fn argument(key: Key) -> Option<Arg> {
    Some(match key {
        Key::None => Arg::Null,
        Key::Int(value) => Arg::Int(value),
        Key::Text(text) if text.contains('\0') => return None,
        Key::Text(text) => Arg::Text(text),
        Key::Bytes(text) => Arg::from(BASE64_URL_SAFE_NO_PAD.decode(text).ok()?),
    })
}

#[cfg(test)]
mod tests {
    use store::contacts::CONTACTS;

    use super::*;

    #[test]
    fn a_cursor_leads_back_to_its_place_and_others_nowhere() {
        let place = Position { unique: Arg::from([7; 16]), sort: Arg::Null };
        let request = request(&CONTACTS, None, Some(&after(&place))).unwrap();
        assert_eq!(request.start, Start::After(place));
        let foreign = after(&Position { unique: Arg::Int(5), sort: Arg::Text("x".into()) });
        for wrong in ["", "x", "AAAA", &foreign, &"A".repeat(5_000)] {
            assert!(super::request(&CONTACTS, None, Some(wrong)).is_err(), "{wrong}");
        }
        assert!(size(Some(0)).is_err() && size(Some(101)).is_err() && size(Some(100)).is_ok());
    }
}
