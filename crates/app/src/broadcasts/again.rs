//! Once more: to recipients who got nothing, as a copy, or to oneself as a test.

use model::{
    Error, Id, Result, Scope, Timestamp,
    broadcast::{Broadcast, BroadcastStatus, Counts, RecipientStatus},
    contact::{Contact, ContactKind, Source},
    delivery::Class,
    feed::{Change, FeedKind},
    message::{Author, Message},
};
use store::{
    broadcasts::{self, Record, audience},
    chats, contacts,
    db::Tx,
    feed,
};

use super::script::Prepared;
use crate::{
    App,
    send::{self, Draft, To},
};

/// Recipients that one transaction queues again.
const CHUNK: i64 = 500;
const NAME_CHARS_MAX: usize = 255;

/// Queues the recipients with this status (`FAILED` or `UNKNOWN`) once more.
pub async fn retry(app: &App, scope: &Scope, id: Id<Broadcast>, status: RecipientStatus) -> Result<Record> {
    let scope = *scope;
    let mut after = Vec::new();
    loop {
        let (now, from) = (app.clock.now(), after.clone());
        let next = app.db.write(move |tx| retry_chunk(tx, &scope, id, status, &from, now)).await?;
        match next {
            Some(next) => after = next,
            None => break,
        }
    }
    app.db.read(move |tx| broadcasts::get(tx, &scope, id)).await?.ok_or_else(|| Error::not_found("broadcast"))
}

fn retry_chunk(
    tx: &mut Tx,
    scope: &Scope,
    id: Id<Broadcast>,
    status: RecipientStatus,
    after: &[u8],
    now: Timestamp,
) -> Result<Option<Vec<u8>>> {
    let record = broadcasts::hold(tx, scope, id)?.ok_or_else(|| Error::not_found("broadcast"))?;
    if record.started_at.is_none() || record.status == BroadcastStatus::Cancelled {
        let words = format!("A broadcast that is {} has nobody to be sent to again.", record.status);
        return Err(Error::conflict("invalid_state", words));
    }
    let (_, next) = broadcasts::retry(tx, scope, id, status, after, CHUNK, now)?;
    feed::append(tx, scope, &[Change::new(FeedKind::Broadcast, id)], now)?;
    Ok(next)
}

/// A new draft that says the same to the same audience.
pub async fn duplicate(app: &App, scope: &Scope, id: Id<Broadcast>) -> Result<Record> {
    let (scope, now, new) = (*scope, app.clock.now(), app.ids.id());
    app.db
        .write(move |tx| {
            let from = broadcasts::get(tx, &scope, id)?.ok_or_else(|| Error::not_found("broadcast"))?;
            let copy = Record {
                id: new,
                name: format!("{} (copy)", from.name).chars().take(NAME_CHARS_MAX).collect(),
                status: BroadcastStatus::Draft,
                status_reason: None,
                scheduled_at: None,
                started_at: None,
                finished_at: None,
                is_frozen: false,
                counts: Counts::default(),
                found: 0,
                created_at: now,
                updated_at: now,
                ..from
            };
            broadcasts::insert(tx, &scope, &copy)?;
            audience::copy_lists(tx, new, id)?;
            feed::append(tx, &scope, &[Change::new(FeedKind::Broadcast, new)], now)?;
            Ok(copy)
        })
        .await
}

/// Sends what a broadcast says to one chat or contact, at once and without counting it.
pub async fn send_test(app: &App, scope: &Scope, id: Id<Broadcast>, to: To, author: Author) -> Result<Message> {
    let (reader, now) = (*scope, app.clock.now());
    let (record, contact) = app
        .db
        .read(move |tx| {
            let record = broadcasts::get(tx, &reader, id)?.ok_or_else(|| Error::not_found("broadcast"))?;
            Ok((record, contact_of(tx, &reader, to, now)?))
        })
        .await?;
    let prepared = Prepared::new(&*app.ids, &record.script)?;
    let draft = Draft { bot: record.bot, class: Class::Reply, ..prepared.draft(&contact, to, author, now) };
    send::send(app, scope, draft).await
}

/// The contact whose values are filled in; a chat that is nobody's has none.
fn contact_of(tx: &mut Tx, scope: &Scope, to: To, now: Timestamp) -> Result<Contact> {
    let id = match to {
        To::Contact(id) => Some(id),
        To::Chat(chat_id) => chats::by_chat_id(tx, scope, chat_id)?.into_iter().find_map(|chat| chat.contact),
        To::Conversation(_) => None,
    };
    let known = id.map(|id| contacts::get(tx, scope, id)).transpose()?.flatten();
    let nobody = || Contact::new(Id::from_bytes([0; 16]), scope.tenant(), ContactKind::Person, Source::Manual, now);
    Ok(known.unwrap_or_else(nobody))
}
