//! How a bot did over the last day.

use app::{App, bots};
use axum::extract::State;
use model::Timestamp;
use serde::Serialize;
use store::bots::ticks::{self, BotTick};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::{Json, MayRead, Path},
    ids::BotId,
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show))
}

/// How a bot did over the last 24 hours. Times in which nothing happened are absent.
#[derive(Debug, Serialize, ToSchema)]
struct BotSeriesView {
    /// How long a point is.
    #[schema(example = 600)]
    step_seconds: i64,
    /// Oldest first, at most 145.
    points: Vec<BotPointView>,
}

/// What became of messages within a while. A message in several parts counts for each.
#[derive(Debug, Serialize, ToSchema)]
struct BotPointView {
    /// When it began.
    at: Timestamp,
    #[schema(example = 120)]
    sent: i64,
    /// Refused by Telegram, out of tries, or expired.
    #[schema(example = 1)]
    failed: i64,
    /// To people who blocked the bot or never started it.
    #[schema(example = 2)]
    blocked: i64,
    /// Of which nobody knows whether they arrived.
    #[schema(example = 0)]
    unknown: i64,
    /// Answers with 429, Telegram's wish to be left alone for a while.
    #[schema(example = 0)]
    throttled: i64,
    /// The most calls that were seen waiting; somebody looks once a minute.
    #[schema(example = 30)]
    waiting: i64,
}

impl From<BotTick> for BotPointView {
    fn from(BotTick { at, ended, waiting }: BotTick) -> Self {
        let ticks::Tick { sent, failed, blocked, unknown, throttled } = ended;
        Self { at, sent, failed, blocked, unknown, throttled, waiting }
    }
}

/// How did a bot do over the last 24 hours?
#[utoipa::path(get, path = "/telegram/v1/bots/{id}/series/", tag = "bots", params(("id" = BotId, Path)),
    responses((status = OK, body = BotSeriesView)))]
async fn show(State(app): State<App>, MayRead(scope): MayRead, Path(id): Path<BotId>) -> Result<Json<BotSeriesView>> {
    bots::get(&app, &scope, id).await?;
    let now = app.clock.now();
    let points = app.db.read(move |tx| ticks::day(tx, &scope, id, now)).await?;
    let points = points.into_iter().map(BotPointView::from).collect();
    Ok(Json(BotSeriesView { step_seconds: ticks::WIDTH_MS / 1_000, points }))
}
