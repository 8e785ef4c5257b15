//! From bytes to the one fact that an Update tells: which reader takes which kind.

use super::{
    Fact, Other, Update, envelope,
    facts::Origin,
    membership, message, others,
    people::{chat, user},
    press, reactions,
};
use crate::{
    json::{self, Object},
    telegram::update::NotAnUpdate,
};

/// Says what an Update means. Only what is no Update at all is an error; what can't be understood is [`Fact::Other`].
pub fn decode(bytes: &[u8]) -> Result<Update, NotAnUpdate> {
    let update = json::object(bytes).ok_or(NotAnUpdate::NotJson)?;
    let envelope = envelope::read(&update)?;
    let (field, kind) = envelope::kind_of(&update);
    let content = field.and_then(|field| update.object(field));
    let fact = match (field, content) {
        (Some(field), Some(content)) => fact(field, content),
        (Some(field), None) => unreadable(None, field, "is not an object"),
        (None, _) => unreadable(None, "content", "is missing"),
    };
    Ok(Update { update_id: envelope.update_id, kind, fact })
}

fn fact(field: &str, content: &Object<'_>) -> Fact {
    let read = match field {
        "message" => message::incoming(content, Origin::Chat).map(Fact::Message),
        "channel_post" => message::incoming(content, Origin::Channel).map(Fact::Message),
        "business_message" => message::incoming(content, Origin::Business).map(Fact::Message),
        "guest_message" => message::incoming(content, Origin::Guest).map(Fact::Message),
        "edited_message" => message::incoming(content, Origin::Chat).map(Fact::Edited),
        "edited_channel_post" => message::incoming(content, Origin::Channel).map(Fact::Edited),
        "edited_business_message" => message::incoming(content, Origin::Business).map(Fact::Edited),
        "message_reaction" => reactions::changed(content).map(Fact::Reactions),
        "callback_query" => press::pressed(content),
        "my_chat_member" => membership::changed(content).map(Fact::MyChatMember),
        "business_connection" => others::business(content).map(Fact::Business),
        "deleted_business_messages" => others::deleted(content).map(Fact::Deleted),
        _ => Some(Fact::Other(others::other(field, content))),
    };
    read.unwrap_or_else(|| unreadable(Some(content), field, "lacks the fields that would say what happened"))
}

fn unreadable(content: Option<&Object<'_>>, field: &str, why: &str) -> Fact {
    let reason = format!("The Update's {field} {why}.");
    Fact::Other(Other {
        chat: content.and_then(|content| chat(content.object("chat")?)),
        user: content.and_then(|content| user(content.object("from")?)),
        date: content.and_then(|content| message::date(content, "date")),
        summary: format!("Something that can't be read ({field})."),
        unreadable: Some(reason),
    })
}
