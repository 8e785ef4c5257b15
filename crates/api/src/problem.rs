//! Errors as HTTP: the one table from kinds to status codes, and the one body, `application/problem+json` (RFC 9457).
//!
//! A handler answers with a [`Failure`], which carries the error to the edge. There [`render`] writes the body, because only
//! the edge knows the request id, and logs it once.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    body::Body,
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
    },
    response::{IntoResponse, Response},
};
use model::{Error, ErrorKind};
use serde::Serialize;
use utoipa::ToSchema;

/// What a handler answers with.
pub type Result<T, E = Failure> = std::result::Result<T, E>;

/// The media type of every error's body.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// An error on its way to the edge.
#[derive(Debug, Clone)]
pub struct Failure(Arc<Error>);

impl Failure {
    pub(crate) fn kind(&self) -> ErrorKind {
        self.0.kind()
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(Arc::new(error))
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = status(self.0.kind()).into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The words of a part of ours that answers errors by itself, kept for the body.
#[derive(Debug, Clone)]
pub(crate) struct Words(pub String);

/// The body of every error.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: `code` says what happened.
    #[serde(rename = "type")]
    #[schema(example = "about:blank")]
    kind: &'static str,
    /// The status in words.
    #[schema(example = "Bad Request")]
    title: &'static str,
    /// The status code again.
    #[schema(example = 400)]
    status: u16,
    /// A sentence for people.
    #[schema(example = "Some fields are invalid.")]
    detail: String,
    /// A stable word for programs.
    #[schema(example = "invalid_input")]
    code: &'static str,
    /// What to name when you ask the operator about it.
    #[schema(example = "01939d5e-2b7c-7cc3-98c4-dc0c0c07398f")]
    request_id: String,
    /// For invalid input: sentences by field.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(example = json!({"name": ["This field is required."]}))]
    errors: BTreeMap<String, Vec<String>>,
}

/// The status of a kind of error. Nobody else decides one.
pub const fn status(kind: ErrorKind) -> StatusCode {
    match kind {
        ErrorKind::Invalid => StatusCode::BAD_REQUEST,
        ErrorKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorKind::Forbidden => StatusCode::FORBIDDEN,
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::Conflict => StatusCode::CONFLICT,
        ErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorKind::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ErrorKind::IdempotencyMismatch => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorKind::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorKind::UpstreamBad => StatusCode::BAD_GATEWAY,
        ErrorKind::UpstreamTimeout => StatusCode::GATEWAY_TIMEOUT,
        ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Writes the body of an error answer, whoever gave it, and logs what an operator may have to look at.
pub fn render(mut response: Response, request_id: &str) -> Response {
    if let Some(Failure(error)) = response.extensions_mut().remove::<Failure>() {
        log(&error, request_id);
        return of_error(response, &error, request_id);
    }
    let status = response.status();
    let is_bare = match response.headers().get(CONTENT_TYPE) {
        None => true,
        Some(kind) => kind.as_bytes().starts_with(b"text/plain"),
    };
    if is_bare && (status.is_client_error() || status.is_server_error()) {
        return of_status(response, status, request_id);
    }
    response
}

fn of_error(response: Response, error: &Error, request_id: &str) -> Response {
    let status = status(error.kind());
    let problem = Problem {
        kind: "about:blank",
        title: status.canonical_reason().unwrap_or("Error"),
        status: status.as_u16(),
        detail: error.message().to_owned(),
        code: error.code(),
        request_id: request_id.to_owned(),
        errors: error.field_errors().clone(),
    };
    let mut response = with_body(response, &problem);
    if error.kind() == ErrorKind::Unauthenticated {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(ms) = error.retry_after_ms() {
        // Rounded up: a client that comes back a moment too early is refused again.
        let seconds = (ms.max(1) + 999) / 1_000;
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// For answers that the framework gave: no such route, no such method, a body over its limit.
fn of_status(mut response: Response, status: StatusCode, request_id: &str) -> Response {
    let (code, detail) = match status {
        StatusCode::NOT_FOUND => ("not_found", "There is nothing at this address."),
        StatusCode::METHOD_NOT_ALLOWED => ("method_not_allowed", "This address does not take this method."),
        StatusCode::PAYLOAD_TOO_LARGE => ("too_large", "The body is too large."),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ("unsupported_media_type", "The content type is not understood."),
        status if status.is_server_error() => ("internal", "Something went wrong on our side."),
        _ => ("invalid_input", "The request is malformed."),
    };
    let words = response.extensions_mut().remove::<Words>();
    let problem = Problem {
        kind: "about:blank",
        title: status.canonical_reason().unwrap_or("Error"),
        status: status.as_u16(),
        detail: words.map_or_else(|| detail.to_owned(), |Words(words)| words),
        code,
        request_id: request_id.to_owned(),
        errors: BTreeMap::new(),
    };
    with_body(response, &problem)
}

fn with_body(response: Response, problem: &Problem) -> Response {
    let (mut parts, _) = response.into_parts();
    let body = serde_json::to_vec(problem).expect("a problem holds text and numbers only");
    parts.headers.remove(CONTENT_LENGTH);
    parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    Response::from_parts(parts, Body::from(body))
}

fn log(error: &Error, request_id: &str) {
    match error.kind() {
        ErrorKind::Internal => tracing::error!(%request_id, ?error, "a request failed by a fault of ours"),
        ErrorKind::Unavailable => tracing::warn!(%request_id, ?error, "a request was turned away"),
        ErrorKind::UpstreamBad | ErrorKind::UpstreamTimeout => {
            tracing::warn!(%request_id, ?error, "a provider failed a request");
        }
        _ => tracing::debug!(%request_id, code = error.code(), "a request was refused"),
    }
}
