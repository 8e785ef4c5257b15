//! What can be done with one number: switch it on and off, set its webhook, ask Meta about it.

use app::{
    App,
    whatsapp::{self, Change, Proof},
};
use axum::extract::State;
use model::{Permission, bot::WebhookStatus};
use secrecy::ExposeSecret;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::view::NumberView;
use crate::{
    extract::{Caller, Json, MayManage, Path},
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

/// Switch a number on.
#[utoipa::path(post, path = "/whatsapp/v1/numbers/{id}/activate/", tag = "numbers", params(("id" = BotId, Path)),
    responses((status = OK, body = NumberView)))]
async fn activate(State(app): State<App>, caller: Caller, Path(id): Path<BotId>) -> Result<Json<NumberView>> {
    switch(&app, &caller, id, true).await
}

/// Switch a number off.
///
/// What arrives is stored as `IGNORED`. Sending with it is refused with 409 `bot_inactive`; what was accepted before waits.
#[utoipa::path(post, path = "/whatsapp/v1/numbers/{id}/deactivate/", tag = "numbers", params(("id" = BotId, Path)),
    responses((status = OK, body = NumberView)))]
async fn deactivate(State(app): State<App>, caller: Caller, Path(id): Path<BotId>) -> Result<Json<NumberView>> {
    switch(&app, &caller, id, false).await
}

async fn switch(app: &App, caller: &Caller, id: BotId, on: bool) -> Result<Json<NumberView>> {
    let scope = caller.require(Permission::Manage)?;
    let change = Change { is_active: Some(on), ..Change::default() };
    let overview = whatsapp::change(app, &scope, id, change).await?;
    Ok(Json(NumberView::new(app, overview)))
}

/// Subscribe to the account and name our address for the number now, whatever the state.
///
/// How it went is told by `webhook_status` and `webhook_error`.
#[utoipa::path(post, path = "/whatsapp/v1/numbers/{id}/register_webhook/", tag = "numbers", params(("id" = BotId, Path)),
    responses((status = OK, body = NumberView)))]
async fn register_webhook(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<BotId>,
) -> Result<Json<NumberView>> {
    let overview = whatsapp::register_webhook(&app, &scope, id).await?;
    Ok(Json(NumberView::new(&app, overview)))
}

/// What Meta says to a number's token.
#[derive(Debug, Serialize, ToSchema)]
struct NumberProofView {
    /// Whether Meta accepts the token for this number.
    ok: bool,
    display_phone_number: Option<String>,
    verified_name: Option<String>,
    quality_rating: Option<String>,
    /// `CONNECTED`, when the number is ready to send.
    number_status: Option<String>,
    /// Meta's words when it does not.
    error_message: Option<String>,
}

/// Ask Meta whether the token is good, and what it says of the number.
#[utoipa::path(post, path = "/whatsapp/v1/numbers/{id}/test_auth/", tag = "numbers", params(("id" = BotId, Path)), responses(
    (status = OK, body = NumberProofView),
    (status = BAD_GATEWAY, body = Problem, content_type = "application/problem+json", description = "`whatsapp_unreachable`"),
    (status = GATEWAY_TIMEOUT, body = Problem, content_type = "application/problem+json", description = "`whatsapp_unreachable`")))]
async fn test_auth(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<BotId>,
) -> Result<Json<NumberProofView>> {
    Ok(Json(match whatsapp::prove(&app, &scope, id).await? {
        Proof::Good(info) => NumberProofView {
            ok: true,
            display_phone_number: Some(info.display_phone_number),
            verified_name: Some(info.verified_name),
            quality_rating: info.quality_rating,
            number_status: info.status,
            error_message: None,
        },
        Proof::Refused { words } => NumberProofView {
            ok: false,
            display_phone_number: None,
            verified_name: None,
            quality_rating: None,
            number_status: None,
            error_message: Some(words),
        },
    }))
}

/// Where Meta delivers, beside where it should, and how to set it up by hand.
#[derive(Debug, Serialize, ToSchema)]
struct NumberWebhookView {
    /// Where Meta delivers what concerns this number; null: to the application's address.
    meta_url: Option<String>,
    /// The application's own address at Meta, where events of templates and accounts go in any case.
    meta_application_url: Option<String>,
    /// Where it should deliver.
    url: String,
    /// What the application's own address should be.
    application_url: String,
    /// What Meta is shown to prove that the callback is yours.
    verify_token: String,
    webhook_status: WebhookStatus,
    webhook_error: Option<String>,
    in_sync: bool,
    /// What is to be done by hand in Meta's App Dashboard.
    steps: Vec<String>,
}

/// Compare the webhook at Meta with what it should be.
///
/// It shows the verify token, and so is for those who manage numbers.
#[utoipa::path(get, path = "/whatsapp/v1/numbers/{id}/webhook_info/", tag = "numbers", params(("id" = BotId, Path)), responses(
    (status = OK, body = NumberWebhookView),
    (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`token_revoked`"),
    (status = BAD_GATEWAY, body = Problem, content_type = "application/problem+json", description = "`whatsapp_unreachable`"),
    (status = GATEWAY_TIMEOUT, body = Problem, content_type = "application/problem+json", description = "`whatsapp_unreachable`")))]
async fn webhook_info(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<BotId>,
) -> Result<Json<NumberWebhookView>> {
    let webhook = whatsapp::webhook_info(&app, &scope, id).await?;
    let bot = whatsapp::get(&app, &scope, id).await?.number.bot;
    let (url, application_url) = (app.settings.number_webhook_url(id), app.settings.account_webhook_url());
    let verify_token = webhook.verify_token.expose_secret().to_owned();
    let is_here = webhook.info.own_webhook.as_deref() == Some(url.as_str());
    let is_default = webhook.info.application_webhook.as_deref() == Some(application_url.as_str());
    Ok(Json(NumberWebhookView {
        in_sync: is_here || is_default,
        steps: steps(&application_url, &verify_token, is_default),
        meta_url: webhook.info.own_webhook,
        meta_application_url: webhook.info.application_webhook,
        url,
        application_url,
        verify_token,
        webhook_status: bot.webhook_status,
        webhook_error: bot.webhook_error,
    }))
}

/// No call sets the application's own address: a person does that.
fn steps(application_url: &str, verify_token: &str, is_done: bool) -> Vec<String> {
    if is_done {
        return Vec::new();
    }
    vec![
        "Open your application at developers.facebook.com, then WhatsApp, Configuration.".to_owned(),
        format!("Enter the callback URL {application_url} and the verify token {verify_token}, and save."),
        "Subscribe to the fields messages, message_template_status_update, message_template_quality_update, \
         template_category_update, account_update, phone_number_quality_update and user_preferences."
            .to_owned(),
    ]
}
