//! What happens, as it happens: server-sent events for the page.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use futures::{Stream, StreamExt};
use tokio_stream::wrappers::BroadcastStream;

use crate::state::Shared;

const HEARTBEAT: Duration = Duration::from_secs(15);

/// Every event as one JSON object; `{"type": "lagged"}` when some were lost and all should be read anew.
pub async fn events(State(state): State<Shared>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let events = BroadcastStream::new(state.events.watch()).map(|event| {
        let event = event.unwrap_or_else(|_| serde_json::json!({"type": "lagged"}));
        Ok(Event::default().data(event.to_string()))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT))
}
