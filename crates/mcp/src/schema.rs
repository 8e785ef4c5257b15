//! JSON schemas of arguments and results, and of our values in them.

use std::{borrow::Cow, marker::PhantomData, sync::Arc};

use rmcp::model::JsonObject;
use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, json_schema};
use serde_json::{Value, json};

use crate::argument::API_KEY;

/// The schema of a tool's arguments, with the `api_key` that every tool takes.
pub(crate) fn of_arguments<T: JsonSchema>() -> Arc<JsonObject> {
    let mut schema = object(SchemaSettings::draft2020_12().for_deserialize(), T::json_schema);
    let key = json!({
        "type": "string",
        "description": "Only for clients that can't send the header Authorization: the API key to use for this call.",
    });
    let properties = schema.entry("properties").or_insert_with(|| json!({}));
    if let Value::Object(properties) = properties {
        properties.insert(API_KEY.to_owned(), key);
    }
    Arc::new(schema)
}

/// The schema of a tool's result.
pub(crate) fn of_result<T: JsonSchema>() -> Arc<JsonObject> {
    Arc::new(object(SchemaSettings::draft2020_12().for_serialize(), T::json_schema))
}

/// Whole, without references: not every client follows them.
fn object(settings: SchemaSettings, of: fn(&mut SchemaGenerator) -> Schema) -> JsonObject {
    let mut generator = settings.with(|settings| settings.inline_subschemas = true).into_generator();
    let mut schema = of(&mut generator).as_object().cloned().unwrap_or_default();
    for name in ["$schema", "title", "description"] {
        schema.remove(name);
    }
    schema.insert("type".to_owned(), "object".into());
    schema
}

/// Stands for an id of ours in schemas.
pub(crate) struct Uuid;

impl JsonSchema for Uuid {
    fn schema_name() -> Cow<'static, str> {
        "Uuid".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": "uuid"})
    }
}

/// Stands for a time in schemas.
pub(crate) struct Moment;

impl JsonSchema for Moment {
    fn schema_name() -> Cow<'static, str> {
        "Moment".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": "date-time"})
    }
}

/// A closed vocabulary of `model`.
pub(crate) trait Vocabulary {
    fn words() -> Vec<&'static str>;
}

/// Stands for a word of a vocabulary in schemas.
pub(crate) struct Word<T>(PhantomData<T>);

impl<T: Vocabulary> JsonSchema for Word<T> {
    fn schema_name() -> Cow<'static, str> {
        "Word".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "enum": T::words()})
    }
}

macro_rules! vocabularies {
    ($($name:ty),+ $(,)?) => {
        $(impl Vocabulary for $name {
            fn words() -> Vec<&'static str> {
                <$name>::ALL.iter().map(|word| word.as_str()).collect()
            }
        })+
    };
}

vocabularies!(
    model::Platform,
    model::bot::ReceiveMode,
    model::bot::WebhookStatus,
    model::broadcast::BroadcastStatus,
    model::contact::Source,
    model::content::ContentKind,
    model::content::MediaKind,
    model::conversation::ConversationKind,
    model::conversation::ConversationStatus,
    model::conversation::Priority,
    model::message::AuthorType,
    model::message::Direction,
    model::message::EntryKind,
    model::message::ErrorCode,
    model::message::Status,
    model::message::WaitingFor,
);
