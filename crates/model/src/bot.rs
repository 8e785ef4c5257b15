//! A Telegram bot that a tenant registered.

use crate::{Id, Rate, Tenant, Timestamp, word::words};

words! {
    /// How a bot gets its Updates.
    pub enum ReceiveMode { Webhook = "webhook", Polling = "polling" }
}

words! {
    /// How far the webhook's setting at Telegram has come. `NONE`: the bot polls, or it is inactive.
    pub enum WebhookStatus { Registered = "REGISTERED", Pending = "PENDING", Failed = "FAILED", None = "NONE" }
}

/// Messages a bot may send in a UTC day unless its tenant says otherwise.
pub const DAILY_LIMIT_DEFAULT: i64 = 1_000;

/// The largest daily limit that can be set.
pub const DAILY_LIMIT_MAX: i64 = 1_000_000_000;

/// A registered bot. The token is not part of it: only the store's secret columns hold it, encrypted.
#[derive(Debug, Clone, PartialEq)]
pub struct Bot {
    pub id: Id<Bot>,
    pub tenant: Id<Tenant>,
    pub name: String,
    pub bot_user_id: i64,
    pub username: String,
    /// The last four characters of the token, for people to tell tokens apart.
    pub token_hint: String,
    pub is_active: bool,
    pub daily_limit: i64,
    /// The bot's own rate limit; `None` means the installation's.
    pub rate_limit: Option<Rate>,
    pub receive_mode: ReceiveMode,
    pub webhook_status: WebhookStatus,
    pub webhook_error: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}
