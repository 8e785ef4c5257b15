//! Users and chats, as every part of an Update names them.

use model::chat::{ChatKind, TelegramUser};

use super::facts::{ChatFacts, Sender};
use crate::json::Object;

/// A user; one without an id is nobody.
pub(super) fn user(object: &Object<'_>) -> Option<TelegramUser> {
    Some(TelegramUser {
        id: object.integer("id")?,
        is_bot: object.flag("is_bot"),
        first_name: object.text("first_name").unwrap_or_default(),
        last_name: object.text("last_name"),
        username: object.text("username"),
        language_code: object.text("language_code"),
    })
}

/// A chat; one without an id is none.
pub(super) fn chat(object: &Object<'_>) -> Option<ChatFacts> {
    let id = object.integer("id")?;
    let kind = object.text("type").and_then(|word| word.parse().ok()).unwrap_or_else(|| ChatKind::guess(id));
    Some(ChatFacts {
        id,
        kind,
        title: object.text("title").or_else(|| person_name(object)),
        username: object.text("username"),
        is_forum: object.flag("is_forum"),
    })
}

/// A person's first and last name.
pub(super) fn person_name(object: &Object<'_>) -> Option<String> {
    let first = object.text("first_name")?;
    Some(match object.text("last_name") {
        Some(last) => format!("{first} {last}"),
        None => first,
    })
}

/// What to call a user or chat in a sentence.
pub(super) fn name(object: &Object<'_>) -> String {
    object
        .text("title")
        .or_else(|| person_name(object))
        .filter(|name| !name.trim().is_empty())
        .or_else(|| object.text("username").map(|username| format!("@{username}")))
        .unwrap_or_else(|| "Somebody".into())
}

/// The name of what stands under `key`.
pub(super) fn name_at(object: &Object<'_>, key: &str) -> String {
    object.object(key).map_or_else(|| "Somebody".into(), name)
}

/// Who wrote a message. `sender_chat` comes first: `from` is then a stand-in such as GroupAnonymousBot, kept by Telegram
/// for old clients.
pub(super) fn sender(message: &Object<'_>) -> Sender {
    let writing_chat = message.object("sender_chat").and_then(chat);
    if let Some(chat) = writing_chat {
        return Sender::Chat(chat);
    }
    message.object("from").and_then(user).map_or(Sender::Unnamed, Sender::User)
}

/// What the sender of a message is called in a sentence.
pub(super) fn sender_name(message: &Object<'_>) -> String {
    let writer = message.object("sender_chat").or_else(|| message.object("from")).or_else(|| message.object("chat"));
    writer.map_or_else(|| "Somebody".into(), name)
}
