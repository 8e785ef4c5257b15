//! Documents posted to an address of the operator's choice, such as a collector of traces.

use std::{fmt, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, Request, header};
use http_body_util::Full;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use model::{Error, Result};
use tokio::time::timeout;

use crate::net;

const PATIENCE: Duration = Duration::from_secs(10);

/// Posts JSON to one address.
pub struct Poster {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    url: String,
    headers: HeaderMap,
}

impl Poster {
    /// `headers` go with every document.
    pub fn new(url: String, mut headers: HeaderMap) -> Result<Self> {
        headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
        Ok(Self { client: net::client(PATIENCE / 2)?, url, headers })
    }

    /// Posts one document; anything but a 2xx is an error.
    pub async fn post(&self, document: String) -> Result<()> {
        let failed = |what: String| Error::unavailable(format!("post to {}: {what}", self.url));
        let mut request = Request::post(&self.url).body(Full::from(document)).map_err(|e| failed(e.to_string()))?;
        *request.headers_mut() = self.headers.clone();
        let answer = timeout(PATIENCE, self.client.request(request)).await;
        let answer = answer.map_err(|_| failed("no answer in time".into()))?.map_err(|e| failed(e.to_string()))?;
        if answer.status().is_success() { Ok(()) } else { Err(failed(format!("answered {}", answer.status()))) }
    }
}

impl fmt::Debug for Poster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Poster").field("url", &self.url).finish_non_exhaustive()
    }
}
