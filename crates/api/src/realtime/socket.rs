//! `GET /ws/team-inbox/{tenant_id}/`: the same feed over a WebSocket, and requests the other way.

use app::App;
use axum::{
    Extension,
    extract::{
        State,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    response::{IntoResponse, Response},
};
use model::Timestamp;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    command,
    hub::Hub,
    listener::{Heard, Listener},
    who::MayListenAt,
};
use crate::{extract::Query, ids::TenantId, problem::Result};

/// The largest frame that a client may send.
const FRAME_BYTES_MAX: usize = 256 << 10;
/// How often the other end is asked for a sign of life.
const PING_MS: i64 = 15_000;
/// Who gives none for so long is gone.
const SILENCE_MS: i64 = 45_000;
/// Who takes nothing for so long is too slow.
const WRITE_MS: i64 = 20_000;
/// How often it is looked whether the listener may still listen.
const CHECK_MS: i64 = 60_000;

/// Close codes: going away, policy, try again later.
const GOING_AWAY: u16 = 1001;
const NOT_ALLOWED: u16 = 1008;
const TRY_AGAIN: u16 = 1013;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(open))
}

#[derive(Debug, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
struct SocketQuery {
    /// Go on after this `sequence`.
    since: Option<String>,
    /// A ticket, in place of a header.
    #[serde(rename = "token")]
    _token: Option<String>,
}

/// Open a WebSocket.
///
/// Text frames from the server hold the events of `GET /team-inbox/api/stream/`, one each, beginning with `hello`. From the client,
/// each frame is a JSON object with a `type`, and an `id` of its own choice that comes back in the answer:
///
/// | `type` | fields | who |
/// | --- | --- | --- |
/// | `send_message` | `conversation_id` and the fields of `POST …/conversations/{id}/messages/` | `AGENT` and above |
/// | `mark_read` | `conversation_id` | `AGENT` and above |
/// | `assign` | `conversation_id`, `assignee`: a person's id, `me`, or null | `AGENT` and above |
/// | `typing` | `conversation_id`, `is_typing` (true) | `AGENT` and above |
///
/// The answer is `{"type": "ack", "id": …, "request": …}` with the `message` or `conversation` as it then is, or
/// `{"type": "error", "id": …, "request": …, "status", "code", "detail", "errors"}`. An error ends nothing. A frame has at most 256 KiB.
/// The server pings every 15 seconds. It closes with 1001 when it stops (come again: another node answers), with 1013 when you
/// were too slow (come again with `since`), and with 1008 when you may no longer listen.
#[utoipa::path(get, path = "/ws/team-inbox/{tenant_id}/", tag = "realtime",
    params(("tenant_id" = TenantId, Path), SocketQuery),
    responses((status = SWITCHING_PROTOCOLS, description = "The socket is open.")))]
async fn open(
    State(app): State<App>,
    Extension(hub): Extension<Hub>,
    MayListenAt(caller): MayListenAt,
    Query(query): Query<SocketQuery>,
    upgrade: std::result::Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response> {
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade.max_message_size(FRAME_BYTES_MAX).max_frame_size(FRAME_BYTES_MAX),
        Err(rejection) => return Ok(rejection.into_response()),
    };
    let listener = Listener::open(&hub, caller, query.since.as_deref()).await?;
    let now = app.clock.now();
    let talk = Talk { app, hub, listener, heard_at: now, ping_at: now + PING_MS, check_at: now + CHECK_MS };
    Ok(upgrade.on_upgrade(|socket| talk.run(socket)))
}

/// One open socket.
struct Talk {
    app: App,
    hub: Hub,
    listener: Listener,
    /// When the client gave its last sign of life.
    heard_at: Timestamp,
    ping_at: Timestamp,
    check_at: Timestamp,
}

/// Why a socket ends.
enum End {
    /// The other end is gone, or does not take what is written.
    Gone,
    Close(u16, &'static str),
}

impl Talk {
    async fn run(mut self, mut socket: WebSocket) {
        let End::Close(code, reason) = self.talk(&mut socket).await else { return };
        let close = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
        // Whether it arrives does not matter any more.
        let _ = self.write(&mut socket, close).await;
    }

    async fn talk(&mut self, socket: &mut WebSocket) -> End {
        loop {
            let step = tokio::select! {
                () = self.hub.stop().cancelled() => Err(End::Close(GOING_AWAY, "the service stops; come again")),
                heard = self.listener.next() => match heard {
                    Ok(Some(heard)) => self.tell(socket, &heard).await,
                    Ok(None) => Err(End::Close(GOING_AWAY, "come again")),
                    Err(error) => {
                        tracing::warn!(?error, "a socket ends: the feed can't be read; its client comes again");
                        Err(End::Close(TRY_AGAIN, "the feed can't be read now; come again"))
                    }
                },
                frame = socket.recv() => self.take(socket, frame).await,
                () = self.app.clock.sleep_until(self.ping_at.min(self.check_at)) => self.look(socket).await,
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    async fn tell(&mut self, socket: &mut WebSocket, heard: &Heard) -> Result<(), End> {
        self.write(socket, Message::text(self.listener.written(heard).text)).await?;
        match heard {
            Heard::TooSlow { .. } => Err(End::Close(TRY_AGAIN, "too slow; come again with since")),
            _ => Ok(()),
        }
    }

    async fn take(
        &mut self,
        socket: &mut WebSocket,
        frame: Option<std::result::Result<Message, axum::Error>>,
    ) -> Result<(), End> {
        self.heard_at = self.app.clock.now();
        let answer = match frame {
            Some(Ok(Message::Text(text))) => command::answer(&self.app, &self.hub, &self.listener.caller, &text).await,
            Some(Ok(Message::Binary(_))) => command::no_text(),
            // The library answers pings by itself.
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => return Ok(()),
            Some(Ok(Message::Close(_))) | Some(Err(_)) | None => return Err(End::Gone),
        };
        self.write(socket, Message::text(answer)).await
    }

    async fn look(&mut self, socket: &mut WebSocket) -> Result<(), End> {
        let now = self.app.clock.now();
        if now >= self.check_at {
            self.check_at = now + CHECK_MS;
            if self.listener.check().await.is_err() {
                return Err(End::Close(NOT_ALLOWED, "you may no longer listen"));
            }
        }
        if now.since(self.heard_at) >= SILENCE_MS {
            return Err(End::Gone);
        }
        if now < self.ping_at {
            return Ok(());
        }
        self.ping_at = now + PING_MS;
        self.write(socket, Message::Ping(Default::default())).await
    }

    async fn write(&self, socket: &mut WebSocket, message: Message) -> Result<(), End> {
        let until = self.app.clock.now() + WRITE_MS;
        tokio::select! {
            written = socket.send(message) => written.map_err(|_| End::Gone),
            () = self.app.clock.sleep_until(until) => Err(End::Gone),
        }
    }
}
