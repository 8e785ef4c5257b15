//! The least that must be known of an Update to store it: its number, its kind, and what it must stay in order with.

use crate::json::{self, Object};

/// Every kind of Update that Bot API 10.4 knows, with its name in upper case.
pub const KINDS: [(&str, &str); 29] = [
    ("message", "MESSAGE"),
    ("edited_message", "EDITED_MESSAGE"),
    ("channel_post", "CHANNEL_POST"),
    ("edited_channel_post", "EDITED_CHANNEL_POST"),
    ("business_connection", "BUSINESS_CONNECTION"),
    ("business_message", "BUSINESS_MESSAGE"),
    ("edited_business_message", "EDITED_BUSINESS_MESSAGE"),
    ("deleted_business_messages", "DELETED_BUSINESS_MESSAGES"),
    ("guest_message", "GUEST_MESSAGE"),
    ("message_reaction", "MESSAGE_REACTION"),
    ("message_reaction_count", "MESSAGE_REACTION_COUNT"),
    ("inline_query", "INLINE_QUERY"),
    ("chosen_inline_result", "CHOSEN_INLINE_RESULT"),
    ("callback_query", "CALLBACK_QUERY"),
    ("shipping_query", "SHIPPING_QUERY"),
    ("pre_checkout_query", "PRE_CHECKOUT_QUERY"),
    ("purchased_paid_media", "PURCHASED_PAID_MEDIA"),
    ("poll", "POLL"),
    ("poll_answer", "POLL_ANSWER"),
    ("my_chat_member", "MY_CHAT_MEMBER"),
    ("chat_member", "CHAT_MEMBER"),
    ("chat_join_request", "CHAT_JOIN_REQUEST"),
    ("chat_boost", "CHAT_BOOST"),
    ("removed_chat_boost", "REMOVED_CHAT_BOOST"),
    ("managed_bot", "MANAGED_BOT"),
    ("subscription", "SUBSCRIPTION"),
    ("stopped_message_generation", "STOPPED_MESSAGE_GENERATION"),
    ("widget_query", "WIDGET_QUERY"),
    ("shared_widget_query", "SHARED_WIDGET_QUERY"),
];

/// The kinds to ask Telegram for: all of them, the three that its default leaves out too. A server that doesn't know one
/// of the names ignores it.
pub const ALLOWED_UPDATES: [&str; KINDS.len()] = {
    let mut names = [""; KINDS.len()];
    let mut i = 0;
    while i < names.len() {
        names[i] = KINDS[i].0;
        i += 1;
    }
    names
};

/// Levels of an Update at which a chat's id may stand: update, callback query, message, chat.
const LEVELS: usize = 4;

/// What an unknown kind is called.
const UNKNOWN: &str = "UNKNOWN";

/// The outside of an Update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Envelope {
    pub update_id: i64,
    /// The kind in upper case, or `UNKNOWN`.
    pub kind: &'static str,
    /// Updates with the same key must be processed in order: the id of the chat, or of the user where there is no chat.
    pub chat_key: Option<i64>,
}

/// Why bytes are no Update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAnUpdate {
    NotJson,
    NoUpdateId,
}

impl std::fmt::Display for NotAnUpdate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            NotAnUpdate::NotJson => "The body is not a JSON object in UTF-8.",
            NotAnUpdate::NoUpdateId => "The field update_id is missing or not a 64-bit integer.",
        })
    }
}

impl std::error::Error for NotAnUpdate {}

/// Reads the outside of an Update.
pub fn envelope(bytes: &[u8]) -> Result<Envelope, NotAnUpdate> {
    let update = json::outline(bytes, LEVELS).ok_or(NotAnUpdate::NotJson)?;
    read(&update)
}

pub(super) fn read(update: &Object<'_>) -> Result<Envelope, NotAnUpdate> {
    let update_id = update.integer("update_id").ok_or(NotAnUpdate::NoUpdateId)?;
    let (field, kind) = kind_of(update);
    let chat_key = field.and_then(|field| update.object(field)).and_then(chat_key);
    Ok(Envelope { update_id, kind, chat_key })
}

/// The field that holds the Update's content, and the name of its kind.
pub(super) fn kind_of<'u>(update: &'u Object<'_>) -> (Option<&'u str>, &'static str) {
    // One pass over the fields: there may be very many, and looking each up would take their square.
    let known = update
        .fields()
        .filter(|(_, value)| !value.is_nothing())
        .find_map(|(key, _)| KINDS.iter().find(|(field, _)| *field == key).map(|(_, kind)| (Some(key), *kind)));
    known.unwrap_or_else(|| {
        let mut objects = update.fields().filter(|(_, value)| value.as_object().is_some());
        (objects.next().map(|(key, _)| key), UNKNOWN)
    })
}

/// Where an Update belongs. A pressed button belongs to the chat of its message, so that it follows what was written there.
pub(super) fn chat_key(content: &Object<'_>) -> Option<i64> {
    let message_chat = || content.object("message").and_then(|message| message.object("chat"));
    let places = [content.object("chat"), message_chat(), content.object("from"), content.object("user")];
    let id = places.into_iter().flatten().find_map(|place| place.integer("id"));
    id.or_else(|| content.integer("user_chat_id"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_its_field_in_upper_case() {
        for (field, kind) in KINDS {
            assert_eq!(field.to_uppercase(), kind);
        }
    }

    #[test]
    fn the_outside_is_read() {
        let read = |text: &str| envelope(text.as_bytes());
        let message = read(r#"{"update_id":5,"message":{"chat":{"id":-7},"from":{"id":9}}}"#).unwrap();
        assert_eq!(message, Envelope { update_id: 5, kind: "MESSAGE", chat_key: Some(-7) });
        let press = read(r#"{"update_id":6,"callback_query":{"from":{"id":9},"message":{"chat":{"id":4}}}}"#).unwrap();
        assert_eq!((press.kind, press.chat_key), ("CALLBACK_QUERY", Some(4)));
        let inline = read(r#"{"update_id":6,"inline_query":{"from":{"id":9}}}"#).unwrap();
        assert_eq!(inline.chat_key, Some(9));
        let unknown = read(r#"{"update_id":7,"novelty":{"chat":{"id":3}}}"#).unwrap();
        assert_eq!((unknown.kind, unknown.chat_key), ("UNKNOWN", Some(3)));
        assert_eq!(read(r#"{"update_id":7,"message":5}"#).unwrap().kind, "MESSAGE");
    }

    #[test]
    fn without_an_integer_number_there_is_no_update() {
        for id in ["\"1\"", "1.0", "1e3", "9223372036854775808", "null", "[]"] {
            let bytes = format!("{{\"update_id\":{id}}}");
            assert_eq!(envelope(bytes.as_bytes()), Err(NotAnUpdate::NoUpdateId), "{id}");
        }
        assert_eq!(envelope(b"{}"), Err(NotAnUpdate::NoUpdateId));
        assert_eq!(envelope(b"[]"), Err(NotAnUpdate::NotJson));
        assert_eq!(envelope(b"{\"update_id\":9223372036854775807}").unwrap().update_id, i64::MAX);
    }
}
