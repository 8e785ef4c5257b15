//! Messages as they come in, change, are reacted to and vanish.

use channels::telegram::update::{Deleted, Incoming, Other, Reactions, Sender};
use model::{
    Id, Platform, Result,
    chat::BusinessConnection,
    contact::Contact,
    content::{Content, ContentKind},
    conversation::Touch,
    feed::{Change, FeedKind},
    message::{Direction, EntryKind, Message},
    phone,
};
use sha2::{Digest, Sha256};
use store::{
    automation::{self, Job},
    business, chats, contacts, conversations, messages,
    timeline::{self, Reaction},
};

use super::{
    album,
    apply::Writer,
    consent, happened,
    place::{self, Place, Spot},
};

/// A new message, channel post, or service message.
pub(super) fn received(writer: &mut Writer<'_>, incoming: &Incoming) -> Result<()> {
    let spot = spot(writer, incoming)?;
    if timeline::by_provider(writer.tx, &writer.scope, writer.bot, spot.chat_id(), incoming.message_id)?.is_some() {
        // The same message in another Update: it is shown already.
        return Ok(());
    }
    if let Some(to) = incoming.migrate_to {
        return migrated(writer, incoming.chat.id, to);
    }
    if let Some(from) = incoming.migrate_from {
        migrated(writer, from, incoming.chat.id)?;
    }
    let at = happened(incoming.date, writer.now);
    let mut known = place::contact(writer, &incoming.chat, &incoming.sender, at)?.contact;
    if let Some(number) = incoming.own_phone.as_deref().and_then(|number| phone::e164(number).ok()) {
        known = contacts::prove_phone(writer.tx, &writer.scope, Platform::Telegram, known, &number, writer.now)?;
        writer.changes.push(Change::new(FeedKind::Contact, known));
    }
    // What is written to a business account is no command for the bot.
    let is_for_bot = !spot.is_business();
    if is_for_bot && let Some(contact) = linked(writer, incoming, known)? {
        known = contact;
        writer.changes.push(Change::new(FeedKind::Contact, known));
    }
    let place = place::arrive_as(writer, &spot, known, at)?;
    if album::join(writer, &place, incoming)? {
        return Ok(());
    }
    write(writer, (&spot, &place), incoming)?;
    if is_for_bot { consent::obey(writer, &place, incoming) } else { Ok(()) }
}

fn spot<'a>(writer: &mut Writer<'_>, incoming: &'a Incoming) -> Result<Spot<'a>> {
    let connection_id = incoming.business_connection_id.as_deref();
    Spot::within(writer, &incoming.chat, incoming.topic.as_ref(), connection_id)
}

/// The contact of a start link that the sender has just opened.
fn linked(writer: &mut Writer<'_>, incoming: &Incoming, opener: Id<Contact>) -> Result<Option<Id<Contact>>> {
    let text = incoming.content.text.as_deref().filter(|_| incoming.chat.kind.is_private());
    let Some(token) = text.and_then(|text| text.strip_prefix("/start ")) else { return Ok(None) };
    let hash: [u8; 32] = Sha256::digest(token.trim()).into();
    contacts::open_link(writer.tx, &writer.scope, (writer.bot, &hash), (opener, incoming.chat.id), writer.now)
}

fn write(writer: &mut Writer<'_>, (spot, place): (&Spot<'_>, &Place), incoming: &Incoming) -> Result<()> {
    let is_service = incoming.content.kind == ContentKind::Service;
    let kind = if is_service { EntryKind::Activity } else { EntryKind::Message };
    let author = place::author(writer, (spot, place), &incoming.sender, incoming.signature.as_deref())?;
    let mut message = place::entry(writer, place, kind, author, incoming.content.clone());
    message.provider_message_id = Some(incoming.message_id);
    message.reply_to = answered(writer, spot, incoming)?;
    message.media_group_id.clone_from(&incoming.media_group_id);
    let id = message.id;
    let is_owner = spot.is_owner(&incoming.sender);
    if is_owner && !is_service {
        message.direction = Some(Direction::Outgoing);
    }
    let touch = if is_owner { Touch::REPLY } else { writer.incoming() };
    let is_new = if is_service {
        let is_new = timeline::map(writer.tx, writer.bot, place.chat_id, incoming.message_id, id)?;
        if is_new {
            timeline::append(writer.tx, &writer.scope, &message, Touch::INTERNAL)?;
        }
        is_new
    } else {
        timeline::receive(writer.tx, &writer.scope, &message, touch)?.is_some()
    };
    if is_new {
        writer.changes.push(Change::new(FeedKind::NewMessage, id));
    }
    if is_new && !is_service && incoming.chat.kind.is_private() && !spot.is_business() {
        follow(writer, place, id)?;
    }
    Ok(())
}

/// What may follow by itself is decided later, outside of this transaction, but it is not forgotten.
pub(super) fn follow(writer: &mut Writer<'_>, place: &Place, message: Id<Message>) -> Result<()> {
    let settings = writer.settings;
    if settings.automation.is_idle() && !settings.inbox.round_robin {
        return Ok(());
    }
    let conversation = conversations::get(writer.tx, &writer.scope, place.conversation)?;
    let is_first = conversation.is_some_and(|one| one.incoming_count == 1);
    let tenant = writer.scope.tenant();
    let job = Job { message, tenant, conversation: place.conversation, is_first, tries: 0 };
    automation::put(writer.tx, &job, writer.now)
}

