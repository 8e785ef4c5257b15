//! The one timeline of a contact in the team inbox, over all channels.

use crate::{Id, Platform, Tenant, Timestamp, User, bot::Bot, contact::Contact, word::words};

words! {
    pub enum ConversationKind { Person = "PERSON", Group = "GROUP", Channel = "CHANNEL" }
}

words! {
    pub enum ConversationStatus { Open = "OPEN", Snoozed = "SNOOZED", Closed = "CLOSED" }
}

words! {
    pub enum Priority { Urgent = "URGENT", High = "HIGH", Normal = "NORMAL", Low = "LOW" }
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
    pub assignee: Option<Id<User>>,
    pub labels: Vec<String>,
    pub priority: Priority,
    pub unread_count: i64,
    /// The sequence of the newest timeline entry.
    pub last_sequence: i64,
    pub last_message_at: Option<Timestamp>,
    pub snoozed_until: Option<Timestamp>,
    pub created_at: Timestamp,
}
