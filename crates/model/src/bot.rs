//! A sender that a tenant registered: a Telegram bot, or a WhatsApp number in a bot's place.

use crate::{Id, Platform, Rate, Tenant, Timestamp, word::words};

words! {
    /// How a bot gets its Updates.
    pub enum ReceiveMode { Webhook = "webhook", Polling = "polling" }
}

words! {
    pub enum WebhookStatus { Registered = "REGISTERED", Pending = "PENDING", Failed = "FAILED", None = "NONE" }
}

/// Messages a bot may send in a UTC day unless its tenant says otherwise.
pub const DAILY_LIMIT_DEFAULT: i64 = 1_000;

/// The largest daily limit that can be set.
pub const DAILY_LIMIT_MAX: i64 = 1_000_000_000;

/// How long after a good look at a webhook the next one is due.
pub const WEBHOOK_CHECK_MS: i64 = 15_000;

/// The same of a WhatsApp number: Meta counts such questions by the hour.
pub const NUMBER_CHECK_MS: i64 = 3_600_000;

/// How long a setting that has begun is left alone before others take it for abandoned.
pub const WEBHOOK_GRACE_MS: i64 = 60_000;

/// How long to leave a bot alone whose token Telegram refuses: only a new token can help it.
const REVOKED_CHECK_MS: i64 = 3_600_000;

const RETRY_FIRST_MS: i64 = 3_000;
const RETRY_MAX_MS: i64 = 300_000;

/// How long to wait after a call about the webhook has failed for the `tries`-th time in a row.
pub fn webhook_wait_ms(tries: i64, asked_to_wait_ms: Option<i64>, is_token_revoked: bool) -> i64 {
    let doubling = (RETRY_FIRST_MS << tries.saturating_sub(1).clamp(0, 10)).min(RETRY_MAX_MS);
    match asked_to_wait_ms {
        Some(asked_ms) => asked_ms,
        None if is_token_revoked => REVOKED_CHECK_MS,
        None => doubling,
    }
}

/// A registered bot. The token is not part of it: only the store's secret columns hold it, encrypted.
#[derive(Debug, Clone, PartialEq)]
pub struct Bot {
    pub id: Id<Bot>,
    pub tenant: Id<Tenant>,
    pub platform: Platform,
    pub name: String,
    /// The channel's id of it.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_setting_is_retried_within_5_s_then_doubling_to_5_min() {
        let seconds: Vec<_> = (1..=9).map(|tries| webhook_wait_ms(tries, None, false) / 1_000).collect();
        assert_eq!(seconds, [3, 6, 12, 24, 48, 96, 192, 300, 300]);
        assert_eq!(webhook_wait_ms(i64::MAX, None, false), RETRY_MAX_MS);
        assert_eq!(webhook_wait_ms(9, Some(1_000), false), 1_000);
    }
}
