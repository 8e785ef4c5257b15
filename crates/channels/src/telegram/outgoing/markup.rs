//! Entities, keyboards and options in Telegram's words.

use model::{
    content::{Button, ButtonAction, Entity},
    outgoing::Options,
};
use serde_json::{Map, Value, json};

use super::params::Params;

/// The thread of a forum's General topic; Telegram refuses it ("message thread not found") and wants none instead.
const GENERAL_TOPIC: i64 = 1;

/// Formatting, always explicit: a parse mode would let the text be read differently from what was checked and split.
pub(super) fn entities(entities: &[Entity]) -> Value {
    entities.iter().map(entity).collect()
}

fn entity(entity: &Entity) -> Value {
    let mut fields = Map::new();
    fields.insert("type".into(), entity.kind.as_str().into());
    fields.insert("offset".into(), entity.offset.into());
    fields.insert("length".into(), entity.length.into());
    let further = [
        ("url", entity.url.as_deref().map(Value::from)),
        ("language", entity.language.as_deref().map(Value::from)),
        ("user", entity.user_id.map(|id| json!({"id": id, "is_bot": false, "first_name": ""}))),
        ("custom_emoji_id", entity.custom_emoji_id.as_deref().map(Value::from)),
        ("unix_time", entity.unix_time.map(Value::from)),
        ("date_time_format", entity.date_time_format.as_deref().map(Value::from)),
    ];
    fields.extend(further.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    Value::Object(fields)
}

/// Sets a text and its formatting under the names that a method has for them.
pub(super) fn set_text(params: &mut Params, names: [&str; 2], text: &str, formatting: &[Entity]) {
    params.set(names[0], text);
    if !formatting.is_empty() {
        params.set(names[1], entities(formatting));
    }
}

fn button(button: &Button) -> Value {
    match &button.action {
        ButtonAction::Url { url } => json!({"text": button.text, "url": url}),
        ButtonAction::QuickReply { callback_data } => json!({"text": button.text, "callback_data": callback_data}),
        ButtonAction::CopyCode { code } => json!({"text": button.text, "copy_text": {"text": code}}),
    }
}

/// The keyboard under a message, if there is one.
pub(super) fn set_buttons(params: &mut Params, options: &Options) {
    if !options.buttons.is_empty() {
        let rows: Vec<Value> = options.buttons.iter().map(|row| row.iter().map(button).collect()).collect();
        params.set("reply_markup", json!({ "inline_keyboard": rows }));
    }
}

/// For which business account a call is made.
pub(super) fn set_business(params: &mut Params, options: &Options) {
    if let Some(business) = &options.business {
        params.set("business_connection_id", business.connection_id.as_str());
    }
}

/// What every method that sends a new message understands.
pub(super) fn set_options(params: &mut Params, options: &Options) {
    set_business(params, options);
    if let Some(topic) = options.topic_id.filter(|topic| *topic != GENERAL_TOPIC) {
        params.set("message_thread_id", topic);
    }
    if let Some(message_id) = options.reply_to {
        params.set("reply_parameters", json!({"message_id": message_id, "allow_sending_without_reply": true}));
    }
    let flags = [
        ("disable_notification", options.disable_notification),
        ("protect_content", options.protect_content),
        ("allow_paid_broadcast", options.allow_paid_broadcast),
    ];
    for (name, _) in flags.into_iter().filter(|(_, is_set)| *is_set) {
        params.set(name, true);
    }
}

/// Whether a link in the text is previewed; only texts know it.
pub(super) fn set_link_preview(params: &mut Params, options: &Options) {
    if let Some(shown) = options.link_preview {
        params.set("link_preview_options", json!({ "is_disabled": !shown }));
    }
}
