//! `/team-inbox/api/conversations/`, one of them, and the numbers of the inbox.

use app::App;
use axum::extract::State;
use model::{
    Actor, Error, Platform, Scope, Timestamp,
    conversation::{ConversationKind, ConversationStatus, Priority},
};
use serde::{Deserialize, Serialize};
use store::conversations::{self, Counts, Filter, Stats};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::view::{self, ConversationView};
use crate::{
    extract::{Json, MayRead, Path, Query, Written},
    ids::{BotId, ContactId, ConversationId},
    page::{Listing, PageQuery, Paging},
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(counts)).routes(routes!(read)).routes(routes!(stats))
}

#[derive(Debug, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
struct ConversationFilter {
    status: Option<ConversationStatus>,
    /// A person's id, `me`, or `none`.
    assignee: Option<String>,
    /// Whether there are unread messages.
    unread: Option<bool>,
    label: Option<String>,
    platform: Option<Platform>,
    /// The bot that the contact used last.
    bot: Option<BotId>,
    /// The same as `bot`.
    bot_app_id: Option<BotId>,
    kind: Option<ConversationKind>,
    contact_id: Option<ContactId>,
    priority: Option<Priority>,
    /// Only those whose contact has waited for an answer for so many minutes.
    #[param(minimum = 0, maximum = 525600)]
    waiting_minutes: Option<i64>,
    /// Parts of the contact's names, phone number, e-mail address or username, or a whole Telegram chat id.
    #[param(max_length = 200)]
    search: Option<String>,
}

impl ConversationFilter {
    fn read(self, scope: &Scope, now: Timestamp) -> Result<Filter, Error> {
        let (mut assignee, mut is_unassigned) = (None, None);
        match (self.assignee.as_deref(), scope.actor()) {
            (None, _) => {}
            (Some("none"), _) => is_unassigned = Some(true),
            (Some("me"), Actor::User(id)) => assignee = Some(id),
            (Some("me"), _) => return Err(Error::field("assignee", "An API key is no person: enter a person's id.")),
            (Some(id), _) => assignee = Some(id.parse().map_err(|error: Error| error.at_field("assignee"))?),
        }
        if self.waiting_minutes.is_some_and(|minutes| !(0..=525_600).contains(&minutes)) {
            return Err(Error::field("waiting_minutes", "Enter a number from 0 to 525600."));
        }
        let search = self.search.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        if search.as_ref().is_some_and(|text| text.chars().count() > 200) {
            return Err(Error::field("search", "Enter at most 200 characters."));
        }
        Ok(Filter {
            status: self.status,
            assignee,
            is_unassigned,
            is_unread: self.unread,
            label: self.label,
            platform: self.platform,
            bot: self.bot.or(self.bot_app_id),
            kind: self.kind,
            contact: self.contact_id,
            priority: self.priority,
            waiting_since: self.waiting_minutes.map(|minutes| now - minutes * 60_000),
            search,
        })
    }
}

/// List conversations, the one with the newest message first.
///
/// Orders: `last_message_at`, `created_at`, and `waiting_since`, which is the one that has waited longest first; those that
/// don't wait come last.
#[utoipa::path(get, path = "/team-inbox/api/conversations/", tag = "team-inbox",
    params(PageQuery, ConversationFilter), responses((status = OK, body = Listing<ConversationView>)))]
async fn list(
    State(app): State<App>,
    MayRead(scope): MayRead,
    paging: Paging,
    Query(filter): Query<ConversationFilter>,
) -> Result<Written> {
    let (request, filter) = (paging.of(&conversations::CONVERSATIONS)?, filter.read(&scope, app.clock.now())?);
    let written = app.db.read(move |tx| {
        let page = conversations::heads(tx, &scope, &filter, &request)?;
        paging.written(page.turned(|heads| view::conversations(tx, &scope, heads))?)
    });
    Ok(written.await?)
}

/// How many conversations are whose.
#[derive(Debug, Serialize, ToSchema)]
struct TabCounts {
    /// Of the person who asks; 0 for an API key.
    mine: i64,
    /// Of nobody.
    unassigned: i64,
    all: i64,
    /// Where counting ends: a number that is this high may be higher.
    most: i64,
}

/// Count the conversations that a filter leaves: mine, unassigned and all. `assignee` does not narrow here.
#[utoipa::path(get, path = "/team-inbox/api/conversations/counts/", tag = "team-inbox", params(ConversationFilter),
    responses((status = OK, body = TabCounts)))]
async fn counts(
    State(app): State<App>,
    MayRead(scope): MayRead,
    Query(filter): Query<ConversationFilter>,
) -> Result<Json<TabCounts>> {
    let filter = filter.read(&scope, app.clock.now())?;
    let Counts { mine, unassigned, all, most } =
        app.db.read(move |tx| conversations::counts(tx, &scope, &filter)).await?;
    Ok(Json(TabCounts { mine, unassigned, all, most }))
}

/// Show a conversation.
#[utoipa::path(get, path = "/team-inbox/api/conversations/{id}/", tag = "team-inbox",
    params(("id" = ConversationId, Path)), responses((status = OK, body = ConversationView)))]
async fn read(
    State(app): State<App>,
    MayRead(scope): MayRead,
    Path(id): Path<ConversationId>,
) -> Result<Json<ConversationView>> {
    Ok(Json(shown(&app, scope, id).await?))
}

/// The conversation as it is now.
pub(crate) async fn shown(app: &App, scope: Scope, id: ConversationId) -> Result<ConversationView, Error> {
    let found = app
        .db
        .read(move |tx| {
            let found = conversations::get_heads(tx, &scope, &[id])?;
            view::conversations(tx, &scope, found)
        })
        .await?;
    found.into_iter().next().ok_or_else(|| Error::not_found("conversation"))
}

/// How much there is to do.
#[derive(Debug, Serialize, ToSchema)]
struct StatsView {
    open: i64,
    snoozed: i64,
    closed: i64,
    /// Conversations with unread messages.
    unread: i64,
    /// Open ones of nobody.
    unassigned: i64,
    /// Open ones of the person who asks; 0 for an API key.
    mine: i64,
    unread_messages: i64,
    /// Those whose contact waits for an answer.
    waiting: i64,
    /// Since when the one that has waited longest waits.
    waiting_longest_since: Option<Timestamp>,
}

impl From<Stats> for StatsView {
    fn from(stats: Stats) -> Self {
        Self {
            open: stats.open,
            snoozed: stats.snoozed,
            closed: stats.closed,
            unread: stats.unread,
            unassigned: stats.unassigned,
            mine: stats.mine,
            unread_messages: stats.unread_messages,
            waiting: stats.waiting,
            waiting_longest_since: stats.waiting_longest_since,
        }
    }
}

/// Count the inbox.
#[utoipa::path(get, path = "/team-inbox/api/stats/", tag = "team-inbox", responses((status = OK, body = StatsView)))]
async fn stats(State(app): State<App>, MayRead(scope): MayRead) -> Result<Json<StatsView>> {
    let stats = app.db.read(move |tx| conversations::stats(tx, &scope)).await?;
    Ok(Json(stats.into()))
}
