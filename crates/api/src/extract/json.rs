//! JSON bodies, in and out.

use axum::{
    body::Body,
    extract::{FromRequest, OptionalFromRequest, Request},
    http::{HeaderMap, HeaderValue, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use model::{Error, ErrorKind, FieldErrors};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use utoipa::PartialSchema;

use super::{
    fields::{self, Complaint, Source},
    strict,
};
use crate::{patience, problem::Failure};

/// The largest ordinary body.
pub const BODY_BYTES_MAX: usize = 1 << 20;
/// The largest body of a request with a list of up to 100,000 ids.
pub const LARGE_BODY_BYTES_MAX: usize = 8 << 20;

/// A JSON object of at most `MAX` bytes, checked whole: unknown, missing and wrong fields are all reported at once.
///
/// `T` derives `Deserialize` and `ToSchema`. As an answer, any value that serializes.
#[derive(Debug, Clone, Copy)]
pub struct Json<T, const MAX: usize = BODY_BYTES_MAX>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + PartialSchema, const MAX: usize> FromRequest<S> for Json<T, MAX> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        Ok(Self(read_map(object(request, MAX).await?)?))
    }
}

/// The fields of a JSON object, for handlers that look at some of them before they know what the rest must be.
pub(crate) async fn object(request: Request, max: usize) -> Result<Map<String, Value>, Error> {
    if !is_json(request.headers()) {
        return Err(Error::new(
            ErrorKind::UnsupportedMedia,
            "unsupported_media_type",
            "Send JSON, with \"Content-Type: application/json\".",
        ));
    }
    let bytes = collect(request.into_body(), max).await?;
    match strict::parse(&bytes)? {
        Value::Object(map) => Ok(map),
        _ => Err(Error::invalid("The body must be a JSON object.")),
    }
}

/// `None` when there is neither a body nor a content type: for actions that need no input.
impl<S: Send + Sync, T: DeserializeOwned + PartialSchema, const MAX: usize> OptionalFromRequest<S> for Json<T, MAX> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Failure> {
        let (parts, body) = request.into_parts();
        let bytes = collect(body, MAX).await?;
        if bytes.is_empty() {
            return Ok(None);
        }
        let request = Request::from_parts(parts, Body::from(bytes));
        <Self as FromRequest<S>>::from_request(request, state).await.map(Some)
    }
}

impl<T: Serialize, const MAX: usize> IntoResponse for Json<T, MAX> {
    fn into_response(self) -> Response {
        Written::new(&self.0, 0).map_err(Failure::from).into_response()
    }
}

/// An answer that is JSON already. A long one takes less time when it is written where its parts were put together: on the
/// same thread, which has them at hand and lets go of them.
#[derive(Debug)]
pub struct Written(Vec<u8>);

impl Written {
    /// Writes a value of about so many bytes.
    pub fn new(value: &impl Serialize, bytes: usize) -> Result<Self, Error> {
        let mut written = Vec::with_capacity(bytes);
        match serde_json::to_writer(&mut written, value) {
            Ok(()) => Ok(Self(written)),
            Err(error) => Err(Error::internal("an answer could not be written as JSON").with_source(error)),
        }
    }
}

impl IntoResponse for Written {
    fn into_response(self) -> Response {
        ([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], self.0).into_response()
    }
}

pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let Some(kind) = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()) else { return false };
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

/// Reads a body of at most `max` bytes.
pub(crate) async fn collect<B>(body: B, max: usize) -> Result<Bytes, Error>
where
    B: axum::body::HttpBody<Data = Bytes>,
    B::Error: Into<axum::BoxError>,
{
    match Limited::new(body, max).collect().await {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            Err(Error::new(ErrorKind::TooLarge, "too_large", format!("The body is larger than {max} bytes.")))
        }
        Err(error) if patience::is_too_slow(&*error) => {
            Err(Error::invalid(patience::TooSlow.to_string()).with_code("body_too_slow"))
        }
        Err(error) => Err(Error::invalid("The body ended early.").with_context(error.to_string())),
    }
}

