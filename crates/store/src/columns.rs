//! Values that columns hold in a spelling of their own: words of closed vocabularies, and JSON.
//!
//! What does not read back was written wrongly by us, so it is an internal error, never the client's.

use std::str::FromStr;

use model::{ById, Error, Id, Result};
use serde::{Serialize, de::DeserializeOwned};

use crate::db::Row;

/// A word of a closed vocabulary.
pub(crate) fn word<T: FromStr<Err = Error>>(row: &Row, index: usize) -> Result<T> {
    read_word(text(row, index)?)
}

/// A word that may be absent.
pub(crate) fn word_opt<T: FromStr<Err = Error>>(row: &Row, index: usize) -> Result<Option<T>> {
    row.text(index)?.map(read_word).transpose()
}

fn text<'a>(row: &'a Row<'_>, index: usize) -> Result<&'a str> {
    row.text(index)?.ok_or_else(|| Error::internal(format!("column {index} is NULL where there must be a text")))
}

fn read_word<T: FromStr<Err = Error>>(text: &str) -> Result<T> {
    text.parse().map_err(|error: Error| Error::internal(format!("a stored word: {error}")))
}

/// A value that is stored as JSON text.
pub(crate) fn json<T: DeserializeOwned>(row: &Row, index: usize) -> Result<T> {
    read_json(text(row, index)?)
}

/// The same of one that may be absent.
pub(crate) fn json_opt<T: DeserializeOwned>(row: &Row, index: usize) -> Result<Option<T>> {
    row.text(index)?.map(read_json).transpose()
}

fn read_json<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::internal(format!("stored JSON: {error}")).with_source(error))
}

/// The text of a value that is stored as JSON.
pub(crate) fn to_json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::internal(format!("write JSON: {error}")).with_source(error))
}

/// What belongs to each, in the order in which it came.
pub(crate) fn grouped<K, T>(pairs: Vec<(Id<K>, T)>) -> ById<K, Vec<T>> {
    let mut groups = ById::<K, Vec<T>>::default();
    for (key, value) in pairs {
        groups.entry(key).or_default().push(value);
    }
    groups
}
