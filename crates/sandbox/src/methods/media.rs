//! Single media messages, and how each kind of file is shown in a message.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Ctx, input, send};
use crate::{
    answer::{Answer, ApiError, Result},
    entities::{self, Formatted},
    files::{FileKind, NewFile, StoredFile},
    message::Fields,
    picture,
    state::State,
};

const CAPTION_UNITS_MAX: usize = 1024;

/// What a sender says of a file besides its bytes.
#[derive(Clone, Debug, Default)]
pub struct Details {
    pub duration: i64,
    pub width: Option<i64>,
    pub height: Option<i64>,
    pub performer: Option<String>,
    pub title: Option<String>,
    pub emoji: Option<String>,
}

impl Details {
    fn from_params(ctx: &Ctx<'_>) -> Self {
        let text = |name: &str| ctx.params.filled(name).map(|text| text.into_owned());
        Self {
            duration: ctx.params.int("duration").unwrap_or(0).max(0),
            width: ctx.params.int("width").or_else(|| ctx.params.int("length")),
            height: ctx.params.int("height"),
            performer: text("performer"),
            title: text("title"),
            emoji: text("emoji"),
        }
    }

    pub fn from_object(object: &Value) -> Self {
        let text = |name: &str| object[name].as_str().map(str::to_owned);
        Self {
            duration: object["duration"].as_i64().unwrap_or(0).max(0),
            width: object["width"].as_i64(),
            height: object["height"].as_i64(),
            performer: text("performer"),
            title: text("title"),
            emoji: text("emoji"),
        }
    }
}

/// sendPhoto, sendVideo, sendAnimation, sendAudio, sendVoice, sendVideoNote, sendDocument.
pub async fn send(ctx: &Ctx<'_>, kind: FileKind) -> Result<Answer> {
    let caption = caption(ctx)?;
    let file = input::parameter(ctx, kind.name(), kind).await?;
    let mut content = shown(ctx.state, ctx.bot.id, &file, &Details::from_params(ctx));
    add_caption(ctx, &mut content, &caption);
    if ctx.params.flag("show_caption_above_media") && !caption.text.is_empty() {
        content.push(("show_caption_above_media", json!(true)));
    }
    if ctx.params.flag("has_spoiler") {
        content.push(("has_media_spoiler", json!(true)));
    }
    send::finish(ctx, noun(kind), content)
}

pub async fn sticker(ctx: &Ctx<'_>) -> Result<Answer> {
    let file = input::parameter(ctx, "sticker", FileKind::Sticker).await?;
    let content = shown(ctx.state, ctx.bot.id, &file, &Details::from_params(ctx));
    send::finish(ctx, "stickers", content)
}

/// What a kind is called in "not enough rights to send …".
pub fn noun(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Photo => "photos",
        FileKind::Video => "videos",
        FileKind::Animation => "GIFs",
        FileKind::Audio => "music",
        FileKind::Voice => "voice notes",
        FileKind::VideoNote => "video notes",
        FileKind::Document => "documents",
        FileKind::Sticker => "stickers",
    }
}

fn caption(ctx: &Ctx<'_>) -> Result<Formatted> {
    let caption = entities::read(ctx, "caption", "caption_entities")?;
    check_caption(caption)
}

pub fn check_caption(caption: Formatted) -> Result<Formatted> {
    if caption.units() > CAPTION_UNITS_MAX {
        return Err(ApiError::bad("message caption is too long"));
    }
    Ok(caption)
}

pub fn add_caption(ctx: &Ctx<'_>, content: &mut Fields, caption: &Formatted) {
    if !caption.text.is_empty() {
        content.push(("caption", json!(caption.text)));
        content.extend(caption.shown_entities(ctx).map(|entities| ("caption_entities", entities)));
    }
}

/// The content of a message with that file, as one bot sees it.
pub fn shown(state: &State, bot: i64, file: &Arc<StoredFile>, details: &Details) -> Fields {
    let mut value = described(bot, file);
    let (width, height) = file.size.map_or((0, 0), |(width, height)| (i64::from(width), i64::from(height)));
    let size = json!({"width": details.width.unwrap_or(width), "height": details.height.unwrap_or(height)});
    let with = |value: &mut Value, more: Value| {
        if let (Value::Object(object), Value::Object(more)) = (value, more) {
            object.extend(more);
        }
    };
    match file.kind {
        FileKind::Photo => return vec![("photo", photo_sizes(state, bot, file))],
        FileKind::Video => with(&mut value, size),
        FileKind::Animation => {
            let document = value.clone();
            with(&mut value, size);
            value["duration"] = json!(details.duration);
            return vec![("animation", value), ("document", document)];
        }
        FileKind::Audio => {
            with(&mut value, json!({"performer": details.performer, "title": details.title}));
            value.as_object_mut().expect("made as an object").retain(|_, field| !field.is_null());
        }
        FileKind::VideoNote => value["length"] = json!(details.width.unwrap_or(240)),
        FileKind::Sticker => {
            with(&mut value, json!({"type": "regular", "width": 512, "height": 512}));
            with(&mut value, json!({"is_animated": false, "is_video": false}));
            if let Some(emoji) = &details.emoji {
                value["emoji"] = json!(emoji);
            }
        }
        FileKind::Voice | FileKind::Document => {}
    }
    if !matches!(file.kind, FileKind::Document | FileKind::Sticker) {
        value["duration"] = json!(details.duration);
    }
    vec![(file.kind.name(), value)]
}

/// What all kinds have in common.
fn described(bot: i64, file: &StoredFile) -> Value {
    let mut value = json!({"file_id": file.id_for(bot), "file_unique_id": file.unique_id()});
    value["file_size"] = json!(file.told_bytes);
    if !matches!(file.kind, FileKind::Photo | FileKind::Sticker | FileKind::VideoNote) {
        value["mime_type"] = json!(file.mime_type);
        if let Some(name) = file.name.as_ref().filter(|_| file.kind != FileKind::Voice) {
            value["file_name"] = json!(name);
        }
    }
    value
}

/// A photo comes in several sizes, the largest last.
fn photo_sizes(state: &State, bot: i64, file: &Arc<StoredFile>) -> Value {
    let (width, height) = file.size.unwrap_or((640, 480));
    let sized = |file: &StoredFile, width: u32, height: u32| {
        let mut value = described(bot, file);
        value["width"] = json!(width);
        value["height"] = json!(height);
        value
    };
    let longest = width.max(height).max(1);
    if longest <= 90 {
        return json!([sized(file, width, height)]);
    }
    let (small_width, small_height) = ((width * 90 / longest).max(1), (height * 90 / longest).max(1));
    let small = state.files.add(NewFile {
        kind: FileKind::Photo,
        name: None,
        mime_type: "image/png".into(),
        bytes: picture::sample(small_width, small_height, file.number),
        size: Some((small_width, small_height)),
        told_bytes: None,
    });
    json!([sized(&small, small_width, small_height), sized(file, width, height)])
}
