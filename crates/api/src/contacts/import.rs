//! `/contacts/import/`: contacts from CSV files, as jobs with progress.

use app::{
    App,
    contacts::import::{self as use_case, Wish},
};
use axum::{
    body::Body,
    extract::{DefaultBodyLimit, FromRequest, Multipart, Request, State},
    http::{
        HeaderMap, StatusCode,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::IntoResponse,
};
use model::{
    Error, ErrorKind, Timestamp,
    contact::import::{self, Column, Encoding, Import, ImportStatus, MatchBy, Options, Policy},
};
use serde::{Deserialize, Serialize};
use store::imports;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::import_form;
use crate::{
    extract::{Json, MayManage, MayRead, Path, Query, nullable, pairs},
    ids::ImportId,
    page::{Listing, PageQuery, Paging, SearchQuery},
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(read, settle))
        .routes(routes!(dry_run))
        .routes(routes!(start))
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
    /// What alone decides whether a row means a contact that is there; null: the surest thing that it says.
    match_by: Option<MatchBy>,
    tags: Vec<String>,
    dry_run: bool,
    encoding: Encoding,
    #[schema(example = ";")]
    separator: String,
    columns: Vec<ImportColumnView>,
    started_at: Option<Timestamp>,
    /// While it was at work.
    #[schema(example = 5200.0)]
    rows_per_second: Option<f64>,
    /// How long it is going to take from here, while it runs.
    #[schema(example = 42)]
    eta_seconds: Option<i64>,
    created_at: Timestamp,
    updated_at: Timestamp,
    finished_at: Option<Timestamp>,
}

/// A column of the file.
#[derive(Debug, Serialize, ToSchema)]
struct ImportColumnView {
    /// As the header has it.
    #[schema(example = "Firma")]
    name: String,
    /// The field that it is read as, or `custom.<name>`; null: it is not read.
    #[schema(example = "company_name")]
    target: Option<String>,
    /// What its cells look like: `email`, `phone`, `date`, `number`, `boolean` or `text`.
    #[serde(rename = "type")]
    #[schema(example = "text")]
    kind: &'static str,
    /// The cells of the first five rows, until the import has ended.
    samples: Vec<String>,
}

fn columns(options: &Options, samples: &[Vec<String>]) -> Vec<ImportColumnView> {
    let column = |(index, name): (usize, &String)| {
        let samples: Vec<&str> = samples.iter().map(|row| row.get(index).map_or("", String::as_str)).collect();
        let target = options.columns.get(index).map(Column::target).filter(|target| !target.is_empty());
        let kind = import::kind_of(&samples);
        ImportColumnView { name: name.clone(), target, kind, samples: samples.into_iter().map(str::to_owned).collect() }
    };
    options.header.iter().enumerate().map(column).collect()
}

impl From<Import> for ImportView {
    fn from(import: Import) -> Self {
        let whole = import.file_bytes.max(1) as f64;
        let is_read = matches!(import.status, ImportStatus::Completed | ImportStatus::Checked);
        let progress = if is_read { 1.0 } else { import.next_byte as f64 / whole };
        let (rows_per_second, eta_ms) = (import.rows_per_second(), import.eta_ms());
        let columns = columns(&import.options, &import.samples);
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
            match_by: import.options.match_by,
            encoding: import.options.encoding,
            separator: char::from(import.options.separator).to_string(),
            columns,
            started_at: import.started_at,
            rows_per_second,
            eta_seconds: eta_ms.map(|ms| (ms + 999) / 1_000),
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
    /// CSV in UTF-8, UTF-16 or windows-1252, at most 1 GiB, with a header line. Cells may be quoted.
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
    /// Guessed when left out; rows of what looked like ASCII are read as windows-1252 where they are not UTF-8.
    encoding: Option<Encoding>,
    /// What alone decides whether a row means a contact that is there.
    match_by: Option<MatchBy>,
    /// Keep the file and wait: look at `columns`, change what is needed, then `dry_run/` and `start/`.
    draft: Option<bool>,
}

/// How a file is going to be read. What is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
struct ImportPatch {
    /// From names in the header to fields, `custom.<name>`, or null. Columns that are left out are guessed again.
    #[schema(value_type = Option<std::collections::BTreeMap<String, String>>, example = json!({"Firma": "company_name"}))]
    mapping: Option<import::Mapping>,
    /// One character, or `tab`.
    #[schema(example = ";")]
    separator: Option<String>,
    encoding: Option<Encoding>,
    policy: Option<Policy>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<MatchBy>)]
    match_by: Option<Option<MatchBy>>,
    tags: Option<Vec<String>>,
}

