//! Files by id. A `file_id` belongs to one bot; `file_unique_id` names the same bytes for everybody.

use std::{
    collections::HashMap,
    sync::{
        Arc, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;

use crate::random::mix;

/// What a file was sent as; an id of one kind can't be sent as another, but for photos and documents by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileKind {
    Photo,
    Video,
    Animation,
    Audio,
    Voice,
    VideoNote,
    Document,
    Sticker,
}

impl FileKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Photo => "photo",
            Self::Video => "video",
            Self::Animation => "animation",
            Self::Audio => "audio",
            Self::Voice => "voice",
            Self::VideoNote => "video_note",
            Self::Document => "document",
            Self::Sticker => "sticker",
        }
    }

    /// The folder in `file_path`.
    fn folder(self) -> &'static str {
        match self {
            Self::Photo => "photos",
            Self::Video => "videos",
            Self::Animation => "animations",
            Self::Audio => "music",
            Self::Voice => "voice",
            Self::VideoNote => "video_notes",
            Self::Document => "documents",
            Self::Sticker => "stickers",
        }
    }

    /// How ids of this kind begin at Telegram.
    fn prefix(self) -> &'static str {
        match self {
            Self::Photo => "AgAC",
            Self::Video => "BAAC",
            Self::Animation => "CgAC",
            Self::Audio => "CQAC",
            Self::Voice => "AwAC",
            Self::VideoNote => "DQAC",
            Self::Document => "BQAC",
            Self::Sticker => "CAAC",
        }
    }
}

/// A file with what was said of it when it came.
#[derive(Debug)]
pub struct StoredFile {
    pub number: u64,
    pub kind: FileKind,
    pub name: Option<String>,
    pub mime_type: String,
    pub extension: String,
    pub bytes: Bytes,
    /// Width and height, where they are known.
    pub size: Option<(u32, u32)>,
    /// The size told to bots; that of `bytes` unless a larger file is only pretended.
    pub told_bytes: u64,
}

impl StoredFile {
    pub fn unique_id(&self) -> String {
        format!("AQAD{:012x}", mix(self.number) & 0xFFFF_FFFF_FFFF)
    }

    /// The id by which one bot knows this file.
    pub fn id_for(&self, bot: i64) -> String {
        let check = mix(mix(self.number) ^ bot.cast_unsigned());
        format!("{}{:x}-{:x}_{check:016x}", self.kind.prefix(), bot, self.number)
    }

    pub fn path(&self) -> String {
        let dot = if self.extension.is_empty() { "" } else { "." };
        format!("{}/file_{}{dot}{}", self.kind.folder(), self.number, self.extension)
    }
}

/// A file before it has a number.
#[derive(Debug)]
pub struct NewFile {
    pub kind: FileKind,
    pub name: Option<String>,
    pub mime_type: String,
    pub bytes: Bytes,
    pub size: Option<(u32, u32)>,
    pub told_bytes: Option<u64>,
}

/// Every file that anybody sent.
#[derive(Debug, Default)]
pub struct Files {
    by_number: RwLock<HashMap<u64, Arc<StoredFile>>>,
    last: AtomicU64,
}

impl Files {
    pub fn add(&self, new: NewFile) -> Arc<StoredFile> {
        let number = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        let extension = extension(new.name.as_deref(), &new.mime_type);
        let told_bytes = new.told_bytes.unwrap_or(new.bytes.len() as u64);
        let NewFile { kind, name, mime_type, bytes, size, .. } = new;
        let file = Arc::new(StoredFile { number, kind, name, mime_type, extension, bytes, size, told_bytes });
        self.by_number.write().expect("no panic among files").insert(number, file.clone());
        file
    }

    pub fn get(&self, number: u64) -> Option<Arc<StoredFile>> {
        self.by_number.read().expect("no panic among files").get(&number).cloned()
    }

    /// The file behind an id, if the id is this bot's.
    pub fn by_id(&self, bot: i64, file_id: &str) -> Option<Arc<StoredFile>> {
        let number = file_id.split_once('-')?.1.split_once('_')?.0;
        self.get(u64::from_str_radix(number, 16).ok()?).filter(|file| file.id_for(bot) == file_id)
    }

    pub fn by_unique_id(&self, unique_id: &str) -> Option<Arc<StoredFile>> {
        let by_number = self.by_number.read().expect("no panic among files");
        by_number.values().find(|file| file.unique_id() == unique_id).cloned()
    }

    /// The file that stands at a `file_path`.
    pub fn by_path(&self, path: &str) -> Option<Arc<StoredFile>> {
        let number = path.split_once("/file_")?.1;
        let number = number.split_once('.').map_or(number, |(number, _)| number);
        self.get(number.parse().ok()?).filter(|file| file.path() == path)
    }

    pub fn clear(&self) {
        self.by_number.write().expect("no panic among files").clear();
    }
}

/// The ending of a name, else what the type suggests.
fn extension(name: Option<&str>, mime_type: &str) -> String {
    let of_name = name.and_then(|name| name.rsplit_once('.')).map(|(_, ending)| ending.to_ascii_lowercase());
    let is_plain = |ending: &String| {
        !ending.is_empty() && ending.len() <= 8 && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    of_name.filter(is_plain).unwrap_or_else(|| of_type(mime_type).to_owned())
}

fn of_type(mime_type: &str) -> &'static str {
    match mime_type {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/gif" => "gif",
        "image/webp" => "webp",
        "video/mp4" => "mp4",
        "audio/mpeg" => "mp3",
        "audio/ogg" => "oga",
        "application/pdf" => "pdf",
        "text/plain" => "txt",
        _ => "",
    }
}
