//! The door before `/mcp`: who asks, from which web page, and in whose session. What is behind it is not known here.
//!
//! Every request is authenticated by its own token; a session's id opens nothing without the token that it belongs to.
//! Who can't set headers calls a tool with the `api_key` argument alone; everything else needs the header.

use app::{
    App,
    accounts::{self, Identity},
};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
        header::{AUTHORIZATION, CONTENT_TYPE, ORIGIN},
        request::Parts,
        uri::Uri,
    },
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use model::Error;
use serde::Deserialize;

use crate::{
    extract::{authenticated_for_mcp, collect, is_json},
    problem::{Failure, Words},
};

const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
const BODY_BYTES_MAX: usize = 4 << 20;
/// No plain error text behind the door is longer.
const WORDS_BYTES_MAX: usize = 4_096;

/// Puts the door before what answers at `/mcp`.
pub(crate) fn routes(app: &App, behind: Option<Router>) -> Router<App> {
    match behind {
        // Not `layer`: that would stand before every address which there is not, too.
        Some(behind) => behind.route_layer(from_fn_with_state(app.clone(), door)).with_state(()),
        None => Router::new(),
    }
}

async fn door(State(app): State<App>, request: Request, next: Next) -> Response {
    match pass(&app, request, next).await {
        Ok(response) => with_words(response).await,
        Err(failure) => failure.into_response(),
    }
}

async fn pass(app: &App, request: Request, next: Next) -> Result<Response, Failure> {
    let (mut parts, body) = request.into_parts();
    check_origin(&parts.headers, &app.settings.base_url)?;
    let (Identity { caller, .. }, body) = admitted(app, &mut parts, body).await?;
    if let Some(id) = parts.headers.get(SESSION)
        && !accounts::owns_session(app, &caller, id.to_str().unwrap_or_default())
    {
        return Err(Error::not_found("session").into());
    }
    let opens_session = parts.method == Method::POST && is_initialize(&body);
    let is_sent_as_json = is_json(&parts.headers);
    let mut response = next.run(Request::from_parts(parts, Body::from(body))).await;
    if is_sent_as_json && response.status() == StatusCode::UNSUPPORTED_MEDIA_TYPE {
        // Behind the door, JSON that is no message of the protocol counts as another kind of media.
        *response.status_mut() = StatusCode::BAD_REQUEST;
    }
    if opens_session && response.status().is_success() {
        let id = accounts::open_session(app, &caller);
        response.headers_mut().insert(SESSION, HeaderValue::from_str(&id).expect("base64 is visible ASCII"));
    }
    Ok(response)
}

/// Who asks, and what they say.
async fn admitted(app: &App, parts: &mut Parts, body: Body) -> Result<(Identity, Bytes), Failure> {
    let refused = match authenticated_for_mcp(parts, app).await {
        Ok(identity) => return Ok((identity, collect(body, BODY_BYTES_MAX).await?)),
        Err(refused) => refused,
    };
    if parts.headers.contains_key(AUTHORIZATION) {
        return Err(refused);
    }
    let body = collect(body, BODY_BYTES_MAX).await?;
    let key = key_argument(&body).ok_or(refused)?;
    Ok((accounts::authenticate(app, &key, None).await?, body))
}

/// The `api_key` argument of a tool's call.
fn key_argument(body: &Bytes) -> Option<String> {
    #[derive(Deserialize)]
    struct Call {
        method: String,
        params: Params,
    }
    #[derive(Deserialize)]
    struct Params {
        arguments: Arguments,
    }
    #[derive(Deserialize)]
    struct Arguments {
        api_key: String,
    }
    let call = serde_json::from_slice::<Call>(body).ok().filter(|call| call.method == "tools/call")?;
    Some(call.params.arguments.api_key)
}

/// Web pages of others must not use a token that a browser may hold; programs send no Origin.
pub(crate) fn check_origin(headers: &HeaderMap, base_url: &str) -> Result<(), Error> {
    let Some(origin) = headers.get(ORIGIN) else { return Ok(()) };
    let origin = origin.to_str().unwrap_or_default();
    if is_own(origin, base_url) || is_local(origin) {
        return Ok(());
    }
    Err(Error::forbidden("Web pages of another origin may not use this address.").with_code("foreign_origin"))
}

fn is_own(origin: &str, base_url: &str) -> bool {
    match (parts_of(origin), parts_of(base_url)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

fn is_local(origin: &str) -> bool {
    parts_of(origin).is_some_and(|(_, host, _)| ["localhost", "127.0.0.1", "[::1]"].contains(&host.as_str()))
}

/// Scheme, host and port, as browsers compare origins.
fn parts_of(address: &str) -> Option<(String, String, u16)> {
    let uri: Uri = address.parse().ok()?;
    let scheme = uri.scheme_str()?.to_ascii_lowercase();
    let port = uri.port_u16().or(match scheme.as_str() {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    })?;
    Some((scheme, uri.host()?.to_ascii_lowercase(), port))
}

fn is_initialize(body: &Bytes) -> bool {
    #[derive(Deserialize)]
    struct Envelope {
        method: String,
    }
    serde_json::from_slice::<Envelope>(body).is_ok_and(|message| message.method == "initialize")
}

/// Plain words of an error become the detail of our body for errors.
async fn with_words(response: Response) -> Response {
    let status = response.status();
    let is_plain = response.headers().get(CONTENT_TYPE).is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    let is_refusal = status.is_client_error() && status != StatusCode::METHOD_NOT_ALLOWED;
    if !is_plain || !is_refusal || response.extensions().get::<Failure>().is_some() {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let words = collect(body, WORDS_BYTES_MAX).await.ok().and_then(|bytes| String::from_utf8(bytes.to_vec()).ok());
    if let Some(words) = words.filter(|words| !words.is_empty()) {
        parts.extensions.insert(Words(words));
    }
    Response::from_parts(parts, Body::empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_and_local_ones_may_call() {
        let may = |origin: &str| {
            let headers = [(ORIGIN, HeaderValue::from_bytes(origin.as_bytes()).unwrap())].into_iter().collect();
            check_origin(&headers, "https://connect.example.org").is_ok()
        };
        for good in
            ["https://connect.example.org", "https://CONNECT.example.org:443", "http://localhost:6274", "http://[::1]"]
        {
            assert!(may(good), "{good}");
        }
        for bad in [
            "https://evil.example",
            "http://connect.example.org",
            "https://connect.example.org:8443",
            "https://connect.example.org.evil.example",
            "http://localhost.evil.example",
            "null",
            "",
            "é",
        ] {
            assert!(!may(bad), "{bad}");
        }
        assert!(check_origin(&HeaderMap::new(), "https://connect.example.org").is_ok());
    }

    #[test]
    fn only_initialize_opens_a_session() {
        assert!(is_initialize(&Bytes::from_static(br#"{"jsonrpc": "2.0", "id": 1, "method": "initialize"}"#)));
        for other in [&br#"{"method": "tools/list"}"#[..], b"{", b"", b"[]", br#"{"method": 5}"#] {
            assert!(!is_initialize(&Bytes::from(other)), "{other:?}");
        }
    }
}
