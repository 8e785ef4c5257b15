//! Writing as a person.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Refusal, Result, people};
use crate::{
    inbox::QueueKey,
    message::{Fields, Message},
    rooms::RoomKey,
    state::{Shared, State as World},
    users::User,
};

#[derive(Debug, Deserialize)]
pub struct Writing {
    bot: i64,
    text: Option<String>,
}

pub async fn send(
    State(state): State<Shared>,
    Path(id): Path<i64>,
    Json(writing): Json<Writing>,
) -> Result<Json<Value>> {
    let user = people::find(&state, id)?;
    let text = writing.text.ok_or_else(|| Refusal::bad("say what to send: text, photo, …"))?;
    let message = to_bot(&state, &user, writing.bot, vec![("text", json!(text))])?;
    Ok(Json(message.for_person()))
}

#[derive(Debug, Deserialize)]
pub struct Start {
    bot: i64,
    payload: Option<String>,
}

pub async fn start(State(state): State<Shared>, Path(id): Path<i64>, Json(start): Json<Start>) -> Result<Json<Value>> {
    let user = people::find(&state, id)?;
    let text = start.payload.map_or("/start".to_owned(), |payload| format!("/start {payload}"));
    let message = to_bot(&state, &user, start.bot, start_content(&text))?;
    Ok(Json(message.for_person()))
}

fn start_content(text: &str) -> Fields {
    let command = json!([{"offset": 0, "length": 6, "type": "bot_command"}]);
    vec![("text", json!(text)), ("entities", command)]
}

/// Starts a bot, by writing `/start` or silently.
pub fn begin(state: &World, user: &User, bot: i64, writes: bool) -> Result<()> {
    if writes {
        to_bot(state, user, bot, start_content("/start"))?;
    } else {
        state.rooms.with(RoomKey::Private { bot, user: user.id }, |room| room.started = true);
    }
    Ok(())
}

fn to_bot(state: &World, user: &User, bot: i64, content: Fields) -> Result<Arc<Message>> {
    if user.is_deleted() {
        return Err(Refusal::conflict("this account is deleted"));
    }
    let bot = state.bots.ensure(bot);
    let key = RoomKey::Private { bot: bot.id, user: user.id };
    let now = state.now();
    let message = state.rooms.with(key, |room| {
        if room.blocked {
            return Err(Refusal::conflict("this person has blocked the bot; unblock it first"));
        }
        room.started = true;
        let message = Arc::new(Message {
            id: room.next_id(),
            date: now,
            edit_date: None,
            from: Some(user.sender()),
            chat_id: user.id,
            chat: user.chat(),
            reply_to: None,
            header: Vec::new(),
            content,
            reply_markup: None,
            keyboard: None,
            reactions: Vec::new(),
            deleted: false,
        });
        room.push(message.clone(), state.options.messages_per_chat_max);
        Ok(message)
    })?;
    state.push_for_a_day(&bot, "message", &*message, QueueKey::Chat(user.id));
    Ok(message)
}
