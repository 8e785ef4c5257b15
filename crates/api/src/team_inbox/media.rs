//! `/team-inbox/api/media/{message_id}/{index}/`: pictures, files, clips and sounds of timelines.
//!
//! Anybody on Telegram chose these bytes: whatever a browser could run goes out as a download.

use app::{
    App,
    media::{self, Found},
};
use axum::{
    body::Body,
    extract::State,
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{
            ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_SECURITY_POLICY,
            CONTENT_TYPE, LOCATION, RANGE, X_CONTENT_TYPE_OPTIONS,
        },
    },
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use model::content::{Media, MediaKind};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::{MayRead, Path},
    ids::MessageId,
    problem::Result,
};

const BINARY: &str = "application/octet-stream";

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(read))
}

/// Fetch a piece of media of a timeline entry.
///
/// The bytes are fetched from the channel when they are first asked for. `Range` is understood. Files that are too big
/// for the channel's interface are a conflict, which says their size.
#[utoipa::path(get, path = "/team-inbox/api/media/{message_id}/{index}/", tag = "team-inbox",
    params(("message_id" = MessageId, Path), ("index" = usize, Path, description = "Its place in `content.media`, from 0."),
        ("Range" = Option<String>, Header, description = "One range of bytes.")),
    responses((status = OK, content_type = "application/octet-stream", body = Vec<u8>),
        (status = PARTIAL_CONTENT, content_type = "application/octet-stream", body = Vec<u8>),
        (status = FOUND, description = "It was sent by an address, which `Location` names."),
        (status = CONFLICT, description = "The channel does not give files of this size."),
        (status = RANGE_NOT_SATISFIABLE, description = "The range is not in the file."),
        (status = BAD_GATEWAY, description = "The channel can't be reached."),
        (status = GATEWAY_TIMEOUT, description = "The channel did not answer in time.")))]
async fn read(
    State(app): State<App>,
    MayRead(scope): MayRead,
    Path((message_id, index)): Path<(MessageId, usize)>,
    headers: HeaderMap,
) -> Result<Response> {
    match media::fetch(&app, &scope, message_id, index).await? {
        Found::Elsewhere(url) => Ok(elsewhere(&url)),
        Found::Bytes { media, bytes } => Ok(serve(&media, bytes, &headers)),
    }
}

fn elsewhere(url: &str) -> Response {
    match HeaderValue::from_str(url) {
        Ok(location) => (StatusCode::FOUND, [(LOCATION, location)]).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

fn serve(media: &Media, bytes: Bytes, headers: &HeaderMap) -> Response {
    let total = bytes.len();
    let mime = content_type(media, &bytes);
    let range = headers.get(RANGE).and_then(|value| value.to_str().ok()).map(|text| range(text, total));
    let (status, body) = match range {
        None | Some(Asked::All) => (StatusCode::OK, bytes),
        Some(Asked::Part(first, last)) => (StatusCode::PARTIAL_CONTENT, bytes.slice(first..=last)),
        Some(Asked::Outside) => (StatusCode::RANGE_NOT_SATISFIABLE, Bytes::new()),
    };
    let content_range = match range {
        Some(Asked::Part(first, last)) => Some(format!("bytes {first}-{last}/{total}")),
        Some(Asked::Outside) => Some(format!("bytes */{total}")),
        None | Some(Asked::All) => None,
    };
    let mut pairs = vec![
        (CONTENT_TYPE, mime.clone()),
        (CONTENT_LENGTH, body.len().to_string()),
        (CONTENT_DISPOSITION, disposition(media, &mime)),
        (ACCEPT_RANGES, "bytes".into()),
        (X_CONTENT_TYPE_OPTIONS, "nosniff".into()),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".into()),
        (CACHE_CONTROL, "private, max-age=86400".into()),
    ];
    pairs.extend(content_range.map(|text| (CONTENT_RANGE, text)));
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().extend(pairs.into_iter().filter_map(header));
    response
}

fn header((name, text): (HeaderName, String)) -> Option<(HeaderName, HeaderValue)> {
    HeaderValue::from_str(&text).ok().map(|value| (name, value))
}

/// What a `Range` header asks for of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// Several ranges or none that we understand: the whole file is a right answer too.
    All,
    /// From the first to the last byte, both included.
    Part(usize, usize),
    Outside,
}

fn range(text: &str, total: usize) -> Asked {
    let Some(spec) = text.trim().strip_prefix("bytes=").filter(|spec| !spec.contains(',')) else { return Asked::All };
    let Some((first, last)) = spec.split_once('-') else { return Asked::All };
    match (first.trim().parse::<usize>(), last.trim().parse::<usize>()) {
        (Ok(first), Ok(last)) if first > last => Asked::All,
        (Ok(first), _) if first >= total => Asked::Outside,
        (Ok(first), Ok(last)) => Asked::Part(first, last.min(total - 1)),
        (Ok(first), Err(_)) if last.trim().is_empty() => Asked::Part(first, total - 1),
        (Err(_), Ok(0)) if first.trim().is_empty() => Asked::Outside,
        (Err(_), Ok(_)) if first.trim().is_empty() && total == 0 => Asked::Outside,
        (Err(_), Ok(count)) if first.trim().is_empty() => Asked::Part(total.saturating_sub(count), total - 1),
        _ => Asked::All,
    }
}

/// The type that the sender named, if it has the form of one; else what the kind or the first bytes say.
fn content_type(media: &Media, bytes: &[u8]) -> String {
    let named = media.mime_type.as_deref().map(str::trim).filter(|mime| is_mime(mime));
    let guessed = match media.kind {
        MediaKind::Photo => "image/jpeg",
        MediaKind::Video | MediaKind::VideoNote | MediaKind::Animation => "video/mp4",
        MediaKind::Voice => "audio/ogg",
        MediaKind::Audio => "audio/mpeg",
        MediaKind::Sticker if bytes.starts_with(b"RIFF") => "image/webp",
        MediaKind::Sticker if bytes.starts_with(&[0x1a, 0x45, 0xdf, 0xa3]) => "video/webm",
        MediaKind::Sticker if bytes.starts_with(&[0x1f, 0x8b]) => "application/gzip",
        MediaKind::Sticker | MediaKind::Document => BINARY,
    };
    named.unwrap_or(guessed).to_ascii_lowercase()
}

fn is_mime(text: &str) -> bool {
    let is_token =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&b));
    text.len() <= 127 && text.split_once('/').is_some_and(|(kind, name)| is_token(kind) && is_token(name))
}

