//! The load generator: hyper-util's client with kept connections, so many requests in flight, each checked.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use tokio::task::JoinSet;

/// Requests under way at a time.
pub const IN_FLIGHT: u32 = 64;

/// What is asked, again and again.
#[derive(Clone)]
pub struct Load {
    client: Client<HttpConnector, Full<Bytes>>,
    /// Makes the request with this number; no two requests have the same.
    request: Arc<dyn Fn(u64) -> Request<Full<Bytes>> + Send + Sync>,
    number: Arc<AtomicU64>,
}

/// What came of a turn, or of several.
#[derive(Debug, Default)]
pub struct Measured {
    pub time: Duration,
    /// How long each request took.
    pub took: Vec<Duration>,
}

impl Load {
    pub fn new(request: impl Fn(u64) -> Request<Full<Bytes>> + Send + Sync + 'static) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new()).build(tcp);
        Self { client, request: Arc::new(request), number: Arc::default() }
    }

    /// As fast as answers come.
    pub async fn full(&self, turn: Duration) -> Result<Measured> {
        self.run(turn, None).await
    }

    /// At most `rate` requests a second. A request that starts late counts from when it should have started.
    pub async fn paced(&self, turn: Duration, rate: f64) -> Result<Measured> {
        self.run(turn, Some(Duration::from_secs_f64(f64::from(IN_FLIGHT) / rate))).await
    }

    async fn run(&self, turn: Duration, every: Option<Duration>) -> Result<Measured> {
        let began = Instant::now();
        let mut workers = JoinSet::new();
        for worker in 0..IN_FLIGHT {
            // Spread over the first interval.
            let first = began + every.unwrap_or_default() * worker / IN_FLIGHT;
            workers.spawn(self.clone().work(first, began + turn, every));
        }
        let mut measured = Measured::default();
        while let Some(took) = workers.join_next().await {
            measured.took.extend(took??);
        }
        measured.time = began.elapsed();
        Ok(measured)
    }

    async fn work(self, first: Instant, until: Instant, every: Option<Duration>) -> Result<Vec<Duration>> {
        let mut took = Vec::new();
        let mut due = first;
        while Instant::now().max(due) < until {
            let from = match every {
                Some(every) => {
                    tokio::time::sleep_until(due.into()).await;
                    let next = due + every;
                    std::mem::replace(&mut due, next)
                }
                None => Instant::now(),
            };
            self.ask().await?;
            took.push(from.elapsed());
        }
        Ok(took)
    }

    async fn ask(&self) -> Result<()> {
        let request = (self.request)(self.number.fetch_add(1, Ordering::Relaxed));
        let response = self.client.request(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        ensure!(status == StatusCode::OK, "answered {status}: {}", String::from_utf8_lossy(&body));
        Ok(())
    }
}

impl Measured {
    pub fn add(&mut self, other: Measured) {
        self.time += other.time;
        self.took.extend(other.took);
    }

    /// Requests a second.
    pub fn rate(&self) -> f64 {
        self.took.len() as f64 / self.time.as_secs_f64()
    }

    /// The time within which so many thousandths of the requests were answered.
    pub fn quantile(&mut self, thousandths: usize) -> Duration {
        self.took.sort_unstable();
        let last = self.took.len().saturating_sub(1);
        self.took.get(last * thousandths / 1_000).copied().unwrap_or_default()
    }
}
