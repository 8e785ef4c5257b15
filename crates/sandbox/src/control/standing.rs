//! How a person stands to a bot: blocking and unblocking it, and deleting the account for good.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Given, Result, people};
use crate::{
    bots::Bot,
    inbox::QueueKey,
    rooms::RoomKey,
    state::{Shared, State as World},
    users::User,
};

/// A bot.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct At {
    pub bot: i64,
}

pub async fn block(State(state): State<Shared>, Path(id): Path<i64>, Given(at): Given<At>) -> Result<Json<Value>> {
    set_blocked(&state, id, at.bot, true)
}

pub async fn unblock(State(state): State<Shared>, Path(id): Path<i64>, Given(at): Given<At>) -> Result<Json<Value>> {
    set_blocked(&state, id, at.bot, false)
}

fn set_blocked(state: &World, id: i64, bot: i64, blocked: bool) -> Result<Json<Value>> {
    let user = people::find(state, id)?;
    let bot = state.bots.ensure(bot);
    let key = RoomKey::Private { bot: bot.id, user: user.id };
    let was = state.rooms.with(key, |room| {
        // Unblocking opens the chat as starting it does.
        room.started |= !blocked;
        std::mem::replace(&mut room.blocked, blocked)
    });
    if was != blocked {
        tell_standing(state, &bot, &user, blocked);
    }
    state.events.tell(|| json!({"type": "blocked", "bot": bot.id, "chat": user.id, "blocked": blocked}));
    Ok(Json(json!({"blocked": blocked})))
}

/// `my_chat_member` of a private chat: "kicked" when blocked, "member" when unblocked.
fn tell_standing(state: &World, bot: &Bot, user: &User, blocked: bool) {
    let standing = |kicked: bool| {
        let me = bot.sender().card;
        if kicked {
            json!({"user": me, "status": "kicked", "until_date": 0})
        } else {
            json!({"user": me, "status": "member"})
        }
    };
    let payload = json!({"chat": user.chat(), "from": user.sender().card, "date": state.now(),
        "old_chat_member": standing(!blocked), "new_chat_member": standing(blocked)});
    state.push_for_a_day(bot, "my_chat_member", &payload, QueueKey::Membership(user.id));
}

/// Deletes the account: nobody can write to it any more.
pub async fn delete_account(State(state): State<Shared>, Path(id): Path<i64>) -> Result<Json<Value>> {
    people::find(&state, id)?.delete();
    Ok(Json(json!({"deleted": true})))
}
