//! `/broadcast/{id}/results/` and `/series/`: what came of a broadcast, and how it went.

use std::collections::BTreeMap;

use app::{
    App,
    broadcasts::{self as use_case, Results, Series},
};
use axum::extract::State;
use model::Timestamp;
use serde::Serialize;
use store::broadcasts::ticks::Tick;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::{Json, MayRead, Path},
    ids::BroadcastId,
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(results)).routes(routes!(series))
}

/// What came of a broadcast beyond its counts.
#[derive(Debug, Serialize, ToSchema)]
struct ResultsView {
    /// Recipients to whom it was not sent, by status and reason.
    #[schema(value_type = Object, example = json!({"SKIPPED": {"no_chat": 2}, "BLOCKED": {"blocked_by_user": 1}}))]
    reasons: BTreeMap<&'static str, BTreeMap<String, i64>>,
    /// Recipients who wrote to the bot after they got it.
    replies: i64,
    /// Recipients who followed a link.
    clicked: i64,
    /// How often links were followed.
    clicks: i64,
    links: Vec<TrackedLinkView>,
}

/// A link with those who followed it.
#[derive(Debug, Serialize, ToSchema)]
struct TrackedLinkView {
    #[schema(example = "https://example.com/sale")]
    url: String,
    /// How many recipients did.
    clicked: i64,
    /// How often they did.
    clicks: i64,
}

impl From<Results> for ResultsView {
    fn from(results: Results) -> Self {
        let links = results.links.into_iter();
        let links: Vec<_> =
            links.map(|l| TrackedLinkView { url: l.url, clicked: l.clicked, clicks: l.clicks }).collect();
        Self {
            reasons: results.reasons.into_iter().map(|(status, reasons)| (status.as_str(), reasons)).collect(),
            replies: results.replies,
            clicked: results.clicked,
            clicks: links.iter().map(|link| link.clicks).sum(),
            links,
        }
    }
}

/// How a broadcast went over time. Times in which nothing happened are absent.
#[derive(Debug, Serialize, ToSchema)]
struct SeriesView {
    /// The last ten minutes, by the second.
    seconds: Vec<TickView>,
    /// How long a point of `run` is.
    #[schema(example = 10)]
    step_seconds: i64,
    /// The whole run, at most 1,000 points.
    run: Vec<TickView>,
}

/// What became of messages within a while.
#[derive(Debug, Serialize, ToSchema)]
struct TickView {
    /// When it began.
    at: Timestamp,
    sent: i64,
    failed: i64,
    blocked: i64,
    unknown: i64,
    /// How often Telegram asked to be left alone for a while (429).
    throttled: i64,
}

impl From<(Timestamp, Tick)> for TickView {
    fn from((at, Tick { sent, failed, blocked, unknown, throttled }): (Timestamp, Tick)) -> Self {
        Self { at, sent, failed, blocked, unknown, throttled }
    }
}

impl From<Series> for SeriesView {
    fn from(series: Series) -> Self {
        Self {
            seconds: series.seconds.into_iter().map(TickView::from).collect(),
            step_seconds: series.step_ms / 1_000,
            run: series.run.into_iter().map(TickView::from).collect(),
        }
    }
}

/// Show what came of a broadcast: why it was not sent, who answered, who followed its links.
///
/// Those who answered are listed by `GET {id}/messages/?replied=true`. Links are counted where `track_clicks` was set.
#[utoipa::path(get, path = "/broadcast/{id}/results/", tag = "broadcasts", params(("id" = BroadcastId, Path)),
    responses((status = OK, body = ResultsView)))]
async fn results(
    State(app): State<App>,
    MayRead(scope): MayRead,
    Path(id): Path<BroadcastId>,
) -> Result<Json<ResultsView>> {
    Ok(Json(use_case::results(&app, &scope, id).await?.into()))
}

/// Show how a broadcast went over time.
#[utoipa::path(get, path = "/broadcast/{id}/series/", tag = "broadcasts", params(("id" = BroadcastId, Path)),
    responses((status = OK, body = SeriesView)))]
async fn series(
    State(app): State<App>,
    MayRead(scope): MayRead,
    Path(id): Path<BroadcastId>,
) -> Result<Json<SeriesView>> {
    Ok(Json(use_case::series(&app, &scope, id).await?.into()))
}
