//! A message as JSON, or as a form with files: both end as the same fields.

use app::App;
use axum::{
    extract::{DefaultBodyLimit, FromRequest, Multipart, Request, multipart::Field},
    http::header::CONTENT_TYPE,
};
use http_body_util::Limited;
use model::{Error, ErrorKind, Result};
use serde_json::{Map, Value};

use super::{
    body::MessageBody,
    files::{Files, Upload},
};
use crate::{
    extract::{BODY_BYTES_MAX, object, read_map},
    problem::Failure,
};

/// Parts of a form at most: ten items of an album and the ordinary fields.
const PARTS_MAX: usize = 60;

/// Bytes of a form at most: Telegram takes 50 MB, the rest is for the other parts.
const FORM_BYTES_MAX: usize = 52 << 20;

/// Bytes of a part that is no file.
const TEXT_BYTES_MAX: usize = 1 << 20;

/// Fields whose value is JSON in a form too; the others are plain text.
const STRUCTURED: [&str; 8] = [
    "buttons",
    "location",
    "contact",
    "poll",
    "media_group",
    "disable_notification",
    "protect_content",
    "link_preview",
];

/// A message to send, with its files.
#[derive(Debug)]
pub(super) struct MessageForm {
    pub body: MessageBody,
    pub files: Files,
}

impl FromRequest<App> for MessageForm {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> std::result::Result<Self, Failure> {
        let Fields { fields, files } = Fields::from_request(request, app).await?;
        Ok(Self { body: read_map(fields)?, files })
    }
}

/// The fields of a JSON object or of a form, not yet judged, and the form's files.
#[derive(Debug)]
pub(crate) struct Fields {
    pub fields: Map<String, Value>,
    pub files: Files,
}

impl FromRequest<App> for Fields {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> std::result::Result<Self, Failure> {
        let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if !kind.to_ascii_lowercase().starts_with("multipart/form-data") {
            return Ok(Self { fields: object(request, BODY_BYTES_MAX).await?, files: Files::default() });
        }
        let mut request = request.map(|body| axum::body::Body::new(Limited::new(body, FORM_BYTES_MAX)));
        // The limit of this module holds, not axum's own, which is for small bodies.
        DefaultBodyLimit::disable().apply(&mut request);
        let form = Multipart::from_request(request, app).await.map_err(|e| malformed(&e.body_text()))?;
        Ok(read(form, app).await?)
    }
}

async fn read(mut form: Multipart, app: &App) -> Result<Fields> {
    let mut fields = Map::new();
    let mut files = Files::default();
    let mut parts = 0;
    while let Some(part) = form.next_field().await.map_err(|e| unreadable(&e))? {
        parts += 1;
        if parts > PARTS_MAX {
            return Err(Error::invalid(format!("The form has more than {PARTS_MAX} parts.")));
        }
        let name = part.name().unwrap_or_default().to_owned();
        if name.is_empty() || name.contains('\0') {
            return Err(Error::invalid("Every part of the form needs a name."));
        }
        if part.file_name().is_some() {
            files.insert(name, upload(part, app).await?);
        } else if fields.insert(name.clone(), text(&name, part).await?).is_some() {
            return Err(Error::field(name, "This field stands twice in the form."));
        }
    }
    Ok(Fields { fields, files })
}

async fn upload(part: Field<'_>, app: &App) -> Result<Upload> {
    let clean = |text: &str| text.replace(['\0', '/', '\\'], "_").chars().take(200).collect::<String>();
    let file_name = part.file_name().map(clean).filter(|name| !name.is_empty());
    let mime_type = part.content_type().map(clean_mime);
    let bytes = part.bytes().await.map_err(|e| unreadable(&e))?;
    Ok(Upload { key: format!("uploads/{}", app.ids.next()), file_name, mime_type, bytes })
}

fn clean_mime(mime: &str) -> String {
    mime.chars().filter(char::is_ascii_graphic).take(100).collect()
}

async fn text(name: &str, part: Field<'_>) -> Result<Value> {
    let bytes = part.bytes().await.map_err(|e| unreadable(&e))?;
    if bytes.len() > TEXT_BYTES_MAX {
        return Err(Error::field(name, format!("This part is larger than {TEXT_BYTES_MAX} bytes.")));
    }
    let text = String::from_utf8(bytes.to_vec()).map_err(|_| Error::field(name, "This part is not UTF-8 text."))?;
    if STRUCTURED.contains(&name) {
        return crate::extract::parse_json(text.as_bytes()).map_err(|e| Error::field(name, e.message()));
    }
    Ok(Value::String(text))
}

fn unreadable(error: &axum::extract::multipart::MultipartError) -> Error {
    if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        return Error::new(
            ErrorKind::TooLarge,
            "too_large",
            format!("The form is larger than {FORM_BYTES_MAX} bytes."),
        );
    }
    malformed(&error.body_text())
}

fn malformed(words: &str) -> Error {
    Error::invalid(format!("The form can't be read: {words}")).with_code("malformed_form")
}
