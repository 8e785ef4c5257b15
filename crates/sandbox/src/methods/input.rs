//! Files that a bot sends: uploaded, attached, fetched from a URL, or known by `file_id`.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use url::{Host, Url};

use super::Ctx;
use crate::{
    answer::{ApiError, Result},
    files::{FileKind, NewFile, StoredFile},
    options::UrlFetch,
    params::Upload,
    picture,
};

const UPLOAD_BYTES_MAX: usize = 50 << 20;
const PHOTO_BYTES_MAX: usize = 10 << 20;
const URL_PHOTO_BYTES_MAX: usize = 5 << 20;
const URL_BYTES_MAX: usize = 20 << 20;
const URL_TIMEOUT: Duration = Duration::from_secs(10);
/// Width plus height, and the greater by the smaller.
const PHOTO_SIZE_MAX: u32 = 10_000;
const PHOTO_RATIO_MAX: u32 = 20;

/// The file in the parameter `field`.
pub async fn parameter(ctx: &Ctx<'_>, field: &str, kind: FileKind) -> Result<Arc<StoredFile>> {
    if let Some(upload) = ctx.params.file(field) {
        return uploaded(ctx, upload, kind);
    }
    match ctx.params.filled(field) {
        Some(reference) => referred(ctx, reference.trim(), kind).await,
        None => Err(ApiError::bad(format!("there is no {} in the request", field.replace('_', " ")))),
    }
}

/// The file that a text refers to: `attach://name`, a URL or a `file_id`.
pub async fn referred(ctx: &Ctx<'_>, reference: &str, kind: FileKind) -> Result<Arc<StoredFile>> {
    if let Some(name) = reference.strip_prefix("attach://") {
        let upload = ctx.params.file(name);
        return uploaded(ctx, upload.ok_or_else(|| ApiError::bad("wrong file identifier/HTTP URL specified"))?, kind);
    }
    if reference.starts_with("http://") || reference.starts_with("https://") {
        return by_url(ctx, reference, kind).await;
    }
    let file = ctx.state.files.by_id(ctx.bot.id, reference);
    let file = file.ok_or_else(|| ApiError::bad("wrong file identifier/HTTP URL specified"))?;
    if file.kind == kind {
        return Ok(file);
    }
    let (is, wanted) = (type_name(file.kind), type_name(kind));
    Err(ApiError::bad(format!("can't use file of type {is} as {wanted}")))
}

fn type_name(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Photo => "Photo",
        FileKind::Video => "Video",
        FileKind::Animation => "Animation",
        FileKind::Audio => "Audio",
        FileKind::Voice => "VoiceNote",
        FileKind::VideoNote => "VideoNote",
        FileKind::Document => "Document",
        FileKind::Sticker => "Sticker",
    }
}

fn uploaded(ctx: &Ctx<'_>, upload: &Upload, kind: FileKind) -> Result<Arc<StoredFile>> {
    if upload.bytes.is_empty() {
        return Err(ApiError::bad("file must be non-empty"));
    }
    if upload.bytes.len() > UPLOAD_BYTES_MAX {
        return Err(ApiError::new(413, "Request Entity Too Large"));
    }
    let name = file_name(&upload.file_name);
    let mime_type = upload.mime_type.clone().filter(|mime_type| mime_type != "application/octet-stream");
    store(ctx, kind, name, mime_type, upload.bytes.clone())
}

/// The last part of a name, which senders choose freely.
fn file_name(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    (!last.is_empty()).then(|| last.to_owned())
}

/// Keeps a file after looking at it as its kind demands.
pub fn store(
    ctx: &Ctx<'_>,
    kind: FileKind,
    name: Option<String>,
    mime_type: Option<String>,
    bytes: Bytes,
) -> Result<Arc<StoredFile>> {
    let picture = picture::sniff(&bytes);
    if kind == FileKind::Photo {
        check_photo(&bytes, picture)?;
    }
    let sniffed = picture.map(|picture| picture.mime_type.to_owned());
    let default = || default_mime_type(kind, name.as_deref()).to_owned();
    let mime_type = match kind {
        FileKind::Photo => sniffed.unwrap_or_else(default),
        _ => mime_type.or(sniffed).unwrap_or_else(default),
    };
    let size = picture.map(|picture| (picture.width, picture.height));
    Ok(ctx.state.files.add(NewFile { kind, name, mime_type, bytes, size, told_bytes: None }))
}

