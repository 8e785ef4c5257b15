//! The web app's cookie: out of a script's reach, never sent along from another site, and worth nothing for a change
//! without the token against forgery that only our own pages can read.

use app::{App, accounts, accounts::Identity};
use axum::http::{HeaderMap, HeaderValue, header::COOKIE, request::Parts};
use model::{Error, Id, Result, Tenant};
use secrecy::{ExposeSecret, SecretString};

/// Carries the token against forgery.
pub const CSRF_HEADER: &str = "x-csrf-token";

/// The `__Host-` prefix, which browsers hold to its word, needs https.
fn name(app: &App) -> &'static str {
    if is_https(app) { "__Host-jina_session" } else { "jina_session" }
}

fn is_https(app: &App) -> bool {
    app.settings.base_url.starts_with("https://")
}

/// The session's token, if the request brings one.
pub(crate) fn token<'a>(app: &App, headers: &'a HeaderMap) -> Option<&'a str> {
    let all = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name(app)).map(|(_, value)| value).filter(|value| !value.is_empty())
}

/// Who presents the cookie `token`. What changes something needs the token against forgery besides.
pub(super) async fn authenticated(
    app: &App,
    parts: &Parts,
    token: &str,
    tenant: Option<Id<Tenant>>,
) -> Result<Identity> {
    let identity = accounts::authenticate_session(app, token, tenant).await?;
    let given = parts.headers.get(CSRF_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if parts.method.is_safe() || accounts::is_csrf_token(app, token, given) {
        return Ok(identity);
    }
    let words = "With a session, send its csrf_token (from GET /session/) as X-CSRF-Token.";
    Err(Error::forbidden(words).with_code("csrf_failed"))
}

/// The header that gives the browser its cookie; one that is not lasting ends with the browser.
pub(crate) fn set(app: &App, token: &SecretString, is_lasting: bool) -> HeaderValue {
    let age = if is_lasting { format!("; Max-Age={}", accounts::LASTING_MS / 1_000) } else { String::new() };
    header(app, token.expose_secret(), &age)
}

/// The header that takes the cookie away.
pub(crate) fn clear(app: &App) -> HeaderValue {
    header(app, "", "; Max-Age=0")
}

fn header(app: &App, value: &str, age: &str) -> HeaderValue {
    let secure = if is_https(app) { "; Secure" } else { "" };
    let text = format!("{}={value}; Path=/; HttpOnly; SameSite=Strict{secure}{age}", name(app));
    HeaderValue::from_str(&text).expect("base64 and our own words are visible ASCII")
}
