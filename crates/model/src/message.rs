//! One entry of a timeline, and what may become of a message that is sent.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Id, Platform, Tenant, Timestamp, bot::Bot, broadcast::Broadcast, content::Content, conversation::Conversation,
    word::words,
};

words! {
    pub enum Direction { Incoming = "INCOMING", Outgoing = "OUTGOING" }
}

words! {
    pub enum EntryKind { Message = "message", Note = "note", Activity = "activity" }
}

words! {
    pub enum AuthorType {
        Contact = "CONTACT", User = "USER", Bot = "BOT", Api = "API", Broadcast = "BROADCAST", System = "SYSTEM",
    }
}

words! {
    /// Where a sent message is. Telegram tells bots neither delivery nor reading; other channels add those.
    pub enum Status {
        Scheduled = "SCHEDULED", Pending = "PENDING", Sending = "SENDING", Sent = "SENT", Failed = "FAILED",
        Blocked = "BLOCKED", Cancelled = "CANCELLED", Expired = "EXPIRED", Unknown = "UNKNOWN",
        Delivered = "DELIVERED", Read = "READ",
    }
}

impl Status {
    /// Whether nothing more happens by itself.
    pub const fn is_final(self) -> bool {
        !matches!(self, Status::Scheduled | Status::Pending | Status::Sending)
    }

    /// Whether the channel has it, as far as is known.
    pub const fn has_left(self) -> bool {
        matches!(self, Status::Sent | Status::Delivered | Status::Read)
    }
}

words! {
    /// Why a message was not sent: a closed vocabulary, to which a further channel may add.
    pub enum ErrorCode {
        BlockedByUser = "blocked_by_user", UserDeactivated = "user_deactivated", ChatNotStarted = "chat_not_started",
        ChatNotFound = "chat_not_found", BotRemoved = "bot_removed", NoRights = "no_rights",
        MessageTooLong = "message_too_long", BadMarkup = "bad_markup", BadMedia = "bad_media",
        ReplyNotFound = "reply_not_found", TokenRevoked = "token_revoked", WebhookConflict = "webhook_conflict",
        PayloadInvalid = "payload_invalid", TelegramUnavailable = "telegram_unavailable", TimedOut = "timed_out",
        Expired = "expired", Unknown = "unknown",
        /// The person has not written for a day: only a template may be sent.
        WindowClosed = "window_closed",
        /// No account at the channel, or one that can't get this.
        NotReachable = "not_reachable",
        OptedOut = "opted_out",
        /// The template is not there, not approved, or does not take these parameters.
        TemplateInvalid = "template_invalid",
        /// The channel has restricted the sender or its account.
        SenderSuspended = "sender_suspended",
        /// The channel's own rules keep this message from this person, now or for good.
        RefusedByPolicy = "refused_by_policy",
        ChannelUnavailable = "channel_unavailable",
    }
}

words! {
    /// Why a message has not left yet.
    pub enum WaitingFor {
        BotRate = "bot_rate", ChatRate = "chat_rate", RetryAfter = "retry_after", DailyLimit = "daily_limit",
        Schedule = "schedule", BackOff = "back_off",
    }
}

words! {
    /// What follows when Telegram's answer was lost: send again and perhaps double, or leave it to a person.
    pub enum OnUnknown { Retry = "retry", Hold = "hold" }
}

/// Who wrote an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Author {
    #[serde(rename = "type")]
    pub kind: AuthorType,
    /// A contact's, user's, key's, bot's or broadcast's id.
    pub id: Option<uuid::Uuid>,
    pub name: Option<String>,
}

/// One entry of a timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    pub id: Id<Message>,
    pub tenant: Id<Tenant>,
    /// None until the person behind an unknown chat answers.
    pub conversation: Option<Id<Conversation>>,
    /// Place in the timeline, from 1; 0 while there is no conversation.
    pub sequence: i64,
    pub kind: EntryKind,
    pub direction: Option<Direction>,
    pub platform: Platform,
    pub bot: Option<Id<Bot>>,
    pub chat_id: Option<i64>,
    pub author: Author,
    pub content: Content,
    pub reply_to: Option<Id<Message>>,
    /// The channel's id of the first part, once known.
    pub provider_message_id: Option<i64>,
    /// The same where the channel names messages by words; the number is then made of it.
    pub provider_name: Option<String>,
    /// Pieces of one album arrive under one of these and become one entry.
    pub media_group_id: Option<String>,
    pub broadcast: Option<Id<Broadcast>>,
    pub edited_at: Option<Timestamp>,
    pub deleted_at: Option<Timestamp>,
    pub created_at: Timestamp,
    /// Present on outgoing messages only.
    pub sending: Option<Sending>,
}

/// What is known of a message's way out.
#[derive(Debug, Clone, PartialEq)]
pub struct Sending {
    pub status: Status,
    /// Calls made so far, over all parts.
    pub attempts: i64,
    pub error_code: Option<ErrorCode>,
    /// The channel's own words.
    pub error_message: Option<String>,
    pub waiting_for: Option<WaitingFor>,
    pub next_attempt_at: Option<Timestamp>,
    pub scheduled_time: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    pub sent_at: Option<Timestamp>,
    /// Where the channel tells.
    pub delivered_at: Option<Timestamp>,
    pub read_at: Option<Timestamp>,
    pub failed_at: Option<Timestamp>,
    /// How many calls it takes, and how many are done.
    pub parts: i64,
    pub parts_sent: i64,
    pub on_unknown: OnUnknown,
}
