//! Changing and deleting messages as a person.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Given, Refusal, Result, people,
    place::{self, Place},
    write::text_content,
};
use crate::{inbox::QueueKey, message::Message, state::Shared};

/// A message of the person's own, and what becomes of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    bot: Option<i64>,
    chat: Option<i64>,
    message_id: i64,
    text: Option<String>,
    caption: Option<String>,
    location: Option<Value>,
}

pub async fn edit(State(state): State<Shared>, Path(id): Path<i64>, Given(edit): Given<Edit>) -> Result<Json<Value>> {
    let user = people::find(&state, id)?;
    let place = Place::find(&state, &user, edit.bot, edit.chat)?;
    let new = match (&edit.text, &edit.caption, edit.location) {
        (Some(text), _, _) => text_content("text", "entities", text, None)?,
        (_, Some(caption), _) => text_content("caption", "caption_entities", caption, None)?,
        (_, _, Some(location)) => vec![("location", location)],
        _ => return Err(Refusal::bad("say what changes: text, caption or location")),
    };
    let now = state.now();
    let message = state.rooms.with(place.key(), |room| {
        let message = own_message(room.get_mut(edit.message_id), edit.message_id, user.id)?;
        let replaced = new[0].0;
        message.content.retain(|(name, _)| *name != replaced && !name.ends_with("entities"));
        message.content.extend(new);
        message.edit_date = Some(now);
        Ok::<_, Refusal>(message.clone())
    })?;
    let kind = if place.is_channel() { "edited_channel_post" } else { "edited_message" };
    place::push_all(&state, &place, kind, &message, &QueueKey::Chat(message.chat_id));
    place::tell(&state, &place, "edited", &message);
    Ok(Json(message.for_person()))
}

fn own_message(message: Option<&mut Message>, id: i64, user: i64) -> Result<&mut Message> {
    let message = message.ok_or_else(|| Refusal::missing(format!("there is no message {id}")))?;
    let is_own = message.from.as_ref().is_none_or(|from| from.id == user);
    if is_own { Ok(message) } else { Err(Refusal::conflict("that message is somebody else's")) }
}

/// A message in a chat.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Which {
    bot: Option<i64>,
    chat: Option<i64>,
    message_id: i64,
}

/// Deletes any message of the chat, as people may in private. Bots are not told.
pub async fn delete(
    State(state): State<Shared>,
    Path(id): Path<i64>,
    Given(which): Given<Which>,
) -> Result<Json<Value>> {
    let user = people::find(&state, id)?;
    let place = Place::find(&state, &user, which.bot, which.chat)?;
    state.rooms.with(place.key(), |room| {
        let message = room.get_mut(which.message_id);
        message.ok_or_else(|| Refusal::missing(format!("there is no message {}", which.message_id)))?.deleted = true;
        Ok::<_, Refusal>(())
    })?;
    let (bot, chat) = (which.bot, place.chat_id());
    state.events.tell(|| json!({"type": "deleted", "bot": bot, "chat": chat, "message_id": which.message_id}));
    Ok(Json(json!({"ok": true})))
}
