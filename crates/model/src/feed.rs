//! The feed: one row for every change that somebody may wait for, numbered per tenant in order of commit.

use uuid::Uuid;

use crate::{Id, User, word::words};

words! {
    /// What kind of change a feed row tells of.
    pub enum FeedKind {
        NewMessage = "new_message",
        MessageUpdated = "message_updated",
        MessageStatus = "message_status",
        Assignment = "assignment_update",
        /// A conversation's status, labels or priority.
        Ticket = "ticket_update",
        /// Anything else about a conversation: its unread count, its contact's channel.
        Conversation = "conversation_updated",
        Broadcast = "broadcast_progress",
        Contact = "contact_update",
        Bot = "bot_update",
        Import = "import_progress",
        /// The same done to many contacts: how far it is.
        ContactJob = "contact_job_progress",
        /// A webhook endpoint was disabled, because nothing arrives there.
        Endpoint = "webhook_endpoint_disabled",
    }
}

impl FeedKind {
    /// What the event is called for those who listen.
    pub const fn event_type(self) -> &'static str {
        match self {
            FeedKind::Contact => "contact_changed",
            FeedKind::Bot => "bot_health",
            kind => kind.as_str(),
        }
    }

    /// Counts that change many times a second; who listens wants the newest, not each.
    pub const fn is_progress(self) -> bool {
        matches!(self, FeedKind::Broadcast | FeedKind::Import | FeedKind::ContactJob)
    }
}

/// One change: what happened to which object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Change {
    pub kind: FeedKind,
    pub object: Uuid,
    /// The one person whom it concerns; `None`: everybody who may see the object.
    pub only_for: Option<Id<User>>,
}

impl Change {
    pub fn new<T>(kind: FeedKind, object: Id<T>) -> Self {
        Self { kind, object: object.as_uuid(), only_for: None }
    }

    /// A change that only one person is to hear of.
    pub fn for_person<T>(kind: FeedKind, object: Id<T>, person: Id<User>) -> Self {
        Self { only_for: Some(person), ..Self::new(kind, object) }
    }
}
