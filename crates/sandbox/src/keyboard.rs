//! Reply markup: inline keyboards, reply keyboards, their removal, forced replies; all judged as Telegram judges them.

use serde_json::{Map, Value, json};
use url::Url;

use crate::{
    answer::{ApiError, Result},
    methods::Ctx,
};

const INLINE_BUTTONS_MAX: usize = 100;
const INLINE_ROW_MAX: usize = 8;
const REPLY_BUTTONS_MAX: usize = 300;
const REPLY_ROW_MAX: usize = 12;
const CALLBACK_DATA_BYTES_MAX: usize = 64;
const COPY_TEXT_UNITS_MAX: usize = 256;
const PLACEHOLDER_UNITS_MAX: usize = 64;

/// What is attached to a message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Markup {
    /// An inline keyboard, which stays with the message.
    pub inline: Option<Value>,
    /// A reply keyboard, its removal, or a forced reply, for the person only.
    pub keyboard: Option<Value>,
}

/// The parameter `reply_markup`, if there is one.
pub fn read(ctx: &Ctx<'_>, is_private: bool) -> Result<Markup> {
    let Some(markup) = ctx.params.json("reply_markup") else { return Ok(Markup::default()) };
    let markup = markup.map_err(|()| ApiError::bad("can't parse reply keyboard markup JSON object"))?;
    let markup = markup.as_object().ok_or_else(|| ApiError::bad("object expected as reply markup"))?;
    if let Some(rows) = markup.get("inline_keyboard") {
        return Ok(Markup { inline: inline(rows)?, keyboard: None });
    }
    let keyboard = if let Some(rows) = markup.get("keyboard") {
        Some(reply(markup, rows, is_private)?)
    } else if is_true(markup, "remove_keyboard") {
        Some(json!({"remove_keyboard": true}))
    } else if is_true(markup, "force_reply") {
        Some(json!({"force_reply": true, "input_field_placeholder": placeholder(markup)?}))
    } else {
        None
    };
    Ok(Markup { inline: None, keyboard })
}

fn is_true(object: &Map<String, Value>, name: &str) -> bool {
    object.get(name).and_then(Value::as_bool).unwrap_or(false)
}

fn rows<'a>(value: &'a Value, of: &str, field: &str) -> Result<Vec<&'a Vec<Value>>> {
    let bad = |what: &str| ApiError::bad(format!("field \"{field}\" of the {of} must be an {what}"));
    let rows = value.as_array().ok_or_else(|| bad("Array"))?;
    rows.iter().map(|row| row.as_array().ok_or_else(|| bad("Array of Arrays"))).collect()
}

/// Rows without buttons vanish, and so does a keyboard without rows.
fn kept(rows: Vec<Vec<Value>>, buttons_max: usize, row_max: usize) -> Result<Option<Value>> {
    let is_too_long = rows.iter().map(Vec::len).sum::<usize>() > buttons_max || rows.iter().any(|r| r.len() > row_max);
    if is_too_long {
        return Err(ApiError::bad("reply markup is too long"));
    }
    let rows: Vec<_> = rows.into_iter().filter(|row| !row.is_empty()).collect();
    Ok((!rows.is_empty()).then(|| json!(rows)))
}

fn inline(value: &Value) -> Result<Option<Value>> {
    let mut shown = Vec::new();
    for row in rows(value, "InlineKeyboardMarkup", "inline_keyboard")? {
        shown.push(row.iter().map(inline_button).collect::<Result<Vec<_>>>()?);
    }
    Ok(kept(shown, INLINE_BUTTONS_MAX, INLINE_ROW_MAX)?.map(|rows| json!({"inline_keyboard": rows})))
}

fn unparsable(what: &str) -> ApiError {
    ApiError::bad(format!("can't parse inline keyboard button: {what}"))
}

fn inline_button(button: &Value) -> Result<Value> {
    let button = button.as_object().ok_or_else(|| unparsable("InlineKeyboardButton must be an Object"))?;
    let text = button.get("text").ok_or_else(|| unparsable("can't find field \"text\""))?;
    let text = text.as_str().ok_or_else(|| unparsable("field \"text\" must be of type String"))?;
    if text.trim().is_empty() {
        return Err(unparsable("button text must be non-empty"));
    }
    let (name, value) = action(text, button)?;
    let mut shown = json!({"text": text});
    shown[name] = value;
    for name in ["style", "icon_custom_emoji_id"] {
        if let Some(value) = button.get(name) {
            shown[name] = value.clone();
        }
    }
    Ok(shown)
}

