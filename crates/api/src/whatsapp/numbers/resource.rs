//! List, register, read, change and remove numbers.

use app::{App, whatsapp};
use axum::{
    extract::{FromRequest, Request, State},
    http::StatusCode,
};
use model::Scope;
use secrecy::ExposeSecret;
use serde::{Deserialize, de::DeserializeOwned};
use store::whatsapp::{NUMBERS, Wanted};
use utoipa::{IntoParams, PartialSchema, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    input::{NewNumberBody, PartialNumberBody, WholeNumberBody},
    view::{NewNumberView, NumberView},
};
use crate::{
    extract::{Json, MayManage, MayRead, Path, Query},
    ids::BotId,
    page::{Listing, PageQuery, Paging, SearchQuery},
    problem::{Problem, Result},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, register)).routes(routes!(read, replace, change, remove))
}

#[derive(Debug, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
struct NumberFilter {
    is_active: Option<bool>,
}

/// List the tenant's WhatsApp numbers. `search` looks into names and numbers.
#[utoipa::path(get, path = "/whatsapp/v1/numbers/", tag = "numbers", params(PageQuery, SearchQuery, NumberFilter),
    responses((status = OK, body = Listing<NumberView>)))]
async fn list(
    State(app): State<App>,
    MayRead(scope): MayRead,
    paging: Paging,
    Query(search): Query<SearchQuery>,
    Query(filter): Query<NumberFilter>,
) -> Result<Json<Listing<NumberView>>> {
    let request = paging.of(&NUMBERS)?;
    let wanted = Wanted { is_active: filter.is_active, search: search.text()? };
    let now = app.clock.now();
    let page = app.db.read(move |tx| store::whatsapp::list(tx, &scope, &wanted, now, &request)).await?;
    Ok(paging.answer(page.map(|overview| NumberView::new(&app, overview))))
}

/// Register a WhatsApp number.
///
/// Meta proves the token, the number is saved with its secrets encrypted, then the application is subscribed to the account
/// and our address is named for the number. When only the last step fails, the answer is 201 all the same, with
/// `webhook_status` `FAILED` and Meta's words; it is tried again in the background until it holds. `verify_token` is shown
/// here and in `webhook_info` only.
#[utoipa::path(post, path = "/whatsapp/v1/numbers/", tag = "numbers", request_body = NewNumberBody, responses(
    (status = CREATED, body = NewNumberView),
    (status = BAD_REQUEST, body = Problem, content_type = "application/problem+json",
        description = "Invalid input. `invalid_access_token`, `invalid_phone_number_id`: Meta does not accept it."),
    (status = CONFLICT, body = Problem, content_type = "application/problem+json",
        description = "`number_already_registered`: one number belongs to one tenant at a time."),
    (status = BAD_GATEWAY, body = Problem, content_type = "application/problem+json",
        description = "`whatsapp_unreachable`: nothing was saved."),
    (status = GATEWAY_TIMEOUT, body = Problem, content_type = "application/problem+json",
        description = "`whatsapp_unreachable`: nothing was saved."),
))]
async fn register(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Json(body): Json<NewNumberBody>,
) -> Result<(StatusCode, Json<NewNumberView>)> {
    let (overview, verify_token) = whatsapp::register(&app, &scope, body.read()?).await?;
    let number = NumberView::new(&app, overview);
    let verify_token = verify_token.expose_secret().to_owned();
    Ok((StatusCode::CREATED, Json(NewNumberView { number, verify_token })))
}

/// Read a number.
#[utoipa::path(get, path = "/whatsapp/v1/numbers/{id}/", tag = "numbers", params(("id" = BotId, Path)),
    responses((status = OK, body = NumberView)))]
async fn read(State(app): State<App>, MayRead(scope): MayRead, Path(id): Path<BotId>) -> Result<Json<NumberView>> {
    let overview = whatsapp::get(&app, &scope, id).await?;
    Ok(Json(NumberView::new(&app, overview)))
}

/// Replace a number's settings.
///
/// Left out, `daily_limit`, `is_active` and `rate_limit` take their defaults; the secrets stay.
#[utoipa::path(put, path = "/whatsapp/v1/numbers/{id}/", tag = "numbers", params(("id" = BotId, Path)),
    request_body = WholeNumberBody, responses((status = OK, body = NumberView),
    (status = BAD_GATEWAY, body = Problem, content_type = "application/problem+json",
        description = "`whatsapp_unreachable`: the new token could not be proven; nothing was changed.")))]
async fn replace(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<BotId>,
    request: Request,
) -> Result<Json<NumberView>> {
    let body: WholeNumberBody = body_after_existence(&app, &scope, id, request).await?;
    let overview = whatsapp::change(&app, &scope, id, body.read()?).await?;
    Ok(Json(NumberView::new(&app, overview)))
}

/// Change some of a number's settings.
#[utoipa::path(patch, path = "/whatsapp/v1/numbers/{id}/", tag = "numbers", params(("id" = BotId, Path)),
    request_body = PartialNumberBody, responses((status = OK, body = NumberView),
    (status = BAD_GATEWAY, body = Problem, content_type = "application/problem+json",
        description = "`whatsapp_unreachable`: the new token could not be proven; nothing was changed.")))]
async fn change(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<BotId>,
    request: Request,
) -> Result<Json<NumberView>> {
    let body: PartialNumberBody = body_after_existence(&app, &scope, id, request).await?;
    let overview = whatsapp::change(&app, &scope, id, body.read()?).await?;
    Ok(Json(NumberView::new(&app, overview)))
}

/// Remove a number.
///
/// Also when Meta is away: our address is then taken back in the background, and the token erased after it. What the number
/// sent and received is kept.
#[utoipa::path(delete, path = "/whatsapp/v1/numbers/{id}/", tag = "numbers", params(("id" = BotId, Path)),
    responses((status = NO_CONTENT, description = "It is removed.")))]
async fn remove(State(app): State<App>, MayManage(scope): MayManage, Path(id): Path<BotId>) -> Result<StatusCode> {
    whatsapp::remove(&app, &scope, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether there is such a number is judged before the body.
async fn body_after_existence<T: DeserializeOwned + PartialSchema>(
    app: &App,
    scope: &Scope,
    id: BotId,
    request: Request,
) -> Result<T> {
    whatsapp::get(app, scope, id).await?;
    let Json(body) = Json::<T>::from_request(request, app).await?;
    Ok(body)
}
