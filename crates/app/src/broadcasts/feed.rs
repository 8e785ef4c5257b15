//! The feeder: recipients whose turn comes become messages with deliveries, all in one transaction, so that a crash
//! anywhere leaves each of them either fed or not.

use std::collections::HashMap;

use model::{
    Id, Ids, Platform, Result, Scope, Timestamp,
    bot::Bot,
    broadcast::{Broadcast, SkipReason},
    chat::{Chat, ChatState},
    contact::Contact,
    conversation::Touch,
    delivery::Class,
    feed::{Change, FeedKind},
    message::{Author, AuthorType, Direction, EntryKind, Message, OnUnknown, Sending, Status},
};
use store::{
    broadcasts::{
        Record,
        feeding::{self, Fed},
    },
    chats, contacts,
    db::Tx,
    deliveries::{self, NewDelivery},
    feed as changes, timeline,
};

use super::script::Prepared;
use crate::{
    App,
    send::{Composed, To},
};

/// Turns up to `room` recipients of a bot's running broadcasts into deliveries, the same number of each broadcast where
/// they have enough. Tells whether there are more.
pub async fn feed(app: &App, bot: Id<Bot>, room: usize) -> Result<bool> {
    if app.db.read(move |tx| feeding::of_bot(tx, bot)).await?.is_empty() {
        return Ok(false);
    }
    let (ids, now) = (app.ids.clone(), app.clock.now());
    app.db.write(move |tx| turn(tx, &*ids, bot, room, now)).await
}

fn turn(tx: &mut Tx, ids: &dyn Ids, bot: Id<Bot>, room: usize, now: Timestamp) -> Result<bool> {
    // In one order everywhere, so that two feeders never wait for each other.
    let mut running: Vec<Record> = Vec::new();
    for id in feeding::of_bot(tx, bot)? {
        running.extend(feeding::take_up(tx, id, now)?);
    }
    let Some(tenant) = running.first().map(|record| record.tenant) else { return Ok(false) };
    // Who is first changes, so that nobody starves when there are more broadcasts than room.
    let first = usize::try_from(now.as_ms() / 1_000).unwrap_or(0) % running.len();
    running.rotate_left(first);
    let scope = Scope::system(tenant);
    let mut queued: Vec<NewDelivery> = Vec::new();
    let (mut left, mut has_more) = (room, false);
    for (index, record) in running.iter().enumerate() {
        let share = left.div_ceil(running.len() - index);
        let (deliveries, taken, more) = one(tx, ids, &scope, record, bot, share, now)?;
        left -= taken;
        has_more |= more;
        queued.extend(deliveries);
    }
    if !queued.is_empty() {
        deliveries::accept(tx, &scope, bot, &queued, now)?;
    }
    let told: Vec<Change> = running.iter().map(|record| Change::new(FeedKind::Broadcast, record.id)).collect();
    changes::append(tx, &scope, &told, now)?;
    Ok(has_more)
}

/// The next recipients of one broadcast. Answers their deliveries, how many recipients it took, and whether there are more.
fn one(
    tx: &mut Tx,
    ids: &dyn Ids,
    scope: &Scope,
    record: &Record,
    bot: Id<Bot>,
    share: usize,
    now: Timestamp,
) -> Result<(Vec<NewDelivery>, usize, bool)> {
    if share == 0 {
        return Ok((Vec::new(), 0, true));
    }
    let next = feeding::next(tx, record.id, bot, share)?;
    let prepared = Prepared::new(ids, &record.script)?;
    let people: Vec<Id<Contact>> = next.iter().map(|(contact, _)| *contact).collect();
    let contacts: HashMap<Id<Contact>, Contact> =
        contacts::get_many(tx, scope, &people)?.into_iter().map(|contact| (contact.id, contact)).collect();
    let chats: HashMap<i64, Chat> = chats::of_contacts(tx, scope, &people)?
        .into_iter()
        .filter(|chat| chat.bot == bot)
        .map(|chat| (chat.chat_id, chat))
        .collect();
    let mut fed: Vec<(Id<Contact>, Fed)> = Vec::with_capacity(next.len());
    let mut deliveries = Vec::with_capacity(next.len());
    for (contact, chat_id) in &next {
        let way = reachable(*contact, contacts.get(contact), &chats, *chat_id);
        let made = way.and_then(|(contact, chat)| {
            let author = author(record);
            let composed = prepared.compose(contact, To::Contact(contact.id), author, now);
            composed.map(|composed| (chat, composed)).map_err(|_| SkipReason::RenderError)
        });
        match made {
            Ok((chat, composed)) => {
                let message = message(ids, scope, record, chat, &composed, now);
                timeline::append(tx, scope, &message, Touch::AUTOMATIC)?;
                deliveries.extend(of_message(record.id, chat, message.id, composed));
                fed.push((*contact, Fed::Queued(message.id)));
            }
            Err(reason) => fed.push((*contact, Fed::Skipped(reason))),
        }
    }
    let has_more = next.len() >= share;
    feeding::fed(tx, record.id, bot, &fed, has_more, now)?;
    Ok((deliveries, next.len(), has_more))
}

