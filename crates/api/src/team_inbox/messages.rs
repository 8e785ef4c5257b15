//! `/team-inbox/api/messages/`: all messages of the tenant.

use app::App;
use axum::extract::State;
use model::{
    Platform, Timestamp,
    message::{Direction, EntryKind, ErrorCode, Status},
};
use serde::Deserialize;
use store::timeline::{self, Filter};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::view::{self, EntryView};
use crate::{
    extract::{MayRead, Query, Written},
    ids::{BotId, ContactId, ConversationId},
    page::{Listing, PageQuery, Paging},
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

#[derive(Debug, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
struct MessageFilter {
    kind: Option<EntryKind>,
    direction: Option<Direction>,
    platform: Option<Platform>,
    status: Option<Status>,
    error_code: Option<ErrorCode>,
    bot_app_id: Option<BotId>,
    conversation_id: Option<ConversationId>,
    contact_id: Option<ContactId>,
    /// Made at this time or later.
    created_after: Option<Timestamp>,
    /// Made before this time.
    created_before: Option<Timestamp>,
}

/// List all messages, newest first.
#[utoipa::path(get, path = "/team-inbox/api/messages/", tag = "team-inbox", params(PageQuery, MessageFilter),
    responses((status = OK, body = Listing<EntryView>)))]
async fn list(
    State(app): State<App>,
    MayRead(scope): MayRead,
    paging: Paging,
    Query(filter): Query<MessageFilter>,
) -> Result<Written> {
    let filter = Filter {
        kind: filter.kind,
        direction: filter.direction,
        platform: filter.platform,
        status: filter.status,
        bot: filter.bot_app_id,
        conversation: filter.conversation_id,
        contact: filter.contact_id,
        error_code: filter.error_code,
        created_after: filter.created_after,
        created_before: filter.created_before,
        ..Filter::default()
    };
    let request = paging.of(&filter.list())?;
    let (rates, now) = (app.settings.rates(), app.clock.now());
    let written = app.db.read(move |tx| {
        let page = timeline::list(tx, &scope, &filter, &request)?;
        paging.written(page.turned(|entries| view::explained(tx, entries, rates, now))?)
    });
    Ok(written.await?)
}
