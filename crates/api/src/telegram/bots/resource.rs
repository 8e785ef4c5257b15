//! List, register, read, change and remove bots.

use app::{App, bots};
use axum::{
    extract::{FromRequest, Request, State},
    http::StatusCode,
};
use model::{
    Scope,
    bot::{ReceiveMode, WebhookStatus},
};
use serde::{Deserialize, de::DeserializeOwned};
use store::bots::{BOTS, Filter};
use utoipa::{IntoParams, PartialSchema, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    input::{NewBotBody, PartialBotBody, WholeBotBody},
    view::BotView,
};
use crate::{
    extract::{Json, MayManage, MayRead, Path, Query, TelegramId},
    ids::BotId,
    page::{Listing, PageQuery, Paging, SearchQuery},
    problem::{Problem, Result},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, register)).routes(routes!(read, replace, change, remove))
}

#[derive(Debug, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
struct BotFilter {
    is_active: Option<bool>,
    receive_mode: Option<ReceiveMode>,
    webhook_status: Option<WebhookStatus>,
    /// The whole name, as it is written. For parts: `search`.
    name: Option<String>,
    /// With or without the `@`.
    bot_username: Option<String>,
    #[param(value_type = Option<i64>)]
    bot_user_id: Option<TelegramId>,
}

/// List the tenant's bots. `search` looks into names and usernames.
#[utoipa::path(get, path = "/telegram/v1/bots/", tag = "bots", params(PageQuery, SearchQuery, BotFilter),
    responses((status = OK, body = Listing<BotView>)))]
async fn list(
    State(app): State<App>,
    MayRead(scope): MayRead,
    paging: Paging,
    Query(search): Query<SearchQuery>,
    Query(filter): Query<BotFilter>,
) -> Result<Json<Listing<BotView>>> {
    let request = paging.of(&BOTS)?;
    let filter = Filter {
        is_active: filter.is_active,
        receive_mode: filter.receive_mode,
        webhook_status: filter.webhook_status,
        name: filter.name,
        username: filter.bot_username.map(|name| name.trim_start_matches('@').to_owned()),
        bot_user_id: filter.bot_user_id.map(|TelegramId(id)| id),
        search: search.text()?,
    };
    let now = app.clock.now();
    let page = app.db.read(move |tx| store::bots::list(tx, &scope, &filter, now, &request)).await?;
    Ok(paging.answer(page.map(|overview| BotView::new(&app, overview))))
}

/// Register a bot.
///
/// Telegram proves the token, the bot is saved with its token encrypted, then its webhook is set. When only the last step
/// fails, the answer is 201 all the same, with `webhook_status` `FAILED`; it is tried again in the background until it holds.
#[utoipa::path(post, path = "/telegram/v1/bots/", tag = "bots", request_body = NewBotBody, responses(
    (status = CREATED, body = BotView),
    (status = BAD_REQUEST, body = Problem, content_type = "application/problem+json",
        description = "Invalid input. `invalid_bot_token`: Telegram does not accept the token."),
    (status = CONFLICT, body = Problem, content_type = "application/problem+json",
        description = "`bot_already_registered`: one Telegram bot belongs to one tenant at a time."),
    (status = BAD_GATEWAY, body = Problem, content_type = "application/problem+json",
        description = "`telegram_unreachable`: nothing was saved."),
    (status = GATEWAY_TIMEOUT, body = Problem, content_type = "application/problem+json",
        description = "`telegram_unreachable`: nothing was saved."),
))]
async fn register(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Json(body): Json<NewBotBody>,
) -> Result<(StatusCode, Json<BotView>)> {
    let overview = bots::register(&app, &scope, body.read()?).await?;
    Ok((StatusCode::CREATED, Json(BotView::new(&app, overview))))
}

/// Read a bot.
#[utoipa::path(get, path = "/telegram/v1/bots/{id}/", tag = "bots", params(("id" = BotId, Path)),
    responses((status = OK, body = BotView)))]
async fn read(State(app): State<App>, MayRead(scope): MayRead, Path(id): Path<BotId>) -> Result<Json<BotView>> {
    let overview = bots::get(&app, &scope, id).await?;
    Ok(Json(BotView::new(&app, overview)))
}

/// Replace a bot's settings.
///
/// Left out, `daily_limit`, `is_active` and `rate_limit` take their defaults; `receive_mode` and `bot_token` stay.
#[utoipa::path(put, path = "/telegram/v1/bots/{id}/", tag = "bots", params(("id" = BotId, Path)),
    request_body = WholeBotBody, responses((status = OK, body = BotView),
    (status = BAD_GATEWAY, body = Problem, content_type = "application/problem+json",
        description = "`telegram_unreachable`: the new token could not be proven; nothing was changed."),
    (status = GATEWAY_TIMEOUT, body = Problem, content_type = "application/problem+json",
        description = "`telegram_unreachable`: the new token could not be proven; nothing was changed.")))]
async fn replace(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<BotId>,
    request: Request,
) -> Result<Json<BotView>> {
    let body: WholeBotBody = body_after_existence(&app, &scope, id, request).await?;
    let overview = bots::change(&app, &scope, id, body.read()?).await?;
    Ok(Json(BotView::new(&app, overview)))
}

/// Change some of a bot's settings.
#[utoipa::path(patch, path = "/telegram/v1/bots/{id}/", tag = "bots", params(("id" = BotId, Path)),
    request_body = PartialBotBody, responses((status = OK, body = BotView),
    (status = BAD_GATEWAY, body = Problem, content_type = "application/problem+json",
        description = "`telegram_unreachable`: the new token could not be proven; nothing was changed."),
    (status = GATEWAY_TIMEOUT, body = Problem, content_type = "application/problem+json",
        description = "`telegram_unreachable`: the new token could not be proven; nothing was changed.")))]
async fn change(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<BotId>,
    request: Request,
) -> Result<Json<BotView>> {
    let body: PartialBotBody = body_after_existence(&app, &scope, id, request).await?;
    let overview = bots::change(&app, &scope, id, body.read()?).await?;
    Ok(Json(BotView::new(&app, overview)))
}

/// Remove a bot.
///
/// Also when Telegram is away: its webhook is then removed in the background, and the token erased after it. What the bot
/// sent and received is kept.
#[utoipa::path(delete, path = "/telegram/v1/bots/{id}/", tag = "bots", params(("id" = BotId, Path)),
    responses((status = NO_CONTENT, description = "It is removed.")))]
async fn remove(State(app): State<App>, MayManage(scope): MayManage, Path(id): Path<BotId>) -> Result<StatusCode> {
    bots::remove(&app, &scope, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether there is such a bot is judged before the body.
async fn body_after_existence<T: DeserializeOwned + PartialSchema>(
    app: &App,
    scope: &Scope,
    id: BotId,
    request: Request,
) -> Result<T> {
    bots::get(app, scope, id).await?;
    let Json(body) = Json::<T>::from_request(request, app).await?;
    Ok(body)
}
