//! Query parameters: those a list knows are read strictly, others are ignored.

use axum::{extract::FromRequestParts, http::request::Parts};
use model::{Error, FieldErrors};
use serde::de::{DeserializeOwned, Deserializer, Error as _, IntoDeserializer, Visitor, value};
use serde::forward_to_deserialize_any;
use utoipa::PartialSchema;

use super::fields::{self, Complaint, Source};
use crate::problem::Failure;

/// Query parameters as a struct of optional fields that derives `Deserialize`, `ToSchema` and `IntoParams`.
/// A parameter without a value counts as not given.
#[derive(Debug, Clone, Copy)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + PartialSchema> FromRequestParts<S> for Query<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        Ok(Self(read_pairs(&pairs(parts))?))
    }
}

/// Decoded parameters in their order.
pub(crate) type Pairs = Vec<(String, String)>;

pub(crate) fn pairs(parts: &Parts) -> Pairs {
    let query = parts.uri.query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes()).into_owned().filter(|(_, value)| !value.is_empty()).collect()
}

pub(crate) fn read_pairs<T: DeserializeOwned + PartialSchema>(pairs: &Pairs) -> Result<T, Error> {
    let known = fields::names::<T>().unwrap_or_default();
    let mut wrong = FieldErrors::new();
    let mut kept = Pairs::new();
    for (name, value) in pairs.iter().filter(|(name, _)| known.contains(&name.as_str())) {
        if kept.iter().any(|(other, _)| other == name) {
            wrong.insert(name.clone(), vec!["Give this parameter once.".to_owned()]);
        } else if value.contains('\0') {
            wrong.insert(name.clone(), vec!["The character U+0000 is not allowed.".to_owned()]);
        } else {
            kept.push((name.clone(), value.clone()));
        }
    }
    fields::read(&mut Parameters(kept), wrong)
}

struct Parameters(Pairs);

impl Source for Parameters {
    fn keys(&self) -> Vec<String> {
        self.0.iter().map(|(name, _)| name.clone()).collect()
    }

    fn remove(&mut self, key: &str) {
        self.0.retain(|(name, _)| name != key);
    }

    fn read<T: DeserializeOwned>(&self) -> Result<T, Complaint> {
        let entries = self.0.iter().map(|(name, value)| (name.as_str(), Text(value)));
        serde_path_to_error::deserialize(value::MapDeserializer::new(entries)).map_err(
            |error: serde_path_to_error::Error<value::Error>| Complaint::new(error.path(), error.inner().to_string()),
        )
    }
}

/// A value that is text on the wire, whatever the type it is read as.
#[derive(Clone, Copy)]
struct Text<'a>(&'a str);

impl IntoDeserializer<'_> for Text<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! parse {
    ($($method:ident => $visit:ident, $expected:literal;)+) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, value::Error> {
            match self.0.parse() {
                Ok(value) => visitor.$visit(value),
                Err(_) => Err(value::Error::custom(concat!("Expected ", $expected, "."))),
            }
        })+
    };
}

impl<'de> Deserializer<'de> for Text<'_> {
    type Error = value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, value::Error> {
        visitor.visit_str(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, value::Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, value::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, value::Error> {
        visitor.visit_enum(self.0.into_deserializer())
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, value::Error> {
        match self.0.to_ascii_lowercase().as_str() {
            "true" | "1" => visitor.visit_bool(true),
            "false" | "0" => visitor.visit_bool(false),
            _ => Err(value::Error::custom("Expected true or false.")),
        }
    }

    parse! {
        deserialize_i8 => visit_i8, "a whole number";
        deserialize_i16 => visit_i16, "a whole number";
        deserialize_i32 => visit_i32, "a whole number";
        deserialize_i64 => visit_i64, "a whole number";
        deserialize_u8 => visit_u8, "a whole number from 0 to 255";
        deserialize_u16 => visit_u16, "a whole number from 0 to 65535";
        deserialize_u32 => visit_u32, "a whole number from 0 to 4294967295";
        deserialize_u64 => visit_u64, "a whole number of 0 or more";
        deserialize_f32 => visit_f32, "a number";
        deserialize_f64 => visit_f64, "a number";
    }

    forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}
