//! What stands in place of a variable.

use model::contact::Contact;
use serde_json::Value;

/// A variable's value for a contact.
pub(super) fn of(contact: &Contact, name: &str, today: &str) -> Option<String> {
    match name {
        "first_name" => Some(contact.first_name.clone()),
        "last_name" => Some(contact.last_name.clone()),
        "full_name" => Some(contact.full_name()),
        "phone" => contact.phone.clone(),
        "company_name" => contact.company_name.clone(),
        "today_date" => Some(today.to_owned()),
        name => contact.custom.get(name).and_then(shown),
    }
}

fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
