//! Messages of kinds that have no form of their own here: named, with whatever text can be read of them.

use model::content::{Content, ContentKind};

use super::content::caption;
use crate::json::{Object, Value};

/// Fields that say something about a message but are not its content.
const AROUND: [&str; 55] = [
    "message_id",
    "message_thread_id",
    "direct_messages_topic",
    "from",
    "sender_chat",
    "sender_boost_count",
    "sender_business_bot",
    "sender_tag",
    "date",
    "guest_query_id",
    "guest_bot_caller_user",
    "guest_bot_caller_chat",
    "business_connection_id",
    "chat",
    "forward_origin",
    "forward_from",
    "forward_from_chat",
    "forward_from_message_id",
    "forward_signature",
    "forward_sender_name",
    "forward_date",
    "is_topic_message",
    "is_automatic_forward",
    "reply_to_message",
    "external_reply",
    "quote",
    "reply_to_story",
    "reply_to_checklist_task_id",
    "reply_to_poll_option_id",
    "via_bot",
    "edit_date",
    "has_protected_content",
    "is_from_offline",
    "is_paid_post",
    "media_group_id",
    "author_signature",
    "paid_star_count",
    "link_preview_options",
    "suggested_post_info",
    "effect_id",
    "receiver_user",
    "ephemeral_message_id",
    "reply_markup",
    "caption",
    "caption_entities",
    "show_caption_above_media",
    "has_media_spoiler",
    "entities",
    "is_accessible",
    "views",
    "forwards",
    "signature",
    "update_id",
    "thread",
    "id",
];

/// Keys whose strings people can read, wherever they stand.
const READABLE: [&str; 6] = ["title", "text", "description", "question", "name", "caption"];

/// A content that only names its kind.
pub(super) fn unsupported(message: &Object<'_>) -> Content {
    let field = message.fields().find(|(key, value)| !AROUND.contains(key) && !value.is_nothing());
    let field = field.map(|(key, _)| key.to_owned());
    let (caption, entities) = caption(message);
    let text = caption.or_else(|| field.as_deref().and_then(|field| readable(message.get(field)?)));
    Content { text, entities, detail: field, ..Content::new(ContentKind::Unsupported) }
}

/// All readable strings within a value, a line each.
fn readable(value: &Value<'_>) -> Option<String> {
    let mut lines = Vec::new();
    collect(value, false, &mut lines);
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// Recursion is bounded by the reader's depth.
fn collect(value: &Value<'_>, is_readable: bool, lines: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (key, inner) in object.fields() {
                collect(inner, READABLE.contains(&key), lines);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, is_readable, lines)),
        Value::Text(_) if is_readable => lines.extend(value.as_text().filter(|line| !line.trim().is_empty())),
        _ => {}
    }
}
