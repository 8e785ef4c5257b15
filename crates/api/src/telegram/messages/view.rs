//! A message as clients see it.

use model::{
    Platform, Timestamp,
    content::Content,
    message::{Author, Direction, ErrorCode, Message, OnUnknown, Status, WaitingFor},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::ids::{BotId, ConversationId, MessageId};

/// A message with what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MessageView {
    id: MessageId,
    /// Null on messages that came in.
    status: Option<Status>,
    direction: Option<Direction>,
    platform: Platform,
    bot_app_id: Option<BotId>,
    #[schema(example = 123456789)]
    chat_id: Option<i64>,
    /// Null until the person behind an unknown chat answers.
    conversation_id: Option<ConversationId>,
    author: Author,
    content: Content,
    /// The text or caption, which stands in `content` too.
    text: Option<String>,
    reply_to: Option<MessageId>,
    /// The channel's name of the (first) message, once it was sent: Telegram's number in the chat, or WhatsApp's text.
    #[schema(value_type = Option<Object>)]
    provider_message_id: Option<ProviderMessageId>,
    /// Calls made so far.
    attempts: i64,
    /// How many calls it takes: long texts go out as several messages.
    parts: i64,
    parts_sent: i64,
    error_code: Option<ErrorCode>,
    /// Telegram's own words.
    error_message: Option<String>,
    /// Why it has not left yet.
    waiting_for: Option<WaitingFor>,
    next_attempt_at: Option<Timestamp>,
    scheduled_time: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    on_unknown: Option<OnUnknown>,
    created_at: Timestamp,
    sent_at: Option<Timestamp>,
    /// Where the channel tells.
    delivered_at: Option<Timestamp>,
    read_at: Option<Timestamp>,
    failed_at: Option<Timestamp>,
    edited_at: Option<Timestamp>,
    deleted_at: Option<Timestamp>,
}

impl From<Message> for MessageView {
    fn from(message: Message) -> Self {
        let sending = message.sending;
        let content = shown(message.content, message.id);
        let of = sending.as_ref();
        Self {
            id: message.id,
            status: of.map(|s| s.status),
            direction: message.direction,
            platform: message.platform,
            bot_app_id: message.bot,
            chat_id: message.chat_id,
            conversation_id: message.conversation,
            author: message.author,
            text: content.text.clone(),
            content,
            reply_to: message.reply_to,
            provider_message_id: ProviderMessageId::of(message.provider_message_id, message.provider_name),
            attempts: of.map_or(0, |s| s.attempts),
            parts: of.map_or(1, |s| s.parts),
            parts_sent: of.map_or(1, |s| s.parts_sent),
            error_code: of.and_then(|s| s.error_code),
            error_message: of.and_then(|s| s.error_message.clone()),
            waiting_for: of.and_then(|s| s.waiting_for),
            next_attempt_at: of.and_then(|s| s.next_attempt_at),
            scheduled_time: of.and_then(|s| s.scheduled_time),
            expires_at: of.and_then(|s| s.expires_at),
            on_unknown: of.map(|s| s.on_unknown),
            created_at: message.created_at,
            sent_at: of.and_then(|s| s.sent_at),
            delivered_at: of.and_then(|s| s.delivered_at),
            read_at: of.and_then(|s| s.read_at),
            failed_at: of.and_then(|s| s.failed_at),
            edited_at: message.edited_at,
            deleted_at: message.deleted_at,
        }
    }
}

/// How the channel calls a message.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum ProviderMessageId {
    Number(i64),
    Name(String),
}

impl ProviderMessageId {
    /// The name, where the number is only made of it.
    pub(crate) fn of(number: Option<i64>, name: Option<String>) -> Option<Self> {
        name.map(Self::Name).or(number.map(Self::Number))
    }
}

/// Media are fetched from us: where their bytes come from is nobody's business.
fn shown(mut content: Content, message: MessageId) -> Content {
    for (index, media) in content.media.iter_mut().enumerate() {
        media.url = media.source.take().map(|_| format!("/team-inbox/api/media/{message}/{index}/"));
    }
    content
}
