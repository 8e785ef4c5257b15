//! One exchange over HTTP. It tells apart what a caller must know: whether a request certainly never left, or may have
//! arrived.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use bytes::Bytes;
use channels::wire::{Body, Reply};
use http::{HeaderValue, header};
use http_body_util::{BodyExt, Limited};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use model::Result;
use tokio::time::timeout;

use crate::{
    Storage, multipart, net,
    permit::{Guarded, Permit},
};

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

/// Why there is no answer. The words never contain a token.
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

/// A client with pooled connections. Clones share them.
#[derive(Clone)]
pub(crate) struct Wire {
    client: Client<HttpsConnector<HttpConnector>, Guarded>,
}

impl Wire {
    /// For requests that take up to `request_timeout`.
    pub(crate) fn new(request_timeout: Duration) -> Result<Self> {
        // Shorter than the whole request, so that a connection that never came is known as such.
        Ok(Self { client: net::client((request_timeout / 2).min(Duration::from_secs(10)))? })
    }

    /// Makes one exchange within a time, unless it is no longer allowed when its first byte is about to leave.
    pub(crate) async fn make(
        &self,
        permit: Arc<dyn Permit>,
        request: http::Request<Bytes>,
        limit: Duration,
        bytes_max: usize,
    ) -> Result<Answer, Failure> {
        let (head, body) = request.into_parts();
        let (body, refused) = Guarded::new(body, permit);
        let exchange = self.exchange(http::Request::from_parts(head, body), bytes_max);
        match timeout(limit, exchange).await {
            Ok(Err(_)) if refused.load(Ordering::SeqCst) => Err(Failure::NotAllowed),
            Ok(answer) => answer,
            Err(_) => Err(Failure::TimedOut(format!("No complete answer within {} s.", limit.as_secs()))),
        }
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

    pub(crate) async fn exchange(&self, request: http::Request<Guarded>, bytes_max: usize) -> Result<Answer, Failure> {
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

/// A body as it travels, with its kind.
pub(crate) async fn encode(body: &Body, storage: &Storage) -> Result<(HeaderValue, Bytes), Failure> {
    match body {
        Body::Json(json) => Ok((HeaderValue::from_static("application/json"), Bytes::from(json.clone()))),
        Body::Multipart(parts) => multipart::encode(parts, storage).await,
    }
}

/// An error with its causes in one line. hyper's errors never contain the address, and so no token.
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
