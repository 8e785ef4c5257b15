//! Answers in Telegram's exact shape: `ok`, `result`, `description`, `error_code`, `parameters`.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use serde::Serialize;
use serde_json::{json, value::RawValue};

/// What a method returns: its result as JSON, and what the call log wants to know of it.
#[derive(Debug)]
pub struct Answer {
    pub result: Box<RawValue>,
    pub description: Option<&'static str>,
    pub message_id: Option<i64>,
}

impl Answer {
    pub fn new(result: &impl Serialize) -> Self {
        let result = serde_json::value::to_raw_value(result).expect("our own results have string keys only");
        Self { result, description: None, message_id: None }
    }

    pub fn yes() -> Self {
        Self::new(&true)
    }

    pub fn described(mut self, description: &'static str) -> Self {
        self.description = Some(description);
        self
    }

    pub fn of_message(mut self, message_id: i64) -> Self {
        self.message_id = Some(message_id);
        self
    }

    pub fn body(&self) -> String {
        let description = self.description.map(|text| format!(",\"description\":\"{text}\"")).unwrap_or_default();
        format!("{{\"ok\":true,\"result\":{}{description}}}", self.result)
    }
}

/// A refusal in Telegram's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    pub code: u16,
    pub description: String,
    pub retry_after: Option<i64>,
    pub migrate_to_chat_id: Option<i64>,
}

pub type Result<T, E = ApiError> = std::result::Result<T, E>;

impl ApiError {
    pub fn new(code: u16, description: impl Into<String>) -> Self {
        Self { code, description: description.into(), retry_after: None, migrate_to_chat_id: None }
    }

    /// `400 Bad Request: …`
    pub fn bad(what: impl AsRef<str>) -> Self {
        Self::new(400, format!("Bad Request: {}", what.as_ref()))
    }

    /// `403 Forbidden: …`
    pub fn forbidden(what: impl AsRef<str>) -> Self {
        Self::new(403, format!("Forbidden: {}", what.as_ref()))
    }

    /// `409 Conflict: …`
    pub fn conflict(what: impl AsRef<str>) -> Self {
        Self::new(409, format!("Conflict: {}", what.as_ref()))
    }

    pub fn too_many(retry_after: i64) -> Self {
        let description = format!("Too Many Requests: retry after {retry_after}");
        Self { retry_after: Some(retry_after), ..Self::new(429, description) }
    }

    pub fn migrated(to_chat_id: i64) -> Self {
        let error = Self::bad("group chat was upgraded to a supergroup chat");
        Self { migrate_to_chat_id: Some(to_chat_id), ..error }
    }

    pub fn body(&self) -> String {
        let mut body = json!({"ok": false, "error_code": self.code, "description": self.description});
        if let Some(seconds) = self.retry_after {
            body["parameters"]["retry_after"] = seconds.into();
        }
        if let Some(chat_id) = self.migrate_to_chat_id {
            body["parameters"]["migrate_to_chat_id"] = chat_id.into();
        }
        body.to_string()
    }
}

/// The HTTP form of an answer: the status is the error code, and 429 says how long to wait in a header, too.
pub fn respond(body: String, error: Option<&ApiError>) -> Response {
    let mut response = Response::new(Body::from(body));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(error) = error {
        *response.status_mut() = StatusCode::from_u16(error.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if let Some(seconds) = error.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
    }
    response
}
