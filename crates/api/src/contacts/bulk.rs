//! `/contacts/bulk/…`: the same done to many contacts.

use app::{
    App,
    contacts::{self as use_case, Bulk, Counts, Target},
};
use axum::extract::State;
use model::Error;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::filter::ContactFilter;
use crate::{
    extract::{Json, MayManage},
    ids::ContactId,
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(tag)).routes(routes!(untag)).routes(routes!(delete))
}

/// Contacts by id or by filter, and tags.
#[derive(Debug, Deserialize, ToSchema)]
struct TagBody {
    /// At most 10,000.
    #[schema(max_items = 10000)]
    ids: Option<Vec<ContactId>>,
    /// Every contact of which this holds; `{}` is all people.
    filter: Option<ContactFilter>,
    #[serde(default)]
    #[schema(example = json!(["vip"]))]
    tags: Vec<String>,
    /// The same as `tags` with one tag.
    tag: Option<String>,
}

/// Contacts by id or by filter.
#[derive(Debug, Deserialize, ToSchema)]
struct DeleteBody {
    /// At most 10,000.
    #[schema(max_items = 10000)]
    ids: Option<Vec<ContactId>>,
    /// Every contact of which this holds; `{}` is all people.
    filter: Option<ContactFilter>,
}

/// What came of a bulk action.
#[derive(Debug, Serialize, ToSchema)]
struct CountsView {
    /// Contacts that were found.
    matched: u64,
    /// Contacts removed, or pairs of contact and tag that are different now.
    changed: u64,
    /// Ids that are no contact's.
    not_found: u64,
}

impl From<Counts> for CountsView {
    fn from(Counts { matched, changed, not_found }: Counts) -> Self {
        Self { matched, changed, not_found }
    }
}

/// Add tags to many contacts.
#[utoipa::path(post, path = "/contacts/bulk/tag/", tag = "contacts", responses((status = OK, body = CountsView)))]
async fn tag(State(app): State<App>, may: MayManage, Json(body): Json<TagBody>) -> Result<Json<CountsView>> {
    let (target, tags) = body.read()?;
    run(app, may, Bulk::Tag(tags), target).await
}

/// Take tags off many contacts.
#[utoipa::path(post, path = "/contacts/bulk/untag/", tag = "contacts", responses((status = OK, body = CountsView)))]
async fn untag(State(app): State<App>, may: MayManage, Json(body): Json<TagBody>) -> Result<Json<CountsView>> {
    let (target, tags) = body.read()?;
    run(app, may, Bulk::Untag(tags), target).await
}

/// Remove many contacts with their conversations.
#[utoipa::path(post, path = "/contacts/bulk/delete/", tag = "contacts", responses((status = OK, body = CountsView)))]
async fn delete(State(app): State<App>, may: MayManage, Json(body): Json<DeleteBody>) -> Result<Json<CountsView>> {
    let target = target(body.ids, body.filter)?;
    run(app, may, Bulk::Delete, target).await
}

async fn run(app: App, MayManage(scope): MayManage, act: Bulk, target: Target) -> Result<Json<CountsView>> {
    Ok(Json(use_case::bulk(&app, &scope, act, target).await?.into()))
}

impl TagBody {
    fn read(mut self) -> Result<(Target, Vec<String>), Error> {
        self.tags.extend(self.tag);
        Ok((target(self.ids, self.filter)?, self.tags))
    }
}

fn target(ids: Option<Vec<ContactId>>, filter: Option<ContactFilter>) -> Result<Target, Error> {
    match (ids, filter) {
        (Some(ids), None) => Ok(Target::Ids(ids)),
        (None, Some(filter)) => Ok(Target::Filter(Box::new(filter.read()?))),
        (None, None) => Err(Error::field("ids", "Enter ids, or a filter.")),
        (Some(_), Some(_)) => Err(Error::field("filter", "Enter either ids or a filter.")),
    }
}
