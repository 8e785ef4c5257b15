//! `/broadcast/templates/`: messages that are kept for broadcasts to come.

use std::collections::BTreeMap;

use app::{
    App,
    broadcasts::{self as use_case, Written},
};
use axum::{extract::State, http::StatusCode};
use model::{Error, ErrorKind, FieldErrors, Scope, Timestamp, broadcast::Template, content::MediaKind};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::broadcasts::{
    Script,
    templates::{self, Stored},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::content::{AlbumItem, VariantBody, album_items, variant_bodies, with_content};
use crate::{
    extract::{Json, KeyedId, MayManage, MayRead, Path, Query, ReadOnly},
    ids::TemplateId,
    page::{Listing, PageQuery, Paging, SearchQuery},
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(read, replace, change, remove))
}

with_content! {
/// A message to keep, under a name. Read-only fields of our own answers are ignored.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(super) struct TemplateBody {
    /// Unique in the tenant.
    #[schema(max_length = 255, example = "Autumn sale")]
    name: Option<String>,
    #[serde(default, rename = "id")]
    #[schema(ignore)]
    _id: ReadOnly,
    #[serde(default, rename = "variables")]
    #[schema(ignore)]
    _variables: ReadOnly,
    #[serde(default, rename = "created_by")]
    #[schema(ignore)]
    _created_by: ReadOnly,
    #[serde(default, rename = "created_at")]
    #[schema(ignore)]
    _created_at: ReadOnly,
    #[serde(default, rename = "updated_at")]
    #[schema(ignore)]
    _updated_at: ReadOnly,
}
}

impl TemplateBody {
    /// What stands there afterwards; what is not given is as in `before`.
    fn written(mut self, name: Option<&str>, before: Option<&Script>) -> Result<Written, Error> {
        let mut errors = FieldErrors::new();
        let name = self.name.take().or_else(|| name.map(str::to_owned));
        if name.is_none() {
            errors.insert("name".to_owned(), vec!["This field is required.".to_owned()]);
        }
        let script = self.said().script(before, &mut errors);
        Error::fields(errors).map_or(Ok(Written { name: name.unwrap_or_default(), script }), Err)
    }
}

/// A message that is kept.
#[derive(Debug, Serialize, ToSchema)]
struct TemplateView {
    id: TemplateId,
    #[schema(example = "Autumn sale")]
    name: String,
    message_text: String,
    parse_mode: Option<String>,
    media_url: Option<String>,
    media_type: Option<MediaKind>,
    media_group: Vec<AlbumItem>,
    #[schema(value_type = Option<Vec<Object>>)]
    buttons: Option<Value>,
    variants: BTreeMap<String, VariantBody>,
    disable_notification: bool,
    protect_content: bool,
    link_preview: Option<bool>,
    /// The names of all variables, in every language.
    #[schema(example = json!(["first_name"]))]
    variables: Vec<String>,
    /// The user or key that made it.
    created_by: Option<Uuid>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl TemplateView {
    fn new(app: &App, stored: Stored) -> Self {
        let variables = use_case::variables(app, &stored.script);
        let script = stored.script;
        let (media_url, media_type) = script.media.map(|media| (media.url, media.kind)).unzip();
        Self {
            id: stored.id,
            name: stored.name,
            message_text: script.text,
            parse_mode: script.parse_mode,
            media_url,
            media_type,
            media_group: album_items(script.album),
            buttons: script.buttons,
            variants: variant_bodies(script.variants),
            disable_notification: script.disable_notification.unwrap_or_default(),
            protect_content: script.protect_content.unwrap_or_default(),
            link_preview: script.link_preview,
            variables,
            created_by: stored.created_by,
            created_at: stored.created_at,
            updated_at: stored.updated_at,
        }
    }
}

/// What a template says, for a body that names one.
pub(super) async fn said_by(app: &App, scope: &Scope, id: Option<TemplateId>) -> Result<Option<Script>> {
    let Some(id) = id else { return Ok(None) };
    match use_case::template(app, scope, id).await {
        Ok(template) => Ok(Some(template.script)),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(Error::field("template_id", "No such template.").into())
        }
        Err(error) => Err(error.into()),
    }
}

/// List message templates, newest first.
///
/// Orders: `created_at`, `name`.
#[utoipa::path(get, path = "/broadcast/templates/", tag = "broadcasts", params(PageQuery, SearchQuery),
    responses((status = OK, body = Listing<TemplateView>)))]
async fn list(
    State(app): State<App>,
    MayRead(scope): MayRead,
    paging: Paging,
    Query(search): Query<SearchQuery>,
) -> Result<Json<Listing<TemplateView>>> {
    let request = paging.of(&templates::TEMPLATES)?;
    let typed = search.text()?;
    let page = app.db.read(move |tx| templates::list(tx, &scope, typed.as_deref(), &request)).await?;
    Ok(paging.answer(page.map(|stored| TemplateView::new(&app, stored))))
}

/// Keep a message as a template.
///
/// A broadcast takes it over with `template_id`.
#[utoipa::path(post, path = "/broadcast/templates/", tag = "broadcasts", request_body = TemplateBody,
    responses((status = CREATED, body = TemplateView)))]
async fn create(
    State(app): State<App>,
    MayManage(scope): MayManage,
    KeyedId(id): KeyedId<Template>,
    Json(body): Json<TemplateBody>,
) -> Result<(StatusCode, Json<TemplateView>)> {
    let made = use_case::create_template(&app, &scope, id, body.written(None, None)?).await?;
    Ok((StatusCode::CREATED, Json(TemplateView::new(&app, made))))
}

/// Show a template.
#[utoipa::path(get, path = "/broadcast/templates/{id}/", tag = "broadcasts", params(("id" = TemplateId, Path)),
    responses((status = OK, body = TemplateView)))]
async fn read(
    State(app): State<App>,
    MayRead(scope): MayRead,
    Path(id): Path<TemplateId>,
) -> Result<Json<TemplateView>> {
    let found = use_case::template(&app, &scope, id).await?;
    Ok(Json(TemplateView::new(&app, found)))
}

/// Replace a template. Broadcasts that were made with it stay as they are.
#[utoipa::path(put, path = "/broadcast/templates/{id}/", tag = "broadcasts", params(("id" = TemplateId, Path)),
    request_body = TemplateBody, responses((status = OK, body = TemplateView)))]
async fn replace(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<TemplateId>,
    Json(body): Json<TemplateBody>,
) -> Result<Json<TemplateView>> {
    let changed = use_case::change_template(&app, &scope, id, |_| body.written(None, None)).await?;
    Ok(Json(TemplateView::new(&app, changed)))
}

/// Change a part of a template.
#[utoipa::path(patch, path = "/broadcast/templates/{id}/", tag = "broadcasts", params(("id" = TemplateId, Path)),
    request_body = TemplateBody, responses((status = OK, body = TemplateView)))]
async fn change(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<TemplateId>,
    Json(body): Json<TemplateBody>,
) -> Result<Json<TemplateView>> {
    let changed =
        use_case::change_template(&app, &scope, id, |before| body.written(Some(&before.name), Some(&before.script)));
    Ok(Json(TemplateView::new(&app, changed.await?)))
}

/// Remove a template. Broadcasts that were made with it stay as they are.
#[utoipa::path(delete, path = "/broadcast/templates/{id}/", tag = "broadcasts", params(("id" = TemplateId, Path)),
    responses((status = NO_CONTENT, description = "It is gone.")))]
async fn remove(State(app): State<App>, MayManage(scope): MayManage, Path(id): Path<TemplateId>) -> Result<StatusCode> {
    use_case::delete_template(&app, &scope, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
