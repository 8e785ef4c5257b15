//! `/telegram/v1/…`: bots, the webhook that Telegram calls, and the events that came by it.

pub(crate) mod bots;
mod events;
pub(crate) mod messages;
pub(crate) mod webhook;

use app::App;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(bots::routes())
        .merge(webhook::routes())
        .merge(events::routes())
        .merge(messages::routes())
}
