//! Reactions to a message, added, changed or removed.

use super::{
    facts::{Reactions, Sender},
    message::date,
    people::{chat, user},
};
use crate::json::Object;

/// A change of somebody's reactions.
pub(super) fn changed(content: &Object<'_>) -> Option<Reactions> {
    let actor = content.object("actor_chat").and_then(chat).map(Sender::Chat);
    let actor = actor.or_else(|| content.object("user").and_then(user).map(Sender::User));
    Some(Reactions {
        chat: chat(content.object("chat")?)?,
        message_id: content.integer("message_id")?,
        actor: actor.unwrap_or(Sender::Unnamed),
        date: date(content, "date"),
        old: list(content, "old_reaction"),
        new: list(content, "new_reaction"),
    })
}

fn list(content: &Object<'_>, key: &str) -> Vec<String> {
    content.objects(key).filter_map(reaction).collect()
}

fn reaction(item: &Object<'_>) -> Option<String> {
    match item.text("type")?.as_str() {
        "emoji" => item.text("emoji"),
        "custom_emoji" => item.text("custom_emoji_id").map(|id| format!("custom:{id}")),
        other => Some(other.to_owned()),
    }
}
