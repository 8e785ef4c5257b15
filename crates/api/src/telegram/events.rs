//! `/telegram/v1/webhook-events/`: Updates as they arrived, by webhook or by polling, and what became of them.

use app::App;
use axum::extract::State;
use model::{
    Error, Timestamp,
    activity::Deed,
    event::{Event, EventStatus},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};
use store::{
    activity,
    db::Tx,
    events::{self, EVENTS, Filter, Retry},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::{Json, MayManage, MayRead, Path, Query},
    ids::{BotId, EventId},
    page::{Listing, PageQuery, Paging},
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(read)).routes(routes!(retry))
}

/// One Telegram Update.
#[derive(Debug, Serialize, ToSchema)]
struct EventView {
    id: EventId,
    bot_app_id: BotId,
    update_id: i64,
    /// The Update's kind in upper case; `UNKNOWN` for kinds that we don't know.
    #[schema(example = "MESSAGE")]
    event_type: String,
    status: EventStatus,
    is_processed: bool,
    retry_count: i64,
    /// Why it failed, or what of it could not be read.
    error_message: Option<String>,
    processed_at: Option<Timestamp>,
    created_at: Timestamp,
}

impl From<Event> for EventView {
    fn from(event: Event) -> Self {
        Self {
            id: event.id,
            bot_app_id: event.bot,
            update_id: event.update_id,
            event_type: event.event_type,
            status: event.status,
            is_processed: event.status == EventStatus::Processed,
            retry_count: event.retry_count,
            error_message: event.error_message,
            processed_at: event.processed_at,
            created_at: event.created_at,
        }
    }
}

/// One Telegram Update with all that it says.
#[derive(Serialize, ToSchema)]
struct WholeEventView {
    #[serde(flatten)]
    event: EventView,
    /// The Update as it came. As text when a strict JSON parser would refuse it.
    #[schema(value_type = Object)]
    payload: Payload,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Payload {
    Json(Box<RawValue>),
    Text(String),
}

impl Payload {
    fn new(bytes: Vec<u8>) -> Self {
        let text = String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned());
        // Legal JSON that strict parsers refuse would make the whole answer unreadable: lone surrogates, deep nesting,
        // numbers beyond every type.
        let is_readable = serde_json::from_str::<Value>(&text).is_ok();
        match serde_json::from_str::<Box<RawValue>>(&text) {
            Ok(json) if is_readable => Self::Json(json),
            _ => Self::Text(text),
        }
    }
}

#[derive(Debug, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
struct EventFilter {
    bot_app_id: Option<BotId>,
    /// For example `MESSAGE`.
    event_type: Option<String>,
    status: Option<EventStatus>,
    is_processed: Option<bool>,
    update_id: Option<i64>,
}

/// List the Updates that arrived.
#[utoipa::path(get, path = "/telegram/v1/webhook-events/", tag = "events", params(PageQuery, EventFilter),
    responses((status = OK, body = Listing<EventView>)))]
async fn list(
    State(app): State<App>,
    MayRead(scope): MayRead,
    paging: Paging,
    Query(filter): Query<EventFilter>,
) -> Result<Json<Listing<EventView>>> {
    let request = paging.of(&EVENTS)?;
    let filter = Filter {
        bot: filter.bot_app_id,
        event_type: filter.event_type.map(|kind| kind.to_ascii_uppercase()),
        status: filter.status,
        is_processed: filter.is_processed,
        update_id: filter.update_id,
    };
    let page = app.db.read(move |tx| events::list(tx, &scope, &filter, &request)).await?;
    Ok(paging.answer(page.map(EventView::from)))
}

/// Read an Update with its payload.
#[utoipa::path(get, path = "/telegram/v1/webhook-events/{id}/", tag = "events", params(("id" = EventId, Path)),
    responses((status = OK, body = WholeEventView)))]
async fn read(
    State(app): State<App>,
    MayRead(scope): MayRead,
    Path(id): Path<EventId>,
) -> Result<Json<WholeEventView>> {
    let found = app.db.read(move |tx| {
        let Some(event) = events::get(tx, &scope, id)? else { return Ok(None) };
        Ok(events::payload(tx, &scope, id)?.map(|payload| (event, payload)))
    });
    let (event, payload) = found.await?.ok_or_else(|| Error::not_found("event"))?;
    Ok(Json(WholeEventView { event: event.into(), payload: Payload::new(payload) }))
}

/// Process an Update once more: one that failed, was given up, or could not be read in full.
#[utoipa::path(post, path = "/telegram/v1/webhook-events/{id}/retry/", tag = "events", params(("id" = EventId, Path)),
    responses((status = OK, body = EventView)))]
async fn retry(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<EventId>,
) -> Result<Json<EventView>> {
    let (now, ids) = (app.clock.now(), app.ids.clone());
    let again = move |tx: &mut Tx| {
        let retry = events::retry(tx, &scope, id, now)?;
        if let Some(Retry::Queued(_)) = &retry {
            activity::record(tx, &scope, &*ids, &Deed::new("event.retried", "event", id), now)?;
        }
        Ok(retry)
    };
    match app.db.write(again).await? {
        None => Err(Error::not_found("event").into()),
        Some(Retry::Queued(event)) => Ok(Json(event.into())),
        Some(Retry::Refused(event)) => Err(Error::conflict(
            "event_not_retryable",
            format!(
                "Only an event that failed, was given up or had an error can be retried; this one is {}.",
                event.status
            ),
        )
        .into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_is_shown_as_it_came() {
        let shown = |text: &str| serde_json::to_string(&Payload::new(text.as_bytes().to_vec())).unwrap();
        let unusual = r#"{"update_id":1,  "a":"\ud83d\ude00","n":1.50e3,"d":"\u0000", "a":2}"#;
        assert_eq!(shown(unusual), unusual);
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        for strange in [r#"{"a":"\ud800"}"#, r#"{"a":1e999}"#, &deep] {
            assert_eq!(shown(strange), serde_json::to_string(strange).unwrap());
        }
    }
}
