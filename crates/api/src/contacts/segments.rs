//! `/contacts/segments/`: saved rules that say which contacts are meant.

use app::{App, contacts as use_case};
use axum::{extract::State, http::StatusCode};
use model::{
    Error, Timestamp,
    contact::segment::{self, Segment},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::contacts::{attributes, segments};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::{Json, KeyedId, MayManage, MayRead, Path, Query, ReadOnly},
    ids::SegmentId,
    page::{Listing, PageQuery, Paging, SearchQuery},
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(read, change, remove))
        .routes(routes!(count_rules))
        .routes(routes!(count))
        .routes(routes!(fields))
}

/// Rules under a name. It is counted anew whenever it is used.
#[derive(Debug, Serialize, ToSchema)]
struct SegmentView {
    id: SegmentId,
    #[schema(example = "Regulars")]
    name: String,
    #[schema(value_type = Object, example = json!(segment::example()))]
    rules: Value,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<Segment> for SegmentView {
    fn from(Segment { id, name, rules, created_at, updated_at }: Segment) -> Self {
        Self { id, name, rules, created_at, updated_at }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
struct SegmentBody {
    /// Unique in the tenant.
    #[schema(min_length = 1, max_length = 100, example = "Regulars")]
    name: String,
    /// `{"match": "all" | "any", "rules": [{"field", "operator", "value"}, …]}`; in the place of a rule there may be a
    /// group of the same form, one level deep. At most 30 rules. `fields/` says what there is.
    #[schema(value_type = Object, example = json!(segment::example()))]
    rules: Value,
}

#[derive(Debug, Deserialize, ToSchema)]
struct SegmentPatch {
    #[schema(min_length = 1, max_length = 100, example = "Regulars")]
    name: Option<String>,
    /// As when it is made.
    #[schema(value_type = Option<Object>, example = json!(segment::example()))]
    rules: Option<Value>,
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

/// Rules that are being put together.
#[derive(Debug, Deserialize, ToSchema)]
struct RulesBody {
    /// As of a segment.
    #[schema(value_type = Object, example = json!(segment::example()))]
    rules: Value,
}

/// How many people are meant.
#[derive(Debug, Serialize, ToSchema)]
struct SegmentCountView {
    #[schema(example = 214)]
    count: i64,
}

/// Something that rules can ask for.
#[derive(Debug, Serialize, ToSchema)]
struct SegmentFieldView {
    #[schema(example = "custom.shoe_size")]
    field: String,
    /// `text`, `number`, `boolean`, `time` (RFC 3339), `date` (2026-11-25), `tags` (one tag) or `bot` (its id).
    #[serde(rename = "type")]
    #[schema(example = "number")]
    kind: &'static str,
    /// `in` takes a list, `within_days` a number of days up to now, `is_set` and `is_not_set` no value.
    #[schema(value_type = Vec<String>, example = json!(["is", "is_not", "gt", "gte", "lt", "lte", "is_set", "is_not_set"]))]
    operators: &'static [&'static str],
}

/// Everything that rules can ask for.
#[derive(Debug, Serialize, ToSchema)]
struct SegmentFieldsView {
    fields: Vec<SegmentFieldView>,
}

/// List segments. `search` looks into names.
///
/// Orders: `created_at`, `name`.
#[utoipa::path(get, path = "/contacts/segments/", tag = "contacts", params(PageQuery, SearchQuery),
    responses((status = OK, body = Listing<SegmentView>)))]
async fn list(
    State(app): State<App>,
    MayRead(scope): MayRead,
    paging: Paging,
    Query(search): Query<SearchQuery>,
) -> Result<Json<Listing<SegmentView>>> {
    let (request, typed) = (paging.of(&segments::SEGMENTS)?, search.text()?);
    let page = app.db.read(move |tx| segments::list(tx, &scope, typed.as_deref(), &request)).await?;
    Ok(paging.answer(page.map(SegmentView::from)))
}

/// Save rules as a segment.
#[utoipa::path(post, path = "/contacts/segments/", tag = "contacts",
    responses((status = CREATED, body = SegmentView)))]
async fn create(
    State(app): State<App>,
    MayManage(scope): MayManage,
    KeyedId(id): KeyedId<Segment>,
    Json(body): Json<SegmentBody>,
) -> Result<(StatusCode, Json<SegmentView>)> {
    let made = use_case::create_segment(&app, &scope, id, body.name, body.rules).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

/// Show a segment.
#[utoipa::path(get, path = "/contacts/segments/{id}/", tag = "contacts", params(("id" = SegmentId, Path)),
    responses((status = OK, body = SegmentView)))]
async fn read(State(app): State<App>, MayRead(scope): MayRead, Path(id): Path<SegmentId>) -> Result<Json<SegmentView>> {
    let found = app.db.read(move |tx| segments::get(tx, &scope, id)).await?;
    Ok(Json(found.ok_or_else(|| Error::not_found("segment"))?.into()))
}

/// Change a segment's name or rules.
#[utoipa::path(patch, path = "/contacts/segments/{id}/", tag = "contacts", params(("id" = SegmentId, Path)),
    responses((status = OK, body = SegmentView)))]
async fn change(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<SegmentId>,
    Json(body): Json<SegmentPatch>,
) -> Result<Json<SegmentView>> {
    Ok(Json(use_case::change_segment(&app, &scope, id, body.name, body.rules).await?.into()))
}

/// Remove a segment. The contacts stay.
#[utoipa::path(delete, path = "/contacts/segments/{id}/", tag = "contacts", params(("id" = SegmentId, Path)),
    responses((status = NO_CONTENT, description = "It is gone.")))]
async fn remove(State(app): State<App>, MayManage(scope): MayManage, Path(id): Path<SegmentId>) -> Result<StatusCode> {
    use_case::delete_segment(&app, &scope, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Count the people whom rules mean now, before they are saved.
#[utoipa::path(post, path = "/contacts/segments/count/", tag = "contacts",
    responses((status = OK, body = SegmentCountView)))]
async fn count_rules(
    State(app): State<App>,
    MayRead(scope): MayRead,
    Json(body): Json<RulesBody>,
) -> Result<Json<SegmentCountView>> {
    Ok(Json(SegmentCountView { count: use_case::count_rules(&app, &scope, body.rules).await? }))
}

/// Count the people whom a segment means now.
#[utoipa::path(get, path = "/contacts/segments/{id}/count/", tag = "contacts", params(("id" = SegmentId, Path)),
    responses((status = OK, body = SegmentCountView)))]
async fn count(
    State(app): State<App>,
    MayRead(scope): MayRead,
    Path(id): Path<SegmentId>,
) -> Result<Json<SegmentCountView>> {
    Ok(Json(SegmentCountView { count: use_case::count_segment(&app, &scope, id).await? }))
}

/// List what rules can ask for: fields of contacts and described attributes, with their operators.
#[utoipa::path(get, path = "/contacts/segments/fields/", tag = "contacts",
    responses((status = OK, body = SegmentFieldsView)))]
async fn fields(State(app): State<App>, MayRead(scope): MayRead) -> Result<Json<SegmentFieldsView>> {
    let described = app.db.read(move |tx| attributes::all(tx, &scope)).await?;
    let fields = segment::vocabulary(&described).into_iter();
    let fields = fields.map(|(field, kind, operators)| SegmentFieldView { field, kind, operators }).collect();
    Ok(Json(SegmentFieldsView { fields }))
}
