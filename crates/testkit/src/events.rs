//! Server-sent events as a client reads them.

use std::{fmt, time::Duration};

use axum::{
    body::{Body, BodyDataStream},
    http::Request,
};
use serde_json::Value;
use tokio::time::timeout;
use tokio_stream::StreamExt;

use crate::Client;

/// Nothing that a test waits for takes longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// One event.
#[derive(Debug, Clone, PartialEq)]
pub struct ServerEvent {
    pub id: String,
    pub kind: String,
    pub data: Value,
}

/// An open stream; the connection is cut when it is dropped.
pub struct Events {
    body: BodyDataStream,
    text: String,
    /// The last id, also of pieces without an event.
    pub last_id: String,
    /// Comments so far.
    pub comments: usize,
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").field("last_id", &self.last_id).finish_non_exhaustive()
    }
}

impl Client {
    /// Opens a stream, which must be accepted, from the event with this id on.
    pub async fn listen(&self, path: &str, last_id: Option<&str>) -> Events {
        let mut request = Request::get(path);
        if let Some(id) = last_id {
            request = request.header("last-event-id", id);
        }
        let response = self.open(request.body(Body::empty()).expect("the test's path is valid")).await;
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let body = response.into_body().into_data_stream();
        Events { body, text: String::new(), last_id: last_id.unwrap_or_default().to_owned(), comments: 0 }
    }
}

impl Events {
    /// The next event; `None` at the end of the stream.
    pub async fn next(&mut self) -> Option<ServerEvent> {
        loop {
            while let Some((piece, rest)) = self.text.split_once("\n\n") {
                let (piece, rest) = (piece.to_owned(), rest.to_owned());
                self.text = rest;
                if let Some(event) = self.read(&piece) {
                    return Some(event);
                }
            }
            if !self.more().await {
                return None;
            }
        }
    }

    /// The next event of this kind; others are passed over.
    pub async fn next_of(&mut self, kind: &str) -> ServerEvent {
        loop {
            let event = self.next().await.unwrap_or_else(|| panic!("the stream ended before a {kind}"));
            if event.kind == kind {
                return event;
            }
        }
    }

    /// Waits for a comment and passes events over.
    pub async fn next_comment(&mut self) {
        let before = self.comments;
        while self.comments == before {
            assert!(self.more().await, "the stream ended before a comment");
            while let Some((piece, rest)) = self.text.split_once("\n\n") {
                let (piece, rest) = (piece.to_owned(), rest.to_owned());
                self.text = rest;
                self.read(&piece);
            }
        }
    }

    async fn more(&mut self) -> bool {
        let chunk = timeout(PATIENCE, self.body.next()).await.expect("a stream says something in time");
        let Some(chunk) = chunk else { return false };
        self.text.push_str(str::from_utf8(&chunk.expect("the stream is not broken")).expect("events are text"));
        true
    }

    fn read(&mut self, piece: &str) -> Option<ServerEvent> {
        let (mut kind, mut data) = (None, None);
        for line in piece.lines() {
            match line.split_once(": ") {
                Some(("", _)) => self.comments += 1,
                Some(("id", id)) => id.clone_into(&mut self.last_id),
                Some(("event", name)) => kind = Some(name.to_owned()),
                Some(("data", text)) => data = Some(serde_json::from_str(text).expect("events carry JSON")),
                _ => panic!("not a line of an event: {line}"),
            }
        }
        Some(ServerEvent { id: self.last_id.clone(), kind: kind?, data: data? })
    }
}