/// Shown in place only when it can't run: pictures (but SVG), clips and sounds.
fn disposition(media: &Media, mime: &str) -> String {
    let is_safe = mime != "image/svg+xml" && ["image/", "video/", "audio/"].iter().any(|kind| mime.starts_with(kind));
    let place = if is_safe { "inline" } else { "attachment" };
    match media.file_name.as_deref().filter(|name| !name.is_empty()) {
        Some(name) => format!("{place}; filename=\"{}\"; filename*=UTF-8''{}", plain(name), encoded(name)),
        None => place.to_owned(),
    }
}

/// The name for old clients: ASCII, and nothing that ends the quotes or names a folder.
fn plain(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_graphic() && !"\"\\/".contains(c) || c == ' ';
    name.chars().take(150).map(|c| if is_plain(c) { c } else { '_' }).collect()
}

fn encoded(name: &str) -> String {
    let shortened: String =
        name.chars().take(150).map(|c| if "/\\".contains(c) || c.is_control() { '_' } else { c }).collect();
    let mut out = String::new();
    for byte in shortened.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_understood() {
        let cases = [
            ("bytes=0-3", Asked::Part(0, 3)),
            ("bytes=8-", Asked::Part(8, 9)),
            ("bytes=-4", Asked::Part(6, 9)),
            ("bytes=-40", Asked::Part(0, 9)),
            ("bytes=5-99", Asked::Part(5, 9)),
            ("bytes=10-", Asked::Outside),
            ("bytes=-0", Asked::Outside),
            ("bytes=3-1", Asked::All),
            ("bytes=0-1,3-4", Asked::All),
            ("bytes=-", Asked::All),
            ("lines=1-2", Asked::All),
            ("bytes=99999999999999999999-", Asked::All),
        ];
        for (text, expected) in cases {
            assert_eq!(range(text, 10), expected, "{text}");
        }
        assert_eq!(range("bytes=0-", 0), Asked::Outside);
        assert_eq!(range("bytes=-1", 0), Asked::Outside);
    }

    #[test]
    fn what_a_browser_could_run_is_a_download() {
        let media = |kind, mime: &str, name: &str| Media {
            url: None,
            kind,
            file_name: Some(name.to_owned()),
            mime_type: Some(mime.to_owned()),
            size: None,
            width: None,
            height: None,
            duration: None,
            source: None,
        };
        let shown = |media: &Media| (content_type(media, b""), disposition(media, &content_type(media, b"")));
        let (mime, place) = shown(&media(MediaKind::Document, "text/HTML", "a\"\r\nü/../x.html"));
        assert_eq!(mime, "text/html");
        assert_eq!(place, "attachment; filename=\"a_____.._x.html\"; filename*=UTF-8''a%22__%C3%BC_.._x.html");
        assert!(shown(&media(MediaKind::Document, "image/svg+xml", "x")).1.starts_with("attachment"));
        assert!(shown(&media(MediaKind::Document, "image/png", "x")).1.starts_with("inline"));
        assert_eq!(shown(&media(MediaKind::Photo, "nonsense\n", "x")).0, "image/jpeg");
    }
}
