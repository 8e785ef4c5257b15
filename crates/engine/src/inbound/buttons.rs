//! Pressed buttons: shown in the timeline with their whole value, and answered so that the phone's spinner stops.

use channels::telegram::{
    keyboard,
    update::{ButtonPressed, ChatFacts, Sender},
};
use model::{
    Result,
    chat::ChatKind,
    content::{Content, ContentKind},
    feed::{Change, FeedKind},
    message::{Direction, EntryKind},
};
use store::{callback_data, timeline};

use super::{
    apply::{CallbackAnswer, Writer},
    place::{self, Spot},
};

/// Writes what was pressed; answers what Telegram waits for.
pub(super) fn pressed(writer: &mut Writer<'_>, pressed: &ButtonPressed) -> Result<CallbackAnswer> {
    let chat = pressed.chat.clone().unwrap_or_else(|| private_chat(pressed));
    let sender = Sender::User(pressed.from.clone());
    let connection_id = pressed.business_connection_id.as_deref();
    let spot = Spot::within(writer, &chat, pressed.topic.as_ref(), connection_id)?;
    let place = place::arrive(writer, &spot, &sender, writer.now)?;
    let author = place::author(writer, (&spot, &place), &sender, None)?;
    let data = whole_value(writer, &pressed.data)?;
    let content =
        Content { text: pressed.label.clone(), callback_data: Some(data), ..Content::new(ContentKind::Button) };
    let mut message = place::entry(writer, &place, EntryKind::Activity, author, content);
    message.direction = Some(Direction::Incoming);
    if let Some(number) = pressed.message_id {
        message.reply_to = timeline::by_provider(writer.tx, &writer.scope, writer.bot, place.chat_id, number)?;
    }
    let id = message.id;
    let touch = writer.incoming();
    timeline::append(writer.tx, &writer.scope, &message, touch)?;
    writer.changes.push(Change::new(FeedKind::NewMessage, id));
    Ok(CallbackAnswer { bot: writer.bot, callback_query_id: pressed.callback_query_id.clone() })
}

/// Values over the channel's limit travel as tokens; an invented token stays what it is.
fn whole_value(writer: &mut Writer<'_>, data: &str) -> Result<String> {
    if keyboard::read_token(data).is_none() {
        return Ok(data.to_owned());
    }
    Ok(callback_data::get(writer.tx, &writer.scope, data)?.unwrap_or_else(|| data.to_owned()))
}

/// The button of an inline message names no chat; its presser's own is meant.
fn private_chat(pressed: &ButtonPressed) -> ChatFacts {
    ChatFacts {
        id: pressed.from.id,
        kind: ChatKind::Private,
        title: Some(pressed.from.full_name()),
        username: pressed.from.username.clone(),
        is_forum: false,
    }
}
