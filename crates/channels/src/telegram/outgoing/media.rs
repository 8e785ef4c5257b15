//! Media in Telegram's words: by address, by file id, or as an upload.

use model::{
    Error, Result,
    content::{Media, MediaKind, MediaSource},
};
use serde_json::{Map, Value};

use super::params::Params;

/// The method that sends one piece of this kind, and the name of its parameter.
pub(super) fn method(kind: MediaKind) -> (&'static str, &'static str) {
    match kind {
        MediaKind::Photo => ("sendPhoto", "photo"),
        MediaKind::Video => ("sendVideo", "video"),
        MediaKind::Animation => ("sendAnimation", "animation"),
        MediaKind::Audio => ("sendAudio", "audio"),
        MediaKind::Voice => ("sendVoice", "voice"),
        MediaKind::VideoNote => ("sendVideoNote", "video_note"),
        MediaKind::Sticker => ("sendSticker", "sticker"),
        MediaKind::Document => ("sendDocument", "document"),
    }
}

/// Whether messages of this kind can carry a caption.
pub(crate) fn has_caption(kind: MediaKind) -> bool {
    !matches!(kind, MediaKind::VideoNote | MediaKind::Sticker)
}

/// How a parameter names the media's bytes.
pub(super) fn reference(params: &mut Params, media: &Media) -> Result<String> {
    match &media.source {
        Some(MediaSource::Url(url)) => Ok(url.clone()),
        Some(MediaSource::FileId(file_id)) => Ok(file_id.clone()),
        Some(MediaSource::Stored(key)) => Ok(params.attach(key, file_name(media), media.mime_type.clone())),
        None => {
            Err(Error::invalid("The media has no bytes to send: it names neither an address, a file id nor a file."))
        }
    }
}

/// Telegram judges uploads by their name, so that each needs one.
fn file_name(media: &Media) -> String {
    let fallback = || {
        let extension = match media.kind {
            MediaKind::Photo => "jpg",
            MediaKind::Video | MediaKind::Animation | MediaKind::VideoNote => "mp4",
            MediaKind::Audio => "mp3",
            MediaKind::Voice => "ogg",
            MediaKind::Sticker => "webp",
            MediaKind::Document => "bin",
        };
        format!("{}.{extension}", media.kind)
    };
    media.file_name.as_deref().and_then(crate::file_name::sanitise).unwrap_or_else(fallback)
}

/// Measures that we know of an upload, under the names that its kind has for them.
pub(super) fn measures(media: &Media) -> Vec<(&'static str, i64)> {
    let is_upload = matches!(media.source, Some(MediaSource::Stored(_)));
    let names: &[(&'static str, Option<i64>)] = match media.kind {
        MediaKind::Video | MediaKind::Animation => {
            &[("width", media.width), ("height", media.height), ("duration", media.duration)]
        }
        MediaKind::Audio | MediaKind::Voice => &[("duration", media.duration)],
        MediaKind::VideoNote => &[("length", media.width), ("duration", media.duration)],
        MediaKind::Photo | MediaKind::Sticker | MediaKind::Document => &[],
    };
    let known = names.iter().filter_map(|(name, value)| Some((*name, (*value)?)));
    known.filter(|(_, value)| is_upload && *value > 0).collect()
}

/// One piece of an album (`InputMedia`).
pub(super) fn album_item(params: &mut Params, media: &Media) -> Result<Map<String, Value>> {
    let kind = match media.kind {
        MediaKind::Photo | MediaKind::Video | MediaKind::Audio | MediaKind::Document => media.kind.as_str(),
        other => return Err(Error::invalid(format!("An album can't hold a {other}."))),
    };
    let mut item = Map::new();
    item.insert("type".into(), kind.into());
    item.insert("media".into(), reference(params, media)?.into());
    item.extend(measures(media).into_iter().map(|(name, value)| (name.to_owned(), value.into())));
    Ok(item)
}
