//! What a message says. Reads as a table: the first field that is present decides the kind.

use model::content::{Content, ContentKind, Entity, MediaKind};

use super::{extras, media, parts, people, service, unsupported};
use crate::json::Object;

/// Fields of media, in the order in which they decide: an animation also comes as a document.
const MEDIA: [(&str, MediaKind); 8] = [
    ("animation", MediaKind::Animation),
    ("photo", MediaKind::Photo),
    ("video", MediaKind::Video),
    ("audio", MediaKind::Audio),
    ("voice", MediaKind::Voice),
    ("video_note", MediaKind::VideoNote),
    ("sticker", MediaKind::Sticker),
    ("document", MediaKind::Document),
];

/// What a message says, with what was quoted, forwarded and where it stands.
pub(super) fn content(message: &Object<'_>) -> Content {
    let mut content = body(message);
    content.buttons = extras::buttons(message);
    content.forwarded_from = content.forwarded_from.or_else(|| extras::forwarded_from(message));
    content.quote = message.object("quote").and_then(|quote| quote.text("text"));
    content.topic_id = message.integer("message_thread_id").filter(|_| message.flag("is_topic_message"));
    content
}

fn body(message: &Object<'_>) -> Content {
    text(message)
        .or_else(|| with_media(message))
        .or_else(|| place(message))
        .or_else(|| card(message))
        .or_else(|| poll(message))
        .or_else(|| dice(message))
        .or_else(|| story(message))
        .or_else(|| service::service(message))
        .unwrap_or_else(|| unsupported::unsupported(message))
}

fn text(message: &Object<'_>) -> Option<Content> {
    let text = message.text("text")?;
    let entities = parts::entities(message, "entities", &text);
    Some(Content { entities, ..Content::text(text) })
}

fn with_media(message: &Object<'_>) -> Option<Content> {
    let (media, kind) =
        MEDIA.iter().find_map(|(field, kind)| media::media(message, field, *kind).map(|media| (media, *kind)))?;
    let (caption, entities) = caption(message);
    let emoji = message.object("sticker").and_then(|sticker| sticker.text("emoji"));
    Some(Content { text: caption, entities, media: vec![media], emoji, ..Content::new(kind.content_kind()) })
}

/// The caption and its formatting.
pub(super) fn caption(message: &Object<'_>) -> (Option<String>, Vec<Entity>) {
    let caption = message.text("caption").filter(|caption| !caption.is_empty());
    let entities = caption.as_deref().map_or_else(Vec::new, |text| parts::entities(message, "caption_entities", text));
    (caption, entities)
}

/// A venue also comes as a location.
fn place(message: &Object<'_>) -> Option<Content> {
    if let Some(location) = message.object("venue").and_then(parts::venue) {
        return Some(Content { location: Some(Box::new(location)), ..Content::new(ContentKind::Venue) });
    }
    let location = message.object("location").and_then(parts::location)?;
    Some(Content { location: Some(Box::new(location)), ..Content::new(ContentKind::Location) })
}

fn card(message: &Object<'_>) -> Option<Content> {
    let contact = parts::contact(message.object("contact")?)?;
    Some(Content { contact: Some(Box::new(contact)), ..Content::new(ContentKind::Contact) })
}

fn poll(message: &Object<'_>) -> Option<Content> {
    let poll = parts::poll(message.object("poll")?)?;
    Some(Content { poll: Some(Box::new(poll)), ..Content::new(ContentKind::Poll) })
}

fn dice(message: &Object<'_>) -> Option<Content> {
    let dice = message.object("dice")?;
    let (emoji, dice_value) = (dice.text("emoji"), dice.integer("value"));
    Some(Content { emoji, dice_value, ..Content::new(ContentKind::Dice) })
}

/// Of a shared story Telegram tells bots only whose it is.
fn story(message: &Object<'_>) -> Option<Content> {
    let story = message.object("story")?;
    let forwarded_from = story.object("chat").map(people::name);
    Some(Content { forwarded_from, ..Content::new(ContentKind::Story) })
}
