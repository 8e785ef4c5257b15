//! The API's `buttons` as rows of buttons under a message, and tokens for data that is too long for a button.
//!
//! Limits are Telegram's: 100 buttons, 8 in a row, 64 bytes of callback data, 256 characters to copy.

mod button;
mod token;

use model::{Error, FieldErrors, Result, content::Button};
use serde_json::Value;

pub use token::{CALLBACK_DATA_MAX, needs_token, read_token, token};

const BUTTONS_MAX: usize = 100;
const ROW_MAX: usize = 8;

/// Reads `buttons`: objects are rows of their own, lists are rows. Complaints are named `buttons[0].url` or
/// `buttons[0][1].url`.
pub fn parse(buttons: &Value) -> Result<Vec<Vec<Button>>> {
    let items = match buttons {
        Value::Null => return Ok(Vec::new()),
        Value::Array(items) => items,
        _ => return Err(Error::field("buttons", "Enter a list of buttons, or a list of rows of buttons.")),
    };
    let mut errors = FieldErrors::new();
    let rows: Vec<Vec<Button>> = items.iter().enumerate().filter_map(|(i, item)| row(i, item, &mut errors)).collect();
    let count: usize = rows.iter().map(Vec::len).sum();
    if count > BUTTONS_MAX {
        complain(
            &mut errors,
            "buttons".into(),
            &format!("A message has at most {BUTTONS_MAX} buttons, these are {count}."),
        );
    }
    match Error::fields(errors) {
        Some(error) => Err(error),
        None => Ok(rows),
    }
}

fn row(i: usize, item: &Value, errors: &mut FieldErrors) -> Option<Vec<Button>> {
    let place = format!("buttons[{i}]");
    let Value::Array(cells) = item else {
        return button::parse(&place, item, errors).map(|button| vec![button]);
    };
    if cells.is_empty() || cells.len() > ROW_MAX {
        complain(errors, place, &format!("A row has 1 to {ROW_MAX} buttons, this one has {}.", cells.len()));
        return None;
    }
    let cells = cells.iter().enumerate();
    Some(cells.filter_map(|(j, cell)| button::parse(&format!("{place}[{j}]"), cell, errors)).collect())
}

fn complain(errors: &mut FieldErrors, place: String, sentence: &str) {
    errors.entry(place).or_default().push(sentence.to_owned());
}

#[cfg(test)]
mod tests {
    use model::content::ButtonAction::{self, CopyCode, QuickReply, Url};
    use serde_json::json;

    use super::*;

    fn actions(value: Value) -> Vec<Vec<ButtonAction>> {
        let rows = parse(&value).unwrap();
        rows.into_iter().map(|row| row.into_iter().map(|button| button.action).collect()).collect()
    }

    fn places(value: Value) -> Vec<String> {
        parse(&value).unwrap_err().field_errors().keys().cloned().collect()
    }

    #[test]
    fn every_type_has_its_button() {
        let rows = actions(json!([
            {"type": "URL", "text": "Open", "url": "https://example.com/a?b=c"},
            [{"type": "QUICK_REPLY", "text": "Yes", "callback_data": "yes"}, {"text": "No", "type": "whatever"}],
            {"type": "OTP", "text": "Copy", "code": "123456"},
            {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+14155550100"},
        ]));
        assert_eq!(rows[0], [Url { url: "https://example.com/a?b=c".into() }]);
        let replies = ["yes", "No"].map(|data| QuickReply { callback_data: data.into() });
        assert_eq!(rows[1], replies);
        assert_eq!(rows[2], [CopyCode { code: "123456".into() }]);
        assert_eq!(rows[3], [CopyCode { code: "+14155550100".into() }]);
        assert!(actions(json!(null)).is_empty() && actions(json!([])).is_empty());
    }

    #[test]
    fn complaints_name_the_button_and_the_field() {
        assert_eq!(places(json!({"type": "URL"})), ["buttons"]);
        assert_eq!(places(json!([{"type": "URL", "text": "x"}])), ["buttons[0].url"]);
        assert_eq!(places(json!([{"type": "URL", "text": "x", "url": "tel:+14155550100"}])), ["buttons[0].url"]);
        assert_eq!(places(json!([{"type": "URL", "text": "x", "url": "javascript:alert(1)"}])), ["buttons[0].url"]);
        assert_eq!(
            places(json!([[{"type": "COPY_CODE", "text": " "}, 5]])),
            ["buttons[0][0].code", "buttons[0][0].text", "buttons[0][1]"]
        );
        assert_eq!(places(json!([{"text": "x", "callback_data": ""}])), ["buttons[0].callback_data"]);
        assert_eq!(places(json!([{"text": "a\u{0}b"}])), ["buttons[0].text"]);
        assert_eq!(places(json!([{"text": "x", "type": 5}])), ["buttons[0].type"]);
        assert_eq!(places(json!([{"text": "x", "type": "COPY_CODE", "code": "x".repeat(257)}])), ["buttons[0].code"]);
        assert_eq!(places(json!([[]])), ["buttons[0]"]);
        assert_eq!(places(json!([vec![json!({"text": "x"}); 9]])), ["buttons[0]"]);
        assert_eq!(places(json!(vec![json!({"text": "x"}); 101])), ["buttons"]);
    }
}
