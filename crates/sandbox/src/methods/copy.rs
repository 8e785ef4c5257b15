//! Copying and forwarding messages between chats.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    Ctx, media,
    post::{Draft, ReplyTo, post},
    send, target,
};
use crate::{
    answer::{Answer, ApiError, Result},
    entities, keyboard,
    message::{Fields, Message},
};

/// Content that is a message of its own; anything else is a service message.
const CONTENT: [&str; 14] = [
    "text",
    "photo",
    "video",
    "animation",
    "audio",
    "voice",
    "video_note",
    "document",
    "sticker",
    "location",
    "venue",
    "contact",
    "poll",
    "dice",
];

pub fn copy(ctx: &Ctx<'_>) -> Result<Answer> {
    let original = original(ctx, "copy")?;
    let mut content = original.content.clone();
    if ctx.params.text("caption").is_some() && original.field("text").is_none() {
        let caption = media::check_caption(entities::read(ctx, "caption", "caption_entities")?)?;
        content.retain(|(name, _)| !name.starts_with("caption"));
        media::add_caption(ctx, &mut content, &caption);
    }
    let reply_to = ReplyTo::from_params(ctx)?;
    let target = target::find(ctx, "chat_id")?;
    let markup = keyboard::read(ctx, target.is_private())?;
    let header = send::header(ctx, &target)?;
    let draft =
        Draft { header, content, reply_to, reply_markup: markup.inline, keyboard: markup.keyboard, what: "messages" };
    let message = post(ctx, &target, draft)?;
    Ok(Answer::new(&json!({"message_id": message.id})).of_message(message.id))
}

pub fn forward(ctx: &Ctx<'_>) -> Result<Answer> {
    let original = original(ctx, "forward")?;
    let target = target::find(ctx, "chat_id")?;
    let mut header: Fields = vec![("forward_origin", origin(&original))];
    header.extend(send::header(ctx, &target)?);
    let draft = Draft { header, content: original.content.clone(), what: "messages", ..Draft::default() };
    let message = post(ctx, &target, draft)?;
    Ok(Answer::new(&message).of_message(message.id))
}

/// Where a forwarded message came from first.
pub fn origin(original: &Message) -> Value {
    if let Some(origin) = original.header_field("forward_origin") {
        return origin.clone();
    }
    match &original.from {
        Some(from) => json!({"type": "user", "sender_user": from.card, "date": original.date}),
        None => json!({"type": "channel", "chat": original.chat, "message_id": original.id, "date": original.date}),
    }
}

fn original(ctx: &Ctx<'_>, verb: &str) -> Result<Arc<Message>> {
    let from = target::find(ctx, "from_chat_id")?;
    let id = ctx.params.int("message_id").unwrap_or(0);
    if id == 0 {
        return Err(ApiError::bad("message identifier is not specified"));
    }
    let found = ctx.state.rooms.peek(from.key, |room| room.get(id).cloned()).flatten();
    let message = found.ok_or_else(|| ApiError::bad(format!("message to {verb} not found")))?;
    let is_protected = message.header_field("has_protected_content").is_some();
    let done = if verb == "copy" { "copied" } else { "forwarded" };
    if is_protected {
        return Err(ApiError::bad(format!("message has protected content and can't be {done}")));
    }
    if !CONTENT.iter().any(|name| message.field(name).is_some()) {
        return Err(ApiError::bad(format!("message can't be {done}")));
    }
    Ok(message)
}
