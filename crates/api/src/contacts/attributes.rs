//! `/contacts/attributes/`: what type the attributes in `custom` have.

use app::{App, contacts as use_case};
use axum::{extract::State, http::StatusCode};
use model::{
    Error, Timestamp,
    contact::attribute::{Attribute, AttributeType},
};
use serde::{Deserialize, Serialize};
use store::contacts::attributes;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::{Json, KeyedId, MayManage, MayRead, Path, Query, ReadOnly},
    ids::AttributeId,
    page::{Listing, PageQuery, Paging, SearchQuery},
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(read, change, remove))
}

/// An attribute of contacts.
#[derive(Debug, Serialize, ToSchema)]
struct AttributeView {
    id: AttributeId,
    /// The key in `custom`.
    #[schema(example = "shoe_size")]
    name: String,
    #[serde(rename = "type")]
    kind: AttributeType,
    /// Of the type `choice`.
    choices: Vec<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<Attribute> for AttributeView {
    fn from(Attribute { id, name, kind, choices, created_at, updated_at }: Attribute) -> Self {
        Self { id, name, kind, choices, created_at, updated_at }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
struct AttributeBody {
    /// Unique in the tenant.
    #[schema(min_length = 1, max_length = 64, example = "shoe_size")]
    name: String,
    #[serde(rename = "type")]
    #[schema(example = "number")]
    kind: AttributeType,
    /// What can be chosen, of the type `choice`; at most 100.
    #[serde(default)]
    choices: Vec<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
struct AttributePatch {
    /// What can be chosen from now on. Values that were chosen before stay.
    choices: Option<Vec<String>>,
    #[serde(default, rename = "id")]
    #[schema(ignore)]
    _id: ReadOnly,
    #[serde(default, rename = "name")]
    #[schema(ignore)]
    _name: ReadOnly,
    #[serde(default, rename = "type")]
    #[schema(ignore)]
    _kind: ReadOnly,
    #[serde(default, rename = "created_at")]
    #[schema(ignore)]
    _created_at: ReadOnly,
    #[serde(default, rename = "updated_at")]
    #[schema(ignore)]
    _updated_at: ReadOnly,
}

/// List attributes. `search` looks into names.
///
/// Orders: `created_at`, `name`.
#[utoipa::path(get, path = "/contacts/attributes/", tag = "contacts", params(PageQuery, SearchQuery),
    responses((status = OK, body = Listing<AttributeView>)))]
async fn list(
    State(app): State<App>,
    MayRead(scope): MayRead,
    paging: Paging,
    Query(search): Query<SearchQuery>,
) -> Result<Json<Listing<AttributeView>>> {
    let (request, typed) = (paging.of(&attributes::ATTRIBUTES)?, search.text()?);
    let page = app.db.read(move |tx| attributes::list(tx, &scope, typed.as_deref(), &request)).await?;
    Ok(paging.answer(page.map(AttributeView::from)))
}

/// Describe an attribute.
///
/// From now on its values are checked when contacts are written or imported: `number`, `boolean` (true, false), `date`
/// (2026-11-25), `choice` (one of the list), `text`. Values that are there already stay. At most 200.
#[utoipa::path(post, path = "/contacts/attributes/", tag = "contacts",
    responses((status = CREATED, body = AttributeView)))]
async fn create(
    State(app): State<App>,
    MayManage(scope): MayManage,
    KeyedId(id): KeyedId<Attribute>,
    Json(body): Json<AttributeBody>,
) -> Result<(StatusCode, Json<AttributeView>)> {
    let made = use_case::create_attribute(&app, &scope, id, (body.name, body.kind, body.choices)).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

/// Show an attribute.
#[utoipa::path(get, path = "/contacts/attributes/{id}/", tag = "contacts", params(("id" = AttributeId, Path)),
    responses((status = OK, body = AttributeView)))]
async fn read(
    State(app): State<App>,
    MayRead(scope): MayRead,
    Path(id): Path<AttributeId>,
) -> Result<Json<AttributeView>> {
    let found = app.db.read(move |tx| attributes::get(tx, &scope, id)).await?;
    Ok(Json(found.ok_or_else(|| Error::not_found("attribute"))?.into()))
}

/// Change what can be chosen. Name and type stay as they are.
#[utoipa::path(patch, path = "/contacts/attributes/{id}/", tag = "contacts", params(("id" = AttributeId, Path)),
    responses((status = OK, body = AttributeView)))]
async fn change(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<AttributeId>,
    Json(body): Json<AttributePatch>,
) -> Result<Json<AttributeView>> {
    Ok(Json(use_case::change_attribute(&app, &scope, id, body.choices).await?.into()))
}

/// Forget what type an attribute has. Contacts keep their values.
#[utoipa::path(delete, path = "/contacts/attributes/{id}/", tag = "contacts", params(("id" = AttributeId, Path)),
    responses((status = NO_CONTENT, description = "It is gone.")))]
async fn remove(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<AttributeId>,
) -> Result<StatusCode> {
    use_case::delete_attribute(&app, &scope, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
