//! Deleting messages, under Telegram's rules of who may delete what and how old it may be.

use serde_json::json;

use super::{
    Ctx,
    post::as_int,
    target::{self, Peer, Target},
};
use crate::{
    answer::{Answer, ApiError, Result},
    message::Message,
};

const AGE_S_MAX: i64 = 48 * 3600;
const DICE_AGE_S_MIN: i64 = 24 * 3600;
const IDS_MAX: usize = 100;

pub fn one(ctx: &Ctx<'_>) -> Result<Answer> {
    let id = ctx.params.int("message_id").unwrap_or(0);
    if id == 0 {
        return Err(ApiError::bad("message identifier is not specified"));
    }
    let target = target::find(ctx, "chat_id")?;
    delete(ctx, &target, id)?;
    Ok(Answer::yes())
}

/// Skips what isn't there; anything that can't be deleted fails the call.
pub fn many(ctx: &Ctx<'_>) -> Result<Answer> {
    let ids = listed(ctx)?;
    let target = target::find(ctx, "chat_id")?;
    for id in ids {
        let is_there = ctx.state.rooms.peek(target.key, |room| room.get(id).is_some()).unwrap_or(false);
        if is_there {
            delete(ctx, &target, id)?;
        }
    }
    Ok(Answer::yes())
}

/// What was sent in the name of a business account, in whichever chat.
pub fn of_business(ctx: &Ctx<'_>) -> Result<Answer> {
    let connection = ctx.params.filled("business_connection_id");
    let connection = connection.ok_or_else(|| ApiError::bad("business connection not found"))?;
    ctx.state.rooms.delete_of_business(ctx.bot.id, &connection, &listed(ctx)?);
    Ok(Answer::yes())
}

fn listed(ctx: &Ctx<'_>) -> Result<Vec<i64>> {
    let bad = || ApiError::bad("can't parse message identifiers JSON object");
    let ids = ctx.params.json("message_ids").ok_or_else(|| ApiError::bad("message identifiers are not specified"))?;
    let ids = ids.map_err(|()| bad())?;
    let ids: Option<Vec<i64>> = ids.as_array().ok_or_else(bad)?.iter().map(as_int).collect();
    let ids = ids.ok_or_else(bad)?;
    if ids.is_empty() {
        return Err(ApiError::bad("message identifiers are not specified"));
    }
    if ids.len() > IDS_MAX {
        return Err(ApiError::bad("too many message identifiers specified"));
    }
    Ok(ids)
}

fn delete(ctx: &Ctx<'_>, target: &Target, id: i64) -> Result<()> {
    let now = ctx.state.now();
    ctx.state.rooms.with(target.key, |room| {
        let message = room.get_mut(id).ok_or_else(|| ApiError::bad("message to delete not found"))?;
        if !may_delete(ctx, target, message, now) {
            return Err(ApiError::bad("message can't be deleted"));
        }
        message.deleted = true;
        Ok(())
    })?;
    ctx.state.events.tell(|| json!({"type": "deleted", "bot": ctx.bot.id, "chat": target.chat_id(), "message_id": id}));
    Ok(())
}

fn may_delete(ctx: &Ctx<'_>, target: &Target, message: &Message, now: i64) -> bool {
    let (age, is_own) = (now - message.date, message.is_by_bot(ctx.bot.id));
    match &target.peer {
        Peer::Person(_) => age <= AGE_S_MAX && (message.field("dice").is_none() || age >= DICE_AGE_S_MIN),
        Peer::Group(group) => {
            let is_admin = group.facts().status(ctx.bot.id).is_some_and(|status| status.is_admin());
            is_admin || (is_own && age <= AGE_S_MAX)
        }
    }
}
