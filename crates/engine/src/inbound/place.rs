//! Where something happened: the contact, the chat and the conversation behind it, made when they are new.

use channels::telegram::update::{ChatFacts, Sender, Topic};
use model::{
    Error, Id, Platform, Result, Timestamp,
    chat::{BusinessChat, BusinessConnection, TelegramUser},
    contact::Contact,
    content::Content,
    conversation::Conversation,
    feed::{Change, FeedKind},
    message::{Author, AuthorType, Direction, EntryKind, Message},
};
use store::{
    business, chats,
    contacts::{self, Recognised},
    conversations::{self, Arrival, Within},
    events,
};

use super::apply::Writer;

/// How often the first message to a business account waits for the word whose it is: for three seconds altogether.
const TRIES_FOR_ACCOUNT: i64 = 2;

/// A conversation in which something happened.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub contact: Id<Contact>,
    pub conversation: Id<Conversation>,
    /// The number of the chat here: Telegram's own, but for a business account's chat.
    pub chat_id: i64,
    pub at: Timestamp,
}

/// Which of a chat's conversations an Update is about.
#[derive(Debug, Clone)]
pub(super) struct Spot<'a> {
    chat: &'a ChatFacts,
    topic: Option<&'a Topic>,
    business: Option<(BusinessChat, Option<BusinessConnection>)>,
}

impl<'a> Spot<'a> {
    /// The chat itself.
    pub fn whole(chat: &'a ChatFacts) -> Self {
        Self { chat, topic: None, business: None }
    }

    pub fn within(
        writer: &mut Writer<'_>,
        chat: &'a ChatFacts,
        topic: Option<&'a Topic>,
        connection_id: Option<&str>,
    ) -> Result<Self> {
        let Some(connection_id) = connection_id else { return Ok(Self { chat, topic, business: None }) };
        let business = BusinessChat { connection_id: connection_id.to_owned(), chat_id: chat.id };
        let known = account(writer, &business)?;
        Ok(Self { chat, topic: None, business: Some((business, known)) })
    }

    /// The number of the chat here, by which its messages are told from those of others.
    pub fn chat_id(&self) -> i64 {
        match &self.business {
            Some((chat, connection)) => business::chat_id(connection.as_ref(), chat),
            None => self.chat.id,
        }
    }

    /// Whether the bot only listens, and answers in somebody's name.
    pub fn is_business(&self) -> bool {
        self.business.is_some()
    }

    /// Whether it was the business account's owner who did something, not the person on the other side.
    pub fn is_owner(&self, sender: &Sender) -> bool {
        self.is_business() && matches!(sender, Sender::User(user) if user.id != self.chat.id)
    }

    fn within_contact(&self) -> Within<'_> {
        match (&self.business, self.topic) {
            (Some((chat, connection)), _) => {
                let account = connection.as_ref().map(|known| known.name.as_str());
                Within::Business { chat: chat.clone(), account }
            }
            (None, Some(topic)) => {
                let (name, first_name) = (topic.name.as_deref(), topic.first_name.as_deref());
                Within::Topic { id: topic.id, name, first_name }
            }
            (None, None) => Within::Whole,
        }
    }
}

/// What we know of a business account. Whose it is comes in an Update of another chat, which may be processed beside this
/// one, or may still be on its way here: that one goes first. Of accounts that connected before the bot was ours none comes.
fn account(writer: &mut Writer<'_>, chat: &BusinessChat) -> Result<Option<BusinessConnection>> {
    if let Some(known) = business::get(writer.tx, &writer.scope, writer.bot, &chat.connection_id)? {
        return Ok(Some(known));
    }
    let is_coming = events::is_open_before(writer.tx, writer.bot, "BUSINESS_CONNECTION", writer.seq)?;
    if is_coming || (writer.tries < TRIES_FOR_ACCOUNT && is_new(writer, chat)?) {
        return Err(Error::unavailable("an Update that tells of a business account comes first"));
    }
    // It may have been written between the two looks.
    business::get(writer.tx, &writer.scope, writer.bot, &chat.connection_id)
}

/// Whether this is the first that we hear of a chat with an account of which we know nothing.
fn is_new(writer: &mut Writer<'_>, chat: &BusinessChat) -> Result<bool> {
    Ok(chats::find(writer.tx, &writer.scope, writer.bot, business::chat_id(None, chat))?.is_none())
}

/// Telegram tells whole seconds. Of two bots that a person wrote to in this second, the later one is the last.
fn exact(at: Timestamp, now: Timestamp) -> Timestamp {
    if (0..1_000).contains(&now.since(at)) { now } else { at }
}

/// The place of a chat from which somebody did something just now.
pub(super) fn arrive(writer: &mut Writer<'_>, spot: &Spot<'_>, sender: &Sender, at: Timestamp) -> Result<Place> {
    let known = contact(writer, spot.chat, sender, at)?;
    arrive_as(writer, spot, known.contact, at)
}

/// As [`arrive`], for a contact that is already known.
pub(super) fn arrive_as(
    writer: &mut Writer<'_>,
    spot: &Spot<'_>,
    contact: Id<Contact>,
    at: Timestamp,
) -> Result<Place> {
    let chat_id = spot.chat_id();
    let arrival = Arrival {
        contact,
        platform: Platform::Telegram,
        bot: writer.bot,
        chat_id,
        chat_kind: spot.chat.kind,
        title: spot.chat.title.as_deref(),
        within: spot.within_contact(),
        at: exact(at, writer.now),
    };
    let arrived = conversations::arrive(writer.tx, &writer.scope, writer.ids, &arrival)?;
    writer.changes.push(Change::new(FeedKind::Ticket, arrived.conversation));
    Ok(Place { contact, conversation: arrived.conversation, chat_id, at })
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

/// Who wrote: the contact, the speaker in a group, or a business account's owner in the team's stead.
pub(super) fn author(
    writer: &mut Writer<'_>,
    (spot, place): (&Spot<'_>, &Place),
    sender: &Sender,
    signature: Option<&str>,
) -> Result<Author> {
    let (id, name) = match sender {
        Sender::User(user) if user.id == spot.chat.id => (Some(place.contact), user.full_name()),
        Sender::User(user) if spot.is_business() => {
            return Ok(Author { kind: AuthorType::User, id: None, name: Some(user.full_name()) });
        }
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
