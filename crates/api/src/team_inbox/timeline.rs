//! `/team-inbox/api/conversations/{id}/timeline/`.

use app::App;
use axum::extract::State;
use model::{Error, Result as Outcome, Scope};
use serde::Deserialize;
use store::{
    conversations,
    db::Tx,
    messages,
    page::Page,
    timeline::{self, Entry},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::view::{self, EntryView};
use crate::{
    extract::{MayRead, Path, Query, Written},
    ids::{ConversationId, MessageId},
    page::{Listing, PageQuery, Paging},
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

#[derive(Debug, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
struct Place {
    /// Opens the page around this entry.
    around: Option<MessageId>,
    /// The same as `around`.
    at: Option<MessageId>,
}

/// Read a timeline.
///
/// Entries run from the oldest to the newest within a page. Without a cursor it is the newest page; `next` leads to
/// older pages and `previous` to newer ones.
#[utoipa::path(get, path = "/team-inbox/api/conversations/{id}/timeline/", tag = "team-inbox",
    params(("id" = ConversationId, Path), PageQuery, Place), responses((status = OK, body = Listing<EntryView>)))]
async fn list(
    State(app): State<App>,
    MayRead(scope): MayRead,
    Path(id): Path<ConversationId>,
    paging: Paging,
    Query(place): Query<Place>,
) -> Result<Written> {
    let request = paging.of(&timeline::TIMELINE)?;
    // A cursor goes on from where the page around the entry ended.
    let at = place.around.or(place.at).filter(|_| !paging.has_cursor());
    let (rates, now) = (app.settings.rates(), app.clock.now());
    let written = app.db.read(move |tx| {
        if conversations::get(tx, &scope, id)?.is_none() {
            return Err(Error::not_found("conversation"));
        }
        let page = match at {
            None => timeline::timeline(tx, &scope, id, &request)?,
            Some(at) => around(tx, &scope, id, at, request.size)?,
        };
        paging.written(page.turned(|entries| view::explained(tx, entries, rates, now))?)
    });
    Ok(written.await?)
}

fn around(tx: &mut Tx, scope: &Scope, id: ConversationId, at: MessageId, size: u32) -> Outcome<Page<Entry>> {
    let entry = messages::get(tx, scope, at)?.filter(|entry| entry.conversation == Some(id));
    let entry = entry.ok_or_else(|| Error::field("around", "There is no such entry in this timeline."))?;
    timeline::around(tx, scope, id, entry.sequence, size)
}
