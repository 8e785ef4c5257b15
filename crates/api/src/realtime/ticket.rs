//! `POST /team-inbox/api/ticket/`: what opens a stream or a socket once.

use app::{App, accounts};
use axum::{extract::State, http::StatusCode};
use model::Timestamp;
use secrecy::ExposeSecret;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::{Caller, Json, MayRead},
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create))
}

/// A ticket. It is not shown again.
#[derive(Serialize, ToSchema)]
struct TicketView {
    /// Put it behind `?token=`.
    #[schema(example = "jt_x7Gq2A…")]
    ticket: String,
    expires_at: Timestamp,
}

/// Get a ticket for a stream or a socket.
///
/// For clients that can't send headers. It stands for who asks, opens one connection, and is good for a minute.
#[utoipa::path(post, path = "/team-inbox/api/ticket/", tag = "realtime",
    responses((status = CREATED, body = TicketView)))]
async fn create(State(app): State<App>, _: MayRead, Caller(caller): Caller) -> Result<(StatusCode, Json<TicketView>)> {
    let made = accounts::issue_ticket(&app, &caller).await?;
    let ticket = made.ticket.expose_secret().to_owned();
    Ok((StatusCode::CREATED, Json(TicketView { ticket, expires_at: made.expires_at })))
}
