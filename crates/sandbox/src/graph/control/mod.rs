//! The control API for WhatsApp, under `/sandbox/graph/`: making numbers and people, acting as people, webhooks and
//! faults on demand, and looking at what happened.

mod act;
mod inspect;
mod people;
mod setup;
mod weather;

use axum::{
    Router,
    routing::{get, patch, post},
};

use crate::state::Shared;

pub fn router() -> Router<Shared> {
    Router::new()
        .route("/numbers", get(setup::list).post(setup::create))
        .route("/numbers/{number}", patch(setup::change))
        .route("/apps/{app}", patch(setup::change_app))
        .route("/tokens", post(setup::create_token))
        .route("/tokens/revoke", post(setup::revoke_token))
        .route("/people", get(people::list).post(people::create))
        .route("/people/{wa_id}", get(people::show).patch(people::change).delete(people::leave))
        .route("/people/{wa_id}/change_number", post(people::change_number))
        .route("/people/{wa_id}/send", post(act::send))
        .route("/people/{wa_id}/press", post(act::press))
        .route("/people/{wa_id}/react", post(act::react))
        .route("/people/{wa_id}/read", post(act::read))
        .route("/people/{wa_id}/marketing", post(act::marketing))
        .route("/messages/{id}/status", post(act::status))
        .route("/threads/{number}/{wa_id}", get(inspect::thread))
        .route("/threads/{number}/{wa_id}/close_window", post(act::close_window))
        .route("/templates", get(inspect::templates))
        .route("/templates/{id}", patch(setup::change_template))
        .route("/files/{media}", get(inspect::file))
        .route("/calls", get(inspect::calls))
        .route("/settings", get(weather::settings).put(weather::set_settings))
        .route("/faults", get(weather::list_faults).post(weather::add_fault).delete(weather::clear_faults))
        .route("/webhooks", get(weather::webhooks))
        .route("/webhooks/hold", post(weather::hold))
        .route("/webhooks/release", post(weather::release))
        .route("/webhooks/tell", post(weather::tell))
}
