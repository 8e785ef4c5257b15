//! `/contacts/export/`: contacts as CSV.

use app::{App, contacts as use_case};
use axum::{
    body::Body,
    extract::State,
    http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE},
    response::IntoResponse,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::filter::ContactFilter;
use crate::{
    extract::{MayManage, Query},
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(export))
}

/// Export contacts as CSV, newest first.
///
/// It streams: an answer that breaks off before its end is not complete. Tags are joined by `;`, attributes are JSON. An
/// import reads the same columns.
#[utoipa::path(get, path = "/contacts/export/", tag = "contacts", params(ContactFilter),
    responses((status = OK, content_type = "text/csv", body = String, example = "id,first_name,…")))]
async fn export(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Query(filter): Query<ContactFilter>,
) -> Result<impl IntoResponse> {
    let filter = use_case::settled(&app, &scope, filter.read()?).await?;
    let stream = use_case::export(&app, &scope, filter);
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"contacts.csv\""),
        (CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, Body::from_stream(stream)))
}
