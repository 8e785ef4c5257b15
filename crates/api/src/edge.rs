//! What every request passes on its way in and every answer on its way out: the request id, measuring, security headers,
//! panics, and the body of errors.

use std::{any::Any, time::Instant};

use app::App;
use axum::{
    extract::{MatchedPath, Request, State},
    http::{
        HeaderName, HeaderValue, Uri,
        header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS},
        uri::PathAndQuery,
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use model::Error;
use tracing::Instrument;

use crate::{
    ops::Metrics,
    problem::{self, Failure},
};

/// The header that names a request, both ways.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const REQUEST_ID_CHARS_MAX: usize = 128;

/// The name of one request in answers and logs.
#[derive(Debug, Clone, Default)]
pub struct RequestId(String);

impl RequestId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The outermost layer around the routes.
pub async fn layer(State((app, metrics)): State<(App, Metrics)>, mut request: Request, next: Next) -> Response {
    let id = request_id(&request, &app);
    request.extensions_mut().insert(RequestId(id.clone()));
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let route = route.unwrap_or_else(|| "unknown".to_owned());
    let method = request.method().clone();
    // For traces: who called us (W3C Trace Context), and what we answered.
    let traceparent = request.headers().get("traceparent").and_then(|v| v.to_str().ok()).filter(|v| v.len() <= 64);
    let status = tracing::field::Empty;
    let span = tracing::info_span!("request", request.id = %id, %method, %route, traceparent, status);
    let began = Instant::now();
    let response = next.run(request).instrument(span.clone()).await;
    let mut response = span.in_scope(|| problem::render(response, &id));
    let (status, elapsed) = (response.status(), began.elapsed());
    span.record("status", status.as_u16());
    ::metrics::histogram!("http_request_duration_seconds", "method" => method_label(&method), "route" => route.clone(),
        "status" => status.as_u16().to_string())
    .record(elapsed.as_secs_f64());
    metrics.tidy();
    let duration_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    // Reading is the bulk of all requests and changes nothing: its lines are for those who ask for them.
    if method.is_safe() {
        tracing::debug!(request.id = %id, %method, route, status = status.as_u16(), duration_ms, "answered a request");
    } else {
        tracing::info!(request.id = %id, %method, route, status = status.as_u16(), duration_ms, "answered a request");
    }
    set_headers(&mut response, &id);
    response
}

/// Methods are free text in HTTP; a label must not be.
fn method_label(method: &axum::http::Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "HEAD" => "HEAD",
        _ => "OTHER",
    }
}

/// The caller's id if it is short and visible ASCII, else a fresh one.
pub(crate) fn request_id(request: &Request, app: &App) -> String {
    let given = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok());
    let is_sane =
        |id: &&str| (1..=REQUEST_ID_CHARS_MAX).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic());
    given.filter(is_sane).map_or_else(|| app.ids.next().to_string(), str::to_owned)
}

pub(crate) fn set_headers(response: &mut Response, id: &str) {
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let is_data = headers.get(CONTENT_TYPE).is_none_or(|kind| !kind.as_bytes().starts_with(b"text/html"));
    if is_data && !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

/// A panic as an error of ours: logged with its words, answered without them.
pub fn caught(panic: Box<dyn Any + Send>) -> Response {
    let words = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let words = words.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned());
    Failure::from(Error::internal(format!("a handler panicked: {words}"))).into_response()
}

/// Documented paths end in a slash and answer without it too; files and probes are written without one.
pub fn with_canonical_path(mut request: Request) -> Request {
    if let Some(uri) = canonical(request.uri()) {
        *request.uri_mut() = uri;
    }
    request
}

/// Addresses whose one spelling has no slash at the end.
const BARE: [&str; 5] = ["/healthz", "/readyz", "/metrics", "/openapi.json", "/mcp"];

fn canonical(uri: &Uri) -> Option<Uri> {
    let path = uri.path();
    let trimmed = path.strip_suffix('/').unwrap_or(path);
    let wanted = if BARE.contains(&trimmed) {
        trimmed.to_owned()
    } else {
        let last = path.rsplit('/').next().unwrap_or_default();
        if last.is_empty() || last.contains('.') {
            return None;
        }
        format!("{path}/")
    };
    if wanted == path {
        return None;
    }
    let whole = match uri.query() {
        Some(query) => format!("{wanted}?{query}"),
        None => wanted,
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(whole).ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_answered_without_its_words() {
        let response = problem::render(caught(Box::new("the token is 123:abc")), "r-1");
        assert_eq!(response.status(), 500);
        let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        assert!(body.contains("\"request_id\":\"r-1\"") && !body.contains("123:abc"), "{body}");
    }

    #[test]
    fn paths_get_their_one_spelling() {
        let spelled = |path: &str| canonical(&path.parse().unwrap()).map_or(path.to_owned(), |uri| uri.to_string());
        assert_eq!(spelled("/contacts?a=b"), "/contacts/?a=b");
        assert_eq!(spelled("/contacts/"), "/contacts/");
        assert_eq!(spelled("/healthz/"), "/healthz");
        assert_eq!(spelled("/openapi.json"), "/openapi.json");
        assert_eq!(spelled("/docs/page.js"), "/docs/page.js");
        assert_eq!(spelled("/"), "/");
    }
}
