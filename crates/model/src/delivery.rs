//! A delivery: one call to a channel that an accepted message owes, and what its answer may mean.

use crate::{
    Id, Timestamp,
    bot::Bot,
    broadcast::Broadcast,
    message::{ErrorCode, Message, OnUnknown},
    word::words,
};

words! {
    /// Where a delivery is on its way. `HELD`: its message ended without being sent; a retry by hand queues it again.
    pub enum DeliveryState { Scheduled = "SCHEDULED", Queued = "QUEUED", Sending = "SENDING", Held = "HELD" }
}

words! {
    /// What a delivery does to its message.
    pub enum DeliveryOp { Send = "SEND", Edit = "EDIT", Delete = "DELETE", React = "REACT" }
}

/// Replies overtake bulk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// Inbox, API, MCP, command line.
    Reply,
    /// Broadcasts.
    Bulk,
}

impl Class {
    pub const fn as_int(self) -> i64 {
        match self {
            Class::Reply => 0,
            Class::Bulk => 1,
        }
    }

    pub const fn from_int(value: i64) -> Self {
        if value == 0 { Class::Reply } else { Class::Bulk }
    }
}

/// The name of a delivery: the bot's lane and the place of acceptance in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeliveryKey {
    pub bot: Id<Bot>,
    pub position: i64,
}

/// What the planner knows of a delivery; the payload is loaded only when it is claimed.
#[derive(Debug, Clone, PartialEq)]
pub struct Queued {
    pub key: DeliveryKey,
    pub message: Id<Message>,
    pub broadcast: Option<Id<Broadcast>>,
    pub class: Class,
    pub chat_id: i64,
    /// Groups have a rate limit of their own.
    pub is_group: bool,
    /// Places it takes in every window.
    pub weight: u32,
    /// Whether it counts against the daily limit.
    pub counts_daily: bool,
    /// Not before this.
    pub due_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    /// Tries that ended without a certain answer, or with one that allows another try.
    pub attempts: u32,
    /// Whether an earlier try's outcome is not known.
    pub was_unknown: bool,
    pub on_unknown: OnUnknown,
    /// Telegram is paid for it: it takes its place in a window of its own.
    pub is_paid: bool,
}

/// How far a 429 reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reach {
    Chat,
    Bot,
}

/// What a channel's answer means. Only the planner knows what follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Accepted; the channel's ids of the new messages, in order.
    Sent { provider_message_ids: Vec<i64> },
    /// The same of one message that the channel names by words; the number is made of the name.
    Accepted { provider_message_id: i64, name: String },
    /// 429: not before `after_ms` from now.
    RetryAfter { after_ms: i64 },
    /// As `RetryAfter`, where the channel says whom it means.
    Throttled { after_ms: i64, reach: Reach },
    /// The channel refuses everything of this sender for now: nothing of it leaves until then, and nothing is used up.
    ChannelSuspended { code: ErrorCode, message: String, after_ms: i64 },
    /// The person may only be sent a template now.
    WindowClosed { message: String },
    /// Certainly not done, and worth another try.
    Retry { code: ErrorCode, message: String },
    /// Certainly not done, and never will be.
    Rejected { code: ErrorCode, message: String },
    /// This chat can't be written to.
    Unreachable { code: ErrorCode, message: String },
    /// The group became a supergroup with another id.
    Migrated { chat_id: i64 },
    /// The bot's token is no longer good: nothing of this bot can leave.
    TokenRevoked { message: String },
    /// The request began to leave and no complete answer came.
    Unknown { message: String },
}
