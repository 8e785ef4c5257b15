//! Looking at what happened: calls, messages, counts.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderValue, header},
    response::Response,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Refusal, Result};
use crate::{
    calls::{self, Call, Filter},
    rooms::RoomKey,
    state::Shared,
};

#[derive(Debug, Deserialize)]
pub struct CallQuery {
    bot: Option<i64>,
    method: Option<String>,
    chat_id: Option<i64>,
    #[serde(default)]
    since: u64,
    limit: Option<usize>,
}

/// Written straight from the log, which may be long.
#[derive(Debug, Serialize)]
pub struct CallPage {
    calls: Vec<Arc<Call>>,
    next: u64,
    total: u64,
    dropped: u64,
}

/// Calls with a `seq` above `since`, in order of arrival; `next` is what to ask for `since` next time.
pub async fn calls(State(state): State<Shared>, Query(query): Query<CallQuery>) -> Json<CallPage> {
    let since = query.since;
    let filter = Filter { bot: query.bot, method: query.method, chat_id: query.chat_id, since };
    let calls = state.calls.find(&filter, query.limit.unwrap_or(usize::MAX));
    let next = calls.last().map_or(since, |call| call.seq);
    Json(CallPage { calls, next, total: state.calls.total(), dropped: state.calls.dropped() })
}

#[derive(Debug, Deserialize)]
pub struct MessagesQuery {
    limit: Option<usize>,
}

/// What a person (or a group) sees of its chat with a bot, oldest first.
pub async fn messages(
    State(state): State<Shared>,
    Path((bot, chat)): Path<(i64, i64)>,
    Query(query): Query<MessagesQuery>,
) -> Result<Json<Value>> {
    let key = if chat > 0 { RoomKey::Private { bot, user: chat } } else { RoomKey::Group(chat) };
    let limit = query.limit.unwrap_or(1000);
    let found = state.rooms.peek(key, |room| (room.newest(limit), room.started, room.blocked, room.action.clone()));
    let (messages, started, blocked, action) =
        found.ok_or_else(|| Refusal::missing(format!("bot {bot} and chat {chat} have no messages")))?;
    let messages: Vec<_> = messages.iter().map(|message| message.for_person()).collect();
    let action = action.filter(|(_, until_ms)| *until_ms > state.now_ms()).map(|(action, _)| action);
    Ok(Json(json!({"messages": messages, "started": started, "blocked": blocked, "action": action})))
}

#[derive(Debug, Deserialize)]
pub struct StatsQuery {
    window_ms: Option<i64>,
    bot: Option<i64>,
    #[serde(default)]
    since: u64,
}

/// Counts by bot and by chat over the calls still in the log, with the fullest rolling window of `window_ms`.
pub async fn stats(State(state): State<Shared>, Query(query): Query<StatsQuery>) -> Json<Value> {
    let window_ms = query.window_ms.unwrap_or(1000).max(1);
    let filter = Filter { bot: query.bot, since: query.since, ..Filter::default() };
    let found = state.calls.find(&filter, usize::MAX);
    let (bots, chats) = calls::count(&found, window_ms.saturating_mul(1000));
    let mut bots: serde_json::Map<_, _> = bots.iter().map(|(id, counts)| (id.to_string(), json!(counts))).collect();
    for ((bot, chat), counts) in chats {
        bots[&bot.to_string()]["chats"][chat.to_string()] = json!(counts);
    }
    Json(json!({"window_ms": window_ms, "calls": state.calls.total(), "dropped": state.calls.dropped(),
        "users": state.users.count(), "bots": bots}))
}

/// The bytes behind a `file_unique_id`, for the page: people see their pictures without a token.
pub async fn file(State(state): State<Shared>, Path(unique_id): Path<String>) -> Result<Response> {
    let file = state.files.by_unique_id(&unique_id).ok_or_else(|| Refusal::missing("there is no such file"))?;
    let mut response = Response::new(Body::from(file.bytes.clone()));
    let headers = response.headers_mut();
    // Whatever a sender claims, only pictures are shown; the rest is saved.
    let mime_type = crate::picture::sniff(&file.bytes).map_or("application/octet-stream", |picture| picture.mime_type);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(mime_type));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}
