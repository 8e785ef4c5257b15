//! `Idempotency-Key` on every POST of somebody with a token: the first answer is kept and given again.
//!
//! Work under a key goes on when its client hangs up, because that client will ask again. What was refused for a reason that
//! passes (5xx, 429, no right) is not kept, nor is what was wrong with the input: it may come again, mended. A crash between the work and the keeping of its answer doubles nothing where the
//! handler gives what it makes the id that [`KeyedId`](crate::extract::KeyedId) names.

use std::{borrow::Cow, str};

use app::{App, accounts::Identity};
use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header::CONTENT_TYPE, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http_body_util::BodyExt;
use model::{Error, ErrorKind, Timestamp};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use store::idempotency::{self, Answer, Found, Key};
use tracing::Instrument;

use crate::{
    edge::RequestId,
    extract::{LARGE_BODY_BYTES_MAX, MadeUnderKey, authenticated, collect, parse_json},
    problem::{self, Failure, PROBLEM_JSON},
};

/// The header that names a request.
pub const HEADER: &str = "idempotency-key";
const REPLAYED: &str = "idempotent-replayed";
const KEY_CHARS_MAX: usize = 255;
/// Telegram takes files of up to 50 MB; the rest is for the other parts.
const FORM_BYTES_MAX: usize = 52 << 20;
/// Larger answers than any of ours.
const ANSWER_BYTES_MAX: usize = 8 << 20;

