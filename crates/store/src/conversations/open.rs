//! Something came in or goes out: finds or makes the conversation, and moves its head on.

use model::{
    Error, Id, Ids, Platform, Result, Scope, Timestamp,
    bot::Bot,
    chat::{BusinessChat, ChatKind, ChatState},
    contact::Contact,
    conversation::{Conversation, ConversationKind, ConversationStatus, Priority, Touch, Unread, Wake},
    message::Message,
};

use super::row;
use crate::{args, chats, db::Tx, timeline};

crate::statements! {
    hot OF_CONTACT = "conversation.of_contact", concat!("SELECT ", row::conversation_columns!(),
        " FROM conversation WHERE tenant_id = $1 AND contact_id = $2 AND thread = $3");
    INSERT = "conversation.insert", "INSERT INTO conversation (id, tenant_id, kind, status, contact_id, platform,
            bot_id, chat_id, priority, unread_count, last_sequence, last_message_at, created_at, updated_at, thread,
            topic_id, title)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, $10, $10, $10, $11, $12, $13)
        ON CONFLICT (tenant_id, contact_id, thread) DO NOTHING";
    hot ENTITLE = "conversation.entitle", "UPDATE conversation SET title = $1, updated_at = $2
        WHERE tenant_id = $3 AND id = $4";
    hot ADVANCE = "conversation.advance", "UPDATE conversation SET last_sequence = last_sequence + 1,
            last_message_id = COALESCE($1, last_message_id), last_message_at = COALESCE($2, last_message_at),
            unread_count = CASE CAST($3 AS BIGINT) WHEN 1 THEN unread_count + 1 WHEN 2 THEN 0 ELSE unread_count END,
            incoming_count = CASE CAST($3 AS BIGINT) WHEN 1 THEN incoming_count + 1 ELSE incoming_count END,
            answered_count = CASE CAST($3 AS BIGINT) WHEN 2 THEN incoming_count ELSE answered_count END,
            waiting_since = CASE CAST($3 AS BIGINT) WHEN 1 THEN COALESCE(waiting_since, $4) WHEN 2 THEN NULL
                ELSE waiting_since END,
            status = CASE WHEN status = $5 OR status = $6 AND wakes_on_reply THEN 'OPEN' ELSE status END,
            snoozed_until = CASE WHEN status = $6 AND wakes_on_reply THEN NULL ELSE snoozed_until END,
            platform = COALESCE($7, platform), bot_id = COALESCE($8, bot_id), chat_id = COALESCE($9, chat_id),
            updated_at = $4
        WHERE id = $10 AND tenant_id = $11 RETURNING last_sequence";
}

/// Where a contact did something.
#[derive(Debug, Clone)]
pub struct Arrival<'a> {
    pub contact: Id<Contact>,
    pub platform: Platform,
    pub bot: Id<Bot>,
    pub chat_id: i64,
    pub chat_kind: ChatKind,
    pub title: Option<&'a str>,
    pub within: Within<'a>,
    pub at: Timestamp,
}

/// Which conversation of its contact an arrival belongs to.
#[derive(Debug, Clone, Default)]
pub enum Within<'a> {
    /// The one over all channels.
    #[default]
    Whole,
    /// A forum's topic, with the name that it got just now, and the one that it had first.
    Topic { id: i64, name: Option<&'a str>, first_name: Option<&'a str> },
    /// A chat of a business account; the arrival's `chat_id` is its number here.
    Business { chat: BusinessChat, account: Option<&'a str> },
}

/// The conversation that an arrival belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrived {
    pub conversation: Id<Conversation>,
    pub is_new: bool,
    /// As it was before this arrival.
    pub status: ConversationStatus,
    /// What the chat was before; `None` for a chat we had never heard of.
    pub chat_state: Option<ChatState>,
    /// How many messages, sent before anybody had answered, now stand in the timeline.
    pub adopted: i64,
}

