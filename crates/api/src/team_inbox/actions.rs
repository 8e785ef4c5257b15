//! What the team does to a conversation. Each answers with the conversation as it then is, and can be repeated.

use app::{
    App,
    inbox::{self, Act, Assignee, Snooze},
};
use axum::extract::State;
use model::{Error, Scope, Timestamp, conversation::Priority, settings::SnoozePreset};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{conversations::shown, view::ConversationView};
use crate::{
    extract::{Json, MayConverse, Path, nullable},
    ids::{ConversationId, MessageId},
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(assign))
        .routes(routes!(close))
        .routes(routes!(reopen))
        .routes(routes!(snooze))
        .routes(routes!(mark_read))
        .routes(routes!(mark_unread))
        .routes(routes!(undo))
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
    /// A word for the team, which becomes a note.
    #[schema(example = "She asks about her invoice.", max_length = 16384)]
    note: Option<String>,
}

/// Whom `assignee` names.
pub(crate) fn assignee(text: Option<Option<String>>) -> Result<Assignee, Error> {
    match text {
        None => Err(Error::field("assignee", "This field is required.")),
        Some(None) => Ok(Assignee::Nobody),
        Some(Some(text)) if text == "me" => Ok(Assignee::Me),
        Some(Some(text)) => Ok(Assignee::Person(text.parse().map_err(|error: Error| error.at_field("assignee"))?)),
    }
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
    let MayConverse(scope) = may;
    let act = Act::Assign(assignee(body.assignee)?);
    inbox::act_with_note(&app, &scope, id, act, body.note.as_deref()).await?;
    Ok(Json(shown(&app, scope, id).await?))
}

/// Close a conversation. It opens again when the contact writes, unless the settings say otherwise.
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
pub(super) struct SnoozeBody {
    /// When it opens by itself; or a `preset`.
    pub until: Option<Timestamp>,
    /// `later_today` is in three hours, the others at 8:00 in the tenant's time zone.
    pub preset: Option<SnoozePreset>,
    /// Whether it opens before, when the contact writes; so it does when nothing is said.
    pub wake_on_reply: Option<bool>,
}

/// Until when a conversation sleeps.
pub(super) async fn sleep(app: &App, scope: &Scope, body: &SnoozeBody) -> Result<Snooze, Error> {
    let wakes_on_reply = body.wake_on_reply.unwrap_or(true);
    let until = match (body.until, body.preset) {
        (Some(until), None) => until,
        (None, Some(preset)) => {
            let settings = app::tenant_settings(app, scope).await?;
            settings.business_hours.snooze_until(preset, app.clock.now())
        }
        _ => return Err(Error::field("until", "Enter either until or preset.")),
    };
    Ok(Snooze { until, wakes_on_reply })
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
    let act = Act::Snooze(sleep(&app, &may.0, &body).await?);
    run(app, may, id, act).await
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

/// Mark a conversation as unread, for the person who asks; asked for by an API key, for the team.
#[utoipa::path(post, path = "/team-inbox/api/conversations/{id}/mark_unread/", tag = "team-inbox",
    params(("id" = ConversationId, Path)), responses((status = OK, body = ConversationView)))]
async fn mark_unread(
    State(app): State<App>,
    may: MayConverse,
    Path(id): Path<ConversationId>,
) -> Result<Json<ConversationView>> {
    run(app, may, id, Act::MarkUnread).await
}

#[derive(Debug, Deserialize, ToSchema)]
struct UndoBody {
    /// The activity of the timeline to take back; its `content.change` says what it changed.
    entry: MessageId,
}

/// Take back an activity, as long as nobody has changed the same thing since (409 `changed_since`).
#[utoipa::path(post, path = "/team-inbox/api/conversations/{id}/undo/", tag = "team-inbox",
    params(("id" = ConversationId, Path)), responses((status = OK, body = ConversationView)))]
async fn undo(
    State(app): State<App>,
    MayConverse(scope): MayConverse,
    Path(id): Path<ConversationId>,
    Json(body): Json<UndoBody>,
) -> Result<Json<ConversationView>> {
    inbox::undo(&app, &scope, id, body.entry).await?;
    Ok(Json(shown(&app, scope, id).await?))
}

#[derive(Debug, Deserialize, ToSchema)]
struct LabelsBody {
    /// All labels that it shall have; at most 50 of 64 characters.
    #[schema(example = json!(["billing"]))]
    labels: Vec<String>,
}

/// Set a conversation's labels. Those that there are not yet are made. PUT and POST do the same.
#[utoipa::path(method(put, post), path = "/team-inbox/api/conversations/{id}/labels/", tag = "team-inbox",
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
