//! `/team-inbox/api/canned-responses/`: replies that the team keeps ready.

use app::{
    App,
    inbox::{self, CannedText},
};
use axum::{extract::State, http::StatusCode};
use model::{Error, Timestamp, conversation::CannedResponse};
use serde::{Deserialize, Serialize};
use store::canned_responses;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::{Json, MayConverse, MayRead, Path, Query, ReadOnly},
    ids::CannedResponseId,
    page::{Listing, PageQuery, Paging, SearchQuery},
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(read, replace, change, remove))
}

/// A reply that the team keeps ready.
#[derive(Debug, Serialize, ToSchema)]
struct CannedResponseView {
    id: CannedResponseId,
    /// Typed after a slash.
    #[schema(example = "hours")]
    shortcut: String,
    #[schema(example = "We are here from 9 to 17.")]
    text: String,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<CannedResponse> for CannedResponseView {
    fn from(CannedResponse { id, shortcut, text, created_at, updated_at }: CannedResponse) -> Self {
        Self { id, shortcut, text, created_at, updated_at }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
struct CannedResponseBody {
    /// Unique in the tenant; without spaces.
    #[schema(min_length = 1, max_length = 64, example = "hours")]
    shortcut: String,
    #[schema(min_length = 1, max_length = 4096, example = "We are here from 9 to 17.")]
    text: String,
    #[serde(default, rename = "id")]
    #[schema(ignore)]
    _id: ReadOnly,
    #[serde(default, rename = "created_at")]
    #[schema(ignore)]
    _created_at: ReadOnly,
    #[serde(default, rename = "updated_at")]
    #[schema(ignore)]
    _updated_at: ReadOnly,
}

#[derive(Debug, Deserialize, ToSchema)]
struct CannedResponsePatch {
    #[schema(min_length = 1, max_length = 64)]
    shortcut: Option<String>,
    #[schema(min_length = 1, max_length = 4096)]
    text: Option<String>,
}

impl From<CannedResponseBody> for CannedText {
    fn from(body: CannedResponseBody) -> Self {
        Self { shortcut: Some(body.shortcut), text: Some(body.text) }
    }
}

/// List canned responses.
///
/// Orders: `shortcut`, `created_at`.
#[utoipa::path(get, path = "/team-inbox/api/canned-responses/", tag = "team-inbox", params(PageQuery, SearchQuery),
    responses((status = OK, body = Listing<CannedResponseView>)))]
async fn list(
    State(app): State<App>,
    MayRead(scope): MayRead,
    paging: Paging,
    Query(search): Query<SearchQuery>,
) -> Result<Json<Listing<CannedResponseView>>> {
    let request = paging.of(&canned_responses::RESPONSES)?;
    let typed = search.text()?.map(str::to_owned);
    let page = app.db.read(move |tx| canned_responses::list(tx, &scope, typed.as_deref(), &request)).await?;
    Ok(paging.answer(page.map(CannedResponseView::from)))
}

/// Make a canned response.
#[utoipa::path(post, path = "/team-inbox/api/canned-responses/", tag = "team-inbox",
    responses((status = CREATED, body = CannedResponseView)))]
async fn create(
    State(app): State<App>,
    MayConverse(scope): MayConverse,
    Json(body): Json<CannedResponseBody>,
) -> Result<(StatusCode, Json<CannedResponseView>)> {
    let made = inbox::create_canned(&app, &scope, body.into()).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

/// Show a canned response.
#[utoipa::path(get, path = "/team-inbox/api/canned-responses/{id}/", tag = "team-inbox",
    params(("id" = CannedResponseId, Path)), responses((status = OK, body = CannedResponseView)))]
async fn read(
    State(app): State<App>,
    MayRead(scope): MayRead,
    Path(id): Path<CannedResponseId>,
) -> Result<Json<CannedResponseView>> {
    let found = app.db.read(move |tx| canned_responses::get(tx, &scope, id)).await?;
    Ok(Json(found.ok_or_else(|| Error::not_found("canned response"))?.into()))
}

/// Replace a canned response.
#[utoipa::path(put, path = "/team-inbox/api/canned-responses/{id}/", tag = "team-inbox",
    params(("id" = CannedResponseId, Path)), responses((status = OK, body = CannedResponseView)))]
async fn replace(
    State(app): State<App>,
    MayConverse(scope): MayConverse,
    Path(id): Path<CannedResponseId>,
    Json(body): Json<CannedResponseBody>,
) -> Result<Json<CannedResponseView>> {
    Ok(Json(inbox::change_canned(&app, &scope, id, body.into()).await?.into()))
}

/// Change a part of a canned response.
#[utoipa::path(patch, path = "/team-inbox/api/canned-responses/{id}/", tag = "team-inbox",
    params(("id" = CannedResponseId, Path)), responses((status = OK, body = CannedResponseView)))]
async fn change(
    State(app): State<App>,
    MayConverse(scope): MayConverse,
    Path(id): Path<CannedResponseId>,
    Json(body): Json<CannedResponsePatch>,
) -> Result<Json<CannedResponseView>> {
    let change = CannedText { shortcut: body.shortcut, text: body.text };
    Ok(Json(inbox::change_canned(&app, &scope, id, change).await?.into()))
}

/// Remove a canned response.
#[utoipa::path(delete, path = "/team-inbox/api/canned-responses/{id}/", tag = "team-inbox",
    params(("id" = CannedResponseId, Path)), responses((status = NO_CONTENT, description = "It is gone.")))]
async fn remove(
    State(app): State<App>,
    MayConverse(scope): MayConverse,
    Path(id): Path<CannedResponseId>,
) -> Result<StatusCode> {
    inbox::delete_canned(&app, &scope, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
