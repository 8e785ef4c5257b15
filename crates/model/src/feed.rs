//! The feed: one row for every change that somebody may wait for, numbered per tenant in order of commit.

use uuid::Uuid;

use crate::word::words;

words! {
    /// What kind of change a feed row tells of.
    pub enum FeedKind {
        NewMessage = "new_message",
        MessageUpdated = "message_updated",
        MessageStatus = "message_status",
        Assignment = "assignment_update",
        /// A conversation's status, labels, priority or unread count.
        Ticket = "ticket_update",
        Broadcast = "broadcast_progress",
        Contact = "contact_update",
        Bot = "bot_update",
    }
}

/// One change: what happened to which object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    pub kind: FeedKind,
    pub object: Uuid,
}

impl Change {
    pub fn new<T>(kind: FeedKind, object: crate::Id<T>) -> Self {
        Self { kind, object: object.as_uuid() }
    }
}
