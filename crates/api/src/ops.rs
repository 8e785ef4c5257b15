//! For operators: is it alive, is it ready, which version is it, how is it doing.

use std::{
    sync::{Mutex, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use app::App;
use axum::{
    Extension,
    extract::State,
    http::{
        HeaderMap,
        header::{AUTHORIZATION, CONTENT_TYPE},
    },
    response::IntoResponse,
};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use model::{Error, Id, bot::Bot, delivery::Class};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use subtle::ConstantTimeEq;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Options,
    extract::Json,
    nodes::{self, ThisNode},
    problem::Result,
};

/// Seconds: from a cached read to a slow provider.
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];
/// How often recorded values are folded into buckets, so that they don't pile up when nobody reads them.
const UPKEEP: Duration = Duration::from_secs(5);

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(alive))
        .routes(routes!(ready))
        .routes(routes!(version))
        .routes(routes!(metrics_text))
}

/// The process's metrics. The first call makes them the ones that `metrics::counter!` and its like write to.
#[derive(Clone)]
pub struct Metrics {
    handle: PrometheusHandle,
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Metrics {
    /// The metrics of this process: one set, however many routers there are.
    pub fn of_process() -> Self {
        static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
        Self { handle: HANDLE.get_or_init(install).clone() }
    }

    /// In the text form that Prometheus reads.
    pub fn text(&self) -> String {
        self.handle.render()
    }

    /// Folds what was recorded into buckets, if it is time.
    pub fn tidy(&self) {
        static LAST: Mutex<Option<Instant>> = Mutex::new(None);
        let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_none_or(|at| at.elapsed() >= UPKEEP) {
            *last = Some(Instant::now());
            drop(last);
            self.handle.run_upkeep();
        }
    }
}

fn install() -> PrometheusHandle {
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS)
        .expect("the buckets are not empty")
        .build_recorder();
    let handle = recorder.handle();
    if metrics::set_global_recorder(recorder).is_err() {
        tracing::warn!("metrics were already being recorded elsewhere; /metrics stays empty");
    }
    metrics::describe_histogram!(
        "http_request_duration_seconds",
        metrics::Unit::Seconds,
        "Time from a request's head to its answer"
    );
    handle
}

/// That the process answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    #[schema(example = "ok")]
    status: &'static str,
    /// This process among the nodes of the installation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    node: Option<ThisNode>,
}

/// Is it alive?
///
/// Says what this node is and has, and which others it knows, from memory: it answers also while the database is away.
#[utoipa::path(get, path = "/healthz", tag = "operations", security(()), responses((status = OK, body = Health)))]
async fn alive(Extension(options): Extension<Options>) -> Json<Health> {
    Json(Health { status: "ok", node: options.health.map(|health| health.node()) })
}

/// That the process can work.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ready {
    #[schema(example = "ok")]
    status: &'static str,
}

/// Can it work: does the database answer?
#[utoipa::path(get, path = "/readyz", tag = "operations", security(()), responses((status = OK, body = Ready)))]
async fn ready(State(app): State<App>) -> Result<Json<Ready>> {
    app.db
        .read(store::probe::answers)
        .await
        .map_err(|error| Error::unavailable("the database does not answer a readiness probe").with_source(error))?;
    Ok(Json(Ready { status: "ok" }))
}

/// What is running.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Version {
    #[schema(example = "0.1.0")]
    version: &'static str,
    /// The commit it was built from; null when that is not known.
    #[schema(example = "13a4136")]
    commit: Option<String>,
}

/// Which version is it?
#[utoipa::path(get, path = "/version/", tag = "operations", security(()), responses((status = OK, body = Version)))]
async fn version(Extension(options): Extension<Options>) -> Json<Version> {
    Json(Version { version: env!("CARGO_PKG_VERSION"), commit: options.commit })
}

/// Metrics in the text form of Prometheus.
///
/// Open, unless the installation sets `METRICS_TOKEN`: then that token must come as the bearer.
#[utoipa::path(get, path = "/metrics", tag = "operations", security(()),
    responses((status = OK, body = String, content_type = "text/plain")))]
async fn metrics_text(
    State(app): State<App>,
    Extension(options): Extension<Options>,
    headers: HeaderMap,
) -> Result<impl IntoResponse> {
    if let Some(token) = &options.metrics_token
        && !presents(&headers, token)
    {
        return Err(Error::unauthenticated("Metrics are for whoever has METRICS_TOKEN: send it as the bearer.").into());
    }
    if let Some(health) = &options.health {
        nodes::measure(&health.node());
    }
    match app.db.read(store::events::backlog).await {
        Ok(waiting) => metrics::gauge!("telegram_events_waiting").set(waiting as f64),
        Err(error) => tracing::warn!(?error, "the waiting events could not be counted"),
    }
    let mut text = Metrics::of_process().text();
    match app.db.read(store::deliveries::queue::depths).await {
        Ok(depths) => write_depths(&mut text, &depths),
        Err(error) => tracing::warn!(?error, "what waits for the bots could not be counted"),
    }
    Ok(([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text))
}

/// Written as they are now, and not kept as gauges: a bot whose queue is empty has no line.
fn write_depths(text: &mut String, depths: &[(Id<Bot>, Class, i64)]) {
    const HEAD: &str = "# HELP jina_queue_depth Calls that wait for a bot, counted up to 10000; at most 1000 bots\n\
        # TYPE jina_queue_depth gauge\n";
    text.push_str(HEAD);
    for (bot, class, waiting) in depths.iter().filter(|(_, _, waiting)| *waiting > 0) {
        let class = match class {
            Class::Reply => "replies",
            Class::Bulk => "broadcasts",
        };
        text.push_str(&format!("jina_queue_depth{{bot=\"{bot}\",class=\"{class}\"}} {waiting}\n"));
    }
}

/// Compared in a time that tells nothing about the token.
fn presents(headers: &HeaderMap, token: &SecretString) -> bool {
    let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    given.trim().as_bytes().ct_eq(token.expose_secret().as_bytes()).into()
}
