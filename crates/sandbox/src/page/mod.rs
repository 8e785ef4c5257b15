//! The page at `/`: phones to act people by hand, and the log of calls below. Plain files, no build, no internet.

use axum::{
    Router,
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

use crate::state::Shared;

const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; \
                   connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

const FILES: [(&str, &str, &str); 12] = [
    ("app.css", "text/css; charset=utf-8", include_str!("app.css")),
    ("message.css", "text/css; charset=utf-8", include_str!("message.css")),
    ("api.js", "text/javascript; charset=utf-8", include_str!("api.js")),
    ("calls.js", "text/javascript; charset=utf-8", include_str!("calls.js")),
    ("compose.js", "text/javascript; charset=utf-8", include_str!("compose.js")),
    ("dom.js", "text/javascript; charset=utf-8", include_str!("dom.js")),
    ("main.js", "text/javascript; charset=utf-8", include_str!("main.js")),
    ("message.js", "text/javascript; charset=utf-8", include_str!("message.js")),
    ("phone.js", "text/javascript; charset=utf-8", include_str!("phone.js")),
    ("whatsapp.css", "text/css; charset=utf-8", include_str!("whatsapp.css")),
    ("whatsapp.js", "text/javascript; charset=utf-8", include_str!("whatsapp.js")),
    ("whatsapp-message.js", "text/javascript; charset=utf-8", include_str!("whatsapp-message.js")),
];

pub fn router() -> Router<Shared> {
    Router::new().route("/", get(index)).route("/page/{name}", get(file)).route("/favicon.ico", get(no_icon))
}

async fn index() -> Response {
    serve("text/html; charset=utf-8", include_str!("index.html"))
}

async fn file(Path(name): Path<String>) -> Response {
    match FILES.iter().find(|(known, _, _)| *known == name) {
        Some((_, mime_type, text)) => serve(mime_type, text),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn no_icon() -> StatusCode {
    StatusCode::NO_CONTENT
}

fn serve(mime_type: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, mime_type),
        (header::CONTENT_SECURITY_POLICY, CSP),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, text).into_response()
}
