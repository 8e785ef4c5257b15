//! One delivery over HTTP: the request as Telegram makes it, and what the answer means.

use std::{error::Error as _, io, time::Duration};

use axum::http::{HeaderValue, Method, Request, Uri, header};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::{Map, Value};

use super::Webhook;

/// More of an answer is not read: Telegram only looks for a method call in it.
const ANSWER_BYTES_MAX: usize = 1 << 20;
/// A receiver's wish to be left alone is heard up to an hour.
const RETRY_AFTER_S_MAX: u64 = 3600;

/// The HTTP client that all webhooks share.
#[derive(Clone)]
pub struct WebhookClient(Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

impl std::fmt::Debug for WebhookClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WebhookClient")
    }
}

/// How one delivery ended.
#[derive(Debug)]
pub enum Delivery {
    /// 2xx, perhaps with a method call in the answer.
    Acknowledged(Option<Map<String, Value>>),
    Failed {
        message: String,
        retry_after_s: u64,
        is_gone: bool,
    },
}

impl Delivery {
    fn failed(message: impl Into<String>) -> Self {
        Self::Failed { message: message.into(), retry_after_s: 0, is_gone: false }
    }
}

impl WebhookClient {
    pub fn new() -> Self {
        let provider = rustls::crypto::ring::default_provider();
        let mut http = HttpConnector::new();
        http.set_nodelay(true);
        http.enforce_http(false);
        let https = HttpsConnectorBuilder::new()
            .with_provider_and_webpki_roots(provider)
            .expect("ring supports the default TLS versions")
            .https_or_http()
            .enable_http1()
            .wrap_connector(http);
        Self(Client::builder(TokioExecutor::new()).pool_max_idle_per_host(100).build(https))
    }

    /// Posts one update and judges the answer.
    pub async fn deliver(&self, webhook: &Webhook, body: Bytes, timeout: Duration) -> Delivery {
        let Some(request) = request(webhook, body) else {
            return Delivery::failed("Invalid webhook URL");
        };
        match tokio::time::timeout(timeout, self.exchange(request)).await {
            Ok(delivery) => delivery,
            Err(_) => Delivery::failed("Read timeout expired"),
        }
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Delivery {
        let response = match self.0.request(request).await {
            Ok(response) => response,
            Err(error) => return Delivery::failed(in_words(&error)),
        };
        let (parts, body) = response.into_parts();
        // A broken body is a broken answer: what was not read completely is no acknowledgement.
        let Ok(body) = Limited::new(body, ANSWER_BYTES_MAX).collect().await else {
            return Delivery::failed("Connection closed");
        };
        if parts.status.is_success() {
            return Delivery::Acknowledged(method_call(&body.to_bytes()));
        }
        let retry_after = parts.headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        let reason = parts.status.canonical_reason().unwrap_or_default();
        Delivery::Failed {
            message: format!("Wrong response from the webhook: {} {reason}", parts.status.as_u16()).trim_end().into(),
            retry_after_s: retry_after.unwrap_or(0).min(RETRY_AFTER_S_MAX),
            is_gone: parts.status.as_u16() == 410,
        }
    }

    /// Any request with its whole answer: status and body, or why there was none.
    pub async fn ask(&self, request: Request<Full<Bytes>>, timeout: Duration) -> Result<(u16, Bytes), String> {
        let asking = async {
            let response = self.0.request(request).await.map_err(|error| in_words(&error))?;
            let (parts, body) = response.into_parts();
            let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await;
            Ok((parts.status.as_u16(), body.map_err(|_| "Connection closed".to_owned())?.to_bytes()))
        };
        tokio::time::timeout(timeout, asking).await.unwrap_or_else(|_| Err("Read timeout expired".to_owned()))
    }

    /// Fetches media that a bot sends by URL: its type and bytes, or nothing when that fails.
    pub async fn fetch(&self, url: &str, bytes_max: usize, timeout: Duration) -> Option<(Option<String>, Bytes)> {
        let request = Request::get(url).body(Full::default()).ok()?;
        let fetching = async {
            let response = self.0.request(request).await.ok().filter(|response| response.status().is_success())?;
            let mime_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
            let mime_type = mime_type.map(|text| text.split(';').next().unwrap_or_default().trim().to_owned());
            let body = Limited::new(response.into_body(), bytes_max).collect().await.ok()?;
            Some((mime_type, body.to_bytes()))
        };
        tokio::time::timeout(timeout, fetching).await.ok()?
    }
}

fn request(webhook: &Webhook, body: Bytes) -> Option<Request<Full<Bytes>>> {
    let mut target = webhook.target.clone();
    let user = (target.username().to_owned(), target.password().unwrap_or_default().to_owned());
    target.set_username("").ok()?;
    target.set_password(None).ok()?;
    target.set_fragment(None);
    let uri: Uri = target.as_str().parse().ok()?;
    let mut request = Request::builder().method(Method::POST).uri(uri).body(Full::new(body)).ok()?;
    let headers = request.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip, deflate"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("keep-alive"));
    if !user.0.is_empty() {
        let credentials = BASE64_STANDARD.encode(format!("{}:{}", user.0, user.1));
        headers.insert(header::AUTHORIZATION, HeaderValue::from_str(&format!("Basic {credentials}")).ok()?);
    }
    if let Some(secret) = &webhook.secret_token {
        headers.insert("X-Telegram-Bot-Api-Secret-Token", HeaderValue::from_str(secret).ok()?);
    }
    Some(request)
}

/// A method call that the receiver answered with, if it did.
fn method_call(body: &[u8]) -> Option<Map<String, Value>> {
    match serde_json::from_slice(body).ok()? {
        Value::Object(object) if object.get("method").is_some_and(Value::is_string) => Some(object),
        _ => None,
    }
}

/// Telegram's words for what goes wrong on the way.
fn in_words(error: &hyper_util::client::legacy::Error) -> String {
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(io) = cause.downcast_ref::<io::Error>() {
            return match io.kind() {
                io::ErrorKind::ConnectionRefused => "Connection refused".to_owned(),
                io::ErrorKind::ConnectionReset => "Connection reset by peer".to_owned(),
                io::ErrorKind::UnexpectedEof => "Connection closed".to_owned(),
                _ => io.to_string(),
            };
        }
        source = cause.source();
    }
    if error.is_connect() { "Failed to connect".to_owned() } else { "Connection closed".to_owned() }
}
