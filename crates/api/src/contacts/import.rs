//! `/contacts/import/`: contacts from CSV files, as jobs with progress.

use app::{App, contacts::import as use_case};
use axum::{
    body::Body,
    extract::{DefaultBodyLimit, FromRequest, Multipart, Request, State},
    http::{
        StatusCode,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::IntoResponse,
};
use model::{
    Error, ErrorKind, Timestamp,
    contact::import::{Import, ImportStatus, Policy},
};
use serde::{Deserialize, Serialize};
use store::imports;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::import_form;
use crate::{
    extract::{Json, MayManage, MayRead, Path, Query},
    ids::ImportId,
    page::{Listing, PageQuery, Paging},
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(read))
        .routes(routes!(errors))
        .routes(routes!(pause))
        .routes(routes!(resume))
        .routes(routes!(cancel))
}

/// A file of contacts on its way in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportView {
    id: ImportId,
    status: ImportStatus,
    /// Why it stopped before its end.
    status_reason: Option<String>,
    file_name: Option<String>,
    /// Bytes of the file.
    file_size: i64,
    /// From 0 to 1.
    #[schema(example = 0.5)]
    progress: f64,
    rows_read: i64,
    /// New contacts; in a dry run, those there would be.
    created: i64,
    updated: i64,
    /// Rows that said nothing new.
    unchanged: i64,
    /// Rows that were refused; `errors/` says why.
    failed: i64,
    policy: Policy,
    tags: Vec<String>,
    dry_run: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
    finished_at: Option<Timestamp>,
}

impl From<Import> for ImportView {
    fn from(import: Import) -> Self {
        let whole = import.file_bytes.max(1) as f64;
        let progress = if import.status == ImportStatus::Completed { 1.0 } else { import.next_byte as f64 / whole };
        Self {
            id: import.id,
            status: import.status,
            status_reason: import.status_reason,
            file_name: import.file_name,
            file_size: import.file_bytes,
            progress,
            rows_read: import.tally.read,
            created: import.tally.created,
            updated: import.tally.updated,
            unchanged: import.tally.unchanged,
            failed: import.tally.failed,
            policy: import.options.policy,
            tags: import.options.tags,
            dry_run: import.options.is_dry_run,
            created_at: import.created_at,
            updated_at: import.updated_at,
            finished_at: import.finished_at,
        }
    }
}

/// The parts of the form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is read part by part")]
struct ImportForm {
    /// CSV in UTF-8, at most 1 GiB, with a header line. Cells may be quoted.
    #[schema(format = Binary)]
    file: String,
    /// JSON: from names in the header to fields, `custom.<name>`, or null. Names of fields map themselves.
    #[schema(example = json!({"Firma": "company_name", "Shoe size": "custom.shoe_size"}))]
    mapping: Option<std::collections::BTreeMap<String, String>>,
    /// One character, or `tab`; guessed when left out.
    separator: Option<String>,
    /// What becomes of contacts that are there already; `update` when left out.
    policy: Option<Policy>,
    /// Tags for every contact of the file: a JSON list, or separated by commas.
    tags: Option<String>,
    /// Count what would happen, and write nothing.
    dry_run: Option<bool>,
}

/// Import contacts from a CSV file.
///
/// The file is read row by row after this answer; ask for the import to see how far. A row is matched to a contact by `id`,
/// Telegram id, phone number or e-mail address, in this order. Columns of an export are understood as they are.
#[utoipa::path(post, path = "/contacts/import/", tag = "contacts",
    request_body(content = ImportForm, content_type = "multipart/form-data"),
    responses((status = ACCEPTED, body = ImportView)))]
