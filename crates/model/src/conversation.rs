//! The one timeline of a contact in the team inbox, over all channels.

use crate::{Id, Platform, Tenant, Timestamp, User, bot::Bot, contact::Contact, message::Message, word::words};

words! {
    pub enum ConversationKind { Person = "PERSON", Group = "GROUP", Channel = "CHANNEL" }
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
    /// The status it has from now on; `None`: as before.
    pub status: Option<ConversationStatus>,
}

/// What becomes of the number of unread messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    Keep,
    Add,
    Clear,
}

impl Touch {
    /// A message from the contact: unread, and it reopens what was closed and wakes what was snoozed.
    pub const INCOMING: Touch =
        Touch { is_last_message: true, unread: Unread::Add, status: Some(ConversationStatus::Open) };

    /// A message that no person of the team wrote just now: a broadcast, an API send, an automatic answer.
    pub const AUTOMATIC: Touch = Touch { is_last_message: true, unread: Unread::Keep, status: None };

    /// Notes and activity are for the team; they leave the list as it is.
    pub const INTERNAL: Touch = Touch { is_last_message: false, unread: Unread::Keep, status: None };

    /// A reply from the inbox: who answers has read, and a closed conversation opens again. A snoozed one goes on
    /// waiting for the contact.
    pub fn reply(status: ConversationStatus) -> Touch {
        let status = (status == ConversationStatus::Closed).then_some(ConversationStatus::Open);
        Touch { is_last_message: true, unread: Unread::Clear, status }
    }
}

/// A conversation's head: what the inbox list needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversation {
    pub id: Id<Conversation>,
    pub tenant: Id<Tenant>,
    pub kind: ConversationKind,
    pub status: ConversationStatus,
    pub contact: Id<Contact>,
    /// The channel and bot that the contact used last.
    pub platform: Platform,
    pub bot: Option<Id<Bot>>,
    /// The channel's chat that the contact used last.
    pub chat_id: Option<i64>,
    pub assignee: Option<Id<User>>,
    pub labels: Vec<String>,
    pub priority: Priority,
    pub unread_count: i64,
    /// The sequence of the newest timeline entry.
    pub last_sequence: i64,
    pub last_message: Option<Id<Message>>,
    /// When the last message came or went; before the first, when the conversation was made.
    pub last_message_at: Timestamp,
    pub snoozed_until: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A reply that the team keeps ready, under a shortcut that is unique in its tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CannedResponse {
    pub id: Id<CannedResponse>,
    pub shortcut: String,
    pub text: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}
