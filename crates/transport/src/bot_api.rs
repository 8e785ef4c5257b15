//! A client of the Bot API, Telegram's own or a local server's. It tells apart what a caller must know: whether a
//! request certainly never left, or may have arrived.

use std::{
    fmt,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use bytes::Bytes;
use channels::telegram::{
    errors::Reply,
    outgoing::{Body, Request},
};
use http::{HeaderValue, Method, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use model::Result;
use secrecy::{ExposeSecret, SecretString};
use tokio::time::timeout;
use tracing::Instrument;

use crate::{
    Storage, multipart, net,
    permit::{Always, Guarded, Permit},
};

/// Larger answers are cut off: getUpdates answers with at most about 4 MiB.
const ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;

/// How to reach the Bot API.
#[derive(Debug, Clone)]
pub struct Options {
    /// For example `https://api.telegram.org`, without a slash at the end.
    pub base_url: String,
    /// For one whole request.
    pub request_timeout: Duration,
}

/// The Bot API at one base address. Cheap to clone.
#[derive(Clone)]
pub struct BotApi {
    client: Client<HttpsConnector<HttpConnector>, Guarded>,
    options: Options,
    storage: Storage,
}

/// A complete answer, whatever it says.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    /// The header of this name.
    pub retry_after: Option<String>,
    pub body: Bytes,
}

impl Answer {
    /// In the form in which `channels` reads it.
    pub fn reply(&self) -> Reply<'_> {
        Reply { status: self.status, retry_after: self.retry_after.as_deref(), body: &self.body }
    }
}

/// Why there is no answer. The words never contain the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The request certainly did not leave: no connection, or a file of it is missing.
    NeverSent(String),
    /// The request began to leave and no complete answer came.
    Lost(String),
    /// As `Lost`, because the time was over.
    TimedOut(String),
    /// It was no longer allowed when it was about to leave, and certainly did not.
    NotAllowed,
}

impl Failure {
    pub fn message(&self) -> &str {
        match self {
            Failure::NeverSent(text) | Failure::Lost(text) | Failure::TimedOut(text) => text,
            Failure::NotAllowed => "The call was no longer allowed.",
        }
    }
}

impl BotApi {
    pub fn new(options: Options, storage: Storage) -> Result<Self> {
        // Shorter than the whole request, so that a connection that never came is known as such.
        let client = net::client((options.request_timeout / 2).min(Duration::from_secs(10)))?;
        Ok(Self { client, options, storage })
    }

    /// The base address, for configuration decisions and diagnostics.
    pub fn base_url(&self) -> &str {
        &self.options.base_url
    }

    /// Whether this is Telegram's own server, which demands https webhooks and keeps files for itself.
    pub fn is_telegram(&self) -> bool {
        self.options.base_url == "https://api.telegram.org"
    }

    /// Makes one call within the usual time.
    pub async fn call(&self, token: &SecretString, request: &Request) -> Result<Answer, Failure> {
        self.call_within(token, request, self.options.request_timeout).await
    }

    /// Makes one call within the usual time, unless it is no longer allowed when its first byte is about to leave.
    pub async fn call_if(
        &self,
        permit: Arc<dyn Permit>,
        token: &SecretString,
        request: &Request,
    ) -> Result<Answer, Failure> {
        self.make(permit, token, request, self.options.request_timeout).await
    }

    /// Makes one call within a time of its own, for long polls.
    pub async fn call_within(
        &self,
        token: &SecretString,
        request: &Request,
        limit: Duration,
    ) -> Result<Answer, Failure> {
        self.make(Arc::new(Always), token, request, limit).await
    }

