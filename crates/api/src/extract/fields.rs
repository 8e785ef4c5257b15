//! Reads an object into a type and collects every complaint by field, where serde alone stops at the first.
//!
//! It reads the object again without the field that was wrong, until no field is left to complain about. That costs time
//! only when something is wrong.

use std::cell::Cell;

use model::{Error, FieldErrors, Result};
use serde::de::{Deserializer, Error as _, Visitor, value};
use serde::{de::DeserializeOwned, forward_to_deserialize_any};
use utoipa::{
    PartialSchema,
    openapi::{RefOr, schema::Schema},
};

/// How many wrong fields one answer names.
const COMPLAINTS_MAX: usize = 50;

/// What stands under one name, for reading a `T` several times.
pub(super) trait Source {
    fn keys(&self) -> Vec<String>;
    fn remove(&mut self, key: &str);
    fn read<T: DeserializeOwned>(&self) -> std::result::Result<T, Complaint>;
}

/// The first thing that serde did not like.
#[derive(Debug)]
pub(super) struct Complaint {
    /// The top-level field, when it is about one.
    pub(super) field: Option<String>,
    /// Where inside that field.
    pub(super) inner: String,
    pub(super) message: String,
}

impl Complaint {
    pub(super) fn new(path: &serde_path_to_error::Path, message: String) -> Self {
        use serde_path_to_error::Segment;
        let mut segments = path.iter();
        let field = match segments.next() {
            Some(Segment::Map { key }) => Some(key.clone()),
            _ => None,
        };
        let mut inner = String::new();
        for segment in segments {
            match segment {
                Segment::Seq { index } => inner.push_str(&format!("[{index}]")),
                Segment::Map { key } => {
                    inner.push_str(if inner.is_empty() { "" } else { "." });
                    inner.push_str(key);
                }
                Segment::Enum { .. } | Segment::Unknown => {}
            }
        }
        Self { field, inner, message }
    }
}

/// Reads a `T`, or says all that is wrong.
pub(super) fn read<T: DeserializeOwned + PartialSchema>(source: &mut impl Source, mut wrong: FieldErrors) -> Result<T> {
    for _ in 0..COMPLAINTS_MAX {
        let complaint = match source.read::<T>() {
            Ok(value) => return Error::fields(wrong).map_or(Ok(value), Err),
            Err(complaint) => complaint,
        };
        match complaint.field {
            Some(field) if source.keys().contains(&field) => {
                source.remove(&field);
                wrong.entry(field).or_default().push(sentence(&complaint.message, &complaint.inner));
            }
            _ => return Err(whole(&complaint.message, required::<T>(), &source.keys(), wrong)),
        }
    }
    Err(Error::fields(wrong).unwrap_or_else(|| Error::invalid("Too many fields are invalid.")))
}

/// A complaint about no field that is there: usually about those that are missing.
fn whole(message: &str, required: Vec<String>, present: &[String], mut wrong: FieldErrors) -> Error {
    let Some(named) = message.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) else {
        return Error::fields(wrong).unwrap_or_else(|| Error::invalid(sentence(message, "")));
    };
    for name in required.into_iter().chain([named.to_owned()]) {
        if !present.contains(&name) {
            // One that was wrong has been taken out, and is not missing.
            wrong.entry(name).or_insert_with(|| vec!["This field is required.".to_owned()]);
        }
    }
    Error::fields(wrong).unwrap_or_else(|| Error::invalid("Some fields are missing."))
}

fn required<T: PartialSchema>() -> Vec<String> {
    match T::schema() {
        RefOr::T(Schema::Object(object)) => object.required,
        _ => Vec::new(),
    }
}

/// The names of a struct's fields; `None` when `T` takes any.
pub(super) fn names<T: DeserializeOwned>() -> Option<&'static [&'static str]> {
    let names = Cell::new(None);
    // It always fails: it only looks at what the type asks for.
    let _ = T::deserialize(Probe(&names));
    names.get()
}

struct Probe<'a>(&'a Cell<Option<&'static [&'static str]>>);

impl<'de> Deserializer<'de> for Probe<'_> {
    type Error = value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> std::result::Result<V::Value, value::Error> {
        Err(value::Error::custom("a probe holds nothing"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> std::result::Result<V::Value, value::Error> {
        self.0.set(Some(fields));
        self.deserialize_any(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// serde's words as a sentence for people; our own types' sentences pass as they are.
pub(super) fn sentence(message: &str, inner: &str) -> String {
    let said = if let Some((got, expected)) =
        message.strip_prefix("invalid type: ").and_then(|rest| rest.split_once(", expected "))
    {
        format!("Expected {}, got {}.", plain(expected), kind(got))
    } else if let Some((_, expected)) =
        message.strip_prefix("invalid value: ").and_then(|rest| rest.split_once(", expected "))
    {
        format!("Expected {}.", plain(expected))
    } else if let Some(rest) = message.strip_prefix("unknown variant ") {
        let rest = rest.replace('`', "\"").replace("expected one of ", "expected one of: ");
        let rest: String = rest.chars().take(500).collect();
        format!("{rest}.").replacen("\", expected", "\" is unknown; expected", 1)
    } else if let Some(name) = message.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
        format!("\"{name}\" is required.")
    } else if let Some(name) = message.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next()) {
        format!("\"{name}\" is not known here.")
    } else if message.starts_with("data did not match any variant") {
        "This kind of value is not understood here.".to_owned()
    } else {
        message.to_owned()
    };
    if inner.is_empty() { said } else { format!("{inner}: {said}") }
}

fn plain(expected: &str) -> &str {
    match expected {
        "a string" | "str" | "string" | "string or map" => "text",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "an object",
        "i8" | "i16" | "i32" | "i64" => "a whole number",
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" => "a whole number from 0 to 4294967295",
        "u64" | "usize" => "a whole number of 0 or more",
        "f32" | "f64" => "a number",
        _ if expected.starts_with("struct ") => "an object",
        _ => expected,
    }
}

fn kind(got: &str) -> &'static str {
    match got.split([' ', '`']).next().unwrap_or_default() {
        "string" => "text",
        "integer" => "a whole number",
        "floating" => "a number with decimals, or one too large",
        "boolean" => "true or false",
        "null" | "unit" | "Option" => "null",
        "sequence" => "a list",
        "map" => "an object",
        _ => "something else",
    }
}
