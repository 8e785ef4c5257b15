//! Files that people send: given as base64, or samples.

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use serde_json::Value;

use super::{Refusal, Result, place::Place, write::Writing};
use crate::{
    files::{FileKind, NewFile},
    message::Fields,
    methods::media::{self, Details},
    picture,
    state::State,
};

/// The media content of what is written, if it has any. A file is `true` for a sample, or an object with any of
/// `base64`, `file_name`, `mime_type`, `file_size` (only told), `width`, `height`, `duration`, `title` …
pub fn content(state: &State, place: &Place, writing: &Writing) -> Result<Option<Fields>> {
    let given = [
        (FileKind::Photo, &writing.photo),
        (FileKind::Video, &writing.video),
        (FileKind::Animation, &writing.animation),
        (FileKind::Audio, &writing.audio),
        (FileKind::Voice, &writing.voice),
        (FileKind::VideoNote, &writing.video_note),
        (FileKind::Document, &writing.document),
        (FileKind::Sticker, &writing.sticker),
    ];
    let Some((kind, file)) = given.into_iter().find_map(|(kind, file)| Some((kind, file.as_ref()?))) else {
        return Ok(None);
    };
    // A file_id is one bot's; in a group with several bots it is the first one's.
    let bot = place.bots(state).first().map_or(0, |bot| bot.id);
    let stored = state.files.add(new_file(state, kind, file)?);
    Ok(Some(media::shown(state, bot, &stored, &Details::from_object(file))))
}

fn new_file(state: &State, kind: FileKind, given: &Value) -> Result<NewFile> {
    let text = |name: &str| given[name].as_str().map(str::to_owned);
    let bytes = match given["base64"].as_str() {
        Some(encoded) => {
            let bytes = BASE64_STANDARD.decode(encoded);
            Bytes::from(bytes.map_err(|error| Refusal::bad(format!("base64: {error}")))?)
        }
        None => sample(state, kind),
    };
    let sniffed = picture::sniff(&bytes);
    let mime_type = text("mime_type").or_else(|| sniffed.map(|picture| picture.mime_type.to_owned()));
    Ok(NewFile {
        kind,
        name: text("file_name").or_else(|| default_name(kind).map(str::to_owned)),
        mime_type: mime_type.unwrap_or_else(|| default_mime_type(kind).to_owned()),
        size: sniffed.map(|picture| (picture.width, picture.height)),
        told_bytes: given["file_size"].as_u64(),
        bytes,
    })
}

fn sample(state: &State, kind: FileKind) -> Bytes {
    match kind {
        FileKind::Photo | FileKind::Sticker => picture::sample(320, 240, state.random.next()),
        FileKind::Document => Bytes::from_static(b"A sample document of the sandbox.\n"),
        _ => Bytes::from_static(b"sample bytes of the sandbox"),
    }
}

fn default_name(kind: FileKind) -> Option<&'static str> {
    match kind {
        FileKind::Document => Some("sample.txt"),
        FileKind::Video => Some("sample.mp4"),
        FileKind::Animation => Some("sample.gif.mp4"),
        FileKind::Audio => Some("sample.mp3"),
        _ => None,
    }
}

fn default_mime_type(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Photo => "image/png",
        FileKind::Video | FileKind::Animation | FileKind::VideoNote => "video/mp4",
        FileKind::Audio => "audio/mpeg",
        FileKind::Voice => "audio/ogg",
        FileKind::Document => "text/plain",
        FileKind::Sticker => "image/webp",
    }
}
