//! What we ask of Meta to send. A request names its path behind the version; sending it, and adding the token, is the
//! transport's work.

use model::{
    Error, Id, Result,
    content::{Button, ButtonAction, ContactCard, Location, Media, MediaKind, MediaSource},
    message::Message,
    outgoing::{Op, Options, Outgoing},
    whatsapp::is_phone,
};
use serde_json::{Map, Value, json};

use super::{
    fit::{REPLIES_MAX, has_caption},
    format::marked,
    management,
};
use crate::wire::{Body, Part, PartValue};

/// How a request is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    Get,
    Post,
    Delete,
}

/// A call of the Graph API.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    pub verb: Verb,
    /// Behind the version, without a slash before it; with its query.
    pub path: String,
    /// `None` of a question.
    pub body: Option<Body>,
}

/// From where to whom, and what comes back with every status.
#[derive(Debug, Clone, Copy)]
pub struct Envelope<'a> {
    pub phone_number_id: &'a str,
    /// A phone in digits, or a user id.
    pub to: &'a str,
    pub ours: (Id<Message>, i64),
}

/// The file that must be at Meta before the message can go.
pub fn upload(outgoing: &Outgoing, phone_number_id: &str) -> Option<Request> {
    let Op::Media { media, .. } = &outgoing.op else { return None };
    let Some(MediaSource::Stored(key)) = &media.source else { return None };
    let mime_type = media.mime_type.clone().unwrap_or_else(|| default_type(media.kind).to_owned());
    let text = |name: &str, value: &str| Part { name: name.to_owned(), value: PartValue::Text(value.to_owned()) };
    let file = PartValue::File {
        storage_key: key.clone(),
        file_name: media.file_name.clone().unwrap_or_else(|| media.kind.to_string()),
        mime_type: Some(mime_type.clone()),
    };
    let parts = vec![
        text("messaging_product", "whatsapp"),
        text("type", &mime_type),
        Part { name: "file".into(), value: file },
    ];
    Some(Request { verb: Verb::Post, path: format!("{phone_number_id}/media"), body: Some(Body::Multipart(parts)) })
}

fn default_type(kind: MediaKind) -> &'static str {
    match kind {
        MediaKind::Photo => "image/jpeg",
        MediaKind::Video | MediaKind::Animation | MediaKind::VideoNote => "video/mp4",
        MediaKind::Audio => "audio/mpeg",
        MediaKind::Voice => "audio/ogg",
        MediaKind::Sticker => "image/webp",
        MediaKind::Document => "application/octet-stream",
    }
}

/// The call that does what `outgoing` says. `uploaded` is Meta's id of a file of ours. Fails on what no call can do, which
/// validation should have caught.
pub fn encode(outgoing: &Outgoing, envelope: &Envelope<'_>, uploaded: Option<&str>) -> Result<Request> {
    let options = &outgoing.options;
    let (kind, content) = match &outgoing.op {
        Op::Text { text, entities } => text_message(&marked(text, entities), options),
        Op::Media { media, caption, entities } => with_media(media, &marked(caption, entities), options, uploaded)?,
        Op::Location { location } => ("location", place(location)),
        Op::Contact { contact } => ("contacts", card(contact)),
        Op::Template { name, language, components } => {
            ("template", json!({"name": name, "language": {"code": language}, "components": components}))
        }
        Op::React { name: Some(name), emoji, .. } => {
            ("reaction", json!({"message_id": name, "emoji": emoji.as_deref().unwrap_or_default()}))
        }
        Op::React { name: None, .. } => return Err(Error::invalid("The message has no name at WhatsApp.")),
        Op::Album { .. } | Op::Poll { .. } | Op::EditText { .. } | Op::Delete { .. } => {
            return Err(Error::invalid("WhatsApp can't do this."));
        }
    };
    let mut body = Map::new();
    body.insert("messaging_product".into(), "whatsapp".into());
    body.insert("recipient_type".into(), "individual".into());
    if is_phone(envelope.to) {
        // Without the plus sign the business's own country code would be put before it.
        body.insert("to".into(), format!("+{}", envelope.to).into());
    } else {
        body.insert("recipient".into(), envelope.to.into());
    }
    body.insert("type".into(), kind.into());
    body.insert(kind.into(), content);
    if let (Some(name), true) = (&options.reply_to_name, kind != "reaction") {
        body.insert("context".into(), json!({"message_id": name}));
    }
    let (message, part) = envelope.ours;
    body.insert("biz_opaque_callback_data".into(), format!("{message}.{part}").into());
    Ok(management::post(format!("{}/messages", envelope.phone_number_id), &Value::Object(body)))
}

