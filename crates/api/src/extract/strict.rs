//! JSON without its pitfalls: a key given twice is refused, and so is what `serde_json` refuses anyway (numbers beyond what
//! can be held, lone surrogates, deep nesting, bytes that are not UTF-8).

use std::fmt;

use model::{Error, Result};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Parses a body.
pub(crate) fn parse(bytes: &[u8]) -> Result<Value> {
    let malformed =
        |what: String| Error::invalid(format!("The body is not valid JSON: {what}.")).with_code("malformed_json");
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = Strict.deserialize(&mut deserializer).map_err(|e| malformed(e.to_string()))?;
    deserializer.end().map_err(|e| malformed(e.to_string()))?;
    Ok(value)
}

#[derive(Clone, Copy)]
struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> std::result::Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> std::result::Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> std::result::Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> std::result::Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(Key(key)) = entries.next_key()? {
            let value = entries.next_value_seed(self)?;
            if map.contains_key(&key) {
                let shown: String = key.chars().take(40).collect();
                return Err(A::Error::custom(format_args!("the key \"{shown}\" stands twice in one object")));
            }
            map.insert(key, value);
        }
        Ok(map.into())
    }
}

struct Key(String);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        String::deserialize(deserializer).map(Key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_json_passes_unchanged() {
        let text = r#"{"a":[1,-2,3.5,"ü\ud83d\ude00",null,true],"b":{}}"#;
        assert_eq!(parse(text.as_bytes()).unwrap(), serde_json::from_str::<Value>(text).unwrap());
    }

    #[test]
    fn strange_json_is_refused_in_words() {
        let deep = "[".repeat(100_000);
        let cases: [&[u8]; 9] = [
            b"",
            b"{",
            b"{} x",
            br#"{"a":1,"a":2}"#,
            br#"{"a":1e999}"#,
            br#"{"a":"\ud800"}"#,
            b"{\"a\":\"\xff\"}",
            b"\xef\xbb\xbf{}",
            deep.as_bytes(),
        ];
        for case in cases {
            let error = parse(case).unwrap_err();
            assert_eq!(error.code(), "malformed_json", "{}", String::from_utf8_lossy(case));
        }
        assert!(parse(br#"{"a":1,"a":2}"#).unwrap_err().message().contains("stands twice"));
    }
}
