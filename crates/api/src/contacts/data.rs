//! `/contacts/{id}/data-export/` and `/contacts/{id}/erase/`: everything of a person, to hand over or to let go of.

use app::{App, contacts as use_case};
use axum::{
    body::Body,
    extract::State,
    http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE},
    response::IntoResponse,
};
use bytes::Bytes;
use futures::{Stream, stream};
use model::{Error, Id, Scope, Timestamp, contact::Contact, message::Message};
use serde::Serialize;
use serde_json::json;
use store::{
    contacts, conversations,
    db::Tx,
    events,
    page::{Request, Start},
    timeline,
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{consent::ConsentView, view::ContactView};
use crate::{
    extract::{Json, MayAdminister, Path},
    ids::ContactId,
    problem::Result,
    team_inbox::EntryView,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(export)).routes(routes!(erase))
}

/// Entries in one piece of an export.
const PAGE: i64 = 200;

/// How much of a history of consent is exported.
const CONSENTS_MAX: u32 = 10_000;

/// Hand over everything that is known of a person, as one JSON document.
///
/// `contact`, `consent`, `messages` (the whole timeline), `said_in_groups`, and `updates` (as they came from the channel).
/// Files are named by their addresses here. It streams: an answer that breaks off before its end is no JSON, and not
/// complete.
#[utoipa::path(get, path = "/contacts/{id}/data-export/", tag = "contacts", params(("id" = ContactId, Path)),
    responses((status = OK, content_type = "application/json", body = Object)))]
async fn export(
    State(app): State<App>,
    MayAdminister(scope): MayAdminister,
    Path(id): Path<ContactId>,
) -> Result<impl IntoResponse> {
    let now = app.clock.now();
    let (head, chats) = app.db.read(move |tx| head(tx, &scope, id, now)).await?;
    let stream = pieces(app, scope, (id, chats), head);
    let headers = [
        (CONTENT_TYPE, "application/json"),
        (CONTENT_DISPOSITION, "attachment; filename=\"contact.json\""),
        (CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, Body::from_stream(stream)))
}

type Chats = Vec<(Id<model::bot::Bot>, i64)>;

/// The document up to its first long list.
fn head(tx: &mut Tx, scope: &Scope, id: Id<Contact>, now: Timestamp) -> model::Result<(String, Chats)> {
    let contact = contacts::get(tx, scope, id)?.ok_or_else(|| Error::not_found("contact"))?;
    let through = contacts::reachability(tx, scope, &contact)?;
    let request = Request { sort: 0, descending: true, start: Start::First, size: CONSENTS_MAX, count: false };
    let consents = contacts::consents(tx, scope, id, &request)?.rows.into_iter().map(ConsentView::from);
    let mut chats: Chats =
        store::chats::of_contact(tx, scope, id)?.into_iter().map(|chat| (chat.bot, chat.chat_id)).collect();
    chats.extend(store::business::chats_of(tx, scope, id)?);
    let consents: Vec<_> = consents.collect();
    let text = json!({"exported_at": now, "contact": ContactView::reached(contact, through), "consent": consents});
    let text = text.to_string();
    Ok((format!("{},\"messages\":[", text.trim_end_matches('}')), chats))
}

/// What comes next of a document.
enum Rest {
    Head(String),
    /// After this sequence of the so-manieth conversation; whether something stands in the list already.
    Messages((usize, i64), bool),
    Groups(Option<Id<Message>>, bool),
    Updates(i64, bool),
    Nothing,
}

fn pieces(
    app: App,
    scope: Scope,
    (id, chats): (Id<Contact>, Chats),
    head: String,
) -> impl Stream<Item = model::Result<Bytes>> + Send + 'static {
    stream::try_unfold(Rest::Head(head), move |rest| {
        let (app, chats) = (app.clone(), chats.clone());
        async move {
            let piece = match rest {
                Rest::Head(text) => Some((text, Rest::Messages((0, 0), false))),
                Rest::Messages(after, has) => {
                    Some(app.db.read(move |tx| messages(tx, &scope, id, (after, has))).await?)
                }
                Rest::Groups(after, has) => Some(app.db.read(move |tx| groups(tx, &scope, id, (after, has))).await?),
                Rest::Updates(after, has) => {
                    Some(app.db.read(move |tx| updates(tx, &scope, &chats, (after, has))).await?)
                }
                Rest::Nothing => None,
            };
            Ok(piece.map(|(text, rest)| (Bytes::from(text), rest)))
        }
    })
}

