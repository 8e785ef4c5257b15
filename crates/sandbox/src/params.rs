//! A call's parameters, however they came: query, form, JSON or multipart, read as leniently as Telegram reads them.

use std::{borrow::Cow, sync::Arc};

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Multipart, Request},
    http::{StatusCode, header},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::answer::{ApiError, Result};

/// All parameters of one request but its files.
const PARAMETERS_BYTES_MAX: usize = 1 << 20;
/// One upload and its form.
const BODY_BYTES_MAX: usize = 52 << 20;
const FILES_MAX: usize = 100;

/// A parameter as it was written.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Param {
    Text(String),
    Json(Value),
}

/// An uploaded file.
#[derive(Clone, Debug)]
pub struct Upload {
    pub field: String,
    pub file_name: String,
    pub mime_type: Option<String>,
    pub bytes: Bytes,
}

/// The parameters of one call.
#[derive(Debug, Default)]
pub struct Params {
    /// Shared with the call log.
    pub fields: Arc<Vec<(String, Param)>>,
    pub files: Vec<Upload>,
}

impl Params {
    /// Reads query and body. What the body says goes before the query.
    pub async fn read(request: Request) -> Result<Self> {
        let query = request.uri().query().map(form).unwrap_or_default();
        let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or_default().to_ascii_lowercase();
        let (mut fields, files) = if content_type.starts_with("multipart/form-data") {
            read_multipart(request).await?
        } else {
            let body = axum::body::to_bytes(request.into_body(), PARAMETERS_BYTES_MAX).await;
            read_body(&content_type, &body.map_err(|_| too_large())?)?
        };
        fields.extend(query);
        Ok(Self { fields: Arc::new(fields), files })
    }

    /// The parameters of a method call that a webhook answered with.
    pub fn from_object(object: serde_json::Map<String, Value>) -> Self {
        Self { fields: Arc::new(of_object(object)), files: Vec::new() }
    }

    pub fn get(&self, name: &str) -> Option<&Param> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value)
    }

    /// The parameter as text; a JSON value that is no string stands as it would in a form. Null is absence.
    pub fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        match self.get(name)? {
            Param::Text(text) => Some(Cow::Borrowed(text)),
            Param::Json(Value::Null) => None,
            Param::Json(value) => Some(Cow::Owned(value.to_string())),
        }
    }

    /// Text that is there and not empty.
    pub fn filled(&self, name: &str) -> Option<Cow<'_, str>> {
        self.text(name).filter(|text| !text.is_empty())
    }

    pub fn int(&self, name: &str) -> Option<i64> {
        self.text(name)?.trim().parse().ok()
    }

    pub fn float(&self, name: &str) -> Option<f64> {
        self.text(name)?.trim().parse().ok()
    }

    pub fn flag(&self, name: &str) -> bool {
        self.text(name).is_some_and(|text| matches!(text.to_ascii_lowercase().as_str(), "true" | "yes" | "1"))
    }

    /// A nested object: JSON in JSON bodies, serialised text in forms. `Err` holds nothing: every caller has its words.
    pub fn json(&self, name: &str) -> Option<Result<Cow<'_, Value>, ()>> {
        match self.get(name)? {
            Param::Json(Value::Null) => None,
            Param::Json(value) => Some(Ok(Cow::Borrowed(value))),
            Param::Text(text) if text.is_empty() => None,
            Param::Text(text) => Some(serde_json::from_str(text).map(Cow::Owned).map_err(drop)),
        }
    }

    /// A nested object read into a type, or nothing when it is absent or of another shape.
    pub fn read_json<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_value(self.json(name)?.ok()?.into_owned()).ok()
    }

    pub fn file(&self, field: &str) -> Option<&Upload> {
        self.files.iter().find(|file| file.field == field)
    }
}

/// Parameters and files as they are read.
type Parts = (Vec<(String, Param)>, Vec<Upload>);

fn of_object(object: serde_json::Map<String, Value>) -> Vec<(String, Param)> {
    object.into_iter().map(|(name, value)| (name, param(value))).collect()
}

fn param(value: Value) -> Param {
    match value {
        Value::String(text) => Param::Text(text),
        value => Param::Json(value),
    }
}

fn form(text: &str) -> Vec<(String, Param)> {
    url::form_urlencoded::parse(text.as_bytes())
        .map(|(name, value)| (name.into_owned(), Param::Text(value.into_owned())))
        .collect()
}

fn too_large() -> ApiError {
    ApiError::new(413, "Request Entity Too Large")
}

fn read_body(content_type: &str, body: &Bytes) -> Result<Parts> {
    if body.is_empty() {
        return Ok(Parts::default());
    }
    if content_type.starts_with("application/json") {
        return match serde_json::from_slice(body) {
            Ok(Value::Object(object)) => Ok((of_object(object), Vec::new())),
            Ok(_) => Err(ApiError::bad("can't parse request parameters: object expected")),
            Err(_) => Err(ApiError::bad("can't parse request parameters: invalid JSON")),
        };
    }
    if content_type.is_empty() || content_type.starts_with("application/x-www-form-urlencoded") {
        let text = str::from_utf8(body).map_err(|_| ApiError::bad("strings must be encoded in UTF-8"))?;
        return Ok((form(text), Vec::new()));
    }
    Err(ApiError::new(415, "Unsupported Media Type: unsupported Content-Type"))
}

async fn read_multipart(request: Request) -> Result<Parts> {
    // Whole first: the parser stops at the last boundary, and a connection on which a rest of the body has yet to come
    // is closed after the answer, under the client's next call.
    let (head, body) = request.into_parts();
    let whole = axum::body::to_bytes(body, BODY_BYTES_MAX).await.map_err(|_| too_large())?;
    let mut request = Request::from_parts(head, Body::from(whole));
    // The extractor has a limit of its own, smaller than ours.
    axum::extract::DefaultBodyLimit::disable().apply(&mut request);
    let malformed = |_| ApiError::bad("can't parse multipart/form-data request");
    let mut parts = Multipart::from_request(request, &()).await.map_err(malformed)?;
    let ((mut fields, mut files), mut bytes_left) = (Parts::default(), PARAMETERS_BYTES_MAX);
    while let Some(part) = parts.next_field().await.map_err(part_error)? {
        let name = part.name().unwrap_or_default().to_owned();
        let file_name = part.file_name().map(str::to_owned);
        let mime_type = part.content_type().map(str::to_owned);
        let bytes = part.bytes().await.map_err(part_error)?;
        if let Some(file_name) = file_name {
            if files.len() == FILES_MAX {
                return Err(too_large());
            }
            files.push(Upload { field: name, file_name, mime_type, bytes });
        } else {
            bytes_left = bytes_left.checked_sub(bytes.len()).ok_or_else(too_large)?;
            let text = String::from_utf8(bytes.into());
            let text = text.map_err(|_| ApiError::bad("strings must be encoded in UTF-8"))?;
            fields.push((name, Param::Text(text)));
        }
    }
    Ok((fields, files))
}

fn part_error(error: axum::extract::multipart::MultipartError) -> ApiError {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        _ => ApiError::bad("can't parse multipart/form-data request"),
    }
}
