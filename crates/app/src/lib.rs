//! Use cases: authorise, decide, write in one transaction. Knows neither HTTP nor MCP, neither SQL nor Telegram's fields.
//!
//! Every front (API, MCP, command line) holds an [`App`] and calls the modules below with a [`model::Scope`].

pub mod accounts;
pub mod automation;
pub mod bots;
pub mod broadcasts;
pub mod contacts;
pub mod inbox;
pub mod mail;
pub mod media;
pub mod secrets;
pub mod send;
mod settings;
mod tenant_settings;
pub mod webhooks;
pub mod whatsapp;

use std::sync::Arc;

use model::{Clock, Ids};
use store::{Cipher, bots::Hooks, db::Db, events::Inbox};
use transport::{BotApi, GraphApi, Mailer, Outbound, Storage};

pub use settings::Settings;
pub use tenant_settings::{change_tenant_settings, tenant_settings};

/// All that use cases need; cheap to clone.
#[derive(Debug, Clone)]
pub struct App {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    pub bot_api: BotApi,
    pub graph_api: GraphApi,
    pub storage: Storage,
    /// The way to tenants' own systems.
    pub outbound: Outbound,
    /// The way out for letters, where the operator named a mail server.
    pub mailer: Option<Mailer>,
    /// Encrypts tokens at rest.
    pub cipher: Arc<Cipher>,
    /// What the webhook endpoint remembers of bots. Whoever changes a bot has it forgotten.
    pub hooks: Hooks,
    /// The door through which webhooks' Updates enter.
    pub inbox: Inbox,
    pub settings: Arc<Settings>,
    /// What contacts were shown of the team of late.
    pub signs: Arc<inbox::Signs>,
    /// Wrong passwords of late.
    pub guesses: Arc<accounts::Guesses>,
}
