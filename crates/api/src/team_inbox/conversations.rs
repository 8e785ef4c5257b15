//! `/team-inbox/api/conversations/`, one of them, and the numbers of the inbox.

use app::App;
use axum::extract::State;
use model::{
    Actor, Error, Platform, Scope,
    conversation::{ConversationKind, ConversationStatus},
};
use serde::{Deserialize, Serialize};
use store::{
    conversations::{self, Filter, Stats},
    page::Page,
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::view::{self, ConversationView};
use crate::{
    extract::{Json, MayRead, Path, Query},
    ids::{BotId, ContactId, ConversationId},
    page::{Listing, PageQuery, Paging},
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(read)).routes(routes!(stats))
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
    /// Parts of the contact's names, phone number, e-mail address or username, or a whole Telegram chat id.
    #[param(max_length = 200)]
    search: Option<String>,
}

impl ConversationFilter {
    fn read(self, scope: &Scope) -> Result<Filter, Error> {
        let (mut assignee, mut is_unassigned) = (None, None);
        match (self.assignee.as_deref(), scope.actor()) {
            (None, _) => {}
            (Some("none"), _) => is_unassigned = Some(true),
            (Some("me"), Actor::User(id)) => assignee = Some(id),
            (Some("me"), _) => return Err(Error::field("assignee", "An API key is no person: enter a person's id.")),
            (Some(id), _) => assignee = Some(id.parse().map_err(|error: Error| error.at_field("assignee"))?),
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
            search,
        })
    }
}

/// List conversations, the one with the newest message first.
///
/// Orders: `last_message_at`, `created_at`.
#[utoipa::path(get, path = "/team-inbox/api/conversations/", tag = "team-inbox",
    params(PageQuery, ConversationFilter), responses((status = OK, body = Listing<ConversationView>)))]
async fn list(
    State(app): State<App>,
    MayRead(scope): MayRead,
    paging: Paging,
    Query(filter): Query<ConversationFilter>,
) -> Result<Json<Listing<ConversationView>>> {
    let (request, filter) = (paging.of(&conversations::CONVERSATIONS)?, filter.read(&scope)?);
    let page = app
        .db
        .read(move |tx| {
            let page = conversations::list(tx, &scope, &filter, &request)?;
            let rows = view::conversations(tx, &scope, page.rows)?;
            Ok(Page { rows, next: page.next, previous: page.previous, count: page.count })
        })
        .await?;
    Ok(paging.answer(page))
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
pub(super) async fn shown(app: &App, scope: Scope, id: ConversationId) -> Result<ConversationView, Error> {
    let found = app
        .db
        .read(move |tx| {
            let found = conversations::get(tx, &scope, id)?;
            view::conversations(tx, &scope, found.into_iter().collect())
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
}

impl From<Stats> for StatsView {
    fn from(stats: Stats) -> Self {
        let Stats { open, snoozed, closed, unread, unassigned, mine, unread_messages } = stats;
        Self { open, snoozed, closed, unread, unassigned, mine, unread_messages }
    }
}

/// Count the inbox.
#[utoipa::path(get, path = "/team-inbox/api/stats/", tag = "team-inbox", responses((status = OK, body = StatsView)))]
async fn stats(State(app): State<App>, MayRead(scope): MayRead) -> Result<Json<StatsView>> {
    let me = match scope.actor() {
        Actor::User(id) => Some(id),
        Actor::Key(_) | Actor::System => None,
    };
    let stats = app.db.read(move |tx| conversations::stats(tx, &scope, me)).await?;
    Ok(Json(stats.into()))
}
