//! A number as clients see it.

use app::App;
use model::{Platform, Timestamp, bot::WebhookStatus};
use serde::Serialize;
use store::whatsapp::NumberOverview;
use utoipa::ToSchema;

use crate::ids::BotId;

/// A registered WhatsApp number.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NumberView {
    /// Messages and conversations name it as `bot_app_id`.
    id: BotId,
    #[schema(example = "Support")]
    name: String,
    /// Meta's id of the number.
    #[schema(example = "106540352242922")]
    phone_number_id: String,
    /// Meta's id of the account.
    #[schema(example = "102290129340398")]
    waba_id: String,
    #[schema(example = "+1 555-078-3881")]
    display_phone_number: String,
    /// The name that people see, as Meta approved it.
    verified_name: String,
    /// `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
    #[schema(example = "GREEN")]
    quality_rating: Option<String>,
    /// Masked: only its last four characters.
    #[schema(example = "***1234")]
    access_token: String,
    /// What arrives at an inactive number is stored as `IGNORED`; sending with it is refused with 409 `bot_inactive`.
    is_active: bool,
    /// Messages per UTC day.
    #[schema(example = 1000)]
    daily_limit: i64,
    #[schema(example = 0)]
    messages_sent_today: i64,
    /// The number's own rate limit; null: the channel's holds.
    rate_limit: Option<String>,
    /// What holds.
    #[schema(example = "80/s")]
    effective_rate_limit: String,
    /// Hours after a person's last message in which they can be written to freely.
    #[schema(example = 24)]
    window_hours: i64,
    /// Where Meta delivers what concerns this number.
    #[schema(example = "https://connect.example.org/whatsapp/v1/webhooks/01939d5e-2b7c-7cc3-98c4-dc0c0c07398f/")]
    webhook_url: String,
    webhook_status: WebhookStatus,
    /// Trouble with the webhook or with the token, in Meta's words.
    webhook_error: Option<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl NumberView {
    pub(super) fn new(app: &App, overview: NumberOverview) -> Self {
        let NumberOverview { number, sent_today } = overview;
        let capabilities = Platform::Whatsapp.capabilities();
        let bot = number.bot;
        let effective = bot.rate_limit.or(capabilities.sender_rate).unwrap_or(app.settings.bot_rate);
        Self {
            id: bot.id,
            name: bot.name,
            phone_number_id: number.phone_number_id,
            waba_id: number.waba_id,
            display_phone_number: number.display_phone_number,
            verified_name: number.verified_name,
            quality_rating: number.quality_rating,
            access_token: format!("***{}", bot.token_hint),
            is_active: bot.is_active,
            daily_limit: bot.daily_limit,
            messages_sent_today: sent_today,
            rate_limit: bot.rate_limit.map(|rate| rate.to_string()),
            effective_rate_limit: effective.to_string(),
            window_hours: capabilities.window_ms.unwrap_or_default() / 3_600_000,
            webhook_url: app.settings.number_webhook_url(bot.id),
            webhook_status: bot.webhook_status,
            webhook_error: bot.webhook_error,
            created_at: bot.created_at,
            updated_at: bot.updated_at,
        }
    }
}

/// A number that was just registered.
#[derive(Serialize, ToSchema)]
pub(super) struct NewNumberView {
    #[serde(flatten)]
    pub(super) number: NumberView,
    /// What Meta is shown to prove that the callback is yours. Paste it where the application's webhook is set up, together
    /// with the address of `GET /whatsapp/v1/numbers/{id}/webhook_info/`.
    pub(super) verify_token: String,
}
