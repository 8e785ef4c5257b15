//! A request's parameters as they are gathered; files turn the body into multipart.

use serde_json::{Map, Value};

use super::{Body, Part, PartValue, Request};

/// Parameters, in the order in which they were set.
pub(super) struct Params {
    fields: Map<String, Value>,
    files: Vec<Part>,
}

impl Params {
    pub(super) fn new() -> Self {
        Self { fields: Map::new(), files: Vec::new() }
    }

    /// Parameters of a call to one chat.
    pub(super) fn to_chat(chat_id: i64) -> Self {
        Self::new().with("chat_id", chat_id)
    }

    pub(super) fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.fields.insert(name.into(), value.into());
    }

    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.set(name, value);
        self
    }

    pub(super) fn with_some(self, name: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Adds a file and answers how a parameter refers to it.
    pub(super) fn attach(&mut self, storage_key: &str, file_name: String, mime_type: Option<String>) -> String {
        let name = format!("file{}", self.files.len());
        let reference = format!("attach://{name}");
        self.files
            .push(Part { name, value: PartValue::File { storage_key: storage_key.into(), file_name, mime_type } });
        reference
    }

    pub(super) fn request(self, method: &'static str) -> Request {
        let body = if self.files.is_empty() {
            Body::Json(Value::Object(self.fields).to_string().into_bytes())
        } else {
            let fields =
                self.fields.into_iter().map(|(name, value)| Part { name, value: PartValue::Text(plain(value)) });
            Body::Multipart(fields.chain(self.files).collect())
        };
        Request { method, body }
    }
}

/// In a form, strings stand bare and everything else is JSON.
fn plain(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}
