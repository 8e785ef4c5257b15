//! Updates that belong to no timeline, each as one plain sentence.

use model::chat::BusinessConnection;

use super::{
    facts::{Deleted, Other},
    message::date,
    people::{chat, name, user},
};
use crate::json::{Object, Value};

/// Messages that a business account lost.
pub(super) fn deleted(content: &Object<'_>) -> Option<Deleted> {
    Some(Deleted {
        chat: chat(content.object("chat")?)?,
        message_ids: content.array("message_ids").iter().filter_map(Value::as_integer).collect(),
        business_connection_id: content.text("business_connection_id"),
    })
}

/// What a business account allows. Before Bot API 9.0 the right to answer stood beside the others.
pub(super) fn business(content: &Object<'_>) -> Option<BusinessConnection> {
    let owner = user(content.object("user")?)?;
    let may = |object: &Object<'_>| object.flag("can_reply");
    Some(BusinessConnection {
        connection_id: content.text("id")?,
        user_id: owner.id,
        name: owner.full_name(),
        is_enabled: content.flag("is_enabled"),
        can_reply: content.object("rights").map_or_else(|| may(content), may),
    })
}

/// What is only noted.
pub(super) fn other(field: &str, content: &Object<'_>) -> Other {
    let message = content.object("message");
    let chat_object = content.object("chat").or_else(|| message.and_then(|message| message.object("chat")));
    let person = content.object("from").or_else(|| content.object("user"));
    Other {
        chat: chat_object.and_then(chat),
        user: person.and_then(user),
        date: date(content, "date"),
        summary: summary(field, content, &person.map_or_else(|| "Somebody".into(), name)),
        unreadable: None,
    }
}

fn summary(field: &str, content: &Object<'_>, who: &str) -> String {
    let text = |key| content.text(key).unwrap_or_default();
    let chat_name = || content.object("chat").map_or_else(|| "a chat".into(), name);
    match field {
        "inline_query" => format!("{who} typed “{}” after the bot's name.", text("query")),
        "chosen_inline_result" => format!("{who} chose an inline result for “{}”.", text("query")),
        "callback_query" => format!("{who} pressed the button of a game."),
        "shipping_query" => format!("{who} asks for shipping options."),
        "pre_checkout_query" => format!("{who} is about to pay."),
        "purchased_paid_media" => format!("{who} bought paid media."),
        "poll" => poll(content),
        "poll_answer" if content.array("option_ids").is_empty() => format!("{who} took back their vote in a poll."),
        "poll_answer" => format!("{who} voted in a poll."),
        "chat_member" => member(content, who),
        "chat_join_request" => format!("{who} asks to join {}.", chat_name()),
        "chat_boost" => format!("{} was boosted.", chat_name()),
        "removed_chat_boost" => format!("A boost of {} ended.", chat_name()),
        "message_reaction_count" => format!("Reactions to a message in {} were counted.", chat_name()),
        "managed_bot" => format!("{who} changed a managed bot."),
        "subscription" => format!("The subscription of {who} is now “{}”.", text("state")),
        "stopped_message_generation" => "A message that was being written was stopped.".into(),
        "widget_query" | "shared_widget_query" => format!("{who} used a widget."),
        _ => format!("Something new ({field})."),
    }
}

fn poll(content: &Object<'_>) -> String {
    let votes = content.integer("total_voter_count").unwrap_or(0);
    let state = if content.flag("is_closed") { "is closed with" } else { "has" };
    format!("The poll “{}” {state} {votes} votes.", content.text("question").unwrap_or_default())
}

fn member(content: &Object<'_>, who: &str) -> String {
    let new = content.object("new_chat_member");
    let whom = new.and_then(|member| member.object("user")).map_or_else(|| "Somebody".into(), name);
    let status = new.and_then(|member| member.text("status")).unwrap_or_else(|| "unknown".into());
    format!("{who} changed the status of {whom} to “{status}”.")
}
