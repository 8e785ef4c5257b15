//! `/team-inbox/api/labels/`: the labels that conversations can have.

use app::{
    App,
    inbox::{self, LabelText},
};
use axum::{extract::State, http::StatusCode};
use model::{
    Error, Timestamp,
    conversation::{Label, LabelColor},
};
use serde::{Deserialize, Serialize};
use store::labels;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::{Json, MayConverse, MayRead, Path, Query},
    ids::LabelId,
    page::{Listing, PageQuery, Paging, SearchQuery},
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(read, change, remove))
}

/// A label that conversations can have.
#[derive(Debug, Serialize, ToSchema)]
struct LabelView {
    id: LabelId,
    /// Unique in the tenant; conversations name their labels by it.
    #[schema(example = "billing")]
    name: String,
    color: LabelColor,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<Label> for LabelView {
    fn from(Label { id, name, color, created_at, updated_at }: Label) -> Self {
        Self { id, name, color, created_at, updated_at }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
struct LabelBody {
    #[schema(min_length = 1, max_length = 64, example = "billing")]
    name: String,
    /// Gray when nothing is said.
    color: Option<LabelColor>,
}

#[derive(Debug, Deserialize, ToSchema)]
struct LabelPatch {
    #[schema(min_length = 1, max_length = 64)]
    name: Option<String>,
    color: Option<LabelColor>,
}

/// List labels, by default by name from Z to A; `ordering=name` turns it round. `search` looks into names.
#[utoipa::path(get, path = "/team-inbox/api/labels/", tag = "team-inbox", params(PageQuery, SearchQuery),
    responses((status = OK, body = Listing<LabelView>)))]
async fn list(
    State(app): State<App>,
    MayRead(scope): MayRead,
    paging: Paging,
    Query(search): Query<SearchQuery>,
) -> Result<Json<Listing<LabelView>>> {
    let (request, typed) = (paging.of(&labels::LABELS)?, search.text()?);
    let page = app.db.read(move |tx| labels::list(tx, &scope, typed.as_deref(), &request)).await?;
    Ok(paging.answer(page.map(LabelView::from)))
}

/// Make a label. Setting labels on a conversation makes those that are missing, too.
#[utoipa::path(post, path = "/team-inbox/api/labels/", tag = "team-inbox",
    responses((status = CREATED, body = LabelView)))]
async fn create(
    State(app): State<App>,
    MayConverse(scope): MayConverse,
    Json(body): Json<LabelBody>,
) -> Result<(StatusCode, Json<LabelView>)> {
    let new = LabelText { name: Some(body.name), color: body.color };
    let made = inbox::create_label(&app, &scope, new).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

/// Show a label.
#[utoipa::path(get, path = "/team-inbox/api/labels/{id}/", tag = "team-inbox",
    params(("id" = LabelId, Path)), responses((status = OK, body = LabelView)))]
async fn read(State(app): State<App>, MayRead(scope): MayRead, Path(id): Path<LabelId>) -> Result<Json<LabelView>> {
    let found = app.db.read(move |tx| labels::get(tx, &scope, id)).await?;
    Ok(Json(found.ok_or_else(|| Error::not_found("label"))?.into()))
}

/// Rename or recolour a label, on every conversation that has it.
#[utoipa::path(patch, path = "/team-inbox/api/labels/{id}/", tag = "team-inbox",
    params(("id" = LabelId, Path)), responses((status = OK, body = LabelView)))]
async fn change(
    State(app): State<App>,
    MayConverse(scope): MayConverse,
    Path(id): Path<LabelId>,
    Json(body): Json<LabelPatch>,
) -> Result<Json<LabelView>> {
    let change = LabelText { name: body.name, color: body.color };
    Ok(Json(inbox::change_label(&app, &scope, id, change).await?.into()))
}

/// Remove a label, and take it off every conversation.
#[utoipa::path(delete, path = "/team-inbox/api/labels/{id}/", tag = "team-inbox",
    params(("id" = LabelId, Path)), responses((status = NO_CONTENT, description = "It is gone.")))]
async fn remove(
    State(app): State<App>,
    MayConverse(scope): MayConverse,
    Path(id): Path<LabelId>,
) -> Result<StatusCode> {
    inbox::delete_label(&app, &scope, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
