//! `GET /team-inbox/api/stream/`: the feed as server-sent events.

use std::convert::Infallible;

use app::App;
use axum::{
    Extension,
    body::Body,
    http::{
        HeaderMap, HeaderName, HeaderValue,
        header::{CACHE_CONTROL, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures::stream;
use model::Timestamp;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    event::StreamEvent,
    hub::Hub,
    listener::{Heard, Listener, Written},
    who::MayListen,
};
use crate::{extract::Query, problem::Result};

/// How long nothing may be heard; then a comment shows that the connection lives.
const HEARTBEAT_MS: i64 = 15_000;
/// How often it is looked whether the listener may still listen.
const CHECK_MS: i64 = 60_000;
/// Events are written together up to this size.
const CHUNK_BYTES: usize = 64 << 10;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(open))
}

#[derive(Debug, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
struct StreamQuery {
    /// Go on after this `sequence`. The header `Last-Event-ID` goes before it.
    since: Option<String>,
    /// A ticket, in place of a header.
    #[serde(rename = "token")]
    _token: Option<String>,
}

/// Listen to what happens.
///
/// Server-sent events, as they happen and for as long as the connection lasts. `id:` is the place in the feed; who comes
/// again with it (`Last-Event-ID` or `since`) gets everything after it, so that nothing is missed and nothing comes twice,
/// also at another node. The first event is `hello`; `reset` follows when the place is too old or unknown, and then everything
/// is to be asked for anew. Without a place it begins now. A comment comes every 15 seconds when nothing else does.
#[utoipa::path(get, path = "/team-inbox/api/stream/", tag = "realtime",
    params(StreamQuery, ("Last-Event-ID" = Option<String>, Header, description = "The `id` of the last event that was received.")),
    responses((status = OK, content_type = "text/event-stream", body = StreamEvent,
        example = "event: new_message\nid: 4711\ndata: {\"type\":\"new_message\",\"sequence\":4711,…}\n\n")))]
async fn open(
    Extension(hub): Extension<Hub>,
    MayListen(caller): MayListen,
    Query(query): Query<StreamQuery>,
    headers: HeaderMap,
) -> Result<Response> {
    let last = headers.get(LAST_EVENT_ID).map(|id| id.to_str().unwrap_or("?").to_owned());
    let since = last.filter(|id| !id.is_empty()).or(query.since);
    let listener = Listener::open(&hub, caller, since.as_deref()).await?;
    let connection = Connection::new(hub, listener);
    let body = Body::from_stream(stream::unfold(connection, Connection::write));
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store, no-transform")),
        (ACCEL_BUFFERING, HeaderValue::from_static("no")),
    ];
    Ok((headers, body).into_response())
}

struct Connection {
    hub: Hub,
    listener: Listener,
    beat_at: Timestamp,
    check_at: Timestamp,
    is_over: bool,
}

impl Connection {
    fn new(hub: Hub, listener: Listener) -> Self {
        let now = hub.app().clock.now();
        Self { hub, listener, beat_at: now + HEARTBEAT_MS, check_at: now + CHECK_MS, is_over: false }
    }

    /// The next piece of the body, when there is something to write and the client has room for it.
    async fn write(mut self) -> Option<(std::result::Result<Bytes, Infallible>, Self)> {
        while !self.is_over {
            let clock = self.hub.app().clock.clone();
            let piece = tokio::select! {
                () = self.hub.stop().cancelled() => return None,
                heard = self.listener.next() => match heard {
                    Ok(heard) => self.events(heard?),
                    Err(error) => {
                        tracing::warn!(?error, "a stream ends: the feed can't be read; its client comes again");
                        return None;
                    }
                },
                () = clock.sleep_until(self.beat_at.min(self.check_at)) => self.beat().await?,
            };
            if !piece.is_empty() {
                self.beat_at = clock.now() + HEARTBEAT_MS;
                return Some((Ok(piece.into()), self));
            }
        }
        None
    }

    fn events(&mut self, first: Heard) -> String {
        let mut piece = String::new();
        let mut heard = Some(first);
        while let Some(one) = heard {
            self.is_over = matches!(one, Heard::TooSlow { .. });
            let Written { kind, id, text } = self.listener.written(&one);
            // JSON has no line breaks of its own, so one line holds it.
            let id = id.map_or_else(String::new, |id| format!("id: {id}\n"));
            piece.push_str(&format!("event: {kind}\n{id}data: {text}\n\n"));
            heard = if piece.len() < CHUNK_BYTES { self.listener.next_now() } else { None };
        }
        piece
    }

    /// A sign of life, with the place up to which there was nothing for this listener. `None`: they may no longer listen.
    async fn beat(&mut self) -> Option<String> {
        let now = self.hub.app().clock.now();
        if now >= self.check_at {
            self.check_at = now + CHECK_MS;
            if let Err(error) = self.listener.check().await {
                tracing::debug!(code = error.code(), "a stream ends: its listener may no longer listen");
                return None;
            }
        }
        let is_due = now >= self.beat_at;
        Some(if is_due { format!(": still here\nid: {}\n\n", self.listener.position) } else { String::new() })
    }
}