/// The layer around all routes.
pub async fn layer(State(app): State<App>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST || !request.headers().contains_key(HEADER) {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let Ok(Identity { caller, .. }) = authenticated(&mut parts, &app).await else {
        // Without a tenant there is nothing to keep an answer for; the handler refuses in its own words.
        return next.run(Request::from_parts(parts, body)).await;
    };
    let key = match read_key(&parts.headers) {
        Ok(key) => Key { tenant: caller.tenant, key },
        Err(error) => return Failure::from(error).into_response(),
    };
    match once(app, key, parts, body, next).await {
        Ok(response) => response,
        Err(error) => Failure::from(error).into_response(),
    }
}

fn read_key(headers: &HeaderMap) -> Result<String, Error> {
    let text = headers.get(HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_good = (1..=KEY_CHARS_MAX).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
    if is_good {
        return Ok(text.to_owned());
    }
    Err(Error::field("Idempotency-Key", format!("Enter 1 to {KEY_CHARS_MAX} visible ASCII characters.")))
}

async fn once(app: App, key: Key, mut parts: Parts, body: Body, next: Next) -> Result<Response, Error> {
    let boundary = boundary(&parts.headers);
    let body = collect(body, if boundary.is_some() { FORM_BYTES_MAX } else { LARGE_BODY_BYTES_MAX }).await?;
    let fingerprint = fingerprint(&parts, &body, boundary.as_deref());
    let taken_at = app.clock.now();
    let taken = key.clone();
    match app.db.write(move |tx| idempotency::take(tx, &taken, &fingerprint, taken_at)).await? {
        Found::Free { first_at } => drop(parts.extensions.insert(keyed_id(&key, first_at))),
        Found::Answered(answer) => return replay(&app, &key, &answer),
        Found::Mismatch => {
            return Err(Error::new(
                ErrorKind::IdempotencyMismatch,
                "idempotency_key_reused",
                "This Idempotency-Key came before with another request. Use a new key for a new request.",
            ));
        }
        Found::AtWork => {
            return Err(Error::conflict(
                "idempotency_key_in_use",
                "The first request with this Idempotency-Key is still at work. Ask again for its answer.",
            )
            .with_retry_after(1_000));
        }
    }
    let request_id = parts.extensions.get::<RequestId>().cloned().unwrap_or_default();
    let work = async move {
        let response = next.run(Request::from_parts(parts, Body::from(body))).await;
        keep(&app, &key, taken_at, problem::render(response, request_id.as_str())).await
    };
    let work = tokio::spawn(work.in_current_span());
    work.await.map_err(|error| Error::internal("a request under an Idempotency-Key panicked").with_source(error))?
}

/// The same for every try under one key.
fn keyed_id(key: &Key, first_at: Timestamp) -> MadeUnderKey {
    let digest = Sha256::new()
        .chain_update(key.tenant.as_bytes())
        .chain_update(first_at.as_ms().to_be_bytes())
        .chain_update(&key.key)
        .finalize();
    let mut random = [0; 10];
    random.copy_from_slice(&digest[..10]);
    MadeUnderKey(uuid::Builder::from_unix_timestamp_millis(first_at.as_ms().unsigned_abs(), &random).into_uuid())
}

/// Keeps an answer that a repeated request shall get, or frees the key.
async fn keep(app: &App, key: &Key, taken_at: Timestamp, response: Response) -> Result<Response, Error> {
    let (parts, body) = response.into_parts();
    let body = collect_answer(body).await?;
    let answer = if is_final(parts.status) { sealed(app, key, parts.status, &body) } else { None };
    let key = key.clone();
    let kept = app.db.write(move |tx| match &answer {
        Some(answer) => idempotency::keep(tx, &key, taken_at, answer),
        None => idempotency::release(tx, &key, taken_at),
    });
    if let Err(error) = kept.await {
        // The work is done and its answer is at hand; the key frees itself in a while.
        tracing::warn!(?error, "an answer could not be kept for its Idempotency-Key");
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}

/// An answer as it is kept: encrypted, because it may hold what is shown only once, such as a new API key.
fn sealed(app: &App, key: &Key, status: StatusCode, body: &[u8]) -> Option<Answer> {
    let text = str::from_utf8(body).ok()?;
    match app.cipher.seal(&*app.ids, &idempotency::place(key), key.tenant, &text.into()) {
        Ok(body) => Some(Answer { status: status.as_u16(), body }),
        Err(error) => {
            tracing::warn!(?error, "an answer could not be encrypted for its Idempotency-Key");
            None
        }
    }
}

async fn collect_answer(body: Body) -> Result<Bytes, Error> {
    let whole = http_body_util::Limited::new(body, ANSWER_BYTES_MAX).collect().await;
    whole.map(|whole| whole.to_bytes()).map_err(|error| Error::internal(format!("an answer ended early: {error}")))
}

/// Whether asking again could only give the same answer.
fn is_final(status: StatusCode) -> bool {
    let passes = [
        StatusCode::BAD_REQUEST,
        StatusCode::UNAUTHORIZED,
        StatusCode::FORBIDDEN,
        StatusCode::REQUEST_TIMEOUT,
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        StatusCode::TOO_MANY_REQUESTS,
    ];
    !status.is_server_error() && !passes.contains(&status)
}

fn replay(app: &App, key: &Key, answer: &Answer) -> Result<Response, Error> {
    let body = app.cipher.open(&idempotency::place(key), key.tenant, &answer.body).map_err(|error| {
        let words =
            "The first answer under this Idempotency-Key can't be read any more. Look whether the work was done.";
        Error::conflict("idempotency_answer_lost", words).with_source(error)
    })?;
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let is_problem = status.is_client_error() || status.is_server_error();
    let kind = if is_problem { PROBLEM_JSON } else { "application/json" };
    let mut response = (status, body.expose_secret().to_owned()).into_response();
    let headers = response.headers_mut();
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    headers.remove(CONTENT_TYPE);
    if status != StatusCode::NO_CONTENT {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    Ok(response)
}

/// The boundary of a form: a client makes a new one for each try, so it is no part of what was said.
fn boundary(headers: &HeaderMap) -> Option<String> {
    let kind = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let (name, parameters) = kind.split_once(';')?;
    if !name.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let value = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then(|| value.trim().trim_matches('"').to_owned())
    })?;
    (!value.is_empty()).then_some(value)
}

fn fingerprint(parts: &Parts, body: &[u8], boundary: Option<&str>) -> [u8; 32] {
    let mut hash = Sha256::new();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    hash.update(path.as_bytes());
    hash.update([0]);
    match boundary {
        None => hash.update(canonical(body)),
        Some(boundary) => {
            for piece in split(body, boundary.as_bytes()) {
                hash.update((piece.len() as u64).to_be_bytes());
                hash.update(piece);
            }
        }
    }
    hash.finalize().into()
}

/// The same for the same JSON: clients write an object's fields in any order.
fn canonical(body: &[u8]) -> Cow<'_, [u8]> {
    let Ok(mut value) = parse_json(body) else { return body.into() };
    value.sort_all_objects();
    serde_json::to_vec(&value).map_or_else(|_| body.into(), Into::into)
}

fn split<'a>(mut body: &'a [u8], boundary: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    let mut is_done = false;
    std::iter::from_fn(move || {
        if is_done {
            return None;
        }
        match find(body, boundary) {
            Some(at) => {
                let piece = &body[..at];
                body = &body[at + boundary.len()..];
                Some(piece)
            }
            None => {
                is_done = true;
                Some(body)
            }
        }
    })
}

/// Looks for the first byte of a boundary's line, so that long files are skipped quickly.
fn find(body: &[u8], boundary: &[u8]) -> Option<usize> {
    let first = *boundary.first()?;
    let mut from = 0;
    while let Some(at) = body[from..].iter().position(|byte| *byte == first) {
        let at = from + at;
        if body[at..].starts_with(boundary) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(boundary: &str, file: &str) -> [u8; 32] {
        let kind = format!("multipart/form-data; boundary=\"{boundary}\"");
        let request = Request::builder().uri("/telegram/v1/messages/").header(CONTENT_TYPE, kind).body(()).unwrap();
        let (parts, ()) = request.into_parts();
        let found = super::boundary(&parts.headers);
        let body = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"photo\"\r\n\r\n{file}\r\n--{boundary}--\r\n"
        );
        fingerprint(&parts, body.as_bytes(), found.as_deref())
    }

    #[test]
    fn the_same_form_under_another_boundary_is_the_same_request() {
        assert_eq!(hash("aaa", "bytes"), hash("b-b-b", "bytes"));
        assert_ne!(hash("aaa", "bytes"), hash("aaa", "other"));
    }
}
