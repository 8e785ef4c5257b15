//! Where something happened: the contact, the chat and the conversation behind it, made when they are new.

use channels::telegram::update::{ChatFacts, Sender};
use model::{
    Id, Platform, Result, Timestamp,
    chat::TelegramUser,
    contact::Contact,
    content::Content,
    conversation::Conversation,
    feed::{Change, FeedKind},
    message::{Author, AuthorType, Direction, EntryKind, Message},
};
use store::{
    contacts::{self, Recognised},
    conversations::{self, Arrival},
};

use super::apply::Writer;

/// A conversation in which something happened.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub contact: Id<Contact>,
    pub conversation: Id<Conversation>,
    pub chat_id: i64,
    pub at: Timestamp,
}

/// The place of a chat from which somebody did something just now.
pub(super) fn arrive(writer: &mut Writer<'_>, chat: &ChatFacts, sender: &Sender, at: Timestamp) -> Result<Place> {
    let known = contact(writer, chat, sender, at)?;
    arrive_as(writer, chat, known.contact, at)
}

/// As [`arrive`], for a contact that is already known.
pub(super) fn arrive_as(
    writer: &mut Writer<'_>,
    chat: &ChatFacts,
    contact: Id<Contact>,
    at: Timestamp,
) -> Result<Place> {
    let arrival = Arrival {
        contact,
        platform: Platform::Telegram,
        bot: writer.bot,
        chat_id: chat.id,
        chat_kind: chat.kind,
        title: chat.title.as_deref(),
        at,
    };
    let arrived = conversations::arrive(writer.tx, &writer.scope, writer.ids, &arrival)?;
    writer.changes.push(Change::new(FeedKind::Ticket, arrived.conversation));
    Ok(Place { contact, conversation: arrived.conversation, chat_id: chat.id, at })
}

/// The person of a private chat, or the record that stands for a group or channel.
pub(super) fn contact(writer: &mut Writer<'_>, chat: &ChatFacts, sender: &Sender, at: Timestamp) -> Result<Recognised> {
    let title = chat.title.as_deref().unwrap_or_default();
    let known = if chat.kind.is_private() {
        contacts::recognise(writer.tx, &writer.scope, writer.ids, &person(chat, sender), at)?
    } else {
        contacts::recognise_group(writer.tx, &writer.scope, writer.ids, chat.id, title, at)?
    };
    if known.is_changed {
        writer.changes.push(Change::new(FeedKind::Contact, known.contact));
    }
    Ok(known)
}

/// The user of a private chat: its sender, unless somebody else wrote into it (a business account's owner).
fn person(chat: &ChatFacts, sender: &Sender) -> TelegramUser {
    match sender {
        Sender::User(user) if user.id == chat.id => user.clone(),
        _ => TelegramUser {
            id: chat.id,
            first_name: chat.title.clone().unwrap_or_default(),
            username: chat.username.clone(),
            ..TelegramUser::default()
        },
    }
}

/// Who wrote: the contact, or the speaker in a group.
pub(super) fn author(
    writer: &mut Writer<'_>,
    place: &Place,
    sender: &Sender,
    signature: Option<&str>,
) -> Result<Author> {
    let (id, name) = match sender {
        Sender::User(user) if user.id == place.chat_id => (Some(place.contact), user.full_name()),
        Sender::User(user) => {
            let external_id = user.id.to_string();
            let known = contacts::by_identity(writer.tx, &writer.scope, Platform::Telegram, &external_id)?;
            (known, user.full_name())
        }
        Sender::Chat(chat) => (Some(place.contact), signature.or(chat.title.as_deref()).unwrap_or_default().to_owned()),
        Sender::Unnamed => (Some(place.contact), signature.unwrap_or_default().to_owned()),
    };
    let name = Some(name).filter(|name| !name.is_empty());
    Ok(Author { kind: AuthorType::Contact, id: id.map(|id| id.as_uuid()), name })
}

/// An entry of a place's timeline, to be completed.
pub(super) fn entry(writer: &Writer<'_>, place: &Place, kind: EntryKind, author: Author, content: Content) -> Message {
    Message {
        id: writer.ids.id(),
        tenant: writer.scope.tenant(),
        conversation: Some(place.conversation),
        sequence: 0,
        kind,
        direction: (kind == EntryKind::Message).then_some(Direction::Incoming),
        platform: Platform::Telegram,
        bot: Some(writer.bot),
        chat_id: Some(place.chat_id),
        author,
        content,
        reply_to: None,
        provider_message_id: None,
        provider_name: None,
        media_group_id: None,
        broadcast: None,
        edited_at: None,
        deleted_at: None,
        created_at: place.at,
        sending: None,
    }
}

/// The author of what happened by itself.
pub(super) fn nobody() -> Author {
    Author { kind: AuthorType::System, id: None, name: None }
}
