//! A client of the Bot API, Telegram's own or a local server's. It tells apart what a caller must know: whether a
//! request certainly never left, or may have arrived.

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use channels::telegram::outgoing::Request;
use http::{Method, StatusCode, header};
use model::Result;
use secrecy::{ExposeSecret, SecretString};
use tracing::Instrument;

use crate::{
    Answer, Failure, Storage,
    permit::{Always, Guarded, Permit},
    wire::{self, Wire},
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
    wire: Wire,
    options: Options,
    storage: Storage,
}

impl BotApi {
    pub fn new(options: Options, storage: Storage) -> Result<Self> {
        Ok(Self { wire: Wire::new(options.request_timeout)?, options, storage })
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
        let (content_type, body) = wire::encode(&request.body, &self.storage).await?;
        let uri = format!("{}/bot{}/{}", self.options.base_url, escaped(token.expose_secret()), request.method);
        let request = http::Request::builder()
            .method(Method::POST)
            .uri(uri)
            .header(header::CONTENT_TYPE, content_type)
            .body(body)
            .map_err(|_| Failure::NeverSent("The Bot API's address or the token can't be written as a URL.".into()))?;
        self.wire.make(permit, request, limit, ANSWER_BYTES_MAX).instrument(span).await
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
        let request = http::Request::get(uri)
            .body(Bytes::new())
            .map_err(|_| Failure::NeverSent("The file's address can't be written as a URL.".into()))?;
        let limit = self.options.request_timeout * 4;
        let answer = self.wire.make(Arc::new(Always), request, limit, bytes_max).await?;
        match StatusCode::from_u16(answer.status) {
            Ok(StatusCode::OK) => Ok(Some(answer.body)),
            Ok(StatusCode::NOT_FOUND) => Ok(None),
            _ => Err(Failure::Lost(format!("The Bot API answered {} to a download.", answer.status))),
        }
    }

    /// Sends a request; answers as soon as the head of the answer is there.
    pub(crate) async fn head_of(
        &self,
        request: http::Request<Guarded>,
    ) -> Result<http::Response<hyper::body::Incoming>, Failure> {
        self.wire.head_of(request).await
    }
}

impl fmt::Debug for BotApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BotApi").field("base_url", &self.options.base_url).finish_non_exhaustive()
    }
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
