//! What a program asks to be sent, read as strictly as WhatsApp reads it. Nothing here knows who is who.

use serde_json::Value;

use super::{
    error::{GraphError, Result},
    interactive,
    numbers::whatsapp,
    object::Object,
};

const TEXT_MAX: usize = 4096;
const CAPTION_MAX: usize = 1024;
const OPAQUE_MAX: usize = 512;

/// Whom a message is for, as it was named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipient {
    Phone(String),
    UserId(String),
}

/// A message that reads well.
#[derive(Clone, Debug)]
pub struct Outgoing {
    pub recipient: Recipient,
    pub kind: String,
    pub content: Value,
    pub reply_to: Option<String>,
    pub opaque: Option<String>,
}

const KNOWN: [&str; 21] = [
    "messaging_product",
    "recipient_type",
    "to",
    "recipient",
    "type",
    "context",
    "biz_opaque_callback_data",
    "message_activity_sharing",
    "text",
    "image",
    "video",
    "document",
    "audio",
    "sticker",
    "location",
    "contacts",
    "reaction",
    "interactive",
    "template",
    "ttl",
    "category",
];

pub fn read(body: &Value) -> Result<Outgoing> {
    let object = Object::read(body, "", &KNOWN)?;
    whatsapp(&object)?;
    if object.optional_text("recipient_type", 20)?.is_some_and(|kind| kind != "individual") {
        return Err(GraphError::invalid("Param recipient_type must be one of {INDIVIDUAL}"));
    }
    let kind = object.optional_text("type", 40)?.unwrap_or("text");
    let content = match kind {
        "text" | "image" | "video" | "document" | "audio" | "sticker" | "location" | "contacts" | "reaction"
        | "interactive" | "template" => object.need(kind)?,
        _ => return Err(GraphError::because(131_051, format!("type {kind} is not supported"))),
    };
    check(kind, content)?;
    Ok(Outgoing {
        recipient: recipient(&object)?,
        kind: kind.to_owned(),
        content: content.clone(),
        reply_to: reply_to(&object, kind)?,
        opaque: object.optional_text("biz_opaque_callback_data", OPAQUE_MAX)?.map(str::to_owned),
    })
}

fn recipient(object: &Object<'_>) -> Result<Recipient> {
    if let Some(to) = object.optional_text("to", 150)?.filter(|to| !to.is_empty()) {
        return Ok(Recipient::Phone(to.to_owned()));
    }
    match object.optional_text("recipient", 150)?.filter(|id| !id.is_empty()) {
        Some(id) => Ok(Recipient::UserId(id.to_owned())),
        None => Err(GraphError::invalid("The parameter to is required.")),
    }
}

fn reply_to(object: &Object<'_>, kind: &str) -> Result<Option<String>> {
    let Some(context) = object.get("context") else { return Ok(None) };
    if kind == "reaction" {
        return Err(GraphError::because(131_009, "a reaction has no context"));
    }
    let context = Object::read(context, "context", &["message_id"])?;
    Ok(Some(context.text("message_id", 1000)?.to_owned()))
}

fn check(kind: &str, content: &Value) -> Result<()> {
    match kind {
        "text" => text(content),
        "location" => location(content),
        "contacts" => contacts(content),
        "reaction" => reaction(content),
        "interactive" => interactive::check(content),
        // A template is judged by the template that it names.
        "template" => Ok(()),
        _ => media(content, kind),
    }
}

fn text(content: &Value) -> Result<()> {
    let text = Object::read(content, "text", &["body", "preview_url"])?;
    text.flag("preview_url")?;
    let body = text.text("body", TEXT_MAX)?;
    if body.trim().is_empty() { Err(GraphError::missing("text['body']")) } else { Ok(()) }
}

/// By id or by link, never both.
pub fn media(content: &Value, kind: &str) -> Result<()> {
    let known: &[&str] = match kind {
        "document" => &["id", "link", "caption", "filename"],
        "audio" => &["id", "link", "voice"],
        "sticker" => &["id", "link"],
        _ => &["id", "link", "caption"],
    };
    let media = Object::read(content, kind, known)?;
    media.optional_text("caption", CAPTION_MAX)?;
    media.optional_text("filename", 240)?;
    media.flag("voice")?;
    let link = media.optional_text("link", 2048)?;
    match (media.optional_text("id", 100)?, link) {
        (Some(_), Some(_)) => Err(GraphError::invalid(format!("{kind}: id and link exclude each other"))),
        (None, None) => Err(GraphError::missing(&media.name("id"))),
        (None, Some(link)) if !(link.starts_with("https://") || link.starts_with("http://")) => {
            Err(GraphError::because(131_009, format!("{} is not a valid URL", media.name("link"))))
        }
        _ => Ok(()),
    }
}

