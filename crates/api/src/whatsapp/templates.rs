//! `/whatsapp/v1/templates/`: what Meta approved before, and may be sent at any time.

use app::{
    App,
    whatsapp::{self, NewTemplate},
};
use axum::{extract::State, http::StatusCode};
use model::{
    Timestamp,
    whatsapp::{Template, TemplateCategory, TemplateStatus},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::whatsapp::{TEMPLATES, TemplateFilter};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::{Json, MayManage, MayRead, Path, Query},
    ids::{BotId, WhatsappTemplateId},
    page::{Listing, PageQuery, Paging, SearchQuery},
    problem::{Problem, Result},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(sync)).routes(routes!(read, remove))
}

/// A template as Meta has it.
#[derive(Debug, Serialize, ToSchema)]
struct WhatsappTemplateView {
    id: WhatsappTemplateId,
    waba_id: String,
    /// Meta's id.
    provider_id: Option<String>,
    #[schema(example = "order_update")]
    name: String,
    #[schema(example = "en_US")]
    language: String,
    category: TemplateCategory,
    /// Only an `APPROVED` one can be sent.
    status: TemplateStatus,
    /// `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
    quality: Option<String>,
    /// Why it was rejected or paused, in Meta's word.
    reason: Option<String>,
    #[schema(value_type = Vec<Object>)]
    components: Value,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<Template> for WhatsappTemplateView {
    fn from(template: Template) -> Self {
        Self {
            id: template.id,
            waba_id: template.waba_id,
            provider_id: template.provider_id,
            name: template.name,
            language: template.language,
            category: template.category,
            status: template.status,
            quality: template.quality,
            reason: template.reason,
            components: template.components,
            created_at: template.created_at,
            updated_at: template.updated_at,
        }
    }
}

/// A template to be handed in for Meta's review.
#[derive(Debug, Deserialize, ToSchema)]
struct NewWhatsappTemplateBody {
    /// The number whose account it will belong to.
    number_id: BotId,
    #[schema(example = "order_update", pattern = "^[a-z0-9_]{1,512}$")]
    name: String,
    #[schema(example = "en_US")]
    language: String,
    category: TemplateCategory,
    /// As Meta's documentation describes them, with an example for every variable.
    #[schema(value_type = Vec<Object>,
        example = json!([{"type": "BODY", "text": "Dear {{1}}, your order is on its way.", "example": {"body_text": [["Ann"]]}}]))]
    components: Value,
}

#[derive(Debug, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
struct WhatsappTemplateFilter {
    status: Option<TemplateStatus>,
    category: Option<TemplateCategory>,
    waba_id: Option<String>,
    name: Option<String>,
}

/// List the templates of the tenant's accounts, as they were when they were synchronised or Meta told of them last.
///
/// `search` looks into names.
#[utoipa::path(get, path = "/whatsapp/v1/templates/", tag = "templates",
    params(PageQuery, SearchQuery, WhatsappTemplateFilter),
    responses((status = OK, body = Listing<WhatsappTemplateView>)))]
async fn list(
    State(app): State<App>,
    MayRead(scope): MayRead,
    paging: Paging,
    Query(search): Query<SearchQuery>,
    Query(filter): Query<WhatsappTemplateFilter>,
) -> Result<Json<Listing<WhatsappTemplateView>>> {
    let request = paging.of(&TEMPLATES)?;
    let filter = TemplateFilter {
        status: filter.status,
        category: filter.category,
        waba_id: filter.waba_id.filter(|text| !text.contains('\0')),
        name: filter.name.filter(|text| !text.contains('\0')),
        search: search.text()?,
    };
    let page = app.db.read(move |tx| store::whatsapp::list_templates(tx, &scope, &filter, &request)).await?;
    Ok(paging.answer(page.map(WhatsappTemplateView::from)))
}

/// Hand a template in for Meta's review.
///
/// It begins `PENDING`; Meta tells of its decision, mostly within minutes.
#[utoipa::path(post, path = "/whatsapp/v1/templates/", tag = "templates", request_body = NewWhatsappTemplateBody, responses(
    (status = CREATED, body = WhatsappTemplateView),
    (status = BAD_REQUEST, body = Problem, content_type = "application/problem+json",
        description = "Invalid input. `template_refused`: Meta does not take it, and says why."),
    (status = BAD_GATEWAY, body = Problem, content_type = "application/problem+json", description = "`whatsapp_unreachable`")))]
async fn create(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Json(body): Json<NewWhatsappTemplateBody>,
) -> Result<(StatusCode, Json<WhatsappTemplateView>)> {
    let new = NewTemplate {
        number: body.number_id,
        name: body.name,
        language: body.language,
        category: body.category,
        components: body.components,
    };
    let template = whatsapp::create_template(&app, &scope, new).await?;
    Ok((StatusCode::CREATED, Json(template.into())))
}

/// Which account is to be synchronised.
#[derive(Debug, Deserialize, ToSchema)]
struct SyncBody {
    /// A number of the account.
    number_id: BotId,
}

/// How many templates there are.
#[derive(Debug, Serialize, ToSchema)]
struct SyncView {
    count: usize,
}

/// Bring the templates of a number's account up to date.
#[utoipa::path(post, path = "/whatsapp/v1/templates/sync/", tag = "templates", request_body = SyncBody, responses(
    (status = OK, body = SyncView),
    (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`token_revoked`"),
    (status = BAD_GATEWAY, body = Problem, content_type = "application/problem+json", description = "`whatsapp_unreachable`")))]
async fn sync(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Json(body): Json<SyncBody>,
) -> Result<Json<SyncView>> {
    let count = whatsapp::sync_templates(&app, &scope, body.number_id).await?;
    Ok(Json(SyncView { count }))
}

/// Read a template.
#[utoipa::path(get, path = "/whatsapp/v1/templates/{id}/", tag = "templates", params(("id" = WhatsappTemplateId, Path)),
    responses((status = OK, body = WhatsappTemplateView)))]
async fn read(
    State(app): State<App>,
    MayRead(scope): MayRead,
    Path(id): Path<WhatsappTemplateId>,
) -> Result<Json<WhatsappTemplateView>> {
    Ok(Json(whatsapp::get_template(&app, &scope, id).await?.into()))
}

/// Delete a template, at Meta and here. Meta keeps its name from being used again for 30 days.
#[utoipa::path(delete, path = "/whatsapp/v1/templates/{id}/", tag = "templates", params(("id" = WhatsappTemplateId, Path)),
    responses((status = NO_CONTENT, description = "It is deleted."),
    (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`template_not_deletable`"),
    (status = BAD_GATEWAY, body = Problem, content_type = "application/problem+json", description = "`whatsapp_unreachable`")))]
async fn remove(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<WhatsappTemplateId>,
) -> Result<StatusCode> {
    whatsapp::delete_template(&app, &scope, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
