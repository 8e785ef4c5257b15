//! Albums: several media in one call, each its own message, all with one `media_group_id`.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    Ctx, input,
    media::{self, Details},
    post::{self, Draft, ReplyTo},
    send, target,
};
use crate::{
    answer::{Answer, ApiError, Result},
    entities,
    files::FileKind,
    message::{Fields, Message},
};

const ITEMS_MAX: usize = 10;

pub async fn send(ctx: &Ctx<'_>) -> Result<Answer> {
    let media = ctx.params.json("media").ok_or_else(|| ApiError::bad("parameter \"media\" is required"))?;
    let media = media.map_err(|()| ApiError::bad("can't parse media JSON object"))?;
    let media = media.as_array().ok_or_else(|| ApiError::bad("expected an Array of InputMedia"))?;
    check_items(media)?;
    let mut contents = Vec::with_capacity(media.len());
    for (index, item) in media.iter().enumerate() {
        contents.push(content(ctx, item, true).await.map_err(|error| of_item(index, &error))?);
    }
    let reply_to = ReplyTo::from_params(ctx)?;
    let target = target::find(ctx, "chat_id")?;
    let group = json!(ctx.state.random.next().to_string());
    let mut messages: Vec<Arc<Message>> = Vec::with_capacity(contents.len());
    for content in contents {
        let mut header = send::header(ctx, &target)?;
        header.push(("media_group_id", group.clone()));
        let draft = Draft { header, content, reply_to: reply_to.clone(), what: "media", ..Draft::default() };
        messages.push(post::post(ctx, &target, draft)?);
    }
    let first = messages.first().map_or(0, |message| message.id);
    Ok(Answer::new(&messages).of_message(first))
}

fn of_item(index: usize, error: &ApiError) -> ApiError {
    let description = error.description.strip_prefix("Bad Request: ").unwrap_or(&error.description);
    ApiError::new(
        error.code,
        format!("Bad Request: failed to send message #{} with the error message \"{description}\"", index + 1),
    )
}

/// How many there may be, and what may stand together.
fn check_items(media: &[Value]) -> Result<()> {
    if media.len() > ITEMS_MAX {
        return Err(ApiError::bad("too many messages to send as an album"));
    }
    if media.len() < 2 {
        return Err(ApiError::bad("media group must include 2-10 items"));
    }
    for kind in ["document", "audio"] {
        let same = media.iter().filter(|item| item["type"] == kind).count();
        if same > 0 && same < media.len() {
            return Err(ApiError::bad(format!("{kind} can't be mixed with other media types")));
        }
    }
    Ok(())
}

/// The content that an InputMedia stands for.
pub async fn content(ctx: &Ctx<'_>, item: &Value, in_album: bool) -> Result<Fields> {
    let bad = |what: &str| ApiError::bad(format!("can't parse InputMedia: {what}"));
    let object = item.as_object().ok_or_else(|| bad("expected an Object as InputMedia"))?;
    let kind =
        match object.get("type").and_then(Value::as_str).ok_or_else(|| bad("field \"type\" must be of type String"))? {
            "photo" => FileKind::Photo,
            "video" => FileKind::Video,
            "document" => FileKind::Document,
            "audio" => FileKind::Audio,
            "animation" if !in_album => FileKind::Animation,
            "animation" | "voice" | "video_note" => {
                return Err(ApiError::bad("can't use the media of the specified type in the album"));
            }
            _ => return Err(bad("type must be one of photo, video, document, audio, animation")),
        };
    let text = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
    let list = object.get("caption_entities").map(|list| Ok(list.clone()));
    let caption = media::check_caption(entities::read_value(text("caption"), text("parse_mode"), list)?)?;
    let reference = text("media");
    if reference.is_empty() {
        return Err(ApiError::bad("media not found"));
    }
    let file = input::referred(ctx, reference, kind).await?;
    let mut content = media::shown(ctx.state, ctx.bot.id, &file, &Details::from_object(item));
    media::add_caption(ctx, &mut content, &caption);
    if object.get("has_spoiler") == Some(&json!(true)) {
        content.push(("has_media_spoiler", json!(true)));
    }
    Ok(content)
}