/// Reads a `T` from fields that were collected elsewhere: the parts of a form.
pub(crate) fn read_map<T: DeserializeOwned + PartialSchema>(mut map: Map<String, Value>) -> Result<T, Error> {
    let mut wrong = FieldErrors::new();
    if let Some(known) = fields::names::<T>() {
        for key in map.keys().filter(|key| !known.contains(&key.as_str())) {
            wrong.insert(shown(key), vec!["This field is not known here.".to_owned()]);
        }
        map.retain(|key, _| known.contains(&key.as_str()));
    }
    map.retain(|key, value| {
        let is_clean = !key.contains('\0') && !holds_nul(value);
        if !is_clean {
            wrong.insert(shown(key), vec!["The character U+0000 is not allowed.".to_owned()]);
        }
        is_clean
    });
    fields::read(&mut Object(Value::Object(map)), wrong)
}

fn shown(key: &str) -> String {
    key.chars().take(100).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_nul),
        Value::Object(map) => map.iter().any(|(key, value)| key.contains('\0') || holds_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

struct Object(Value);

impl Source for Object {
    fn keys(&self) -> Vec<String> {
        self.0.as_object().map(|map| map.keys().cloned().collect()).unwrap_or_default()
    }

    fn remove(&mut self, key: &str) {
        if let Some(map) = self.0.as_object_mut() {
            map.remove(key);
        }
    }

    fn read<T: DeserializeOwned>(&self) -> Result<T, Complaint> {
        serde_path_to_error::deserialize(&self.0)
            .map_err(|error| Complaint::new(error.path(), error.inner().to_string()))
    }
}

#[cfg(test)]
mod tests {
    use model::Role;
    use serde::Deserialize;
    use utoipa::ToSchema;

    use super::*;

    fn read<T: DeserializeOwned + PartialSchema>(bytes: &[u8]) -> Result<T, Error> {
        match strict::parse(bytes)? {
            Value::Object(map) => read_map(map),
            _ => Err(Error::invalid("The body must be a JSON object.")),
        }
    }

    #[derive(Debug, Deserialize, ToSchema)]
    #[expect(dead_code, reason = "only read from JSON")]
    struct Input {
        name: String,
        count: u32,
        role: Option<Role>,
        #[serde(default)]
        place: Option<Place>,
        #[serde(default)]
        tags: Option<Tags>,
        email: String,
    }

    #[derive(Debug, Deserialize, ToSchema)]
    #[serde(untagged)]
    #[expect(dead_code, reason = "only read from JSON")]
    enum Tags {
        One(String),
        Any(Vec<String>),
    }

    #[derive(Debug, Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read from JSON")]
    struct Place {
        latitude: f64,
    }

    fn complaints(text: &str) -> String {
        let error = read::<Input>(text.as_bytes()).unwrap_err();
        let lines: Vec<String> =
            error.field_errors().iter().map(|(name, said)| format!("{name}: {}", said.join(" "))).collect();
        lines.join("\n")
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let text = r#"{"count": -1, "role": "KING", "place": {"latitude": "x"}, "colour": "red"}"#;
        assert_eq!(
            complaints(text),
            "colour: This field is not known here.\n\
             count: Expected a whole number from 0 to 4294967295.\n\
             email: This field is required.\n\
             name: This field is required.\n\
             place: latitude: Expected a number, got text.\n\
             role: \"KING\" is unknown; expected one of: \"OWNER\", \"ADMIN\", \"MANAGER\", \"AGENT\", \"VIEWER\"."
        );
    }

    #[test]
    fn a_value_of_another_kind_is_refused_without_our_names_for_it() {
        let text = r#"{"name": "a", "count": 1, "email": "x", "role": 5, "tags": 5}"#;
        assert_eq!(
            complaints(text),
            "role: Expected text, got a whole number.\n\
             tags: This kind of value is not understood here."
        );
    }

    #[test]
    fn nul_characters_are_refused_where_they_stand() {
        let text = r#"{"name": "a\u0000b", "count": 1, "email": "x"}"#;
        assert_eq!(complaints(text), "name: The character U+0000 is not allowed.");
    }

    #[test]
    fn numbers_beyond_the_type_are_named() {
        let text = r#"{"name": "a", "count": 99999999999999999999999, "email": 5}"#;
        assert_eq!(
            complaints(text),
            "count: Expected a whole number from 0 to 4294967295, got a number with decimals, or one too large.\n\
             email: Expected text, got a whole number."
        );
    }
}
