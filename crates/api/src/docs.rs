//! The readable pages at `/docs/`: one page of our own that renders `/openapi.json` and needs no other server.

use app::App;
use axum::{
    Router,
    http::{
        HeaderName, HeaderValue,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY},
    },
    response::IntoResponse,
    routing::get,
};

const PAGE: &str = include_str!("docs/page.html");
const STYLE: &str = include_str!("docs/style.css");
const SCRIPT: &str = include_str!("docs/page.js");

/// Everything from here and nothing from elsewhere; no inline code.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/docs/", get(page))
        .route("/docs/style.css", get(|| async { file("text/css; charset=utf-8", STYLE) }))
        .route("/docs/page.js", get(|| async { file("text/javascript; charset=utf-8", SCRIPT) }))
}

/// The page itself; also what stands at `/` where the web app was not built in.
pub(crate) async fn page() -> impl IntoResponse {
    file("text/html; charset=utf-8", PAGE)
}

fn file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    let headers: [(HeaderName, HeaderValue); 4] = [
        (CONTENT_TYPE, HeaderValue::from_static(kind)),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, text)
}
