//! One button of the API.

use model::{
    FieldErrors,
    content::{Button, ButtonAction},
};
use serde_json::{Map, Value};

use super::complain;

/// Data longer than this are a mistake, not a button.
const DATA_MAX: usize = 16 * 1024;

/// Characters that Telegram lets a button copy.
const COPIED_MAX: usize = 256;

/// Schemes that Telegram opens; `tel:` is not among them.
const SCHEMES: [&str; 4] = ["https://", "http://", "tg://", "ton://"];

/// Reads a button, or says under `place` what is wrong with it.
pub(super) fn parse(place: &str, value: &Value, errors: &mut FieldErrors) -> Option<Button> {
    let Value::Object(fields) = value else {
        complain(errors, place.to_owned(), "Enter a button: {\"type\": …, \"text\": …}.");
        return None;
    };
    let mut reader = Reader { place, fields, errors };
    let text = reader.required("text", "Enter the button's label.");
    let action = reader.action();
    Some(Button { text: text?, action: action? })
}

struct Reader<'r> {
    place: &'r str,
    fields: &'r Map<String, Value>,
    errors: &'r mut FieldErrors,
}

impl<'r> Reader<'r> {
    fn complain(&mut self, field: &str, sentence: &str) {
        complain(self.errors, format!("{}.{field}", self.place), sentence);
    }

    /// A string field; `Ok(None)` when it is absent.
    fn string(&mut self, field: &str) -> Result<Option<&'r str>, ()> {
        match self.fields.get(field) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.contains('\0') => {
                self.complain(field, "The character U+0000 can't be sent.");
                Err(())
            }
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => {
                self.complain(field, "Enter a text.");
                Err(())
            }
        }
    }

    fn required(&mut self, field: &str, sentence: &str) -> Option<String> {
        let text = self.string(field).ok()?;
        let text = text.filter(|text| !text.trim().is_empty());
        if text.is_none() {
            self.complain(field, sentence);
        }
        text.map(str::to_owned)
    }

    fn action(&mut self) -> Option<ButtonAction> {
        let kind = self.string("type").ok()?.unwrap_or("QUICK_REPLY").to_uppercase();
        match kind.as_str() {
            "URL" => self.url(),
            "COPY_CODE" | "OTP" => self.copied("code", "Enter the code that the button copies."),
            "PHONE_NUMBER" => self.copied("phone_number", "Enter the phone number that the button copies."),
            _ => self.callback(),
        }
    }

    fn url(&mut self) -> Option<ButtonAction> {
        let url = self.required("url", "Enter the address that the button opens.")?;
        let lower = url.to_ascii_lowercase();
        let rest = SCHEMES.iter().find_map(|scheme| lower.strip_prefix(scheme));
        let has_host = rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['/', '?', '#']));
        if !has_host || url.chars().any(|c| c.is_whitespace() || c.is_control()) {
            self.complain("url", "Enter an address that begins with https://, http:// or tg://.");
            return None;
        }
        Some(ButtonAction::Url { url })
    }

    fn copied(&mut self, field: &str, sentence: &str) -> Option<ButtonAction> {
        let code = self.required(field, sentence)?;
        if code.chars().count() > COPIED_MAX {
            self.complain(field, "A button copies at most 256 characters.");
            return None;
        }
        Some(ButtonAction::CopyCode { code })
    }

    /// Without data of its own a button sends its label back.
    fn callback(&mut self) -> Option<ButtonAction> {
        let data = self.string("callback_data").ok()?;
        match data.or_else(|| self.fields.get("text").and_then(Value::as_str)) {
            Some(data) if data.is_empty() || data.len() > DATA_MAX => {
                self.complain("callback_data", "Enter 1 to 16384 bytes of data.");
                None
            }
            data => Some(ButtonAction::QuickReply { callback_data: data.unwrap_or_default().to_owned() }),
        }
    }
}