/// A contact did something in a chat: the chat is active, the conversation is there, and what we had sent into the
/// unknown chat before belongs to it. Append the message itself with [`timeline::append`].
pub fn arrive(tx: &mut Tx, scope: &Scope, ids: &dyn Ids, arrival: &Arrival<'_>) -> Result<Arrived> {
    let chat = chats::find(tx, scope, arrival.bot, arrival.chat_id)?;
    let via = Via { platform: arrival.platform, bot: Some(arrival.bot), chat_id: Some(arrival.chat_id) };
    let thread = thread(arrival);
    let (conversation, is_new) =
        open_thread(tx, scope, ids, arrival.contact, (&thread, ConversationStatus::Open), via, arrival.at)?;
    entitle(tx, scope, &conversation, arrival)?;
    let of_chat = match &arrival.within {
        Within::Whole => Some(conversation.id),
        // A forum's chat goes on belonging to the conversation outside of its topics.
        Within::Topic { .. } => chat.as_ref().and_then(|chat| chat.conversation),
        Within::Business { chat: business, .. } => {
            let place = (arrival.bot, arrival.chat_id);
            chats::seen_business(tx, scope, place, business, conversation.id, arrival.at)?;
            return Ok(arrived(&conversation, is_new, chat.map(|chat| chat.state), 0));
        }
    };
    let seen = chats::Seen {
        bot: arrival.bot,
        chat_id: arrival.chat_id,
        kind: arrival.chat_kind,
        title: arrival.title,
        contact: arrival.contact,
        conversation: of_chat,
        state: ChatState::Active,
        inbound_at: Some(arrival.at),
    };
    chats::seen(tx, scope, &seen)?;
    let is_news = of_chat == Some(conversation.id) && chat.as_ref().is_none_or(|chat| chat.conversation != of_chat);
    // A chat that had a conversation already has no homeless messages.
    let adopted = if is_news { timeline::adopt(tx, scope, arrival.bot, arrival.chat_id, conversation.id)? } else { 0 };
    Ok(arrived(&conversation, is_new, chat.map(|chat| chat.state), adopted))
}

fn arrived(conversation: &Conversation, is_new: bool, chat_state: Option<ChatState>, adopted: i64) -> Arrived {
    Arrived { conversation: conversation.id, is_new, status: conversation.status, chat_state, adopted }
}

/// What makes one of a contact's conversations.
#[derive(Debug, Clone)]
struct Thread<'a> {
    kind: ConversationKind,
    key: String,
    topic_id: Option<i64>,
    title: Option<&'a str>,
}

impl Thread<'_> {
    /// The one over all channels.
    const fn whole(kind: ConversationKind) -> Self {
        Self { kind, key: String::new(), topic_id: None, title: None }
    }
}

fn thread<'a>(arrival: &Arrival<'a>) -> Thread<'a> {
    let chat = arrival.chat_id;
    match arrival.within {
        Within::Whole => Thread::whole(conversation_kind(arrival.chat_kind)),
        Within::Topic { id, name, first_name } => {
            let key = format!("topic:{chat}:{id}");
            Thread { kind: ConversationKind::Topic, key, topic_id: Some(id), title: name.or(first_name) }
        }
        Within::Business { account, .. } => {
            Thread { kind: ConversationKind::Business, key: format!("business:{chat}"), topic_id: None, title: account }
        }
    }
}

/// Topics and accounts are called what they were called last.
fn entitle(tx: &mut Tx, scope: &Scope, conversation: &Conversation, arrival: &Arrival<'_>) -> Result<()> {
    let known = conversation.title.as_deref();
    let title = match arrival.within {
        Within::Whole => None,
        Within::Topic { name, first_name, .. } => name.or(known).or(first_name),
        Within::Business { account, .. } => account.or(known),
    };
    if title == known {
        return Ok(());
    }
    tx.execute(ENTITLE, &args![title, arrival.at, scope.tenant(), conversation.id]).map(drop)
}

fn conversation_kind(chat: ChatKind) -> ConversationKind {
    match chat {
        ChatKind::Private => ConversationKind::Person,
        ChatKind::Group | ChatKind::Supergroup => ConversationKind::Group,
        ChatKind::Channel => ConversationKind::Channel,
    }
}

/// A contact's one conversation over all channels, without its labels.
pub fn of_contact(tx: &mut Tx, scope: &Scope, contact: Id<Contact>) -> Result<Option<Conversation>> {
    of_thread(tx, scope, contact, "")
}

