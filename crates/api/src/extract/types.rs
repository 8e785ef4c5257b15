//! Small types that several inputs share.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, Visitor},
};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr,
        schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, SchemaType, Type},
    },
};

/// Telegram's ids: taken as a number or as its digits in a text, because JavaScript loses digits of long numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TelegramId(pub i64);

impl<'de> Deserialize<'de> for TelegramId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl Visitor<'_> for Either {
            type Value = TelegramId;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number, or its digits as text")
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<TelegramId, E> {
                Ok(TelegramId(value))
            }

            fn visit_u64<E: Error>(self, value: u64) -> Result<TelegramId, E> {
                i64::try_from(value).map(TelegramId).map_err(|_| E::custom("A Telegram id has at most 64 bits."))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<TelegramId, E> {
                let digits = text.strip_prefix('-').unwrap_or(text);
                let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
                let value = if is_number { text.parse().ok() } else { None };
                value
                    .map(TelegramId)
                    .ok_or_else(|| E::custom("Enter a Telegram id: a whole number of at most 64 bits."))
            }
        }

        deserializer.deserialize_any(Either)
    }
}

impl PartialSchema for TelegramId {
    fn schema() -> RefOr<Schema> {
        let kinds = SchemaType::from_iter([Type::Integer, Type::String]);
        ObjectBuilder::new()
            .schema_type(kinds)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
            .pattern(Some("^-?[0-9]{1,19}$"))
            .description(Some("A number, or its digits as text."))
            .examples([serde_json::json!(123456789)])
            .into()
    }
}

impl ToSchema for TelegramId {
    fn name() -> Cow<'static, str> {
        "TelegramId".into()
    }
}

/// A field of our own answers that comes back in a PUT: taken and ignored. `#[serde(default)] #[schema(ignore)]`
#[derive(Debug, Clone, Copy, Default)]
pub struct ReadOnly;

impl<'de> Deserialize<'de> for ReadOnly {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| ReadOnly)
    }
}

/// For PATCH, where `null` and "not given" differ: `#[serde(default, deserialize_with = "nullable")] x: Option<Option<T>>`.
pub fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telegram_ids_come_as_numbers_or_texts() {
        let read = |text: &str| serde_json::from_str::<TelegramId>(text).map(|id| id.0).ok();
        assert_eq!(read("-1001234567890123"), Some(-1_001_234_567_890_123));
        assert_eq!(read("\"-1001234567890123\""), Some(-1_001_234_567_890_123));
        for text in [
            "1.5",
            "\"1.5\"",
            "\"\"",
            "\"-\"",
            "\"+1\"",
            "\"٣\"",
            "9223372036854775808",
            "null",
            "\"9223372036854775808\"",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