/// The one thing that a button does.
fn action(text: &str, button: &Map<String, Value>) -> Result<(&'static str, Value)> {
    if let Some(url) = button.get("url") {
        let url = url.as_str().ok_or_else(|| unparsable("field \"url\" must be of type String"))?;
        return Ok(("url", json!(button_url(url)?)));
    }
    if let Some(data) = button.get("callback_data") {
        let data = data.as_str().ok_or_else(|| unparsable("field \"callback_data\" must be of type String"))?;
        return match data.len() {
            1..=CALLBACK_DATA_BYTES_MAX => Ok(("callback_data", json!(data))),
            _ => Err(ApiError::bad("BUTTON_DATA_INVALID")),
        };
    }
    if let Some(copied) = button.get("copy_text") {
        return copy_text(copied).map(|value| ("copy_text", value));
    }
    if let Some(app) = button.get("web_app").or_else(|| button.get("login_url")) {
        let name = if button.contains_key("web_app") { "web_app" } else { "login_url" };
        let url = app["url"].as_str().ok_or_else(|| unparsable("field \"url\" must be of type String"))?;
        return if url.starts_with("https://") {
            Ok((name, json!({"url": button_url(url)?})))
        } else {
            let what = "is invalid: Only HTTPS links are allowed";
            Err(ApiError::bad(format!("inline keyboard button Web App URL '{url}' {what}")))
        };
    }
    for name in ["switch_inline_query", "switch_inline_query_current_chat", "switch_inline_query_chosen_chat", "pay"] {
        if let Some(value) = button.get(name) {
            return Ok((name, value.clone()));
        }
    }
    match text {
        _ if button.contains_key("callback_game") => Err(ApiError::bad("BUTTON_TYPE_INVALID")),
        _ => Err(unparsable("Text buttons are unallowed in the inline keyboard")),
    }
}

fn copy_text(copied: &Value) -> Result<Value> {
    let text = copied["text"].as_str().ok_or_else(|| unparsable("field \"text\" must be of type String"))?;
    if !(1..=COPY_TEXT_UNITS_MAX).contains(&crate::entities::units(text)) {
        return Err(ApiError::bad("BUTTON_COPY_TEXT_INVALID"));
    }
    Ok(json!({"text": text}))
}

/// An address that a button may open; Telegram refuses `tel:`, and names without a domain.
fn button_url(url: &str) -> Result<String> {
    let invalid = |why: &str| ApiError::bad(format!("inline keyboard button URL '{url}' is invalid: {why}"));
    if url.trim().is_empty() {
        return Err(ApiError::bad("BUTTON_URL_INVALID"));
    }
    if let Some(checked) = crate::entities::checked_link(url) {
        return Ok(checked);
    }
    match Url::parse(url.trim()) {
        Ok(parsed) if !matches!(parsed.scheme(), "http" | "https" | "ftp") => Err(invalid("Unsupported URL protocol")),
        _ => Err(invalid("Wrong HTTP URL")),
    }
}

fn reply(markup: &Map<String, Value>, value: &Value, is_private: bool) -> Result<Value> {
    let mut shown = Vec::new();
    for row in rows(value, "ReplyKeyboardMarkup", "keyboard")? {
        shown.push(row.iter().map(|button| reply_button(button, is_private)).collect::<Result<Vec<_>>>()?);
    }
    let rows = kept(shown, REPLY_BUTTONS_MAX, REPLY_ROW_MAX)?;
    let mut keyboard = json!({"keyboard": rows.ok_or_else(|| ApiError::bad("reply keyboard is empty"))?});
    for name in ["resize_keyboard", "one_time_keyboard", "is_persistent", "selective"] {
        if is_true(markup, name) {
            keyboard[name] = json!(true);
        }
    }
    if let Some(text) = placeholder(markup)? {
        keyboard["input_field_placeholder"] = json!(text);
    }
    Ok(keyboard)
}

fn placeholder(markup: &Map<String, Value>) -> Result<Option<&str>> {
    let text = markup.get("input_field_placeholder").and_then(Value::as_str).filter(|text| !text.is_empty());
    match text {
        Some(text) if crate::entities::units(text) > PLACEHOLDER_UNITS_MAX => {
            Err(ApiError::bad("input field placeholder is too long"))
        }
        text => Ok(text),
    }
}

fn reply_button(button: &Value, is_private: bool) -> Result<Value> {
    let bad = |what: &str| ApiError::bad(format!("can't parse keyboard button: {what}"));
    if let Some(text) = button.as_str() {
        return if text.is_empty() { Err(bad("button text must be non-empty")) } else { Ok(json!({"text": text})) };
    }
    let object = button.as_object().ok_or_else(|| bad("KeyboardButton must be an Object"))?;
    let text =
        object.get("text").and_then(Value::as_str).ok_or_else(|| bad("field \"text\" must be of type String"))?;
    if text.is_empty() {
        return Err(bad("button text must be non-empty"));
    }
    if is_true(object, "request_contact") && !is_private {
        return Err(ApiError::bad("phone number can be requested in private chats only"));
    }
    if is_true(object, "request_location") && !is_private {
        return Err(ApiError::bad("location can be requested in private chats only"));
    }
    Ok(button.clone())
}