fn location(content: &Value) -> Result<()> {
    let location = Object::read(content, "location", &["latitude", "longitude", "name", "address"])?;
    location.number("latitude", -90.0..=90.0)?;
    location.number("longitude", -180.0..=180.0)?;
    location.optional_text("name", 1000)?;
    location.optional_text("address", 1000)?;
    Ok(())
}

fn contacts(content: &Value) -> Result<()> {
    let list = content.as_array().filter(|list| !list.is_empty() && list.len() <= 257);
    let list = list.ok_or_else(|| GraphError::because(131_009, "contacts must be an array of contacts"))?;
    const PARTS: [&str; 5] = ["first_name", "last_name", "middle_name", "suffix", "prefix"];
    for (at, contact) in list.iter().enumerate() {
        let at = format!("contacts[{at}]");
        let known = ["name", "phones", "emails", "addresses", "org", "urls", "birthday"];
        let contact = Object::read(contact, at.clone(), &known)?;
        let known: Vec<_> = PARTS.into_iter().chain(["formatted_name"]).collect();
        let name = Object::read(contact.need("name")?, format!("{at}.name"), &known)?;
        name.text("formatted_name", 1000)?;
        if !PARTS.iter().any(|part| name.get(part).is_some()) {
            return Err(GraphError::because(131_009, format!("{at}.name needs one part besides formatted_name")));
        }
        for phone in contact.get("phones").and_then(Value::as_array).into_iter().flatten() {
            Object::read(phone, format!("{at}.phones"), &["phone", "type", "wa_id"])?;
        }
    }
    Ok(())
}

fn reaction(content: &Value) -> Result<()> {
    let reaction = Object::read(content, "reaction", &["message_id", "emoji"])?;
    reaction.text("message_id", 1000)?;
    reaction.need("emoji")?;
    let emoji = reaction.optional_text("emoji", 16)?.unwrap_or_default();
    if emoji.chars().any(|character| character.is_ascii_alphabetic() || character.is_whitespace()) {
        return Err(GraphError::because(131_009, "reaction['emoji'] is not one emoji"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refusal(change: impl FnOnce(&mut Value)) -> Option<i64> {
        let mut body = json!({"messaging_product": "whatsapp", "to": "+15550100", "type": "text",
            "text": {"body": "hello"}});
        change(&mut body);
        read(&body).err().map(|error| error.code)
    }

    #[test]
    fn texts_are_read_strictly() {
        assert_eq!(refusal(|_| {}), None);
        assert_eq!(refusal(|body| body["text"]["body"] = "x".repeat(4096).into()), None);
        assert_eq!(refusal(|body| body["text"]["body"] = "x".repeat(4097).into()), Some(100));
        assert_eq!(refusal(|body| body["text"]["body"] = "".into()), Some(131_008));
        assert_eq!(refusal(|body| body["text"]["parse_mode"] = "HTML".into()), Some(100));
        assert_eq!(refusal(|body| body["type"] = "poll".into()), Some(131_051));
        assert_eq!(refusal(|body| body["to"] = Value::Null), Some(100));
        assert_eq!(refusal(|body| body["messaging_product"] = "telegram".into()), Some(100));
        assert_eq!(refusal(|body| body["biz_opaque_callback_data"] = "x".repeat(513).into()), Some(100));
    }

    #[test]
    fn media_comes_by_id_or_by_link() {
        let of = |media: Value| media_refusal("image", &media);
        assert_eq!(of(json!({"id": "1"})), None);
        assert_eq!(of(json!({"id": "1", "link": "https://a.example/b"})), Some(100));
        assert_eq!(of(json!({})), Some(131_008));
        assert_eq!(of(json!({"link": "ftp://a.example/b"})), Some(131_009));
        assert_eq!(media_refusal("sticker", &json!({"id": "1", "caption": "no"})), Some(100));
        assert_eq!(media_refusal("audio", &json!({"id": "1", "caption": "no"})), Some(100));
    }

    fn media_refusal(kind: &str, content: &Value) -> Option<i64> {
        media(content, kind).err().map(|error| error.code)
    }
}