fn of_thread(tx: &mut Tx, scope: &Scope, contact: Id<Contact>, thread: &str) -> Result<Option<Conversation>> {
    tx.query_opt(OF_CONTACT, &args![scope.tenant(), contact, thread], |found| row::read(found, scope))
}

/// A contact's conversation over Telegram without its labels, made now when there was none; then `true`.
pub fn open_for(
    tx: &mut Tx,
    scope: &Scope,
    ids: &dyn Ids,
    contact: Id<Contact>,
    kind: ConversationKind,
    (bot, chat_id): (Id<Bot>, i64),
    now: Timestamp,
) -> Result<(Conversation, bool)> {
    let via = Via { platform: Platform::Telegram, bot: Some(bot), chat_id: Some(chat_id) };
    open_via(tx, scope, ids, contact, (kind, ConversationStatus::Open), via, now)
}

/// The same over any channel, and in any status.
pub fn open_via(
    tx: &mut Tx,
    scope: &Scope,
    ids: &dyn Ids,
    contact: Id<Contact>,
    (kind, status): (ConversationKind, ConversationStatus),
    via: Via,
    now: Timestamp,
) -> Result<(Conversation, bool)> {
    open_thread(tx, scope, ids, contact, (&Thread::whole(kind), status), via, now)
}

fn open_thread(
    tx: &mut Tx,
    scope: &Scope,
    ids: &dyn Ids,
    contact: Id<Contact>,
    (thread, status): (&Thread<'_>, ConversationStatus),
    via: Via,
    now: Timestamp,
) -> Result<(Conversation, bool)> {
    if let Some(conversation) = of_thread(tx, scope, contact, &thread.key)? {
        return Ok((conversation, false));
    }
    let args = args![
        ids.id::<Conversation>(),
        scope.tenant(),
        thread.kind.as_str(),
        status.as_str(),
        contact,
        via.platform.as_str(),
        via.bot,
        via.chat_id,
        Priority::Normal.as_str(),
        now,
        thread.key.as_str(),
        thread.topic_id,
        thread.title,
    ];
    let is_new = tx.execute(INSERT, &args)? > 0;
    let conversation = of_thread(tx, scope, contact, &thread.key)?;
    Ok((conversation.ok_or_else(|| Error::internal("a conversation vanished while it was made"))?, is_new))
}

/// The channel, bot and chat that the contact used last.
#[derive(Debug, Clone, Copy)]
pub struct Via {
    pub platform: Platform,
    pub bot: Option<Id<Bot>>,
    pub chat_id: Option<i64>,
}

/// Takes the next sequence of a conversation and moves its head on, under its row's lock.
pub(crate) fn advance(
    tx: &mut Tx,
    scope: &Scope,
    conversation: Id<Conversation>,
    message: (Id<Message>, Timestamp),
    touch: Touch,
    via: Option<Via>,
) -> Result<i64> {
    let last = touch.is_last_message.then_some(message);
    let unread = match touch.unread {
        Unread::Keep => 0,
        Unread::Add => 1,
        Unread::Clear => 2,
    };
    let closed = ConversationStatus::Closed.as_str();
    let (opens, wakes) = match touch.wake {
        Wake::No => (None, None),
        Wake::Team => (Some(closed), None),
        Wake::Contact { reopens_closed } => {
            (reopens_closed.then_some(closed), Some(ConversationStatus::Snoozed.as_str()))
        }
    };
    let args = args![
        last.map(|(id, _)| id),
        last.map(|(_, at)| at),
        unread,
        message.1,
        opens,
        wakes,
        via.map(|via| via.platform.as_str()),
        via.and_then(|via| via.bot),
        via.and_then(|via| via.chat_id),
        conversation,
        scope.tenant(),
    ];
    let sequence = tx.query_opt(ADVANCE, &args, |row| row.get(0))?;
    sequence.ok_or_else(|| Error::not_found("conversation"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_and_groups_are_not_people() {
        assert_eq!(conversation_kind(ChatKind::Channel), ConversationKind::Channel);
        assert_eq!(conversation_kind(ChatKind::Supergroup), ConversationKind::Group);
        assert_eq!(conversation_kind(ChatKind::Private), ConversationKind::Person);
    }
}