fn check_photo(bytes: &Bytes, picture: Option<picture::Picture>) -> Result<()> {
    if bytes.len() > PHOTO_BYTES_MAX {
        let what = format!("file of size {} bytes is too big for a photo", bytes.len());
        return Err(ApiError::bad(format!("{what}; the maximum size is {PHOTO_BYTES_MAX} bytes")));
    }
    let picture = picture.ok_or_else(|| ApiError::bad("IMAGE_PROCESS_FAILED"))?;
    let (long, short) = (picture.width.max(picture.height), picture.width.min(picture.height));
    let is_too_large = u64::from(long) + u64::from(short) > u64::from(PHOTO_SIZE_MAX);
    if is_too_large || short == 0 || long / short > PHOTO_RATIO_MAX {
        return Err(ApiError::bad("PHOTO_INVALID_DIMENSIONS"));
    }
    Ok(())
}

fn default_mime_type(kind: FileKind, name: Option<&str>) -> &'static str {
    match kind {
        FileKind::Photo => "image/jpeg",
        FileKind::Video | FileKind::Animation | FileKind::VideoNote => "video/mp4",
        FileKind::Audio => "audio/mpeg",
        FileKind::Voice => "audio/ogg",
        FileKind::Sticker => "image/webp",
        FileKind::Document => of_name(name.unwrap_or_default()).unwrap_or("application/octet-stream"),
    }
}

fn of_name(name: &str) -> Option<&'static str> {
    let ending = name.rsplit_once('.')?.1.to_ascii_lowercase();
    Some(match ending.as_str() {
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        "gif" => "image/gif",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "txt" => "text/plain",
        "csv" => "text/csv",
        "mp4" => "video/mp4",
        "mp3" => "audio/mpeg",
        "ogg" | "oga" | "opus" => "audio/ogg",
        _ => return None,
    })
}

async fn by_url(ctx: &Ctx<'_>, address: &str, kind: FileKind) -> Result<Arc<StoredFile>> {
    let url = Url::parse(address).map_err(|_| ApiError::bad("wrong HTTP URL specified"))?;
    if kind == FileKind::VideoNote {
        return Err(ApiError::bad("wrong file identifier/HTTP URL specified"));
    }
    let name = url.path_segments().and_then(|mut parts| parts.next_back()).and_then(file_name);
    let (mime_type, bytes) = if ctx.state.options.url_fetch == UrlFetch::Always || is_here(&url) {
        let bytes_max = if kind == FileKind::Photo { URL_PHOTO_BYTES_MAX } else { URL_BYTES_MAX };
        let fetched = ctx.state.webhooks.fetch(address, bytes_max, URL_TIMEOUT).await;
        fetched.ok_or_else(|| ApiError::bad("failed to get HTTP URL content"))?
    } else {
        stand_in(kind, name.as_deref())
    };
    check_fetched(kind, mime_type.as_deref(), name.as_deref(), &bytes)?;
    store(ctx, kind, name, mime_type, bytes)
}

fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// What stands for bytes that are out of reach.
fn stand_in(kind: FileKind, name: Option<&str>) -> (Option<String>, Bytes) {
    match kind {
        FileKind::Photo | FileKind::Sticker => (None, picture::sample(640, 480, 1)),
        _ => {
            let mime_type = default_mime_type(kind, name).to_owned();
            let mime_type = of_name(name.unwrap_or_default()).map_or(mime_type, str::to_owned);
            (Some(mime_type), Bytes::from_static(b"sample bytes of the sandbox"))
        }
    }
}

/// By URL Telegram takes documents and voice notes of a few types only.
fn check_fetched(kind: FileKind, mime_type: Option<&str>, name: Option<&str>, bytes: &Bytes) -> Result<()> {
    let wrong = || Err(ApiError::bad("wrong type of the web page content"));
    let mime_type = mime_type.unwrap_or_default();
    let named = of_name(name.unwrap_or_default()).unwrap_or_default();
    match kind {
        FileKind::Photo if picture::sniff(bytes).is_none() => wrong(),
        FileKind::Document => {
            const TAKEN: [&str; 3] = ["application/pdf", "application/zip", "image/gif"];
            if TAKEN.contains(&mime_type) || TAKEN.contains(&named) { Ok(()) } else { wrong() }
        }
        FileKind::Voice if mime_type != "audio/ogg" && named != "audio/ogg" => wrong(),
        _ if bytes.is_empty() => Err(ApiError::bad("failed to get HTTP URL content")),
        _ => Ok(()),
    }
}