async fn create(
    State(app): State<App>,
    MayManage(scope): MayManage,
    mut request: Request,
) -> Result<(StatusCode, Json<ImportView>)> {
    // The file is bounded where it is stored; everything else of the form is small.
    DefaultBodyLimit::disable().apply(&mut request);
    let form = Multipart::from_request(request, &app).await.map_err(|_| {
        let words = "Send a form, with \"Content-Type: multipart/form-data\" and the file in a part named file.";
        Error::new(ErrorKind::UnsupportedMedia, "unsupported_media_type", words)
    })?;
    let (upload, wish) = import_form::read(&app, form).await?;
    match use_case::start(&app, &scope, upload.clone(), wish).await {
        Ok(import) => Ok((StatusCode::ACCEPTED, Json(import.into()))),
        Err(error) => {
            use_case::discard(&app, &upload).await;
            Err(error.into())
        }
    }
}

#[derive(Debug, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
struct ImportFilter {
    status: Option<ImportStatus>,
}

/// List imports, newest first.
#[utoipa::path(get, path = "/contacts/import/", tag = "contacts", params(PageQuery, ImportFilter),
    responses((status = OK, body = Listing<ImportView>)))]
async fn list(
    State(app): State<App>,
    MayRead(scope): MayRead,
    paging: Paging,
    Query(filter): Query<ImportFilter>,
) -> Result<Json<Listing<ImportView>>> {
    let request = paging.of(&imports::IMPORTS)?;
    let page = app.db.read(move |tx| imports::list(tx, &scope, filter.status, &request)).await?;
    Ok(paging.answer(page.map(ImportView::from)))
}

async fn found(app: &App, scope: model::Scope, id: ImportId) -> Result<Import> {
    let found = app.db.read(move |tx| imports::get(tx, &scope, id)).await?;
    Ok(found.ok_or_else(|| Error::not_found("import"))?)
}

/// Show an import and how far it is.
#[utoipa::path(get, path = "/contacts/import/{id}/", tag = "contacts", params(("id" = ImportId, Path)),
    responses((status = OK, body = ImportView)))]
async fn read(State(app): State<App>, MayRead(scope): MayRead, Path(id): Path<ImportId>) -> Result<Json<ImportView>> {
    Ok(Json(found(&app, scope, id).await?.into()))
}

/// Get the refused rows as CSV, each with its number and the reason.
#[utoipa::path(get, path = "/contacts/import/{id}/errors/", tag = "contacts", params(("id" = ImportId, Path)),
    responses((status = OK, content_type = "text/csv", body = String, example = "row_number,reason,line\n")))]
async fn errors(
    State(app): State<App>,
    MayRead(scope): MayRead,
    Path(id): Path<ImportId>,
) -> Result<impl IntoResponse> {
    let import = found(&app, scope, id).await?;
    let headers =
        [(CONTENT_TYPE, "text/csv; charset=utf-8"), (CONTENT_DISPOSITION, "attachment; filename=\"refused.csv\"")];
    Ok((headers, Body::from_stream(use_case::refused(&app, import))))
}

/// Pause an import.
#[utoipa::path(post, path = "/contacts/import/{id}/pause/", tag = "contacts", params(("id" = ImportId, Path)),
    responses((status = OK, body = ImportView)))]
async fn pause(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<ImportId>,
) -> Result<Json<ImportView>> {
    Ok(Json(use_case::steer(&app, &scope, id, ImportStatus::Paused).await?.into()))
}

/// Go on with a paused import.
#[utoipa::path(post, path = "/contacts/import/{id}/resume/", tag = "contacts", params(("id" = ImportId, Path)),
    responses((status = OK, body = ImportView)))]
async fn resume(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<ImportId>,
) -> Result<Json<ImportView>> {
    Ok(Json(use_case::steer(&app, &scope, id, ImportStatus::Running).await?.into()))
}

/// Give an import up. What was read so far stays.
#[utoipa::path(post, path = "/contacts/import/{id}/cancel/", tag = "contacts", params(("id" = ImportId, Path)),
    responses((status = OK, body = ImportView)))]
async fn cancel(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<ImportId>,
) -> Result<Json<ImportView>> {
    Ok(Json(use_case::steer(&app, &scope, id, ImportStatus::Cancelled).await?.into()))
}
