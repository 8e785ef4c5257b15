//! `/webhooks/endpoints/`.

use app::{
    App,
    webhooks::{self as use_case, NewEndpoint},
};
use axum::{Extension, extract::State, http::StatusCode};
use model::{Error, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use store::webhooks::{self, EndpointChanges};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::view::{DeliveryView, EndpointSecretView, EndpointView};
use crate::{
    extract::{Json, MayAdminister, Path, Query},
    ids::EndpointId,
    page::{Listing, PageQuery, Paging, SearchQuery},
    problem::Result,
    realtime::Shown,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(read, change, remove))
        .routes(routes!(rotate))
        .routes(routes!(enable))
        .routes(routes!(disable))
        .routes(routes!(test))
        .routes(routes!(replay))
}

#[derive(Debug, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
struct EndpointFilter {
    is_enabled: Option<bool>,
}

/// List the endpoints. `search` looks into addresses and descriptions.
#[utoipa::path(get, path = "/webhooks/endpoints/", tag = "webhooks", params(PageQuery, SearchQuery, EndpointFilter),
    responses((status = OK, body = Listing<EndpointView>)))]
async fn list(
    State(app): State<App>,
    MayAdminister(scope): MayAdminister,
    paging: Paging,
    Query(search): Query<SearchQuery>,
    Query(filter): Query<EndpointFilter>,
) -> Result<Json<Listing<EndpointView>>> {
    let (request, typed) = (paging.of(&webhooks::ENDPOINTS)?, search.text()?);
    let page =
        app.db.read(move |tx| webhooks::list(tx, &scope, (filter.is_enabled, typed.as_deref()), &request)).await?;
    Ok(paging.answer(page.map(EndpointView::from)))
}

#[derive(Debug, Deserialize, ToSchema)]
struct NewEndpointBody {
    /// An https address in the public net. The operator may allow http and private networks.
    #[schema(example = "https://shop.example.com/hooks/jina", max_length = 2048)]
    url: String,
    #[schema(example = "The shop", max_length = 500)]
    description: Option<String>,
    /// The types of events to send; all when left out or empty.
    #[schema(example = json!(["new_message", "message_status"]))]
    event_types: Option<Vec<String>>,
}

/// Make an endpoint.
///
/// It is sent what happens from now on, by POST in the format of [Standard Webhooks](https://www.standardwebhooks.com/):
/// `{"type", "timestamp", "data"}`, where `data` has the fields of the stream's events, signed in `webhook-signature`. Answer 2xx
/// within 15 seconds; anything else is tried again after 5 seconds, then ever later up to 10 hours, over a day in all. An event comes
/// at least once: `webhook-id` tells repeated ones apart. The secret is shown in this answer only.
#[utoipa::path(post, path = "/webhooks/endpoints/", tag = "webhooks",
    responses((status = CREATED, body = EndpointSecretView)))]
async fn create(
    State(app): State<App>,
    MayAdminister(scope): MayAdminister,
    Json(body): Json<NewEndpointBody>,
) -> Result<(StatusCode, Json<EndpointSecretView>)> {
    let new = NewEndpoint {
        url: body.url,
        description: body.description.unwrap_or_default(),
        event_types: body.event_types.unwrap_or_default(),
    };
    let (endpoint, secret) = use_case::create(&app, &scope, new).await?;
    Ok((StatusCode::CREATED, Json(with_secret(endpoint, &secret))))
}

fn with_secret(endpoint: model::webhook::Endpoint, secret: &SecretString) -> EndpointSecretView {
    EndpointSecretView { secret: secret.expose_secret().to_owned(), view: endpoint.into() }
}

/// Show an endpoint.
#[utoipa::path(get, path = "/webhooks/endpoints/{id}/", tag = "webhooks", params(("id" = EndpointId, Path)),
    responses((status = OK, body = EndpointView)))]
async fn read(
    State(app): State<App>,
    MayAdminister(scope): MayAdminister,
    Path(id): Path<EndpointId>,
) -> Result<Json<EndpointView>> {
    let found = app.db.read(move |tx| webhooks::get(tx, &scope, id)).await?;
    Ok(Json(found.ok_or_else(|| Error::not_found("endpoint"))?.into()))
}

#[derive(Debug, Deserialize, ToSchema)]
struct EndpointPatch {
    #[schema(max_length = 2048)]
    url: Option<String>,
    #[schema(max_length = 500)]
    description: Option<String>,
    event_types: Option<Vec<String>>,
}

/// Change an endpoint.
#[utoipa::path(patch, path = "/webhooks/endpoints/{id}/", tag = "webhooks", params(("id" = EndpointId, Path)),
    responses((status = OK, body = EndpointView)))]
