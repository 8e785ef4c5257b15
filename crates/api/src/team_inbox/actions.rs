//! What the team does to a conversation. Each answers with the conversation as it then is, and can be repeated.

use app::{
    App,
    inbox::{self, Act, Assignee},
};
use axum::extract::State;
use model::{Error, Timestamp, conversation::Priority};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{conversations::shown, view::ConversationView};
use crate::{
    extract::{Json, MayConverse, Path, nullable},
    ids::ConversationId,
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(assign))
        .routes(routes!(close))
        .routes(routes!(reopen))
        .routes(routes!(snooze))
        .routes(routes!(mark_read))
        .routes(routes!(labels))
        .routes(routes!(priority))
}

async fn run(
    app: App,
    MayConverse(scope): MayConverse,
    id: ConversationId,
    act: Act,
) -> Result<Json<ConversationView>> {
    inbox::act(&app, &scope, id, act).await?;
    Ok(Json(shown(&app, scope, id).await?))
}

#[derive(Debug, Deserialize, ToSchema)]
struct AssignBody {
    /// A person's id, `me`, or null for nobody.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, required, example = "me")]
    assignee: Option<Option<String>>,
}

/// Assign a conversation to a person of the team, or to nobody.
#[utoipa::path(post, path = "/team-inbox/api/conversations/{id}/assign/", tag = "team-inbox",
    params(("id" = ConversationId, Path)), responses((status = OK, body = ConversationView)))]
async fn assign(
    State(app): State<App>,
    may: MayConverse,
    Path(id): Path<ConversationId>,
    Json(body): Json<AssignBody>,
) -> Result<Json<ConversationView>> {
    let assignee = match body.assignee {
        None => return Err(Error::field("assignee", "This field is required.").into()),
        Some(None) => Assignee::Nobody,
        Some(Some(text)) if text == "me" => Assignee::Me,
        Some(Some(text)) => Assignee::Person(text.parse().map_err(|error: Error| error.at_field("assignee"))?),
    };
    run(app, may, id, Act::Assign(assignee)).await
}

/// Close a conversation. It opens again when the contact writes.
#[utoipa::path(post, path = "/team-inbox/api/conversations/{id}/close/", tag = "team-inbox",
    params(("id" = ConversationId, Path)), responses((status = OK, body = ConversationView)))]
async fn close(
    State(app): State<App>,
    may: MayConverse,
    Path(id): Path<ConversationId>,
) -> Result<Json<ConversationView>> {
    run(app, may, id, Act::Close).await
}

/// Open a closed or snoozed conversation.
#[utoipa::path(post, path = "/team-inbox/api/conversations/{id}/reopen/", tag = "team-inbox",
    params(("id" = ConversationId, Path)), responses((status = OK, body = ConversationView)))]
async fn reopen(
    State(app): State<App>,
    may: MayConverse,
    Path(id): Path<ConversationId>,
) -> Result<Json<ConversationView>> {
    run(app, may, id, Act::Reopen).await
}

#[derive(Debug, Deserialize, ToSchema)]
struct SnoozeBody {
    /// When it opens by itself.
    until: Timestamp,
}

/// Put a conversation aside until a time, or until the contact writes.
#[utoipa::path(post, path = "/team-inbox/api/conversations/{id}/snooze/", tag = "team-inbox",
    params(("id" = ConversationId, Path)), responses((status = OK, body = ConversationView)))]
async fn snooze(
    State(app): State<App>,
    may: MayConverse,
    Path(id): Path<ConversationId>,
    Json(body): Json<SnoozeBody>,
) -> Result<Json<ConversationView>> {
    run(app, may, id, Act::SnoozeUntil(body.until)).await
}

/// Mark everything in a conversation as read.
#[utoipa::path(post, path = "/team-inbox/api/conversations/{id}/mark_read/", tag = "team-inbox",
    params(("id" = ConversationId, Path)), responses((status = OK, body = ConversationView)))]
async fn mark_read(
    State(app): State<App>,
    may: MayConverse,
    Path(id): Path<ConversationId>,
) -> Result<Json<ConversationView>> {
    run(app, may, id, Act::MarkRead).await
}

#[derive(Debug, Deserialize, ToSchema)]
struct LabelsBody {
    /// All labels that it shall have; at most 50 of 64 characters.
    #[schema(example = json!(["billing"]))]
    labels: Vec<String>,
}

/// Set a conversation's labels.
#[utoipa::path(put, path = "/team-inbox/api/conversations/{id}/labels/", tag = "team-inbox",
    params(("id" = ConversationId, Path)), responses((status = OK, body = ConversationView)))]
async fn labels(
    State(app): State<App>,
    may: MayConverse,
    Path(id): Path<ConversationId>,
    Json(body): Json<LabelsBody>,
) -> Result<Json<ConversationView>> {
    run(app, may, id, Act::SetLabels(body.labels)).await
}

#[derive(Debug, Deserialize, ToSchema)]
struct PriorityBody {
    priority: Priority,
}

/// Set a conversation's priority.
#[utoipa::path(put, path = "/team-inbox/api/conversations/{id}/priority/", tag = "team-inbox",
    params(("id" = ConversationId, Path)), responses((status = OK, body = ConversationView)))]
async fn priority(
    State(app): State<App>,
    may: MayConverse,
    Path(id): Path<ConversationId>,
    Json(body): Json<PriorityBody>,
) -> Result<Json<ConversationView>> {
    run(app, may, id, Act::SetPriority(body.priority)).await
}
