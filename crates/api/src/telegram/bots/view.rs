//! A bot as clients see it.

use app::App;
use model::{
    Timestamp,
    bot::{ReceiveMode, WebhookStatus},
};
use serde::Serialize;
use store::bots::Overview;
use utoipa::ToSchema;

use crate::ids::BotId;

/// A registered Telegram bot.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BotView {
    id: BotId,
    /// The same as `id`.
    bot_app_id: BotId,
    #[schema(example = "My Support Bot")]
    name: String,
    /// Telegram's id of the bot.
    #[schema(example = 123456)]
    bot_user_id: i64,
    #[schema(example = "my_support_bot")]
    bot_username: String,
    /// Masked: only its last four characters.
    #[schema(example = "***1234")]
    bot_token: String,
    /// Updates of an inactive bot are stored as `IGNORED`; sending with it is refused with 409 `bot_inactive`.
    is_active: bool,
    /// Messages per UTC day.
    #[schema(example = 1000)]
    daily_limit: i64,
    #[schema(example = 0)]
    messages_sent_today: i64,
    /// The bot's own rate limit; null: the installation's holds.
    #[schema(example = "30/min")]
    rate_limit: Option<String>,
    /// What holds: the bot's own rate limit, or the installation's.
    #[schema(example = "30/min")]
    effective_rate_limit: String,
    receive_mode: ReceiveMode,
    /// Where Telegram delivers; null when the bot polls.
    #[schema(example = "https://connect.example.org/telegram/v1/webhooks/01939d5e-2b7c-7cc3-98c4-dc0c0c07398f/")]
    webhook_url: Option<String>,
    webhook_status: WebhookStatus,
    /// Trouble with the webhook, with polling or with the token, in Telegram's words.
    webhook_error: Option<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl BotView {
    pub(crate) fn new(app: &App, overview: Overview) -> Self {
        let Overview { bot, sent_today } = overview;
        let effective = bot.rate_limit.unwrap_or(app.settings.bot_rate);
        let has_webhook = bot.receive_mode == ReceiveMode::Webhook;
        Self {
            id: bot.id,
            bot_app_id: bot.id,
            name: bot.name,
            bot_user_id: bot.bot_user_id,
            bot_username: bot.username,
            bot_token: format!("***{}", bot.token_hint),
            is_active: bot.is_active,
            daily_limit: bot.daily_limit,
            messages_sent_today: sent_today,
            rate_limit: bot.rate_limit.map(|rate| rate.to_string()),
            effective_rate_limit: effective.to_string(),
            receive_mode: bot.receive_mode,
            webhook_url: has_webhook.then(|| app.settings.webhook_url(bot.id)),
            webhook_status: bot.webhook_status,
            webhook_error: bot.webhook_error,
            created_at: bot.created_at,
            updated_at: bot.updated_at,
        }
    }
}
