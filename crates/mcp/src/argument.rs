//! From the arguments of a call to a tool's own type, with complaints that name the argument.

use model::{Error, Result};
use rmcp::model::JsonObject;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use secrecy::SecretString;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

/// The argument with which a client names a key of its own.
pub(crate) const API_KEY: &str = "api_key";

/// Takes the `api_key` argument out, so that tools never see it.
pub(crate) fn take_key(arguments: &mut JsonObject) -> Result<Option<SecretString>> {
    match arguments.remove(API_KEY) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(key)) => Ok(Some(key.into())),
        Some(_) => Err(Error::field(API_KEY, "Enter an API key, a text that begins with jc_.")),
    }
}

/// Refuses text that a database can't hold.
pub(crate) fn check_text(arguments: &JsonObject) -> Result<()> {
    match arguments.iter().find(|(name, value)| name.contains('\0') || holds_nul(value)) {
        None => Ok(()),
        Some((name, _)) => Err(Error::field(name.replace('\0', ""), "The character U+0000 is not allowed.")),
    }
}

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(holds_nul),
        Value::Object(map) => map.iter().any(|(key, value)| key.contains('\0') || holds_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Reads a tool's arguments. Null counts as not given.
pub(crate) fn read<T: DeserializeOwned>(mut arguments: JsonObject) -> Result<T> {
    arguments.retain(|_, value| !value.is_null());
    serde_path_to_error::deserialize(Value::Object(arguments)).map_err(|error| {
        let path = error.path().to_string();
        let words = error.into_inner().to_string();
        if path == "." { Error::invalid(sentence(&words)) } else { Error::field(path, sentence(&words)) }
    })
}

fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(char::to_uppercase).into_iter().flatten();
    format!("{}.", first.chain(letters).collect::<String>().trim_end_matches('.'))
}

/// A chat's number at Telegram: a JSON number, or its digits for clients that can't write 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ChatId(pub i64);

impl<'de> Deserialize<'de> for ChatId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Number(i64),
            Text(String),
        }
        let wrong = || serde::de::Error::custom("enter a Telegram chat id, an integer that is not 0");
        let number = match Written::deserialize(deserializer).map_err(|_| wrong())? {
            Written::Number(number) => number,
            Written::Text(text) => text.trim().parse().map_err(|_| wrong())?,
        };
        if number == 0 { Err(wrong()) } else { Ok(Self(number)) }
    }
}

impl JsonSchema for ChatId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ChatId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": ["integer", "string"]})
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Arguments {
        chat_id: Option<ChatId>,
    }

    fn object(value: Value) -> JsonObject {
        value.as_object().unwrap().clone()
    }

    fn complaint(value: Value) -> String {
        read::<Arguments>(object(value)).unwrap_err().to_string()
    }

    #[test]
    fn chat_ids_are_numbers_or_their_digits() {
        for good in [json!(-1001234567890123_i64), json!("-1001234567890123")] {
            let read: Arguments = read(object(json!({"chat_id": good}))).unwrap();
            assert_eq!(read.chat_id, Some(ChatId(-1001234567890123)));
        }
        assert!(read::<Arguments>(object(json!({"chat_id": null}))).unwrap().chat_id.is_none());
        for bad in [json!(0), json!("ada"), json!(1.5), json!([]), json!(u64::MAX)] {
            assert!(complaint(json!({"chat_id": bad})).contains("chat_id: Enter a Telegram chat id"), "{bad}");
        }
    }

    #[test]
    fn unknown_arguments_are_named() {
        let said = complaint(json!({"chatid": 5}));
        assert!(said.contains("chatid") && said.contains("chat_id"), "{said}");
    }

    #[test]
    fn nul_is_refused_wherever_it_stands() {
        for bad in [json!({"a": "x\0"}), json!({"a": [{"b\0": 1}]}), json!({"a\0": 1})] {
            assert!(check_text(&object(bad)).is_err());
        }
        assert!(check_text(&object(json!({"a": ["x", 1, null]}))).is_ok());
    }

    #[test]
    fn a_key_is_taken_out() {
        let mut arguments = object(json!({"api_key": "jc_x", "a": 1}));
        assert!(take_key(&mut arguments).unwrap().is_some());
        assert_eq!(arguments, object(json!({"a": 1})));
        assert!(take_key(&mut arguments).unwrap().is_none());
        assert!(take_key(&mut object(json!({"api_key": 5}))).is_err());
    }
}
