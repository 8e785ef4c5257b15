//! The control API under `/sandbox/`: acting as people, making calls fail, and looking at what happened.

mod act;
mod attach;
mod bots;
mod change;
mod given;
mod groups;
mod inspect;
mod live;
mod people;
mod place;
mod standing;
mod world;
mod write;

use axum::{
    Json, Router,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::json;

pub use given::Given;
pub use groups::topic_header;

use crate::state::Shared;

/// Files come as base64 in JSON.
const BODY_BYTES_MAX: usize = 80 << 20;

/// A refusal of the control API: a status and a sentence.
#[derive(Debug)]
pub struct Refusal(StatusCode, String);

pub type Result<T, E = Refusal> = std::result::Result<T, E>;

impl Refusal {
    pub fn bad(what: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, what.into())
    }

    pub fn missing(what: impl Into<String>) -> Self {
        Self(StatusCode::NOT_FOUND, what.into())
    }

    pub fn conflict(what: impl Into<String>) -> Self {
        Self(StatusCode::CONFLICT, what.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, Json(json!({"error": self.1}))).into_response()
    }
}

pub fn router() -> Router<Shared> {
    Router::new()
        .route("/users", get(people::list).post(people::create))
        .route("/users/bulk", post(people::bulk))
        .route("/users/{id}", get(people::show).patch(people::change).delete(standing::delete_account))
        .route("/users/{id}/send", post(write::send))
        .route("/users/{id}/start", post(write::start))
        .route("/users/{id}/connect_business", post(write::connect))
        .route("/users/{id}/edit", post(change::edit))
        .route("/users/{id}/delete_message", post(change::delete))
        .route("/users/{id}/press", post(act::press))
        .route("/users/{id}/react", post(act::react))
        .route("/users/{id}/vote", post(act::vote))
        .route("/users/{id}/block", post(standing::block))
        .route("/users/{id}/unblock", post(standing::unblock))
        .route("/users/{id}/share_phone", post(act::share_phone))
        .route("/groups", get(groups::list).post(groups::create))
        .route("/groups/{id}", get(groups::show).patch(groups::change).delete(groups::delete))
        .route("/groups/{id}/members", post(groups::set_member))
        .route("/groups/{id}/migrate", post(groups::migrate))
        .route("/groups/{id}/topics", post(groups::open_topic))
        .route("/bots", get(bots::list).post(bots::register))
        .route("/bots/{bot}", get(bots::show))
        .route("/bots/{bot}/update", post(bots::update))
        .route("/bots/{bot}/revoke", post(bots::revoke))
        .route("/tokens/reject", post(bots::reject_token))
        .route("/faults", get(world::list_faults).post(world::add_fault).delete(world::clear_faults))
        .route("/faults/{id}", axum::routing::delete(world::clear_fault))
        .route("/limits", get(world::limits).put(world::set_limits))
        .route("/reset", post(world::reset))
        .route("/calls", get(inspect::calls))
        .route("/stats", get(inspect::stats))
        .route("/events", get(live::events))
        .nest("/graph", crate::graph::control())
        .route("/files/{unique_id}", get(inspect::file))
        .layer(axum::extract::DefaultBodyLimit::max(BODY_BYTES_MAX))
        .route("/chats/{bot}/{chat}/messages", get(inspect::messages))
        .fallback(async || Refusal::missing("no such path in the control API"))
}