fn text_message(text: &str, options: &Options) -> (&'static str, Value) {
    match interactive(None, text, options) {
        Some(interactive) => ("interactive", interactive),
        None => ("text", json!({"body": text, "preview_url": options.link_preview.unwrap_or(true)})),
    }
}

fn with_media(
    media: &Media,
    caption: &str,
    options: &Options,
    uploaded: Option<&str>,
) -> Result<(&'static str, Value)> {
    let kind = match media.kind {
        MediaKind::Photo => "image",
        MediaKind::Video | MediaKind::Animation | MediaKind::VideoNote => "video",
        MediaKind::Audio | MediaKind::Voice => "audio",
        MediaKind::Sticker => "sticker",
        MediaKind::Document => "document",
    };
    let mut file = Map::new();
    match (&media.source, uploaded) {
        (_, Some(id)) => file.insert("id".into(), id.into()),
        (Some(MediaSource::Url(url)), None) => file.insert("link".into(), url.as_str().into()),
        (Some(MediaSource::FileId(id)), None) => file.insert("id".into(), id.as_str().into()),
        (Some(MediaSource::Stored(_)) | None, None) => return Err(Error::invalid("The media has no bytes to send.")),
    };
    if let (Some(name), "document") = (&media.file_name, kind) {
        file.insert("filename".into(), name.as_str().into());
    }
    let header = json!({"type": kind, kind: Value::Object(file.clone())});
    if let Some(interactive) = interactive(Some(header), caption, options) {
        return Ok(("interactive", interactive));
    }
    if !caption.is_empty() && has_caption(media.kind) {
        file.insert("caption".into(), caption.into());
    }
    Ok((kind, Value::Object(file)))
}

/// Buttons, a list or a link under a text; `None` without buttons.
fn interactive(header: Option<Value>, text: &str, options: &Options) -> Option<Value> {
    let buttons: Vec<&Button> = options.buttons.iter().flatten().collect();
    let first = buttons.first()?;
    let (kind, action) = match &first.action {
        ButtonAction::Url { url } => {
            let parameters = json!({"display_text": first.text, "url": url});
            ("cta_url", json!({"name": "cta_url", "parameters": parameters}))
        }
        _ if buttons.len() <= REPLIES_MAX => {
            let replies: Vec<Value> =
                buttons.iter().map(|button| json!({"type": "reply", "reply": choice(button)})).collect();
            ("button", json!({"buttons": replies}))
        }
        _ => {
            let rows: Vec<Value> = buttons.iter().map(|button| choice(button)).collect();
            ("list", json!({"button": "…", "sections": [{"rows": rows}]}))
        }
    };
    // A body is asked for, and a list has no picture above it.
    let text = if text.is_empty() { "…" } else { text };
    let mut interactive = json!({"type": kind, "body": {"text": text}, "action": action});
    if let (Some(header), true) = (header, kind != "list") {
        interactive["header"] = header;
    }
    Some(interactive)
}

fn choice(button: &Button) -> Value {
    let id = match &button.action {
        ButtonAction::QuickReply { callback_data } => callback_data.as_str(),
        ButtonAction::Url { .. } | ButtonAction::CopyCode { .. } => button.text.as_str(),
    };
    json!({"id": id, "title": button.text})
}

fn place(location: &Location) -> Value {
    let mut place = json!({"latitude": location.latitude, "longitude": location.longitude});
    for (key, value) in [("name", &location.title), ("address", &location.address)] {
        if let Some(value) = value {
            place[key] = value.as_str().into();
        }
    }
    place
}

fn card(card: &ContactCard) -> Value {
    let last = card.last_name.as_deref().unwrap_or_default();
    let whole = format!("{} {last}", card.first_name);
    let mut name = json!({"formatted_name": whole.trim(), "first_name": card.first_name});
    if !last.is_empty() {
        name["last_name"] = last.into();
    }
    json!([{"name": name, "phones": [{"phone": card.phone_number, "type": "CELL"}]}])
}