/// Looks once more: much may have changed since the audience was worked out.
fn reachable<'a>(
    id: Id<Contact>,
    contact: Option<&'a Contact>,
    chats: &'a HashMap<i64, Chat>,
    chat_id: i64,
) -> Result<(&'a Contact, &'a Chat), SkipReason> {
    let contact = contact.ok_or(SkipReason::ContactDeleted)?;
    if contact.do_not_contact {
        return Err(SkipReason::DoNotContact);
    }
    let chat = chats.get(&chat_id).filter(|chat| chat.contact == Some(id)).ok_or(SkipReason::NoChat)?;
    let chat = match chat.migrated_to.filter(|_| chat.state == ChatState::Migrated) {
        Some(to) => chats.get(&to).ok_or(SkipReason::NoChat)?,
        None => chat,
    };
    match chat.state {
        ChatState::Blocked => Err(SkipReason::Blocked),
        ChatState::Migrated => Err(SkipReason::NoChat),
        ChatState::Active | ChatState::Unknown => Ok((contact, chat)),
    }
}

pub(super) fn author(record: &Record) -> Author {
    Author { kind: AuthorType::Broadcast, id: Some(record.id.as_uuid()), name: Some(record.name.clone()) }
}

fn message(ids: &dyn Ids, scope: &Scope, record: &Record, chat: &Chat, composed: &Composed, now: Timestamp) -> Message {
    Message {
        id: ids.id(),
        tenant: scope.tenant(),
        conversation: chat.conversation,
        sequence: 0,
        kind: EntryKind::Message,
        direction: Some(Direction::Outgoing),
        platform: Platform::Telegram,
        bot: Some(chat.bot),
        chat_id: Some(chat.chat_id),
        author: author(record),
        content: composed.content.clone(),
        reply_to: None,
        provider_message_id: None,
        media_group_id: None,
        broadcast: Some(record.id),
        edited_at: None,
        deleted_at: None,
        created_at: now,
        sending: Some(Sending {
            status: Status::Pending,
            attempts: 0,
            error_code: None,
            error_message: None,
            waiting_for: None,
            next_attempt_at: None,
            scheduled_time: None,
            expires_at: None,
            sent_at: None,
            failed_at: None,
            parts: i64::try_from(composed.parts.len()).unwrap_or(i64::MAX),
            parts_sent: 0,
            on_unknown: OnUnknown::Hold,
        }),
    }
}

fn of_message(
    broadcast: Id<Broadcast>,
    chat: &Chat,
    message: Id<Message>,
    composed: Composed,
) -> impl Iterator<Item = NewDelivery> {
    let (chat_id, is_group) = (chat.chat_id, !chat.kind.is_private());
    (0..).zip(composed.parts).map(move |(part, outgoing)| NewDelivery {
        message,
        part,
        broadcast: Some(broadcast),
        class: Class::Bulk,
        chat_id,
        is_group,
        scheduled: None,
        expires_at: None,
        on_unknown: OnUnknown::Hold,
        outgoing,
    })
}