fn answered(writer: &mut Writer<'_>, spot: &Spot<'_>, incoming: &Incoming) -> Result<Option<Id<Message>>> {
    match incoming.reply_to {
        Some(number) => timeline::by_provider(writer.tx, &writer.scope, writer.bot, spot.chat_id(), number),
        None => Ok(None),
    }
}

/// A group goes by another chat id from now on.
fn migrated(writer: &mut Writer<'_>, from: i64, to: i64) -> Result<()> {
    contacts::migrate_group(writer.tx, &writer.scope, from, to, writer.now)?;
    chats::migrate(writer.tx, &writer.scope, writer.bot, from, to)
}

/// A message as it reads now. One that we never saw is written as new.
pub(super) fn edited(writer: &mut Writer<'_>, incoming: &Incoming) -> Result<()> {
    let chat_id = spot(writer, incoming)?.chat_id();
    let known = timeline::by_provider(writer.tx, &writer.scope, writer.bot, chat_id, incoming.message_id)?;
    let Some(id) = known else { return received(writer, incoming) };
    let at = happened(incoming.edit_date, writer.now);
    let content = match messages::get(writer.tx, &writer.scope, id)? {
        Some(before) => edited_content(before.content, incoming),
        None => return Ok(()),
    };
    if messages::edit(writer.tx, id, &content, at)? {
        writer.changes.push(Change::new(FeedKind::MessageUpdated, id));
    }
    Ok(())
}

/// Of an album only the words change: an edit names one piece, the entry shows all.
fn edited_content(before: Content, incoming: &Incoming) -> Content {
    if before.kind != ContentKind::Album {
        return incoming.content.clone();
    }
    match &incoming.content.text {
        Some(text) => Content { text: Some(text.clone()), entities: incoming.content.entities.clone(), ..before },
        None => before,
    }
}

/// Somebody's reactions to a message, as they are now.
pub(super) fn reacted(writer: &mut Writer<'_>, reactions: &Reactions) -> Result<()> {
    let known = timeline::by_provider(writer.tx, &writer.scope, writer.bot, reactions.chat.id, reactions.message_id)?;
    let Some(id) = known else { return Ok(()) };
    let (actor, actor_name) = match &reactions.actor {
        Sender::User(user) => (user.id.to_string(), Some(user.full_name())),
        Sender::Chat(chat) => (chat.id.to_string(), chat.title.clone()),
        Sender::Unnamed => (reactions.chat.id.to_string(), reactions.chat.title.clone()),
    };
    let reacted_at = happened(reactions.date, writer.now);
    let reaction = Reaction { actor, actor_name, emoji: reactions.new.clone(), reacted_at };
    if timeline::react(writer.tx, &writer.scope, id, &reaction)? {
        writer.changes.push(Change::new(FeedKind::MessageUpdated, id));
    }
    Ok(())
}

/// Messages that a business account lost.
pub(super) fn deleted(writer: &mut Writer<'_>, deleted: &Deleted) -> Result<()> {
    let spot = Spot::within(writer, &deleted.chat, None, deleted.business_connection_id.as_deref())?;
    for number in &deleted.message_ids {
        let known = timeline::by_provider(writer.tx, &writer.scope, writer.bot, spot.chat_id(), *number)?;
        let Some(id) = known else { continue };
        if messages::mark_deleted(writer.tx, id, writer.now)? {
            writer.changes.push(Change::new(FeedKind::MessageUpdated, id));
        }
    }
    Ok(())
}

/// What a business account allows the bot from now on.
pub(super) fn connected(writer: &mut Writer<'_>, connection: &BusinessConnection) -> Result<()> {
    business::put(writer.tx, &writer.scope, writer.bot, connection, writer.now)
}

/// Something without a timeline of its own. Where a chat is known to us, it shows there plainly.
pub(super) fn other(writer: &mut Writer<'_>, other: &Other) -> Result<()> {
    let Some(chat) = &other.chat else { return Ok(()) };
    let known = chats::find(writer.tx, &writer.scope, writer.bot, chat.id)?;
    let at = happened(other.date, writer.now);
    let place = match known.and_then(|chat| Some((chat.contact?, chat.conversation?))) {
        Some((contact, conversation)) => Place { contact, conversation, chat_id: chat.id, at },
        // Something that can't be read is not lost sight of, even when it is the first that we hear of a chat.
        None if other.unreadable.is_some() => {
            let sender = other.user.clone().map_or(Sender::Unnamed, Sender::User);
            place::arrive(writer, &Spot::whole(chat), &sender, at)?
        }
        None => return Ok(()),
    };
    let kind = if other.unreadable.is_some() { ContentKind::Unsupported } else { ContentKind::Service };
    let content = Content { text: Some(other.summary.clone()), ..Content::new(kind) };
    let message = place::entry(writer, &place, EntryKind::Activity, place::nobody(), content);
    let id = message.id;
    timeline::append(writer.tx, &writer.scope, &message, Touch::INTERNAL)?;
    writer.changes.push(Change::new(FeedKind::NewMessage, id));
    Ok(())
}
