//! Realtime: what happens to a tenant, told as it happens to whoever listens, and resumable from any place.
//!
//! One [`reader`] per tenant with listeners follows the feed and shares what it read; a [`listener`] catches up by itself and
//! then follows the reader. How it reaches a client is the business of [`sse`] and [`socket`].

mod command;
mod event;
mod hub;
mod listener;
mod progress;
mod reader;
mod render;
mod shown;
mod signs;
mod socket;
mod sse;
mod ticket;
mod typing;
mod who;

use app::App;
use utoipa_axum::router::OpenApiRouter;

pub(crate) use hub::Hub;
pub(crate) use shown::Shown;
pub use shown::shows;

pub fn routes() -> OpenApiRouter<App> {
    sse::routes().merge(ticket::routes()).merge(socket::routes()).merge(typing::routes())
}
