//! The one timeline of a contact in the team inbox, over all channels.

use serde::{Deserialize, Serialize};

use crate::{Id, Platform, Tenant, Timestamp, User, bot::Bot, contact::Contact, message::Message, word::words};

words! {
    /// `TOPIC`: of a forum; its contact is the group. `BUSINESS`: between a person and an account that a bot answers for.
    pub enum ConversationKind {
        Person = "PERSON", Group = "GROUP", Channel = "CHANNEL", Topic = "TOPIC", Business = "BUSINESS",
    }
}

words! {
    pub enum ConversationStatus { Open = "OPEN", Snoozed = "SNOOZED", Closed = "CLOSED" }
}

words! {
    pub enum Priority { Urgent = "URGENT", High = "HIGH", Normal = "NORMAL", Low = "LOW" }
}

/// What a new timeline entry does to its conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Touch {
    /// Whether the list shows it as the last message.
    pub is_last_message: bool,
    pub unread: Unread,
    pub wake: Wake,
}

/// What becomes of the number of unread messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    Keep,
    Add,
    Clear,
}

/// What becomes of a conversation that is closed or snoozed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wake {
    /// It stays as it is.
    No,
    /// The contact wrote: a snoozed one opens unless it was told to go on sleeping.
    Contact { reopens_closed: bool },
    /// The team wrote: a closed one opens; a snoozed one goes on waiting for the contact.
    Team,
}

impl Touch {
    /// A message from the contact: unread, and it reopens what was closed and wakes what was snoozed.
    pub const INCOMING: Touch = Touch::incoming(true);

    /// A message that no person of the team wrote just now: a broadcast, an API send, an automatic answer.
    pub const AUTOMATIC: Touch = Touch { is_last_message: true, unread: Unread::Keep, wake: Wake::No };

    /// Notes and activity are for the team; they leave the list as it is.
    pub const INTERNAL: Touch = Touch { is_last_message: false, unread: Unread::Keep, wake: Wake::No };

    /// A reply from the inbox: who answers has read, and nobody waits any more.
    pub const REPLY: Touch = Touch { is_last_message: true, unread: Unread::Clear, wake: Wake::Team };

    /// A message from the contact, where the tenant says whether that opens closed conversations.
    pub const fn incoming(reopens_closed: bool) -> Touch {
        Touch { is_last_message: true, unread: Unread::Add, wake: Wake::Contact { reopens_closed } }
    }
}

/// A conversation's head: what the inbox list needs. As JSON, the way back from a merge is kept in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    pub id: Id<Conversation>,
    pub tenant: Id<Tenant>,
    pub kind: ConversationKind,
    pub status: ConversationStatus,
    pub contact: Id<Contact>,
    /// Which of its contact's conversations it is; empty: the one over all channels.
    #[serde(default)]
    pub thread: String,
    /// A forum topic's number at Telegram.
    #[serde(default)]
    pub topic_id: Option<i64>,
    /// What the topic, or the business account, is called.
    #[serde(default)]
    pub title: Option<String>,
    /// The channel and bot that the contact used last.
    pub platform: Platform,
    pub bot: Option<Id<Bot>>,
    /// The channel's chat that the contact used last.
    pub chat_id: Option<i64>,
    pub assignee: Option<Id<User>>,
    pub labels: Vec<String>,
    pub priority: Priority,
    /// What the reader has not seen: for a person, since they looked or the team answered; for a key, since anybody did.
    pub unread_count: i64,
    /// Messages that came in so far.
    pub incoming_count: i64,
    /// How many of them had come when the team answered last.
    pub answered_count: i64,
    /// Since when the contact waits for an answer.
    pub waiting_since: Option<Timestamp>,
    /// The sequence of the newest timeline entry.
    pub last_sequence: i64,
    pub last_message: Option<Id<Message>>,
    /// When the last message came or went; before the first, when the conversation was made.
    pub last_message_at: Timestamp,
    pub snoozed_until: Option<Timestamp>,
    /// Whether a snoozed one opens when the contact writes.
    pub wakes_on_reply: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

words! {
    /// Colours of labels, as words of the team's app.
    pub enum LabelColor {
        Gray = "gray", Red = "red", Orange = "orange", Yellow = "yellow", Green = "green", Teal = "teal", Blue = "blue",
        Purple = "purple", Pink = "pink",
    }
}

/// A label that conversations can have. Its name is unique in its tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    pub id: Id<Label>,
    pub name: String,
    pub color: LabelColor,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A list of conversations that is kept under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxView {
    pub id: Id<InboxView>,
    /// Whose it is; `None`: everybody's.
    pub owner: Option<Id<User>>,
    pub name: String,
    /// The query of the list, as in its address.
    pub query: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

words! {
    /// What is being written: an answer, or a note for the team.
    pub enum DraftMode { Reply = "reply", Note = "note" }
}

/// What somebody began to write in a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyDraft {
    pub conversation: Id<Conversation>,
    pub mode: DraftMode,
    pub text: String,
    pub reply_to: Option<Id<Message>>,
    pub updated_at: Timestamp,
}

/// A reply that the team keeps ready, under a shortcut that is unique in its tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CannedResponse {
    pub id: Id<CannedResponse>,
    /// Whose it is; `None`: everybody's.
    pub owner: Option<Id<User>>,
    pub shortcut: String,
    pub text: String,
    /// How often it was sent.
    pub usage_count: i64,
    pub last_used_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}
