//! The control API under `/sandbox/`: acting as people, making calls fail, and looking at what happened.

mod bots;
mod inspect;
mod people;
mod world;
mod write;

use axum::{
    Json, Router,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::json;

use crate::state::Shared;

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
        .route("/users/{id}", get(people::show).patch(people::change))
        .route("/users/{id}/send", post(write::send))
        .route("/users/{id}/start", post(write::start))
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
        .route("/chats/{bot}/{chat}/messages", get(inspect::messages))
        .fallback(async || Refusal::missing("no such path in the control API"))
}
