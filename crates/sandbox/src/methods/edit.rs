//! Editing the bot's own messages.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    Ctx, album, media,
    post::{check_started, tell},
    send,
    target::{self, Target, check_writable},
};
use crate::{
    answer::{Answer, ApiError, Result},
    entities,
    keyboard::{self, Markup},
    message::{Fields, Message},
};

const SAME: &str = "message is not modified: specified new message content and reply markup are exactly the same as a \
                    current content and reply markup of the message";
const TEXT: [&str; 3] = ["text", "entities", "link_preview_options"];
const CAPTION: [&str; 3] = ["caption", "caption_entities", "show_caption_above_media"];

/// What changes in a message.
enum Change {
    Text(Fields),
    Caption(Fields),
    Media(Fields),
    Markup,
}

pub fn text(ctx: &Ctx<'_>) -> Result<Answer> {
    let formatted = send::text(ctx, "MESSAGE_TOO_LONG")?;
    edit(ctx, Change::Text(send::text_content(ctx, formatted)))
}

pub fn caption(ctx: &Ctx<'_>) -> Result<Answer> {
    let caption = media::check_caption(entities::read(ctx, "caption", "caption_entities")?)?;
    let mut content = Fields::new();
    media::add_caption(ctx, &mut content, &caption);
    edit(ctx, Change::Caption(content))
}

pub fn reply_markup(ctx: &Ctx<'_>) -> Result<Answer> {
    edit(ctx, Change::Markup)
}

pub async fn media(ctx: &Ctx<'_>) -> Result<Answer> {
    let media = ctx.params.json("media").ok_or_else(|| ApiError::bad("media is empty"))?;
    let media = media.map_err(|()| ApiError::bad("can't parse InputMedia: JSON expected"))?;
    edit(ctx, Change::Media(album::content(ctx, &media, false).await?))
}

fn edit(ctx: &Ctx<'_>, change: Change) -> Result<Answer> {
    if ctx.params.filled("inline_message_id").is_some() {
        return Err(ApiError::bad("MESSAGE_ID_INVALID"));
    }
    let target = target::find(ctx, "chat_id")?;
    let markup = keyboard::read(ctx, target.is_private())?;
    check_writable(ctx, &target, "text messages")?;
    let message = apply(ctx, &target, change, markup)?;
    tell(ctx, "edited", &message);
    Ok(Answer::new(&message).of_message(message.id))
}

fn apply(ctx: &Ctx<'_>, target: &Target, change: Change, markup: Markup) -> Result<Arc<Message>> {
    let id = ctx.params.int("message_id").unwrap_or(0);
    if id == 0 {
        return Err(ApiError::bad("message identifier is not specified"));
    }
    let now = ctx.state.now();
    ctx.state.rooms.with(target.key, |room| {
        check_started(ctx, target, room)?;
        let message = room.get(id).ok_or_else(|| ApiError::bad("message to edit not found"))?;
        let edited = changed(ctx, message, change, markup)?;
        let slot = room.get_mut(id).ok_or_else(|| ApiError::bad("message to edit not found"))?;
        *slot = Message { edit_date: Some(now), ..edited };
        Ok(Arc::new(slot.clone()))
    })
}

/// The message as it will be; editing without a keyboard removes the one it has.
fn changed(ctx: &Ctx<'_>, message: &Arc<Message>, change: Change, markup: Markup) -> Result<Message> {
    let is_own = message.is_by_bot(ctx.bot.id) || message.from.is_none();
    if !is_own || message.keyboard.is_some() || markup.keyboard.is_some() {
        return Err(ApiError::bad("message can't be edited"));
    }
    let has = |name: &str| message.field(name).is_some();
    let is_media = ["photo", "video", "animation", "audio", "voice", "document"].iter().any(|name| has(name));
    let mut edited = Message::clone(message);
    match change {
        Change::Text(_) if !has("text") => return Err(ApiError::bad("there is no text in the message to edit")),
        Change::Caption(_) if !is_media => return Err(ApiError::bad("there is no caption in the message to edit")),
        Change::Media(_) if !is_media && !has("text") => {
            return Err(ApiError::bad("there is no media in the message to edit"));
        }
        Change::Text(content) => replace(&mut edited.content, &TEXT, content),
        Change::Caption(content) => replace(&mut edited.content, &CAPTION, content),
        Change::Media(content) => edited.content = content,
        Change::Markup => {}
    }
    edited.reply_markup = markup.inline;
    if edited.content == message.content && edited.reply_markup == message.reply_markup {
        return Err(ApiError::bad(SAME));
    }
    Ok(edited)
}

fn replace(content: &mut Fields, names: &[&str], new: Fields) {
    content.retain(|(name, _)| !names.contains(name));
    content.extend(new);
}

/// Stops a poll and shows it closed.
pub fn stop_poll(ctx: &Ctx<'_>) -> Result<Answer> {
    let target = target::find(ctx, "chat_id")?;
    let id = ctx.params.int("message_id").unwrap_or(0);
    let poll = ctx.state.rooms.with(target.key, |room| {
        let message = room.get_mut(id).ok_or_else(|| ApiError::bad("message with poll to stop not found"))?;
        let poll = message.content.iter_mut().find(|(name, _)| *name == "poll");
        let (_, poll) = poll.ok_or_else(|| ApiError::bad("message with poll to stop not found"))?;
        if poll["is_closed"] == json!(true) {
            return Err(ApiError::bad("poll has already been closed"));
        }
        poll["is_closed"] = json!(true);
        Ok::<Value, ApiError>(poll.clone())
    })?;
    Ok(Answer::new(&poll))
}
