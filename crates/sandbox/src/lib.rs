//! A Bot API server to try, demo, test and benchmark against: bots talk to it as to `api.telegram.org`, programs for
//! WhatsApp talk to its Graph API (`/graph/…`), people are acted by its control API (`/sandbox/…`) or by hand on its
//! page (`/`).
//!
//! It shares no code with the product's own encoder and decoder, so that it can catch their faults, and it knows
//! nothing of tenants, contacts or databases. All its state is in memory.

mod answer;
mod bots;
mod calls;
mod clock;
mod control;
mod entities;
mod events;
mod faults;
mod files;
mod gateway;
mod graph;
mod groups;
mod inbox;
mod keyboard;
mod limits;
mod message;
mod methods;
mod options;

mod page;
mod params;
mod picture;
mod random;
mod rooms;
mod server;
mod state;
mod users;
mod webhook;

pub use clock::{Clock, SystemClock};
pub use options::{Limit, Limits, Options, UrlFetch};
pub use server::{Error, serve};

use std::sync::Arc;

use axum::Router;

/// A running Bot API server without its socket; clones share their state.
#[derive(Clone, Debug)]
pub struct Sandbox {
    state: Arc<state::State>,
}

impl Sandbox {
    /// A fresh world: no users, no groups, no bots but those that will come by with a token.
    pub fn new(options: Options) -> Self {
        Self { state: Arc::new(state::State::new(options)) }
    }

    /// All routes. The faults that break a connection (`reset`, `lost_answer`) need [`Sandbox::serve`] or [`serve`]:
    /// served otherwise, they end as an answer cut off in its body.
    pub fn router(&self) -> Router {
        server::router(self.state.clone())
    }

    /// Answers on `listener` until `shutdown` completes.
    pub async fn serve(
        &self,
        listener: tokio::net::TcpListener,
        shutdown: impl Future<Output = ()> + Send,
    ) -> Result<(), Error> {
        server::run(self.state.clone(), listener, shutdown).await
    }
}
