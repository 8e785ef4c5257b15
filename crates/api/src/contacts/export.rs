//! `/contacts/export/`: contacts as CSV.

use app::{
    App,
    contacts::{self as use_case, Columns},
};
use axum::{
    body::Body,
    extract::State,
    http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE},
    response::IntoResponse,
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::filter::ContactFilter;
use crate::{
    extract::{MayManage, Query},
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(export))
}

/// Which columns stand in the file.
#[derive(Debug, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
struct Chosen {
    /// Names with commas between, in the order in which they are to stand; attributes as `custom.<name>`. All fields, and
    /// the attributes in one, when left out.
    #[param(example = "first_name,phone,custom.town")]
    columns: Option<String>,
}

/// Export contacts as CSV, newest first.
///
/// It streams: an answer that breaks off before its end is not complete. Tags are joined by `;`, attributes are JSON. An
/// import reads the same columns.
#[utoipa::path(get, path = "/contacts/export/", tag = "contacts", params(ContactFilter, Chosen),
    responses((status = OK, content_type = "text/csv", body = String, example = "id,first_name,…")))]
async fn export(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Query(filter): Query<ContactFilter>,
    Query(chosen): Query<Chosen>,
) -> Result<impl IntoResponse> {
    let columns = chosen.columns.as_deref().map(Columns::read).transpose()?.unwrap_or_default();
    let filter = use_case::settled(&app, &scope, filter.read()?).await?;
    let stream = use_case::export(&app, &scope, filter, columns);
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"contacts.csv\""),
        (CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, Body::from_stream(stream)))
}
