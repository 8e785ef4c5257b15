//! Sends finished spans to the collector that `OTEL_EXPORTER_OTLP_ENDPOINT` names, in batches, by OTLP over HTTP.
//!
//! Written by hand, since a few dozen lines do what two dozen crates would: docs/decisions/0061-traces.md.

use std::time::Duration;

use model::Result;
use serde_json::{Map, Value, json};
use tokio::{
    sync::mpsc::{self, Receiver},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use transport::Poster;

use super::span::{Spans, attributes};
use crate::{cli::VERSION, real::SystemIds, settings::Resolved};

/// Spans that wait to be sent; more are dropped.
const WAITING_MAX: usize = 4_096;
const BATCH_MAX: usize = 512;
const EVERY: Duration = Duration::from_secs(2);
/// After a failure, so that a collector that is away costs little.
const PAUSE: Duration = Duration::from_secs(10);
/// How long the end of the process waits for the last batch.
const LAST: Duration = Duration::from_secs(2);

/// Sends what the other half collects.
#[derive(Debug)]
pub struct Exporter {
    poster: Poster,
    waiting: Receiver<Value>,
    service: String,
}

/// Both halves, when there is a collector.
pub(super) fn start(resolved: &Resolved) -> Result<Option<(Spans, Exporter)>> {
    let Some(endpoint) = resolved.get("OTEL_EXPORTER_OTLP_ENDPOINT") else { return Ok(None) };
    let url = format!("{}/v1/traces", endpoint.trim_end_matches('/'));
    let headers = headers(resolved)?;
    let poster = Poster::new(url, headers)?;
    let (out, waiting) = mpsc::channel(WAITING_MAX);
    let service = resolved.get("OTEL_SERVICE_NAME").unwrap_or("jina-connect").to_owned();
    Ok(Some((Spans { out, ids: SystemIds::new() }, Exporter { poster, waiting, service })))
}

/// `name=value,name=value`.
fn headers(resolved: &Resolved) -> Result<http::HeaderMap> {
    let name = "OTEL_EXPORTER_OTLP_HEADERS";
    let wrong = || resolved.wrong(name, "write name=value, several with commas between");
    let mut headers = http::HeaderMap::new();
    for pair in resolved.get(name).unwrap_or_default().split(',').filter(|pair| !pair.trim().is_empty()) {
        let (key, value) = pair.split_once('=').ok_or_else(wrong)?;
        let key: http::HeaderName = key.trim().parse().map_err(|_| wrong())?;
        let value: http::HeaderValue = value.trim().parse().map_err(|_| wrong())?;
        headers.insert(key, value);
    }
    Ok(headers)
}

impl Exporter {
    /// Sends until `stop`, and then what still waits.
    async fn run(mut self, stop: CancellationToken) {
        loop {
            let batch = self.batch(&stop).await;
            if batch.is_empty() {
                // Only at the end is there nothing to send.
                return;
            }
            if let Err(error) = self.send(batch).await {
                tracing::warn!(?error, "Traces could not be sent; they are dropped.");
                let _ = timeout(PAUSE, stop.cancelled()).await;
            }
        }
    }

    /// What has ended, and what ends within a moment of it; nothing once all is over.
    async fn batch(&mut self, stop: &CancellationToken) -> Vec<Value> {
        let mut batch = Vec::with_capacity(BATCH_MAX);
        tokio::select! {
            _ = self.waiting.recv_many(&mut batch, BATCH_MAX) => {}
            () = stop.cancelled() => {}
        }
        let mut moment = std::pin::pin!(sleep(EVERY));
        while batch.len() < BATCH_MAX && !stop.is_cancelled() {
            tokio::select! {
                Some(span) = self.waiting.recv() => batch.push(span),
                () = &mut moment => return batch,
                () = stop.cancelled() => {}
            }
        }
        while batch.len() < BATCH_MAX
            && let Ok(span) = self.waiting.try_recv()
        {
            batch.push(span);
        }
        batch
    }

    async fn send(&self, spans: Vec<Value>) -> Result<()> {
        let resource = Map::from_iter([
            ("service.name".to_owned(), json!(self.service)),
            ("service.version".to_owned(), json!(VERSION)),
        ]);
        let scope = json!({"scope": {"name": "jina-connect"}, "spans": spans});
        let document =
            json!({"resourceSpans": [{"resource": {"attributes": attributes(resource)}, "scopeSpans": [scope]}]});
        self.poster.post(document.to_string()).await
    }
}

/// Runs the process's work with traces leaving beside it, and lets the last ones go before the end.
pub async fn beside<T>(exporter: Option<Exporter>, work: impl Future<Output = T>) -> T {
    let Some(exporter) = exporter else { return work.await };
    let stop = CancellationToken::new();
    let sending = tokio::spawn(exporter.run(stop.clone()));
    let done = work.await;
    stop.cancel();
    // A collector that is slow or away must not hold up the end.
    let _ = timeout(LAST, sending).await;
    done
}
