//! What can be done with one bot: switch it on and off, set its webhook, ask Telegram about it.

use app::{
    App,
    bots::{self, Change, Proof},
};
use axum::extract::State;
use channels::telegram::{errors::WebhookInfo, update::ALLOWED_UPDATES};
use model::{
    Permission, Timestamp,
    bot::{Bot, ReceiveMode, WebhookStatus},
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::view::BotView;
use crate::{
    extract::{Caller, Json, MayManage, MayRead, Path},
    ids::BotId,
    problem::{Problem, Result},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(activate))
        .routes(routes!(deactivate))
        .routes(routes!(register_webhook))
        .routes(routes!(test_auth))
        .routes(routes!(webhook_info))
}

/// Switch a bot on.
#[utoipa::path(post, path = "/telegram/v1/bots/{id}/activate/", tag = "bots", params(("id" = BotId, Path)),
    responses((status = OK, body = BotView)))]
async fn activate(State(app): State<App>, caller: Caller, Path(id): Path<BotId>) -> Result<Json<BotView>> {
    switch(&app, &caller, id, true).await
}

/// Switch a bot off.
///
/// Its webhook stays set, and what arrives by it is stored as `IGNORED`; a polling bot's Updates wait at Telegram for a day.
/// Sending with it is refused with 409 `bot_inactive`; what was accepted before waits.
#[utoipa::path(post, path = "/telegram/v1/bots/{id}/deactivate/", tag = "bots", params(("id" = BotId, Path)),
    responses((status = OK, body = BotView)))]
async fn deactivate(State(app): State<App>, caller: Caller, Path(id): Path<BotId>) -> Result<Json<BotView>> {
    switch(&app, &caller, id, false).await
}

async fn switch(app: &App, caller: &Caller, id: BotId, on: bool) -> Result<Json<BotView>> {
    let scope = caller.require(Permission::Manage)?;
    let change = Change { is_active: Some(on), ..Change::default() };
    let overview = bots::change(app, &scope, id, change).await?;
    Ok(Json(BotView::new(app, overview)))
}

/// Set the webhook now, whatever its state.
///
/// How it went is told by `webhook_status` and `webhook_error`. 409 `bot_polls` when the bot fetches its Updates.
#[utoipa::path(post, path = "/telegram/v1/bots/{id}/register_webhook/", tag = "bots", params(("id" = BotId, Path)),
    responses((status = OK, body = BotView)))]
async fn register_webhook(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<BotId>,
) -> Result<Json<BotView>> {
    let overview = bots::register_webhook(&app, &scope, id).await?;
    Ok(Json(BotView::new(&app, overview)))
}

/// What Telegram says to a bot's token.
#[derive(Debug, Serialize, ToSchema)]
struct ProofView {
    /// Whether Telegram accepts the token.
    ok: bool,
    #[schema(example = 123456)]
    bot_user_id: Option<i64>,
    #[schema(example = "my_support_bot")]
    bot_username: Option<String>,
    /// Telegram's name for the bot.
    bot_name: Option<String>,
    /// Telegram's error code when it does not.
    error_code: Option<i64>,
    /// Telegram's words when it does not.
    error_message: Option<String>,
}

/// Ask Telegram whether the token is good.
#[utoipa::path(post, path = "/telegram/v1/bots/{id}/test_auth/", tag = "bots", params(("id" = BotId, Path)), responses(
    (status = OK, body = ProofView),
    (status = BAD_GATEWAY, body = Problem, content_type = "application/problem+json", description = "`telegram_unreachable`"),
    (status = GATEWAY_TIMEOUT, body = Problem, content_type = "application/problem+json", description = "`telegram_unreachable`")))]
async fn test_auth(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<BotId>,
) -> Result<Json<ProofView>> {
    Ok(Json(match bots::prove(&app, &scope, id).await? {
        Proof::Good(me) => ProofView {
            ok: true,
            bot_user_id: Some(me.id),
            bot_username: Some(me.username),
            bot_name: Some(me.first_name),
            error_code: None,
            error_message: None,
        },
        Proof::Refused { code, words } => ProofView {
            ok: false,
            bot_user_id: None,
            bot_username: None,
            bot_name: None,
            error_code: Some(code),
            error_message: Some(words),
        },
    }))
}

/// Telegram's view of the webhook beside ours.
#[derive(Debug, Serialize, ToSchema)]
struct WebhookInfoView {
    telegram: TelegramsView,
    ours: OurView,
    /// Whether Telegram delivers to our address. For a polling bot: whether it delivers nowhere.
    in_sync: bool,
}

/// Telegram's `getWebhookInfo`.
#[derive(Debug, Serialize, ToSchema)]
struct TelegramsView {
    /// Empty when none is set.
    url: String,
    has_custom_certificate: bool,
    pending_update_count: i64,
    ip_address: Option<String>,
    /// The last failed delivery. Telegram does not take it back after a success.
    last_error_date: Option<Timestamp>,
    last_error_message: Option<String>,
    last_synchronization_error_date: Option<Timestamp>,
    max_connections: Option<i64>,
    /// Null: Telegram's default.
    allowed_updates: Option<Vec<String>>,
}

/// What we want, and how far it came.
#[derive(Debug, Serialize, ToSchema)]
struct OurView {
    receive_mode: ReceiveMode,
    /// Null when the bot polls.
    url: Option<String>,
    allowed_updates: Vec<&'static str>,
    webhook_status: WebhookStatus,
    webhook_error: Option<String>,
}

/// Compare the webhook at Telegram with what it should be.
#[utoipa::path(get, path = "/telegram/v1/bots/{id}/webhook_info/", tag = "bots", params(("id" = BotId, Path)), responses(
    (status = OK, body = WebhookInfoView),
    (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`token_revoked`"),
    (status = BAD_GATEWAY, body = Problem, content_type = "application/problem+json", description = "`telegram_unreachable`"),
    (status = GATEWAY_TIMEOUT, body = Problem, content_type = "application/problem+json", description = "`telegram_unreachable`")))]
async fn webhook_info(
    State(app): State<App>,
    MayRead(scope): MayRead,
    Path(id): Path<BotId>,
) -> Result<Json<WebhookInfoView>> {
    let info = bots::webhook_info(&app, &scope, id).await?;
    let bot = bots::get(&app, &scope, id).await?.bot;
    let ours = OurView::new(&app, bot);
    let in_sync = info.url == ours.url.clone().unwrap_or_default();
    Ok(Json(WebhookInfoView { telegram: info.into(), ours, in_sync }))
}

impl OurView {
    fn new(app: &App, bot: Bot) -> Self {
        let has_webhook = bot.receive_mode == ReceiveMode::Webhook;
        Self {
            receive_mode: bot.receive_mode,
            url: has_webhook.then(|| app.settings.webhook_url(bot.id)),
            allowed_updates: ALLOWED_UPDATES.to_vec(),
            webhook_status: bot.webhook_status,
            webhook_error: bot.webhook_error,
        }
    }
}

impl From<WebhookInfo> for TelegramsView {
    fn from(info: WebhookInfo) -> Self {
        Self {
            url: info.url,
            has_custom_certificate: info.has_custom_certificate,
            pending_update_count: info.pending_update_count,
            ip_address: info.ip_address,
            last_error_date: info.last_error_date.map(Timestamp::from_seconds),
            last_error_message: info.last_error_message,
            last_synchronization_error_date: info.last_synchronization_error_date.map(Timestamp::from_seconds),
            max_connections: info.max_connections,
            allowed_updates: info.allowed_updates,
        }
    }
}