    async fn make(
        &self,
        permit: Arc<dyn Permit>,
        token: &SecretString,
        request: &Request,
        limit: Duration,
    ) -> Result<Answer, Failure> {
        let span = tracing::debug_span!(target: "calls", "bot_api", method = request.method);
        let (content_type, body) = self.encode(request).await?;
        let (body, refused) = Guarded::new(body, permit);
        let uri = format!("{}/bot{}/{}", self.options.base_url, escaped(token.expose_secret()), request.method);
        let request = http::Request::builder()
            .method(Method::POST)
            .uri(uri)
            .header(header::CONTENT_TYPE, content_type)
            .body(body)
            .map_err(|_| Failure::NeverSent("The Bot API's address or the token can't be written as a URL.".into()))?;
        let exchange = self.exchange(request).instrument(span);
        match timeout(limit, exchange).await {
            Ok(Err(_)) if refused.load(Ordering::SeqCst) => Err(Failure::NotAllowed),
            Ok(answer) => answer,
            Err(_) => Err(Failure::TimedOut(format!("No complete answer within {} s.", limit.as_secs()))),
        }
    }

    /// Fetches a file that getFile named; `None` when Telegram has it no more.
    pub async fn download(
        &self,
        token: &SecretString,
        file_path: &str,
        bytes_max: usize,
    ) -> Result<Option<Bytes>, Failure> {
        let path = file_path.split('/').map(escaped).collect::<Vec<_>>().join("/");
        let uri = format!("{}/file/bot{}/{path}", self.options.base_url, escaped(token.expose_secret()));
        let (nothing, _) = Guarded::new(Bytes::new(), Arc::new(Always));
        let request = http::Request::get(uri)
            .body(nothing)
            .map_err(|_| Failure::NeverSent("The file's address can't be written as a URL.".into()))?;
        let exchange = self.exchange_up_to(request, bytes_max);
        let answer = timeout(self.options.request_timeout * 4, exchange)
            .await
            .map_err(|_| Failure::TimedOut("The file did not arrive in time.".into()))??;
        match StatusCode::from_u16(answer.status) {
            Ok(StatusCode::OK) => Ok(Some(answer.body)),
            Ok(StatusCode::NOT_FOUND) => Ok(None),
            _ => Err(Failure::Lost(format!("The Bot API answered {} to a download.", answer.status))),
        }
    }

    async fn encode(&self, request: &Request) -> Result<(HeaderValue, Bytes), Failure> {
        match &request.body {
            Body::Json(json) => Ok((HeaderValue::from_static("application/json"), Bytes::from(json.clone()))),
            Body::Multipart(parts) => multipart::encode(parts, &self.storage).await,
        }
    }

    async fn exchange(&self, request: http::Request<Guarded>) -> Result<Answer, Failure> {
        self.exchange_up_to(request, ANSWER_BYTES_MAX).await
    }

    /// Sends a request; answers as soon as the head of the answer is there.
    pub(crate) async fn head_of(
        &self,
        request: http::Request<Guarded>,
    ) -> Result<http::Response<hyper::body::Incoming>, Failure> {
        self.client.request(request).await.map_err(|e| {
            let words = words(&e);
            if e.is_connect() { Failure::NeverSent(words) } else { Failure::Lost(words) }
        })
    }

    async fn exchange_up_to(&self, request: http::Request<Guarded>, bytes_max: usize) -> Result<Answer, Failure> {
        let response = self.head_of(request).await?;
        let status = response.status().as_u16();
        let retry_after = response.headers().get(header::RETRY_AFTER).and_then(|v| v.to_str().ok()).map(str::to_owned);
        let body = Limited::new(response.into_body(), bytes_max)
            .collect()
            .await
            .map_err(|e| Failure::Lost(format!("The answer broke off: {e}")))?
            .to_bytes();
        Ok(Answer { status, retry_after, body })
    }
}

impl fmt::Debug for BotApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BotApi").field("base_url", &self.options.base_url).finish_non_exhaustive()
    }
}

/// An error with its causes in one line. hyper's errors never contain the address, and so not the token.
fn words(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// A token or a segment of a path as it may stand in a URL, whatever characters it has.
fn escaped(segment: &str) -> String {
    let mut out = String::with_capacity(segment.len());
    for byte in segment.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b':' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_token_leaves_its_place_in_the_path() {
        assert_eq!(escaped("123:ABC-_d"), "123:ABC-_d");
        assert_eq!(escaped("1:a/../b?x#y …"), "1:a%2F..%2Fb%3Fx%23y%20%E2%80%A6");
    }
}
