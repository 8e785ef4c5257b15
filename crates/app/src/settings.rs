//! What the operator set, as far as use cases care.

use model::Rate;
use secrecy::SecretString;

/// Settings of the installation; the README's table says what each means.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Public address without a slash at the end.
    pub base_url: String,
    /// Signs access tokens.
    pub secret_key: SecretString,
    /// Of every bot that has no rate limit of its own.
    pub bot_rate: Rate,
    /// Over all bots of the installation together.
    pub total_rate: Option<Rate>,
    pub chat_rate: Rate,
    pub group_rate: Rate,
    /// Tries after the first one.
    pub max_retries: u32,
    /// For one request to Telegram.
    pub request_timeout_ms: i64,
}

impl Settings {
    /// The rates that hold where a bot has none of its own.
    pub fn rates(&self) -> store::deliveries::Rates {
        store::deliveries::Rates { bot: self.bot_rate, chat: self.chat_rate, group: self.group_rate }
    }

    /// The webhook address of a WhatsApp number.
    pub fn number_webhook_url(&self, number: model::Id<model::bot::Bot>) -> String {
        format!("{}/whatsapp/v1/webhooks/{number}/", self.base_url)
    }

    /// Where Meta delivers what concerns an account, whatever address its numbers have.
    pub fn account_webhook_url(&self) -> String {
        format!("{}/whatsapp/v1/webhooks/", self.base_url)
    }

    /// The webhook address of a bot.
    pub fn webhook_url(&self, bot: model::Id<model::bot::Bot>) -> String {
        format!("{}/telegram/v1/webhooks/{bot}/", self.base_url)
    }
}
