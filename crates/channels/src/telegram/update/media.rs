//! Pieces of media: facts now, bytes later by their file id.

use model::content::{Media, MediaKind, MediaSource};

use crate::{file_name, json::Object};

/// The media under a field of a message; one without a file id is none.
pub(super) fn media(message: &Object<'_>, field: &str, kind: MediaKind) -> Option<Media> {
    let file = match kind {
        MediaKind::Photo => largest(message, field)?,
        _ => message.object(field)?,
    };
    let side = file.integer("length").filter(|_| kind == MediaKind::VideoNote);
    Some(Media {
        url: None,
        kind,
        file_name: file.text("file_name").and_then(|name| file_name::sanitise(&name)),
        mime_type: file.text("mime_type").or_else(|| known_mime_type(kind, file)),
        size: file.integer("file_size").filter(|size| *size >= 0),
        width: file.integer("width").or(side),
        height: file.integer("height").or(side),
        duration: file.integer("duration"),
        source: Some(MediaSource::FileId(file.text("file_id")?)),
    })
}

/// The largest size of a photo; Telegram lists the largest last.
fn largest<'m, 'a>(message: &'m Object<'a>, field: &str) -> Option<&'m Object<'a>> {
    let area = |size: &&Object<'_>| {
        let side = |key| size.integer(key).unwrap_or(0).max(0);
        side("width").saturating_mul(side("height"))
    };
    message.objects(field).filter(|size| size.has("file_id")).max_by_key(area)
}

/// Where Telegram names no type, it is fixed by the kind.
fn known_mime_type(kind: MediaKind, file: &Object<'_>) -> Option<String> {
    let word = match kind {
        MediaKind::Photo => "image/jpeg",
        MediaKind::VideoNote => "video/mp4",
        MediaKind::Voice => "audio/ogg",
        MediaKind::Sticker if file.flag("is_video") => "video/webm",
        MediaKind::Sticker if file.flag("is_animated") => "application/x-tgsticker",
        MediaKind::Sticker => "image/webp",
        MediaKind::Video | MediaKind::Animation | MediaKind::Audio | MediaKind::Document => return None,
    };
    Some(word.into())
}