async fn change(
    State(app): State<App>,
    MayAdminister(scope): MayAdminister,
    Path(id): Path<EndpointId>,
    Json(EndpointPatch { url, description, event_types }): Json<EndpointPatch>,
) -> Result<Json<EndpointView>> {
    let changes = EndpointChanges { url, description, event_types };
    Ok(Json(use_case::update(&app, &scope, id, changes).await?.into()))
}

/// Remove an endpoint with its log.
#[utoipa::path(delete, path = "/webhooks/endpoints/{id}/", tag = "webhooks", params(("id" = EndpointId, Path)),
    responses((status = NO_CONTENT, description = "It is gone.")))]
async fn remove(
    State(app): State<App>,
    MayAdminister(scope): MayAdminister,
    Path(id): Path<EndpointId>,
) -> Result<StatusCode> {
    use_case::delete(&app, &scope, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Get a new secret. The one before signs as well for a day, so that nothing is refused meanwhile.
#[utoipa::path(post, path = "/webhooks/endpoints/{id}/rotate/", tag = "webhooks", params(("id" = EndpointId, Path)),
    responses((status = OK, body = EndpointSecretView)))]
async fn rotate(
    State(app): State<App>,
    MayAdminister(scope): MayAdminister,
    Path(id): Path<EndpointId>,
) -> Result<Json<EndpointSecretView>> {
    let (endpoint, secret) = use_case::rotate(&app, &scope, id).await?;
    Ok(Json(with_secret(endpoint, &secret)))
}

/// Enable an endpoint: what was owed goes on, and what happens from now on is sent. What it missed can be replayed.
#[utoipa::path(post, path = "/webhooks/endpoints/{id}/enable/", tag = "webhooks", params(("id" = EndpointId, Path)),
    responses((status = OK, body = EndpointView)))]
async fn enable(
    State(app): State<App>,
    MayAdminister(scope): MayAdminister,
    Path(id): Path<EndpointId>,
) -> Result<Json<EndpointView>> {
    Ok(Json(use_case::enable(&app, &scope, id).await?.into()))
}

/// Disable an endpoint: nothing is sent to it any more.
#[utoipa::path(post, path = "/webhooks/endpoints/{id}/disable/", tag = "webhooks", params(("id" = EndpointId, Path)),
    responses((status = OK, body = EndpointView)))]
async fn disable(
    State(app): State<App>,
    MayAdminister(scope): MayAdminister,
    Path(id): Path<EndpointId>,
) -> Result<Json<EndpointView>> {
    Ok(Json(use_case::disable(&app, &scope, id).await?.into()))
}

/// Send an event of the type `test`.
#[utoipa::path(post, path = "/webhooks/endpoints/{id}/test/", tag = "webhooks", params(("id" = EndpointId, Path)),
    responses((status = ACCEPTED, body = DeliveryView)))]
async fn test(
    State(app): State<App>,
    MayAdminister(scope): MayAdminister,
    Path(id): Path<EndpointId>,
) -> Result<(StatusCode, Json<DeliveryView>)> {
    let delivery = use_case::test(&app, &scope, id).await?;
    let made = app.db.read(move |tx| webhooks::get_delivery(tx, &scope, delivery)).await?;
    let made = made.ok_or_else(|| Error::not_found("delivery"))?;
    Ok((StatusCode::ACCEPTED, Json(made.into())))
}

#[derive(Debug, Deserialize, ToSchema)]
struct ReplayBody {
    since: Timestamp,
    /// Until now when left out.
    until: Option<Timestamp>,
}

/// How much is sent again.
#[derive(Debug, Serialize, ToSchema)]
struct ReplayView {
    #[schema(example = 42)]
    events: usize,
    /// Whether that is all of the range. If not, replay the rest: from the time of the last event on.
    is_complete: bool,
}

/// Send what happened in a range of time once more.
///
/// What the endpoint had comes under the same `webhook-id`; what it missed comes as it is now. At most 10,000 events, and as far
/// back as the feed is kept.
#[utoipa::path(post, path = "/webhooks/endpoints/{id}/replay/", tag = "webhooks", params(("id" = EndpointId, Path)),
    responses((status = ACCEPTED, body = ReplayView)))]
async fn replay(
    State(app): State<App>,
    Extension(shown): Extension<Shown>,
    MayAdminister(scope): MayAdminister,
    Path(id): Path<EndpointId>,
    Json(body): Json<ReplayBody>,
) -> Result<(StatusCode, Json<ReplayView>)> {
    let until = body.until.unwrap_or(app.clock.now() + 1);
    let done = use_case::replay(&app, &scope, &shown.0, id, (body.since, until)).await?;
    Ok((StatusCode::ACCEPTED, Json(ReplayView { events: done.events, is_complete: done.is_complete })))
}
