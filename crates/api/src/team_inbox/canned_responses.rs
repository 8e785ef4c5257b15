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
    ids::{CannedResponseId, ConversationId, UserId},
    page::{Listing, PageQuery, Paging, SearchQuery},
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(read, replace, change, remove))
        .routes(routes!(render))
}

/// A reply that the team keeps ready.
#[derive(Debug, Serialize, ToSchema)]
struct CannedResponseView {
    id: CannedResponseId,
    /// Typed after a slash.
    #[schema(example = "hours")]
    shortcut: String,
    #[schema(example = "We are here from 9 to 17.")]
    /// May have variables, such as `{{first_name|default:"there"}}`.
    text: String,
    /// Whether everybody has it.
    shared: bool,
    /// Whose it is, unless it is everybody's.
    owner: Option<UserId>,
    /// How often it was sent: replies name it in `canned_response_id`.
    usage_count: i64,
    last_used_at: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<CannedResponse> for CannedResponseView {
    fn from(one: CannedResponse) -> Self {
        Self {
            id: one.id,
            shortcut: one.shortcut,
            text: one.text,
            shared: one.owner.is_none(),
            owner: one.owner,
            usage_count: one.usage_count,
            last_used_at: one.last_used_at,
            created_at: one.created_at,
            updated_at: one.updated_at,
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
struct CannedResponseBody {
    /// Unique in the tenant; without spaces.
    #[schema(min_length = 1, max_length = 64, example = "hours")]
    shortcut: String,
    #[schema(min_length = 1, max_length = 4096, example = "We are here from 9 to 17.")]
    text: String,
    /// Whether everybody has it; so it is when nothing is said.
    shared: Option<bool>,
    #[serde(default, rename = "owner")]
    #[schema(ignore)]
    _owner: ReadOnly,
    #[serde(default, rename = "usage_count")]
    #[schema(ignore)]
    _usage_count: ReadOnly,
    #[serde(default, rename = "last_used_at")]
    #[schema(ignore)]
    _last_used_at: ReadOnly,
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
    shared: Option<bool>,
}

impl From<CannedResponseBody> for CannedText {
    fn from(body: CannedResponseBody) -> Self {
        Self { shortcut: Some(body.shortcut), text: Some(body.text), is_shared: body.shared }
    }
}

/// List canned responses.
///
/// Orders: `shortcut`, `created_at`, `usage_count`.
#[utoipa::path(get, path = "/team-inbox/api/canned-responses/", tag = "team-inbox", params(PageQuery, SearchQuery),
    responses((status = OK, body = Listing<CannedResponseView>)))]
async fn list(
    State(app): State<App>,
    MayRead(scope): MayRead,
    paging: Paging,
    Query(search): Query<SearchQuery>,
) -> Result<Json<Listing<CannedResponseView>>> {
    let request = paging.of(&canned_responses::RESPONSES)?;
    let typed = search.text()?;
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
    let change = CannedText { shortcut: body.shortcut, text: body.text, is_shared: body.shared };
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

#[derive(Debug, Deserialize, ToSchema)]
struct RenderBody {
    /// Whose contact fills the variables.
    conversation_id: ConversationId,
}

/// A canned response as the contact would read it.
#[derive(Debug, Serialize, ToSchema)]
struct RenderedView {
    text: String,
    /// Variables without a value; they still stand in the text, so that it must not be sent like this.
    missing: Vec<String>,
}

/// Fill a canned response in for the contact of a conversation.
#[utoipa::path(post, path = "/team-inbox/api/canned-responses/{id}/render/", tag = "team-inbox",
    params(("id" = CannedResponseId, Path)), responses((status = OK, body = RenderedView)))]
async fn render(
    State(app): State<App>,
    MayRead(scope): MayRead,
    Path(id): Path<CannedResponseId>,
    Json(body): Json<RenderBody>,
) -> Result<Json<RenderedView>> {
    let inbox::Rendered { text, missing } = inbox::render_canned(&app, &scope, id, body.conversation_id).await?;
    Ok(Json(RenderedView { text, missing }))
}
