//! Pressed buttons.

use super::{
    facts::{ButtonPressed, Fact},
    message::topic,
    others,
    people::{chat, user},
};
use crate::json::{Object, Value};

/// A pressed callback button; the button of a game carries no data and is only noted.
pub(super) fn pressed(query: &Object<'_>) -> Option<Fact> {
    let from = user(query.object("from")?)?;
    let Some(data) = query.text("data") else {
        return Some(Fact::Other(others::other("callback_query", query)));
    };
    let message = query.object("message");
    Some(Fact::ButtonPressed(ButtonPressed {
        callback_query_id: query.text("id")?,
        from,
        chat: message.and_then(|message| chat(message.object("chat")?)),
        message_id: message.and_then(|message| message.integer("message_id")),
        business_connection_id: message.and_then(|message| message.text("business_connection_id")),
        topic: message.and_then(topic),
        label: message.and_then(|message| label(message, &data)),
        data,
    }))
}

/// What stood on the button. A message that the bot may not see any more has none.
fn label(message: &Object<'_>, data: &str) -> Option<String> {
    let rows = message.object("reply_markup")?.array("inline_keyboard").iter();
    let cells = rows.filter_map(|row| match row {
        Value::Array(cells) => Some(cells),
        _ => None,
    });
    let mut cells = cells.flatten().filter_map(Value::as_object);
    cells.find(|cell| cell.text("callback_data").as_deref() == Some(data))?.text("text")
}
