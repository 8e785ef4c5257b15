//! `/contacts/{id}/merge/` and `/split/`: one person, one contact.

use app::{App, contacts as use_case};
use axum::extract::State;
use model::Platform;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::view::ContactView;
use crate::{
    extract::{Json, MayManage, Path},
    ids::ContactId,
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(merge)).routes(routes!(split))
}

#[derive(Debug, Deserialize, ToSchema)]
struct MergeBody {
    /// The contact that goes up in this one.
    other: ContactId,
}

/// Join two records of one person.
///
/// This contact stays, and gets the other's identities, tags, chats and messages, in one timeline by time. Fields that
/// are empty here are filled from the other, which is then gone.
#[utoipa::path(post, path = "/contacts/{id}/merge/", tag = "contacts", params(("id" = ContactId, Path)),
    responses((status = OK, body = ContactView)))]
async fn merge(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<ContactId>,
    Json(body): Json<MergeBody>,
) -> Result<Json<ContactView>> {
    Ok(Json(use_case::merge(&app, &scope, id, body.other).await?.into()))
}

#[derive(Debug, Deserialize, ToSchema)]
struct SplitBody {
    #[schema(example = "TELEGRAM")]
    platform: Platform,
    /// The identity's id on that channel.
    #[schema(example = "123456789")]
    external_id: String,
}

/// The two contacts after a split.
#[derive(Debug, Serialize, ToSchema)]
struct SplitView {
    /// Without the identity.
    contact: ContactView,
    /// With it.
    new_contact: ContactView,
}

/// Take an identity off a contact.
///
/// It gets a contact of its own, with its chats. What was said so far stays where it stands.
#[utoipa::path(post, path = "/contacts/{id}/split/", tag = "contacts", params(("id" = ContactId, Path)),
    responses((status = OK, body = SplitView)))]
async fn split(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<ContactId>,
    Json(body): Json<SplitBody>,
) -> Result<Json<SplitView>> {
    let (contact, new_contact) = use_case::split(&app, &scope, id, body.platform, body.external_id).await?;
    Ok(Json(SplitView { contact: contact.into(), new_contact: new_contact.into() }))
}
