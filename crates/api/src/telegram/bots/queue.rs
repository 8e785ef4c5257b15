//! What waits for a bot, why, and until when.

use app::App;
use axum::extract::State;
use model::{
    Error, Rate, Timestamp,
    forecast::{self, CEILING_FULL},
    message::WaitingFor,
};
use serde::Serialize;
use store::deliveries::queue::{self, COUNT_MAX, Depth, Queue};
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

/// Calls of one class.
#[derive(Debug, Serialize, ToSchema)]
struct QueueDepth {
    /// At most 10000: counting stops there.
    #[schema(example = 3)]
    waiting: i64,
    /// Under way at this moment.
    #[schema(example = 1)]
    sending: i64,
}

/// A chat that Telegram asked to leave alone for a while.
#[derive(Debug, Serialize, ToSchema)]
struct PausedChat {
    #[schema(example = 555001)]
    chat_id: i64,
    until: Timestamp,
}

/// Why nothing, or less than possible, leaves.
#[derive(Debug, Serialize, ToSchema)]
struct Hindrance {
    waiting_for: WaitingFor,
    /// When it ends.
    until: Timestamp,
}

/// What waits for a bot, and what holds it back.
#[derive(Debug, Serialize, ToSchema)]
struct QueueView {
    bot_app_id: BotId,
    /// Nothing leaves while the bot is switched off.
    is_active: bool,
    /// Telegram refuses the bot's token: all waits for a new one.
    is_token_revoked: bool,
    /// Replies and messages sent by the API: they go first.
    replies: QueueDepth,
    /// Messages of broadcasts.
    broadcasts: QueueDepth,
    /// People of running broadcasts whose messages are not in the queue yet. At most 10000: counting stops there.
    #[schema(example = 2400)]
    recipients_waiting: i64,
    /// At most so many in any rolling window.
    #[schema(example = "30/min")]
    rate_limit: String,
    /// Places of the window that are taken now.
    #[schema(example = 12)]
    rate_used: i64,
    /// Messages of broadcasts per minute, at the present pace.
    #[schema(example = 30.0)]
    broadcasts_per_minute: f64,
    /// After 429s broadcasts use only this part of the rate, which grows again by itself; null: the whole.
    #[schema(example = 0.5)]
    learnt_ceiling: Option<f64>,
    /// Telegram asked the whole bot to wait until then.
    paused_until: Option<Timestamp>,
    /// Chats that Telegram asked to leave alone, at most 100, those that may go on first at the beginning.
    paused_chats: Vec<PausedChat>,
    #[schema(example = 1000)]
    daily_limit: i64,
    #[schema(example = 120)]
    messages_sent_today: i64,
    /// What holds the whole bot back now, what ends last at the beginning.
    waiting_for: Vec<Hindrance>,
    /// When all that waits now will have left, at the present pace and within the daily limits. Null when nothing waits, when
    /// there is no telling since the bot is switched off or its token is refused, or when there is more than is counted.
    estimated_empty_at: Option<Timestamp>,
    /// The node that sends for the bot at this moment, if one does.
    #[schema(example = "node-0c07398f")]
    node: Option<String>,
}

/// What waits for a bot?
///
/// How many calls wait by class, how fast they leave, what holds them back until when, and when all will have left. Why a
/// single message waits is told by its own `waiting_for`.
#[utoipa::path(get, path = "/telegram/v1/bots/{id}/queue/", tag = "bots", params(("id" = BotId, Path)),
    responses((status = OK, body = QueueView)))]
async fn show(State(app): State<App>, MayRead(scope): MayRead, Path(id): Path<BotId>) -> Result<Json<QueueView>> {
    let (now, default) = (app.clock.now(), app.settings.bot_rate);
    let found = app
        .db
        .read(move |tx| {
            let Some(queue) = queue::queue(tx, &scope, id, now)? else { return Ok(None) };
            let used = queue::used(tx, id, queue.rate_limit.unwrap_or(default), now)?;
            Ok(Some((queue, used)))
        })
        .await?;
    let (queue, used) = found.ok_or_else(|| Error::not_found("bot"))?;
    Ok(Json(QueueView::new(id, queue, used, default, now)))
}

impl QueueView {
    fn new(id: BotId, queue: Queue, used: (i64, Option<Timestamp>), default: Rate, now: Timestamp) -> Self {
        let rate = queue.rate_limit.unwrap_or(default);
        let ceiling = queue.ceiling.unwrap_or(CEILING_FULL);
        Self {
            bot_app_id: id,
            is_active: queue.is_active,
            is_token_revoked: queue.is_token_revoked,
            recipients_waiting: queue.recipients,
            rate_limit: rate.to_string(),
            rate_used: used.0,
            broadcasts_per_minute: per_minute(rate, ceiling),
            learnt_ceiling: queue.ceiling.map(|ceiling| f64::from(ceiling) / f64::from(CEILING_FULL)),
            paused_until: queue.paused_until,
            daily_limit: queue.daily_limit,
            messages_sent_today: queue.used_today,
            waiting_for: hindrances(&queue, rate, used, now),
            estimated_empty_at: estimate(&queue, rate, ceiling, now),
            replies: queue.replies.into(),
            broadcasts: queue.broadcasts.into(),
            paused_chats: queue
                .paused_chats
                .into_iter()
                .map(|(chat_id, until)| PausedChat { chat_id, until })
                .collect(),
            node: queue.node,
        }
    }
}

impl From<Depth> for QueueDepth {
    fn from(Depth { waiting, sending }: Depth) -> Self {
        Self { waiting, sending }
    }
}

fn per_minute(rate: Rate, ceiling: u32) -> f64 {
    let whole = f64::from(rate.count()) * 60_000.0 / rate.window_ms() as f64;
    whole * f64::from(ceiling) / f64::from(CEILING_FULL)
}

/// Only what holds back something that is there.
fn hindrances(queue: &Queue, rate: Rate, used: (i64, Option<Timestamp>), now: Timestamp) -> Vec<Hindrance> {
    if queue.replies.waiting + queue.broadcasts.waiting + queue.recipients == 0 {
        return Vec::new();
    }
    let retry_after = queue.paused_until.map(|until| (WaitingFor::RetryAfter, until));
    let daily = (queue.used_today >= queue.daily_limit).then(|| (WaitingFor::DailyLimit, now.next_day()));
    let window = used.1.filter(|_| used.0 >= i64::from(rate.count())).map(|at| (WaitingFor::BotRate, at));
    let mut found: Vec<(WaitingFor, Timestamp)> = [retry_after, daily, window].into_iter().flatten().collect();
    found.retain(|(_, until)| *until > now);
    found.sort_by_key(|(_, until)| std::cmp::Reverse(*until));
    found.into_iter().map(|(waiting_for, until)| Hindrance { waiting_for, until }).collect()
}

fn estimate(queue: &Queue, rate: Rate, ceiling: u32, now: Timestamp) -> Option<Timestamp> {
    let counts = [queue.replies.waiting, queue.broadcasts.waiting, queue.recipients];
    if !queue.is_active || queue.is_token_revoked || counts.iter().any(|count| *count >= COUNT_MAX) {
        return None;
    }
    let forecast = forecast::Queue {
        replies: queue.replies.waiting,
        broadcasts: queue.broadcasts.waiting + queue.recipients,
        rate,
        ceiling,
        paused_until: queue.paused_until,
        room_today: queue.daily_limit - queue.used_today,
        daily_limit: queue.daily_limit,
    };
    forecast.empty_at(now)
}
