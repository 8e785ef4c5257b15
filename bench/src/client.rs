//! A client of our own API, one request at a time.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper_util::{
    client::legacy::{Client as Pool, connect::HttpConnector},
    rt::TokioExecutor,
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

/// Talks to one service under one API key.
#[derive(Debug, Clone)]
pub struct Client {
    pool: Pool<HttpConnector, Full<Bytes>>,
    base: String,
    key: SecretString,
}

impl Client {
    pub fn new(base: &str, key: &SecretString) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        let pool = Pool::builder(TokioExecutor::new()).build(tcp);
        Self { pool, base: base.to_owned(), key: key.clone() }
    }

    pub async fn get(&self, path: &str) -> Result<Value> {
        self.ask(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.ask(Method::POST, path, Some(body)).await
    }

    /// How long an answer takes, and a reference's, without what it costs to read them: of each the middle one of several.
    /// They are asked for in turns, after one turn that warms up, so that what else the machine does meets both alike.
    pub async fn time_beside(&self, path: &str, reference: (&Client, &str), times: u32) -> Result<[Duration; 2]> {
        let mut took = [Vec::new(), Vec::new()];
        for turn in 0..=times {
            for ((client, path), took) in [(self, path), reference].into_iter().zip(&mut took) {
                let one = client.time(path).await?;
                took.extend((turn > 0).then_some(one));
            }
        }
        Ok(took.map(|mut took| {
            took.sort_unstable();
            took[took.len() / 2]
        }))
    }

    async fn time(&self, path: &str) -> Result<Duration> {
        let began = Instant::now();
        let (status, _) = self.send(Method::GET, path, None).await?;
        ensure!(status.is_success(), "{path} answered {status}");
        Ok(began.elapsed())
    }

    pub async fn is_ready(&self) -> bool {
        self.send(Method::GET, "/readyz", None).await.is_ok_and(|(status, _)| status == StatusCode::OK)
    }

    async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value> {
        let (status, answer) = self.send(method, path, body).await?;
        ensure!(status.is_success(), "{path} answered {status}: {}", String::from_utf8_lossy(&answer));
        Ok(serde_json::from_slice(&answer)?)
    }

    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Result<(StatusCode, Bytes)> {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base) };
        let body = body.map_or_else(Bytes::new, |body| Bytes::from(body.to_string()));
        let request = Request::builder()
            .method(method)
            .uri(url)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.key.expose_secret()))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::new(body))?;
        let response = self.pool.request(request).await?;
        let status = response.status();
        Ok((status, response.into_body().collect().await?.to_bytes()))
    }
}
