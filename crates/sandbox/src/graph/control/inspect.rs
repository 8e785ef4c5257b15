//! Looking at what happened: threads, calls, templates, files.

use axum::{
    Json,
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderValue, header},
    response::Response,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    control::{Refusal, Result},
    graph::world::digits,
    picture,
    state::Shared,
};

#[derive(Debug, Deserialize)]
pub struct Page {
    #[serde(default)]
    since: u64,
    limit: Option<usize>,
}

/// What a person sees of their thread with a number, oldest first.
pub async fn thread(
    State(state): State<Shared>,
    Path((number, name)): Path<(String, String)>,
    Query(page): Query<Page>,
) -> Result<Json<Value>> {
    let world = state.graph.world();
    let wa_id = world.person(&name).map_or_else(|| digits(&name), |person| person.wa_id.clone());
    let thread = world.threads.get(&(number.clone(), wa_id));
    let thread = thread.ok_or_else(|| Refusal::missing(format!("{number} and {name} have no messages")))?;
    Ok(Json(thread.show(page.limit.unwrap_or(1000), state.now_ms())))
}

/// Calls after `since`, in order; `next` is what to ask for `since` next time.
pub async fn calls(State(state): State<Shared>, Query(page): Query<Page>) -> Json<Value> {
    let calls = state.graph.calls.since(page.since, page.limit.unwrap_or(usize::MAX));
    let next = calls.last().map_or(page.since, |call| call.seq);
    Json(json!({"calls": calls, "next": next}))
}

pub async fn templates(State(state): State<Shared>) -> Json<Value> {
    let world = state.graph.world();
    let templates: Vec<_> = world.templates.values().collect();
    Json(json!({"templates": templates}))
}

/// The bytes of a media, for the page: only pictures are shown, the rest is saved.
pub async fn file(State(state): State<Shared>, Path(media): Path<String>) -> Result<Response> {
    let bytes = state.graph.world().media.get(&media).map(|media| media.bytes.clone());
    let bytes = bytes.ok_or_else(|| Refusal::missing("there is no such file"))?;
    let mime_type = picture::sniff(&bytes).map_or("application/octet-stream", |picture| picture.mime_type);
    let mut response = Response::new(Body::from(bytes));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(mime_type));
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}