impl ImportPatch {
    fn read(self) -> Result<Wish, Error> {
        let separator = self.separator.as_deref().map(import_form::separator).transpose();
        let separator = separator.map_err(|words| Error::field("separator", words))?.flatten();
        let Self { mapping, encoding, policy, match_by, tags, .. } = self;
        Ok(Wish { mapping, separator, encoding, policy, match_by, tags, ..Wish::default() })
    }
}

/// Import contacts from a CSV file.
///
/// The file is read row by row after this answer; ask for the import to see how far. A row is matched to a contact by `id`,
/// Telegram id, phone number or e-mail address, in this order, or by what `match_by` says. Columns of an export and usual
/// names are understood as they are; a mapping is remembered for the next file with the same header. With `draft=true` the
/// file waits: `PATCH` says how it is read, `dry_run/` counts what would happen, `start/` does it. A draft is given up
/// after 7 days.
///
/// The file may also be the whole body, as `text/csv`; the other parts of the form are then given in the query.
#[utoipa::path(post, path = "/contacts/import/", tag = "contacts",
    request_body(content((ImportForm = "multipart/form-data"), (String = "text/csv"))),
    responses((status = ACCEPTED, body = ImportView)))]
async fn create(
    State(app): State<App>,
    MayManage(scope): MayManage,
    mut request: Request,
) -> Result<(StatusCode, Json<ImportView>)> {
    // The file is bounded where it is stored; everything else of the form is small.
    DefaultBodyLimit::disable().apply(&mut request);
    let (upload, wish) = if is_csv(request.headers()) {
        let (parts, body) = request.into_parts();
        import_form::read_bare(&app, pairs(&parts), body).await?
    } else {
        let form = Multipart::from_request(request, &app).await.map_err(|_| {
            let words = "Send the file as text/csv, or in the part named file of a multipart/form-data form.";
            Error::new(ErrorKind::UnsupportedMedia, "unsupported_media_type", words)
        })?;
        import_form::read(&app, form).await?
    };
    match use_case::start(&app, &scope, upload.clone(), wish).await {
        Ok(import) => Ok((StatusCode::ACCEPTED, Json(import.into()))),
        Err(error) => {
            use_case::discard(&app, &upload).await;
            Err(error.into())
        }
    }
}

fn is_csv(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("text/csv")
}

#[derive(Debug, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
struct ImportFilter {
    status: Option<ImportStatus>,
}

/// List imports, newest first. `search` looks into the files' names.
#[utoipa::path(get, path = "/contacts/import/", tag = "contacts", params(PageQuery, SearchQuery, ImportFilter),
    responses((status = OK, body = Listing<ImportView>)))]
async fn list(
    State(app): State<App>,
    MayRead(scope): MayRead,
    paging: Paging,
    Query(search): Query<SearchQuery>,
    Query(filter): Query<ImportFilter>,
) -> Result<Json<Listing<ImportView>>> {
    let (request, typed) = (paging.of(&imports::IMPORTS)?, search.text()?);
    let page = app.db.read(move |tx| imports::list(tx, &scope, (filter.status, typed.as_deref()), &request)).await?;
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

/// Get the refused rows as CSV: their number, the reason, and the file's own columns. At most 100,000.
#[utoipa::path(get, path = "/contacts/import/{id}/errors/", tag = "contacts", params(("id" = ImportId, Path)),
    responses((status = OK, content_type = "text/csv", body = String, example = "row_number,reason,first_name,phone\n")))]
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

/// Say how a draft is going to be read.
#[utoipa::path(patch, path = "/contacts/import/{id}/", tag = "contacts", params(("id" = ImportId, Path)),
    responses((status = OK, body = ImportView)))]
async fn settle(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<ImportId>,
    Json(body): Json<ImportPatch>,
) -> Result<Json<ImportView>> {
    Ok(Json(use_case::settle(&app, &scope, id, body.read()?).await?.into()))
}

/// Count what a draft would do: new, changed, unchanged and refused rows. It ends as `CHECKED`.
#[utoipa::path(post, path = "/contacts/import/{id}/dry_run/", tag = "contacts", params(("id" = ImportId, Path)),
    responses((status = OK, body = ImportView)))]
async fn dry_run(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<ImportId>,
) -> Result<Json<ImportView>> {
    Ok(Json(use_case::run(&app, &scope, id, true).await?.into()))
}

/// Start a draft.
#[utoipa::path(post, path = "/contacts/import/{id}/start/", tag = "contacts", params(("id" = ImportId, Path)),
    responses((status = OK, body = ImportView)))]
async fn start(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<ImportId>,
) -> Result<Json<ImportView>> {
    Ok(Json(use_case::run(&app, &scope, id, false).await?.into()))
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
