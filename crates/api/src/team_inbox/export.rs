//! `/team-inbox/api/export-pdf/?contact_id=`: a conversation on paper.

use app::{App, inbox};
use axum::{
    extract::State,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::IntoResponse,
};
use model::Error;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::{MayRead, Query},
    ids::ContactId,
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(export))
}

#[derive(Debug, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
struct ExportQuery {
    /// Whose conversation.
    #[param(required)]
    contact_id: Option<ContactId>,
    /// With the notes and activity of the team.
    notes: Option<bool>,
}

/// Export a contact's conversation as a PDF: its newest 2,000 entries, oldest first.
#[utoipa::path(get, path = "/team-inbox/api/export-pdf/", tag = "team-inbox", params(ExportQuery),
    responses((status = OK, description = "The PDF.", content_type = "application/pdf", body = Vec<u8>),
        (status = NOT_FOUND, description = "No such contact.")))]
async fn export(
    State(app): State<App>,
    MayRead(scope): MayRead,
    Query(query): Query<ExportQuery>,
) -> Result<impl IntoResponse> {
    let contact = query.contact_id.ok_or_else(|| Error::field("contact_id", "This field is required."))?;
    let pdf = inbox::transcript(&app, &scope, contact, query.notes.unwrap_or(false)).await?;
    let name = format!("attachment; filename=\"conversation-{contact}.pdf\"");
    Ok(([(CONTENT_TYPE, "application/pdf".to_owned()), (CONTENT_DISPOSITION, name)], pdf))
}