fn messages(
    tx: &mut Tx,
    scope: &Scope,
    id: Id<Contact>,
    ((index, after), has): ((usize, i64), bool),
) -> model::Result<(String, Rest)> {
    let Some(conversation) = conversations::all_of_contact(tx, scope, id)?.get(index).copied() else {
        return Ok(("],\"said_in_groups\":[".to_owned(), Rest::Groups(None, false)));
    };
    let entries = timeline::after(tx, scope, conversation, after, PAGE)?;
    let Some(last) = entries.last().map(|entry| entry.message.sequence) else {
        return Ok((String::new(), Rest::Messages((index + 1, 0), has)));
    };
    Ok((listed(entries.into_iter().map(EntryView::new), has)?, Rest::Messages((index, last), true)))
}

fn groups(
    tx: &mut Tx,
    scope: &Scope,
    id: Id<Contact>,
    (after, has): (Option<Id<Message>>, bool),
) -> model::Result<(String, Rest)> {
    let ids = contacts::spoken(tx, scope, id, after, PAGE)?;
    let Some(last) = ids.last().copied() else {
        return Ok(("],\"updates\":[".to_owned(), Rest::Updates(0, false)));
    };
    let entries = timeline::get_entries(tx, scope, &ids)?;
    Ok((listed(entries.into_iter().map(EntryView::new), has)?, Rest::Groups(Some(last), true)))
}

fn updates(tx: &mut Tx, scope: &Scope, chats: &Chats, (after, has): (i64, bool)) -> model::Result<(String, Rest)> {
    let window = events::of_chats(tx, scope, chats, after)?;
    let Some(next) = window.next else { return Ok(("]}\n".to_owned(), Rest::Nothing)) };
    // What is no JSON came as such and is shown as text.
    let shown = window
        .payloads
        .iter()
        .map(|payload| serde_json::from_slice(payload).unwrap_or_else(|_| json!(String::from_utf8_lossy(payload))));
    let has_some = has || !window.payloads.is_empty();
    Ok((listed(shown, has)?, Rest::Updates(next, has_some)))
}

/// Values one after the other; `has`: something stands before them.
fn listed<T: Serialize>(values: impl Iterator<Item = T>, has: bool) -> model::Result<String> {
    let mut text = String::new();
    for (index, value) in values.enumerate() {
        text.push_str(if has || index > 0 { ",\n" } else { "\n" });
        let value = serde_json::to_string(&value);
        text.push_str(&value.map_err(|error| Error::internal("an export could not be written").with_source(error))?);
    }
    Ok(text)
}

/// What is left of a person.
#[derive(Debug, Serialize, ToSchema)]
struct ErasedView {
    /// The id by which logs know them; it names nobody any more.
    pseudonym: ContactId,
    erased_at: Timestamp,
    /// Whether stored Updates are clean already; if not, they are within minutes.
    complete: bool,
}

/// Erase a person on request.
///
/// Their record, identities, messages, files, history of consent, search entries, what they said and reacted in groups and
/// what stored Updates say of them go for good; a merge can't be undone any more. Of what was sent to them, id, bot, time
/// and outcome stay, and groups show "Erased on request." where they spoke. Answers that are kept for an Idempotency-Key
/// go within 24 hours.
#[utoipa::path(post, path = "/contacts/{id}/erase/", tag = "contacts", params(("id" = ContactId, Path)),
    responses((status = OK, body = ErasedView)))]
async fn erase(
    State(app): State<App>,
    MayAdminister(scope): MayAdminister,
    Path(id): Path<ContactId>,
) -> Result<Json<ErasedView>> {
    let erased = use_case::erase(&app, &scope, id).await?;
    let (pseudonym, erased_at, complete) = (erased.pseudonym, erased.erased_at, erased.is_complete);
    Ok(Json(ErasedView { pseudonym, erased_at, complete }))
}
