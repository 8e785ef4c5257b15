//! `/team-inbox/api/conversations/bulk/`: the same for many conversations at once.

use app::{
    App,
    inbox::{self, Act},
};
use axum::extract::State;
use model::{Error, Scope, Timestamp, conversation::Priority, settings::SnoozePreset};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::actions::{SnoozeBody, assignee, sleep};
use crate::{
    extract::{Json, MayConverse, nullable},
    ids::ConversationId,
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(bulk))
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum BulkAction {
    Assign,
    Close,
    Reopen,
    Snooze,
    AddLabels,
    RemoveLabels,
    SetPriority,
    MarkRead,
    MarkUnread,
}

/// What to do to which conversations. Of the fields below `action` only those of the action count.
#[derive(Debug, Deserialize, ToSchema)]
struct BulkBody {
    #[schema(min_items = 1, max_items = 200)]
    ids: Vec<ConversationId>,
    #[schema(example = "close")]
    action: BulkAction,
    /// Of `assign`: a person's id, `me`, or null for nobody.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    assignee: Option<Option<String>>,
    /// Of `snooze`.
    until: Option<Timestamp>,
    /// Of `snooze`.
    preset: Option<SnoozePreset>,
    /// Of `snooze`.
    wake_on_reply: Option<bool>,
    /// Of `add_labels` and `remove_labels`.
    labels: Option<Vec<String>>,
    /// Of `set_priority`.
    priority: Option<Priority>,
}

/// What became of one conversation.
#[derive(Debug, Serialize, ToSchema)]
struct BulkOutcome {
    id: ConversationId,
    /// False when it was so already, or when there is none.
    changed: bool,
    /// `not_found` when there is no such conversation.
    error: Option<&'static str>,
}

#[derive(Debug, Serialize, ToSchema)]
struct BulkAnswer {
    changed: usize,
    results: Vec<BulkOutcome>,
}

/// Do the same to up to 200 conversations: all of it, or nothing when a field is wrong.
#[utoipa::path(post, path = "/team-inbox/api/conversations/bulk/", tag = "team-inbox",
    responses((status = OK, body = BulkAnswer)))]
async fn bulk(
    State(app): State<App>,
    MayConverse(scope): MayConverse,
    Json(body): Json<BulkBody>,
) -> Result<Json<BulkAnswer>> {
    let ids = body.ids.clone();
    let act = act(&app, &scope, body).await?;
    let outcomes = inbox::act_on_many(&app, &scope, &ids, act).await?;
    let outcome = |(id, changed): (ConversationId, Option<bool>)| BulkOutcome {
        id,
        changed: changed.unwrap_or(false),
        error: changed.is_none().then_some("not_found"),
    };
    let results: Vec<BulkOutcome> = outcomes.into_iter().map(outcome).collect();
    Ok(Json(BulkAnswer { changed: results.iter().filter(|one| one.changed).count(), results }))
}

async fn act(app: &App, scope: &Scope, body: BulkBody) -> Result<Act, Error> {
    let needed = |name: &str| Error::field(name, "This action needs this field.");
    Ok(match body.action {
        BulkAction::Assign => Act::Assign(assignee(body.assignee)?),
        BulkAction::Close => Act::Close,
        BulkAction::Reopen => Act::Reopen,
        BulkAction::Snooze => {
            let BulkBody { until, preset, wake_on_reply, .. } = body;
            Act::Snooze(sleep(app, scope, &SnoozeBody { until, preset, wake_on_reply }).await?)
        }
        BulkAction::AddLabels => Act::AddLabels(body.labels.ok_or_else(|| needed("labels"))?),
        BulkAction::RemoveLabels => Act::RemoveLabels(body.labels.ok_or_else(|| needed("labels"))?),
        BulkAction::SetPriority => Act::SetPriority(body.priority.ok_or_else(|| needed("priority"))?),
        BulkAction::MarkRead => Act::MarkRead,
        BulkAction::MarkUnread => Act::MarkUnread,
    })
}
