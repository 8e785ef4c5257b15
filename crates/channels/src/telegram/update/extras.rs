//! What stands around a message's content: where it was forwarded from, and the buttons under it.

use model::content::{Button, ButtonAction};

use super::people::{name, name_at};
use crate::json::{Object, Value};

/// Who wrote a forwarded message first. The second form is that of servers before Bot API 7.0.
pub(super) fn forwarded_from(message: &Object<'_>) -> Option<String> {
    if let Some(origin) = message.object("forward_origin") {
        let named = ["sender_user", "sender_chat", "chat"].into_iter().find_map(|key| origin.object(key)).map(name);
        return named.or_else(|| origin.text("sender_user_name")).or_else(|| Some("Somebody".into()));
    }
    let key = ["forward_from", "forward_from_chat"].into_iter().find(|key| message.object(key).is_some());
    key.map(|key| name_at(message, key)).or_else(|| message.text("forward_sender_name"))
}

/// The inline keyboard of a message. Buttons that only work inside Telegram's apps are left out.
pub(super) fn buttons(message: &Object<'_>) -> Vec<Vec<Button>> {
    let Some(markup) = message.object("reply_markup") else { return Vec::new() };
    let rows = markup.array("inline_keyboard").iter().filter_map(|row| match row {
        Value::Array(row) => Some(row.iter().filter_map(|cell| button(cell.as_object()?)).collect::<Vec<_>>()),
        _ => None,
    });
    rows.filter(|row| !row.is_empty()).collect()
}

fn button(cell: &Object<'_>) -> Option<Button> {
    let nested_url = |key: &str| cell.object(key).and_then(|inner| inner.text("url"));
    let url = || cell.text("url").or_else(|| nested_url("login_url")).or_else(|| nested_url("web_app"));
    let action = if let Some(callback_data) = cell.text("callback_data") {
        ButtonAction::QuickReply { callback_data }
    } else if let Some(url) = url() {
        ButtonAction::Url { url }
    } else {
        ButtonAction::CopyCode { code: cell.object("copy_text")?.text("text")? }
    };
    Some(Button { text: cell.text("text")?, action })
}
