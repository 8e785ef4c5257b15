//! Files in S3, or in whatever speaks its language. How to get in is told by the usual `AWS_…` variables of the
//! environment, or by the machine's own role.

use std::{sync::Arc, time::Duration};

use http_body_util::BodyExt;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::{Client, Error as ClientError, connect::HttpConnector as Tcp};
use model::{Error, Result};
use object_store::{
    ClientOptions, ObjectStore, RetryConfig,
    aws::AmazonS3Builder,
    client::{
        HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpRequestBody, HttpResponse,
        HttpResponseBody, HttpService,
    },
    path::Path,
    prefix::PrefixStore,
};
use tokio::time::timeout;
use url::Url;

use crate::net;

const CONNECT_MAX: Duration = Duration::from_secs(5);
/// From a request until the head of its answer: the largest request carries a part of 5 MiB.
const ANSWER_MAX: Duration = Duration::from_secs(60);
const RETRIES_MAX: usize = 3;
const RETRY_MAX: Duration = Duration::from_secs(30);

/// The store at `s3://bucket/folder`; `variables` are those of the environment.
pub(crate) fn open(url: &str, variables: impl Iterator<Item = (String, String)>) -> Result<Arc<dyn ObjectStore>> {
    let (bucket, folder) = parts(url)?;
    let wrong = |e: object_store::Error| Error::invalid(format!("STORAGE_URL {url}: {e}"));
    let mut builder = AmazonS3Builder::new();
    for (name, value) in variables {
        let key = name.strip_prefix("AWS_").and_then(|_| name.to_ascii_lowercase().parse().ok());
        if let Some(key) = key {
            builder = builder.with_config(key, value);
        }
    }
    let retry = RetryConfig { max_retries: RETRIES_MAX, retry_timeout: RETRY_MAX, ..RetryConfig::default() };
    let store =
        builder.with_bucket_name(bucket).with_http_connector(Connector).with_retry(retry).build().map_err(wrong)?;
    Ok(match folder.as_ref() {
        "" => Arc::new(store),
        _ => Arc::new(PrefixStore::new(store, folder)),
    })
}

fn parts(url: &str) -> Result<(String, Path)> {
    let wrong =
        |what: &str| Error::invalid(format!("STORAGE_URL {url}: {what}; write s3://bucket or s3://bucket/folder"));
    let parsed = Url::parse(url).map_err(|_| wrong("this is no address"))?;
    let bucket = parsed.host_str().filter(|bucket| !bucket.is_empty()).ok_or_else(|| wrong("the bucket is missing"))?;
    let has_more = parsed.query().is_some() || parsed.fragment().is_some() || !parsed.username().is_empty();
    if has_more || parsed.port().is_some() {
        return Err(wrong("there is more than a bucket and a folder"));
    }
    let folder = Path::from_url_path(parsed.path()).map_err(|_| wrong("this folder can't be"))?;
    Ok((bucket.to_owned(), folder))
}

/// Connects as the rest of this crate does.
#[derive(Debug)]
struct Connector;

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        let client = net::client(CONNECT_MAX);
        let client = client.map_err(|e| object_store::Error::Generic { store: "S3", source: Box::new(e) })?;
        Ok(HttpClient::new(Service(client)))
    }
}

#[derive(Debug)]
struct Service(Client<HttpsConnector<Tcp>, HttpRequestBody>);

#[async_trait::async_trait]
impl HttpService for Service {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let answer = timeout(ANSWER_MAX, self.0.request(request)).await;
        let answer = answer.map_err(|late| HttpError::new(HttpErrorKind::Timeout, late))?;
        let answer = answer.map_err(|e| HttpError::new(kind(&e), e))?;
        Ok(answer.map(|body| HttpResponseBody::new(body.map_err(|e| HttpError::new(HttpErrorKind::Interrupted, e)))))
    }
}

/// Every request of a storage can be made again, so all that matters is whether that may help.
fn kind(error: &ClientError) -> HttpErrorKind {
    if error.is_connect() { HttpErrorKind::Connect } else { HttpErrorKind::Interrupted }
}

#[cfg(test)]
mod stand_in;
#[cfg(test)]
mod tests;
