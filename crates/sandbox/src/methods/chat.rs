//! Looking at chats, and small deeds in them: actions, reactions, pins, leaving.

use serde_json::{Value, json};

use super::{
    Ctx,
    post::{as_int, check_started, tell},
    target::{self, Peer, check_writable},
};
use crate::{
    answer::{Answer, ApiError, Result},
    groups::Status,
};

const ACTIONS: [&str; 11] = [
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
];
/// How long an action is shown.
const ACTION_MS: i64 = 5000;
/// Reactions that everybody may use.
pub const REACTIONS: &str = "❤👍👎🔥🥰👏😁🤔🤯😱🤬😢🎉🤩🤮💩🙏👌🕊🤡🥱🥴😍🐳❤‍🔥🌚🌭💯🤣⚡🍌🏆💔🤨😐🍓🍾💋🖕😈😴😭🤓👻👨‍💻👀🎃🙈😇😨🤝✍🤗🫡🎅🎄☃💅🤪🗿🆒💘🙉🦄😘💊🙊😎👾🤷‍♂🤷🤷‍♀😡";

pub fn get(ctx: &Ctx<'_>) -> Result<Answer> {
    let target = target::find(ctx, "chat_id")?;
    let mut shown: Value = serde_json::from_str(target.chat.get()).expect("our own cards are JSON");
    match &target.peer {
        Peer::Person(_) => {
            let started = ctx.state.rooms.peek(target.key, |room| room.started).unwrap_or(false);
            if !started && !ctx.state.options.open_chats {
                return Err(ApiError::bad("chat not found"));
            }
        }
        Peer::Group(group) => {
            let facts = group.facts();
            if matches!(facts.status(ctx.bot.id), Some(Status::Kicked)) {
                let place = facts.kind.name();
                return Err(ApiError::forbidden(format!("bot was kicked from the {place} chat")));
            }
            shown["permissions"] = json!({"can_send_messages": !facts.read_only});
        }
    }
    shown["accent_color_id"] = json!(0);
    shown["max_reaction_count"] = json!(11);
    shown["accepted_gift_types"] = json!({"unlimited_gifts": false, "limited_gifts": false, "unique_gifts": false,
        "premium_subscription": false, "gifts_from_channels": false});
    Ok(Answer::new(&shown))
}

pub fn member(ctx: &Ctx<'_>) -> Result<Answer> {
    let target = target::find(ctx, "chat_id")?;
    let id = ctx.params.int("user_id").ok_or_else(|| ApiError::bad("user_id is empty"))?;
    let card = match ctx.state.bots.get(id) {
        Some(bot) => bot.sender().card,
        None => {
            let user = ctx.state.users.get(id).ok_or_else(|| ApiError::bad("user not found"))?;
            user.sender().card
        }
    };
    let status = match &target.peer {
        Peer::Person(user) if user.id == id || ctx.bot.id == id => Status::Member,
        Peer::Person(_) => return Err(ApiError::bad("PARTICIPANT_ID_INVALID")),
        Peer::Group(group) => group.facts().status(id).unwrap_or(Status::Left),
    };
    Ok(Answer::new(&json!({"user": card, "status": status})))
}

pub fn leave(ctx: &Ctx<'_>) -> Result<Answer> {
    match target::find(ctx, "chat_id")?.peer {
        Peer::Person(_) => Err(ApiError::bad("chat member status can't be changed in private chats")),
        Peer::Group(group) => {
            group.set_status(ctx.bot.id, Status::Left);
            Ok(Answer::yes())
        }
    }
}

pub fn action(ctx: &Ctx<'_>) -> Result<Answer> {
    let action = ctx.params.filled("action").ok_or_else(|| ApiError::bad("wrong parameter action in request"))?;
    if !ACTIONS.contains(&&*action) {
        return Err(ApiError::bad("wrong parameter action in request"));
    }
    let target = target::find(ctx, "chat_id")?;
    check_writable(ctx, &target, "text messages")?;
    let until_ms = ctx.state.now_ms() + ACTION_MS;
    ctx.state.rooms.with(target.key, |room| {
        check_started(ctx, &target, room)?;
        room.action = Some((action.clone().into_owned(), until_ms));
        Ok::<_, ApiError>(())
    })?;
    let (bot, chat) = (ctx.bot.id, target.chat_id());
    ctx.state.events.tell(|| json!({"type": "action", "bot": bot, "chat": chat, "action": action}));
    Ok(Answer::yes())
}

pub fn react(ctx: &Ctx<'_>) -> Result<Answer> {
    let bad = || ApiError::bad("can't parse reaction JSON object");
    let reactions = match ctx.params.json("reaction") {
        None => Vec::new(),
        Some(list) => list.map_err(|()| bad())?.as_array().ok_or_else(bad)?.clone(),
    };
    if reactions.len() > 1 {
        return Err(ApiError::bad("REACTIONS_TOO_MANY"));
    }
    if !reactions.iter().all(is_allowed_reaction) {
        return Err(ApiError::bad("REACTION_INVALID"));
    }
    let target = target::find(ctx, "chat_id")?;
    let id = ctx.params.int("message_id").unwrap_or(0);
    let message = ctx.state.rooms.with(target.key, |room| {
        let message = room.get_mut(id).ok_or_else(|| ApiError::bad("message to react not found"))?;
        message.reactions.retain(|(who, _)| *who != ctx.bot.id);
        if !reactions.is_empty() {
            message.reactions.push((ctx.bot.id, reactions));
        }
        Ok::<_, ApiError>(message.clone())
    })?;
    tell(ctx, "edited", &message);
    Ok(Answer::yes())
}

/// Bots may use the common emoji and custom ones, but no paid reaction.
fn is_allowed_reaction(reaction: &Value) -> bool {
    match reaction["type"].as_str() {
        Some("emoji") => reaction["emoji"].as_str().is_some_and(|emoji| !emoji.is_empty() && REACTIONS.contains(emoji)),
        Some("custom_emoji") => as_int(&reaction["custom_emoji_id"]).is_some(),
        _ => false,
    }
}

pub fn pin(ctx: &Ctx<'_>, pinned: bool) -> Result<Answer> {
    let target = target::find(ctx, "chat_id")?;
    check_writable(ctx, &target, "text messages")?;
    let id = ctx.params.int("message_id");
    ctx.state.rooms.with(target.key, |room| {
        let id = id.or(room.pinned.filter(|_| !pinned)).unwrap_or(0);
        if room.get(id).is_none() {
            let verb = if pinned { "pin" } else { "unpin" };
            return Err(ApiError::bad(format!("message to {verb} not found")));
        }
        room.pinned = pinned.then_some(id);
        Ok(())
    })?;
    Ok(Answer::yes())
}
