//! A client of Meta's Graph API.

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use channels::whatsapp::{
    errors::Judgement,
    management,
    outgoing::{Request, Verb},
};
use channels::wire::Reply;
use http::{HeaderValue, Method, Uri, header};
use model::Result;
use secrecy::{ExposeSecret, SecretString};
use tracing::Instrument;

use crate::{
    Answer, Asked, Failure, Options, Storage,
    permit::{Always, Permit},
    wire::{self, Wire},
};

/// Larger answers are cut off.
const ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Meta refuses to give files to clients without a name.
const USER_AGENT: HeaderValue = HeaderValue::from_static("jina-connect");

/// Where Meta keeps files.
const FILE_HOSTS: [&str; 3] = [".fbsbx.com", ".whatsapp.net", ".facebook.com"];

/// The Graph API at one base address. Cheap to clone.
#[derive(Clone)]
pub struct GraphApi {
    wire: Wire,
    options: Options,
    storage: Storage,
}

impl GraphApi {
    pub fn new(options: Options, storage: Storage) -> Result<Self> {
        Ok(Self { wire: Wire::new(options.request_timeout)?, options, storage })
    }

    /// The base address, for diagnostics.
    pub fn base_url(&self) -> &str {
        &self.options.base_url
    }

    /// Makes one call, unless it is no longer allowed when its first byte is about to leave.
    pub async fn call_if(
        &self,
        permit: Arc<dyn Permit>,
        token: &SecretString,
        request: &Request,
    ) -> Result<Answer, Failure> {
        self.make(permit, token, request, self.options.request_timeout).await
    }

    /// Asks a question and reads the answer with `read`, one of the readers in `channels::whatsapp::management`.
    pub async fn ask<T>(
        &self,
        token: &SecretString,
        request: &Request,
        limit: Duration,
        read: impl FnOnce(&Reply<'_>) -> Judgement<T>,
    ) -> Asked<T> {
        match self.make(Arc::new(Always), token, request, limit).await {
            Ok(answer) => judged(read(&answer.reply()), answer.status),
            Err(failure) => Asked::Unreachable {
                is_timeout: matches!(failure, Failure::TimedOut(_)),
                description: failure.message().to_owned(),
            },
        }
    }

    /// Fetches a file from the address that Meta named; `None` when it is there no more.
    pub async fn download(&self, token: &SecretString, url: &str, bytes_max: usize) -> Result<Option<Bytes>, Failure> {
        // The token goes along, so that nobody else must be named.
        if !self.is_trusted(url) {
            return Err(Failure::NeverSent("Meta names a file at an address that is not Meta's.".into()));
        }
        let request = self.request(token, Method::GET, url)?.body(Bytes::new()).map_err(|_| unwritable())?;
        let limit = self.options.request_timeout * 4;
        let answer = self.wire.make(Arc::new(Always), request, limit, bytes_max).await?;
        match answer.status {
            200 => Ok(Some(answer.body)),
            404 | 410 => Ok(None),
            status => Err(Failure::Lost(format!("Meta answered {status} to a download."))),
        }
    }

    fn is_trusted(&self, url: &str) -> bool {
        let authority =
            |text: &str| text.parse::<Uri>().ok().and_then(|uri| Some((uri.host()?.to_owned(), uri.port_u16())));
        let (Some(given), Some(ours)) = (authority(url), authority(&self.options.base_url)) else { return false };
        let is_metas = FILE_HOSTS.iter().any(|host| given.0 == host[1..] || given.0.ends_with(host));
        given == ours || (is_metas && url.starts_with("https://"))
    }

    async fn make(
        &self,
        permit: Arc<dyn Permit>,
        token: &SecretString,
        request: &Request,
        limit: Duration,
    ) -> Result<Answer, Failure> {
        let span = tracing::debug_span!(target: "calls", "graph_api");
        let method = match request.verb {
            Verb::Get => Method::GET,
            Verb::Post => Method::POST,
            Verb::Delete => Method::DELETE,
        };
        let mut head = self.request(token, method, &management::url(&self.options.base_url, request))?;
        let body = match &request.body {
            None => Bytes::new(),
            Some(body) => {
                let (content_type, body) = wire::encode(body, &self.storage).await?;
                head = head.header(header::CONTENT_TYPE, content_type);
                body
            }
        };
        let whole = head.body(body).map_err(|_| unwritable())?;
        self.wire.make(permit, whole, limit, ANSWER_BYTES_MAX).instrument(span).await
    }

    fn request(&self, token: &SecretString, method: Method, url: &str) -> Result<http::request::Builder, Failure> {
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret()))
            .map_err(|_| Failure::NeverSent("The token can't be written as a header.".into()))?;
        bearer.set_sensitive(true);
        let head = http::Request::builder().method(method).uri(url);
        Ok(head.header(header::AUTHORIZATION, bearer).header(header::USER_AGENT, USER_AGENT))
    }
}

fn unwritable() -> Failure {
    Failure::NeverSent("The Graph API's address can't be written as a URL.".into())
}

fn judged<T>(judgement: Judgement<T>, status: u16) -> Asked<T> {
    match judgement {
        Judgement::Ok(value) => Asked::Ok(value),
        Judgement::TokenRefused { description } => Asked::Refused { code: 401, description },
        Judgement::Refused { code, description } => Asked::Refused { code, description },
        Judgement::RetryAfter { after_ms } => Asked::RetryAfter { after_ms },
        Judgement::Unreachable { description } => Asked::Unreachable { description, is_timeout: status == 504 },
    }
}

impl fmt::Debug for GraphApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GraphApi").field("base_url", &self.options.base_url).finish_non_exhaustive()
    }
}
