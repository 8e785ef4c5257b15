//! A message: who wrote where, in answer to what. What it says is read by `content`.

use model::{Timestamp, content::ContentKind, phone};

use super::{
    content,
    facts::{Incoming, Origin, Topic},
    people::{chat, sender},
};
use crate::json::Object;

/// The last second of the year 9999, beyond which no time can be written.
const LAST_SECOND: i64 = 253_402_300_799;

/// A message; one without a chat or number is none.
pub(super) fn incoming(message: &Object<'_>, origin: Origin) -> Option<Box<Incoming>> {
    let content = content::content(message);
    let is_text = content.kind == ContentKind::Text;
    Some(Box::new(Incoming {
        origin,
        chat: chat(message.object("chat")?)?,
        sender: sender(message),
        signature: message.text("author_signature").or_else(|| message.text("sender_tag")),
        message_id: message.integer("message_id")?,
        date: date(message, "date"),
        edit_date: date(message, "edit_date"),
        reply_to: reply_to(message),
        media_group_id: message.text("media_group_id"),
        business_connection_id: message.text("business_connection_id"),
        topic: topic(message),
        via_bot: message.object("via_bot").and_then(|bot| bot.text("username")),
        own_phone: own_phone(message),
        start_payload: content.text.as_deref().filter(|_| is_text).and_then(start_payload),
        migrate_to: message.integer("migrate_to_chat_id"),
        migrate_from: message.integer("migrate_from_chat_id"),
        content,
    }))
}

/// A time in seconds since 1970. Zero stands for a message that the bot may not see any more.
pub(super) fn date(object: &Object<'_>, key: &str) -> Option<Timestamp> {
    object.integer(key).filter(|seconds| (1..=LAST_SECOND).contains(seconds)).map(Timestamp::from_seconds)
}

/// The answered message of the same chat. In a forum every message "answers" the one that opened its topic: that is none.
fn reply_to(message: &Object<'_>) -> Option<i64> {
    let answered = message.object("reply_to_message")?;
    if answered.has("forum_topic_created") {
        return None;
    }
    let chat_of = |message: &Object<'_>| message.object("chat").and_then(|chat| chat.integer("id"));
    let elsewhere = chat_of(answered).is_some_and(|id| Some(id) != chat_of(message));
    answered.integer("message_id").filter(|_| !elsewhere)
}

/// The topic of a forum. Private chats may have topics, too, but stay one conversation.
pub(super) fn topic(message: &Object<'_>) -> Option<Topic> {
    let is_topic = message.flag("is_topic_message") && message.object("chat")?.text("type")? == "supergroup";
    let id = message.integer("message_thread_id").filter(|_| is_topic)?;
    let named = |message: &Object<'_>, field| message.object(field).and_then(|change| change.text("name"));
    let name = named(message, "forum_topic_created").or_else(|| named(message, "forum_topic_edited"));
    // Every message of a topic "answers" the one that opened it, unless it answers another.
    let first_name = message.object("reply_to_message").and_then(|opened| named(opened, "forum_topic_created"));
    Some(Topic { id, name, first_name })
}

/// The sender's own number in E.164. Telegram fills `user_id` with the owner of the number, so that a card whose `user_id`
/// is the sender's proves it.
fn own_phone(message: &Object<'_>) -> Option<String> {
    let card = message.object("contact")?;
    let sender = message.object("from")?.integer("id")?;
    if card.integer("user_id") != Some(sender) || message.has("sender_chat") {
        return None;
    }
    phone::e164(&card.text("phone_number")?).ok()
}

/// What follows `/start` or `/start@the_bot`.
fn start_payload(text: &str) -> Option<String> {
    let rest = text.strip_prefix("/start")?;
    let rest = match rest.strip_prefix('@') {
        Some(addressed) => addressed.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_'),
        None => rest,
    };
    let is_command = rest.chars().next().is_none_or(char::is_whitespace);
    is_command.then(|| rest.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::start_payload;

    #[test]
    fn a_start_has_a_payload_or_none() {
        assert_eq!(start_payload("/start").as_deref(), Some(""));
        assert_eq!(start_payload("/start abc-1_X").as_deref(), Some("abc-1_X"));
        assert_eq!(start_payload("/start@some_bot abc").as_deref(), Some("abc"));
        assert_eq!(start_payload("/starting"), None);
        assert_eq!(start_payload("hello /start"), None);
    }
}
