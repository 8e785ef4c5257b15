//! What a message says, in terms of no single channel. Reads as a table: the type decides.

use model::content::{ContactCard, Content, ContentKind, Location, Media, MediaKind, MediaSource};

use crate::{
    file_name,
    json::{Object, Value},
};

/// Contacts of a shared list that are named beside the first.
const CARDS_MAX: usize = 20;

/// What a message says.
pub(super) fn content(message: &Object<'_>) -> Content {
    let kind = message.text("type").unwrap_or_default();
    let mut content = body(&kind, message).unwrap_or_else(|| unsupported(&kind, message));
    if let Some(context) = message.object("context")
        && (context.flag("forwarded") || context.flag("frequently_forwarded"))
    {
        content.forwarded_from = Some("another chat".into());
    }
    if let Some(referral) = message.object("referral") {
        content.quote =
            referral.text("headline").or_else(|| referral.text("body")).or_else(|| referral.text("source_url"));
    }
    content
}

fn body(kind: &str, message: &Object<'_>) -> Option<Content> {
    match kind {
        "text" => Some(Content::text(message.object("text")?.text("body")?)),
        "image" => media(message, "image", MediaKind::Photo),
        "video" => media(message, "video", MediaKind::Video),
        "document" => media(message, "document", MediaKind::Document),
        "sticker" => media(message, "sticker", MediaKind::Sticker),
        "audio" => {
            let is_voice = message.object("audio")?.flag("voice");
            media(message, "audio", if is_voice { MediaKind::Voice } else { MediaKind::Audio })
        }
        "location" => place(message.object("location")?),
        "contacts" => cards(message),
        "button" => {
            let button = message.object("button")?;
            Some(pressed(button.text("text"), button.text("payload")))
        }
        "interactive" => answer(message.object("interactive")?),
        "order" => Some(order(message.object("order")?)),
        _ => None,
    }
}

fn media(message: &Object<'_>, field: &str, kind: MediaKind) -> Option<Content> {
    let file = message.object(field)?;
    let media = Media {
        url: None,
        kind,
        file_name: file.text("filename").and_then(|name| file_name::sanitise(&name)),
        mime_type: file.text("mime_type"),
        size: file.integer("file_size").filter(|size| *size >= 0),
        width: None,
        height: None,
        duration: None,
        source: Some(MediaSource::FileId(file.text("id")?)),
    };
    let text = file.text("caption").filter(|caption| !caption.is_empty());
    Some(Content { text, media: vec![media], ..Content::new(kind.content_kind()) })
}

fn place(place: &Object<'_>) -> Option<Content> {
    let location = Location {
        latitude: place.float("latitude").filter(|degrees| degrees.abs() <= 90.0)?,
        longitude: place.float("longitude").filter(|degrees| degrees.abs() <= 180.0)?,
        title: place.text("name"),
        address: place.text("address"),
    };
    let kind = if location.title.is_some() { ContentKind::Venue } else { ContentKind::Location };
    Some(Content { location: Some(Box::new(location)), ..Content::new(kind) })
}

/// The first card is the message's; the others are named in its text, so that none is lost.
fn cards(message: &Object<'_>) -> Option<Content> {
    let mut cards = message.objects("contacts").filter_map(card).take(CARDS_MAX);
    let first = cards.next()?;
    let others: Vec<String> = cards
        .map(|card| format!("{} {} {}", card.first_name, card.last_name.unwrap_or_default(), card.phone_number))
        .collect();
    let text = (!others.is_empty()).then(|| others.join("\n"));
    Some(Content { contact: Some(Box::new(first)), text, ..Content::new(ContentKind::Contact) })
}

fn card(card: &Object<'_>) -> Option<ContactCard> {
    let name = card.object("name")?;
    let phone = card.objects("phones").find_map(|phone| phone.text("phone").or_else(|| phone.text("wa_id")));
    Some(ContactCard {
        phone_number: phone.unwrap_or_default(),
        first_name: name.text("first_name").or_else(|| name.text("formatted_name")).unwrap_or_default(),
        last_name: name.text("last_name"),
        user_id: None,
    })
}

fn pressed(label: Option<String>, data: Option<String>) -> Content {
    Content { text: label, callback_data: data, ..Content::new(ContentKind::Button) }
}

/// A chosen button or row, or a form that was filled in.
fn answer(interactive: &Object<'_>) -> Option<Content> {
    for kind in ["button_reply", "list_reply"] {
        if let Some(reply) = interactive.object(kind) {
            return Some(pressed(reply.text("title"), reply.text("id")));
        }
    }
    let form = interactive.object("nfm_reply")?;
    Some(pressed(form.text("body"), form.text("response_json")))
}

fn order(order: &Object<'_>) -> Content {
    let item = |item: &Object<'_>| {
        let count = item.integer("quantity").unwrap_or(1);
        format!("{count} × {}", item.text("product_retailer_id").unwrap_or_default())
    };
    let mut lines: Vec<String> = order.text("text").into_iter().filter(|text| !text.is_empty()).collect();
    lines.extend(order.objects("product_items").map(item));
    let text = Some(lines.join("\n")).filter(|text| !text.is_empty());
    Content { text, detail: Some("order".into()), ..Content::new(ContentKind::Unsupported) }
}

/// Kinds that Meta does not pass on, and those that we don't know yet.
fn unsupported(kind: &str, message: &Object<'_>) -> Content {
    let inner = message.object("unsupported").and_then(|inner| inner.text("type"));
    let title = message.array("errors").iter().filter_map(Value::as_object).find_map(|error| error.text("title"));
    let detail = inner.unwrap_or_else(|| if kind.is_empty() { "unknown".into() } else { kind.to_owned() });
    Content { text: title, detail: Some(detail), ..Content::new(ContentKind::Unsupported) }
}
