//! `/team-inbox/api/views/`: lists of conversations that are kept under a name.

use app::{
    App,
    inbox::{self, ViewText},
};
use axum::{extract::State, http::StatusCode};
use model::{Error, Timestamp, conversation::InboxView};
use serde::{Deserialize, Serialize};
use store::inbox_views;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::{Json, MayConverse, MayRead, Path, Query},
    ids::{UserId, ViewId},
    page::{Listing, PageQuery, Paging, SearchQuery},
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(read, change, remove))
}

/// A list of conversations under a name.
#[derive(Debug, Serialize, ToSchema)]
struct SavedView {
    id: ViewId,
    #[schema(example = "Urgent and waiting")]
    name: String,
    /// The query of `GET /team-inbox/api/conversations/`.
    #[schema(example = "status=OPEN&priority=URGENT&ordering=waiting_since")]
    query: String,
    /// Whether everybody sees it.
    shared: bool,
    /// Whose it is, unless it is everybody's.
    owner: Option<UserId>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<InboxView> for SavedView {
    fn from(view: InboxView) -> Self {
        let InboxView { id, owner, name, query, created_at, updated_at } = view;
        Self { id, name, query, shared: owner.is_none(), owner, created_at, updated_at }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
struct SavedViewBody {
    #[schema(min_length = 1, max_length = 100, example = "Urgent and waiting")]
    name: String,
    #[schema(max_length = 2000, example = "status=OPEN&priority=URGENT&ordering=waiting_since")]
    query: String,
    /// Whether everybody sees it. A person's own unless they say so; an API key's always.
    shared: Option<bool>,
}

#[derive(Debug, Deserialize, ToSchema)]
struct SavedViewPatch {
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    #[schema(max_length = 2000)]
    query: Option<String>,
    shared: Option<bool>,
}

/// List your own views and everybody's. `search` looks into names.
///
/// Orders: `name`, `created_at`.
#[utoipa::path(get, path = "/team-inbox/api/views/", tag = "team-inbox", params(PageQuery, SearchQuery),
    responses((status = OK, body = Listing<SavedView>)))]
async fn list(
    State(app): State<App>,
    MayRead(scope): MayRead,
    paging: Paging,
    Query(search): Query<SearchQuery>,
) -> Result<Json<Listing<SavedView>>> {
    let (request, typed) = (paging.of(&inbox_views::VIEWS)?, search.text()?);
    let page = app.db.read(move |tx| inbox_views::list(tx, &scope, typed.as_deref(), &request)).await?;
    Ok(paging.answer(page.map(SavedView::from)))
}

/// Keep a view.
#[utoipa::path(post, path = "/team-inbox/api/views/", tag = "team-inbox",
    responses((status = CREATED, body = SavedView)))]
async fn create(
    State(app): State<App>,
    MayConverse(scope): MayConverse,
    Json(body): Json<SavedViewBody>,
) -> Result<(StatusCode, Json<SavedView>)> {
    let new = ViewText { name: Some(body.name), query: Some(body.query), is_shared: body.shared };
    let made = inbox::create_view(&app, &scope, new).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

/// Show a view.
#[utoipa::path(get, path = "/team-inbox/api/views/{id}/", tag = "team-inbox",
    params(("id" = ViewId, Path)), responses((status = OK, body = SavedView)))]
async fn read(State(app): State<App>, MayRead(scope): MayRead, Path(id): Path<ViewId>) -> Result<Json<SavedView>> {
    let found = app.db.read(move |tx| inbox_views::get(tx, &scope, id)).await?;
    Ok(Json(found.ok_or_else(|| Error::not_found("view"))?.into()))
}

/// Change a part of a view.
#[utoipa::path(patch, path = "/team-inbox/api/views/{id}/", tag = "team-inbox",
    params(("id" = ViewId, Path)), responses((status = OK, body = SavedView)))]
async fn change(
    State(app): State<App>,
    MayConverse(scope): MayConverse,
    Path(id): Path<ViewId>,
    Json(body): Json<SavedViewPatch>,
) -> Result<Json<SavedView>> {
    let change = ViewText { name: body.name, query: body.query, is_shared: body.shared };
    Ok(Json(inbox::change_view(&app, &scope, id, change).await?.into()))
}

/// Remove a view.
#[utoipa::path(delete, path = "/team-inbox/api/views/{id}/", tag = "team-inbox",
    params(("id" = ViewId, Path)), responses((status = NO_CONTENT, description = "It is gone.")))]
async fn remove(State(app): State<App>, MayConverse(scope): MayConverse, Path(id): Path<ViewId>) -> Result<StatusCode> {
    inbox::delete_view(&app, &scope, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
