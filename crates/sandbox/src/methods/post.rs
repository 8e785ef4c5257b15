//! Putting a bot's message into a chat: the last checks, its number, and those who watch.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    Ctx,
    target::{self, Target},
};
use crate::{
    answer::{ApiError, Result},
    entities::units,
    message::{Fields, Message, Reply},
    rooms::Room,
};

const QUOTE_UNITS_MAX: usize = 1024;

/// A message that is about to be sent.
#[derive(Debug, Default)]
pub struct Draft {
    pub header: Fields,
    pub content: Fields,
    pub reply_markup: Option<Value>,
    pub keyboard: Option<Value>,
    pub reply_to: Option<ReplyTo>,
    /// What is sent, in the words of a missing right.
    pub what: &'static str,
}

/// The message that this one answers.
#[derive(Clone, Debug)]
pub struct ReplyTo {
    pub message_id: i64,
    pub may_be_missing: bool,
    /// The part that is quoted; it must stand in the message word for word.
    pub quote: Option<String>,
}

impl ReplyTo {
    /// From `reply_parameters`, or the older `reply_to_message_id`.
    pub fn from_params(ctx: &Ctx<'_>) -> Result<Option<Self>> {
        let Some(parameters) = ctx.params.json("reply_parameters") else {
            let message_id = ctx.params.int("reply_to_message_id").filter(|id| *id > 0);
            let may_be_missing = ctx.params.flag("allow_sending_without_reply");
            return Ok(message_id.map(|message_id| Self { message_id, may_be_missing, quote: None }));
        };
        let bad = || ApiError::bad("can't parse reply parameters JSON object");
        let parameters = parameters.map_err(|()| bad())?;
        let parameters = parameters.as_object().ok_or_else(bad)?;
        let message_id = parameters.get("message_id").and_then(as_int);
        let message_id = message_id.ok_or_else(|| ApiError::bad("message to be replied not found"))?;
        let may_be_missing = parameters.get("allow_sending_without_reply").and_then(Value::as_bool).unwrap_or(false);
        let quote = parameters.get("quote").and_then(Value::as_str).filter(|quote| !quote.is_empty());
        Ok(Some(Self { message_id, may_be_missing, quote: quote.map(str::to_owned) }))
    }
}

/// Telegram takes numbers in strings, too.
pub fn as_int(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// Sends a draft to a chat.
pub fn post(ctx: &Ctx<'_>, target: &Target, draft: Draft) -> Result<Arc<Message>> {
    target::check_writable(ctx, target, draft.what)?;
    let is_channel = target.kind() == Some(crate::groups::Kind::Channel);
    let from = (!is_channel).then(|| ctx.bot.sender());
    let now = ctx.state.now();
    let keep = ctx.state.options.messages_per_chat_max;
    let message = ctx.state.rooms.with(target.key, |room| {
        check_started(ctx, target, room)?;
        let mut header = draft.header;
        let reply_to = find_reply(room, draft.reply_to, &mut header)?;
        let message = Arc::new(Message {
            id: room.next_id(),
            date: now,
            edit_date: None,
            from,
            chat_id: target.chat_id(),
            chat: target.chat.clone(),
            reply_to,
            header,
            content: draft.content,
            reply_markup: draft.reply_markup,
            keyboard: draft.keyboard,
            reactions: Vec::new(),
            deleted: false,
        });
        room.push(message.clone(), keep);
        Ok(message)
    })?;
    tell(ctx, "message", &message);
    Ok(message)
}

/// Tells those who watch that a message came or changed.
pub fn tell(ctx: &Ctx<'_>, what: &str, message: &Message) {
    ctx.state
        .events
        .tell(|| json!({"type": what, "bot": ctx.bot.id, "chat": message.chat_id, "message": message.for_person()}));
}

/// A person must have started a private chat, and must not have blocked the bot; in a business account's name, a bot
/// answers people who know nothing of it.
pub fn check_started(ctx: &Ctx<'_>, target: &Target, room: &Room) -> Result<()> {
    if !target.is_private() || ctx.params.filled("business_connection_id").is_some() {
        return Ok(());
    }
    if room.blocked {
        return Err(ApiError::forbidden("bot was blocked by the user"));
    }
    if !room.started && !ctx.state.options.open_chats {
        return Err(ApiError::forbidden("bot can't initiate conversation with a user"));
    }
    Ok(())
}

fn find_reply(room: &Room, reply_to: Option<ReplyTo>, header: &mut Fields) -> Result<Option<Reply>> {
    let Some(reply_to) = reply_to else { return Ok(None) };
    let Some(message) = room.get(reply_to.message_id) else {
        let missing = ApiError::bad("message to be replied not found");
        return if reply_to.may_be_missing { Ok(None) } else { Err(missing) };
    };
    if let Some(quote) = reply_to.quote {
        header.push(("quote", quoted(message, &quote)?));
    }
    Ok(Some(message.as_reply()))
}

fn quoted(message: &Message, quote: &str) -> Result<Value> {
    let text = message.field("text").or_else(|| message.field("caption")).and_then(Value::as_str);
    let text = text.unwrap_or_default();
    let at = text.find(quote).filter(|_| units(quote) <= QUOTE_UNITS_MAX);
    let at = at.ok_or_else(|| ApiError::bad("QUOTE_TEXT_INVALID"))?;
    Ok(json!({"text": quote, "position": units(&text[..at]), "is_manual": true}))
}
