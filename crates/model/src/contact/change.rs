//! What a person or a program may set on a contact, and the shape each field must have.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::{Contact, ContactKind, Custom};
use crate::{Error, FieldErrors, Id, Result, User, phone};

const NAME_CHARS_MAX: usize = 255;
const EMAIL_CHARS_MAX: usize = 254;
const WORD_CHARS_MAX: usize = 64;
const TAGS_MAX: usize = 100;
const CUSTOM_KEYS_MAX: usize = 100;
const CUSTOM_BYTES_MAX: usize = 16 * 1024;

/// Fields to set. `None` leaves a field as it is, `Some(None)` empties it. As JSON, what is kept of a job that goes on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Change {
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub phone: Option<Option<String>>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub email: Option<Option<String>>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub company_name: Option<Option<String>>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub telegram_chat_id: Option<Option<i64>>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub telegram_username: Option<Option<String>>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub language_code: Option<Option<String>>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub custom: Option<CustomChange>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub do_not_contact: Option<bool>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub lead_status: Option<Option<String>>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub lead_score: Option<Option<i64>>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub assigned_to_type: Option<Option<String>>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub assigned_to_user: Option<Option<Id<User>>>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub ticket_status: Option<Option<String>>,
}

/// What is there is given, also as `null`.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// What becomes of the attributes that a tenant names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum CustomChange {
    Replace(Custom),
    /// Sets these; `null` takes one away.
    Merge(Custom),
}

impl Change {
    /// Sets the fields, or says of every wrong one what is wrong; then nothing is set.
    pub fn apply(self, contact: &mut Contact) -> Result<()> {
        let mut changed = contact.clone();
        let mut wrong = FieldErrors::new();
        self.apply_texts(&mut changed, &mut wrong);
        self.apply_telegram(&mut changed, &mut wrong);
        set(&mut changed.do_not_contact, self.do_not_contact);
        set(&mut changed.lead_score, self.lead_score);
        set(&mut changed.assigned_to_user, self.assigned_to_user);
        if let Some(listed) = self.tags {
            changed.tags = take("tags", tags(listed), &mut wrong).unwrap_or_default();
        }
        if let Some(change) = self.custom {
            let merged = change.applied_to(std::mem::take(&mut changed.custom));
            changed.custom = take("custom", custom(merged), &mut wrong).unwrap_or_default();
        }
        match Error::fields(wrong) {
            Some(error) => Err(error),
            None => {
                *contact = changed;
                Ok(())
            }
        }
    }

    /// Without what the contact has already.
    pub fn only_where_empty(mut self, contact: &Contact) -> Change {
        fn keep<T, U>(change: &mut Option<T>, present: &Option<U>) {
            if present.is_some() {
                *change = None;
            }
        }
        if !contact.first_name.is_empty() || !contact.last_name.is_empty() {
            (self.first_name, self.last_name) = (None, None);
        }
        keep(&mut self.phone, &contact.phone);
        keep(&mut self.email, &contact.email);
        keep(&mut self.company_name, &contact.company_name);
        keep(&mut self.telegram_chat_id, &contact.telegram_chat_id);
        keep(&mut self.telegram_username, &contact.telegram_username);
        keep(&mut self.language_code, &contact.language_code);
        keep(&mut self.lead_status, &contact.lead_status);
        keep(&mut self.lead_score, &contact.lead_score);
        keep(&mut self.assigned_to_type, &contact.assigned_to_type);
        keep(&mut self.assigned_to_user, &contact.assigned_to_user);
        keep(&mut self.ticket_status, &contact.ticket_status);
        if let Some(CustomChange::Merge(custom) | CustomChange::Replace(custom)) = &mut self.custom {
            custom.retain(|key, _| !contact.custom.contains_key(key));
        }
        // Opting out counts even where something else was said before; opting in by a file does not.
        self.do_not_contact = self.do_not_contact.filter(|opts_out| *opts_out);
        self
    }

    fn apply_texts(&self, contact: &mut Contact, wrong: &mut FieldErrors) {
        for (name, place, value) in [
            ("first_name", &mut contact.first_name, &self.first_name),
            ("last_name", &mut contact.last_name, &self.last_name),
        ] {
            if let Some(value) = value {
                *place = take(name, text(value, NAME_CHARS_MAX), wrong).unwrap_or_default();
            }
        }
        set_text("phone", &mut contact.phone, &self.phone, phone::e164, wrong);
        set_text("email", &mut contact.email, &self.email, email, wrong);
        set_text("company_name", &mut contact.company_name, &self.company_name, |v| text(v, NAME_CHARS_MAX), wrong);
        set_text("language_code", &mut contact.language_code, &self.language_code, language_code, wrong);
        for (name, place, value) in [
            ("lead_status", &mut contact.lead_status, &self.lead_status),
            ("assigned_to_type", &mut contact.assigned_to_type, &self.assigned_to_type),
            ("ticket_status", &mut contact.ticket_status, &self.ticket_status),
        ] {
            set_text(name, place, value, |v| text(v, WORD_CHARS_MAX), wrong);
        }
    }

    fn apply_telegram(&self, contact: &mut Contact, wrong: &mut FieldErrors) {
        set_text("telegram_username", &mut contact.telegram_username, &self.telegram_username, username, wrong);
        let Some(chat_id) = self.telegram_chat_id else { return };
        let is_person = contact.kind == ContactKind::Person;
        if chat_id.is_some_and(|id| id == 0 || is_person && id < 0) {
            let sentence = "Enter the Telegram user id, a number above 0.";
            wrong.entry("telegram_chat_id".into()).or_default().push(sentence.into());
        }
        contact.telegram_chat_id = chat_id;
    }
}

impl CustomChange {
    fn applied_to(self, mut before: Custom) -> Custom {
        match self {
            CustomChange::Replace(mut new) => {
                new.retain(|_, value| !value.is_null());
                new
            }
            CustomChange::Merge(changes) => {
                for (key, value) in changes {
                    match value {
                        Value::Null => before.remove(&key),
                        value => before.insert(key, value),
                    };
                }
                before
            }
        }
    }
}

fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

/// An empty text empties the field, as forms send it.
fn set_text(
    name: &str,
    place: &mut Option<String>,
    value: &Option<Option<String>>,
    read: impl FnOnce(&str) -> Result<String>,
    wrong: &mut FieldErrors,
) {
    match value {
        None => {}
        Some(Some(value)) if !value.trim().is_empty() => *place = take(name, read(value), wrong),
        Some(_) => *place = None,
    }
}

fn take<T>(name: &str, read: Result<T>, wrong: &mut FieldErrors) -> Option<T> {
    read.map_err(|error| wrong.entry(name.into()).or_default().push(error.message().to_owned())).ok()
}

fn text(value: &str, chars_max: usize) -> Result<String> {
    let value = value.trim();
    if value.chars().count() > chars_max {
        return Err(Error::invalid(format!("Enter at most {chars_max} characters.")));
    }
    Ok(value.to_owned())
}

/// The form of an address, not whether it can be reached.
fn email(value: &str) -> Result<String> {
    let value = value.trim();
    let is_shaped = value.split_once('@').is_some_and(|(name, domain)| {
        !name.is_empty()
            && domain.contains('.')
            && domain.split('.').all(|label| !label.is_empty())
            && !domain.contains('@')
    });
    let is_plain = !value.chars().any(|c| c.is_whitespace() || c.is_control());
    if !is_shaped || !is_plain || value.chars().count() > EMAIL_CHARS_MAX {
        return Err(Error::invalid("Enter an e-mail address, for example ada@example.com."));
    }
    Ok(value.to_owned())
}

fn language_code(value: &str) -> Result<String> {
    let value = value.trim();
    let is_shaped = value.len() <= 35
        && value.split('-').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    if !is_shaped {
        return Err(Error::invalid("Enter a language tag, for example en or pt-BR."));
    }
    Ok(value.to_owned())
}

/// A Telegram username without its `@`.
fn username(value: &str) -> Result<String> {
    let value = value.trim().trim_start_matches('@');
    let is_shaped = (1..=64).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if !is_shaped {
        return Err(Error::invalid("Enter a Telegram username: letters, digits and underscores."));
    }
    Ok(value.to_owned())
}

/// One tag in the form in which tags are kept: trimmed, runs of space made one.
pub fn tag(value: &str) -> Result<String> {
    let tag = value.split_whitespace().collect::<Vec<_>>().join(" ");
    if tag.is_empty() {
        return Err(Error::invalid("A tag must not be empty."));
    }
    if tag.chars().count() > WORD_CHARS_MAX || tag.chars().any(char::is_control) {
        return Err(Error::invalid(format!("A tag has at most {WORD_CHARS_MAX} characters.")));
    }
    Ok(tag)
}

/// Tags in the form in which they are kept, each once, in alphabetical order.
pub fn tags(values: Vec<String>) -> Result<Vec<String>> {
    let mut tags = values.iter().map(|value| tag(value)).collect::<Result<Vec<_>>>()?;
    tags.sort();
    tags.dedup();
    if tags.len() > TAGS_MAX {
        return Err(Error::invalid(format!("Enter at most {TAGS_MAX} tags.")));
    }
    Ok(tags)
}

/// Whether an attribute can be called so: its name is that of a variable in templates.
pub(super) fn is_attribute_name(name: &str) -> bool {
    (1..=WORD_CHARS_MAX).contains(&name.chars().count())
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-'))
}

fn custom(custom: Custom) -> Result<Custom> {
    if custom.len() > CUSTOM_KEYS_MAX {
        return Err(Error::invalid(format!("Enter at most {CUSTOM_KEYS_MAX} attributes.")));
    }
    if let Some(key) = custom.keys().find(|key| !is_attribute_name(key)) {
        let shown: String = key.chars().take(40).collect();
        return Err(Error::invalid(format!(
            "\"{shown}\" is no name for an attribute: use 1 to {WORD_CHARS_MAX} letters, digits, _, . and -."
        )));
    }
    let bytes: usize = custom.iter().map(|(key, value)| key.len() + value.to_string().len()).sum();
    if bytes > CUSTOM_BYTES_MAX {
        return Err(Error::invalid(format!("All attributes together have at most {CUSTOM_BYTES_MAX} bytes.")));
    }
    Ok(custom)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Timestamp, contact::Source};

    fn contact() -> Contact {
        let id = Id::from_bytes([1; 16]);
        Contact::new(id, Id::from_bytes([2; 16]), ContactKind::Person, Source::Api, Timestamp::from_ms(0))
    }

    fn some(text: &str) -> Option<Option<String>> {
        Some(Some(text.into()))
    }

    #[test]
    fn fields_are_kept_in_one_form() {
        let mut one = contact();
        let change = Change {
            first_name: Some(" Ada ".into()),
            phone: some("+1 (415) 555-0100"),
            email: some("ada@example.com"),
            telegram_username: some("@ada"),
            tags: Some(vec!["  big   fish".into(), "a".into(), "a".into()]),
            company_name: some(""),
            ..Change::default()
        };
        change.apply(&mut one).unwrap();
        assert_eq!((one.first_name.as_str(), one.phone.as_deref()), ("Ada", Some("+14155550100")));
        assert_eq!((one.telegram_username.as_deref(), one.company_name), (Some("ada"), None));
        assert_eq!(one.tags, ["a", "big fish"]);
    }

    #[test]
    fn every_wrong_field_is_named_and_nothing_is_set() {
        let mut one = contact();
        let change = Change {
            first_name: Some("Ada".into()),
            last_name: Some("x".repeat(256)),
            phone: some("12"),
            email: some("ada@localhost"),
            telegram_chat_id: Some(Some(-5)),
            tags: Some(vec![" ".into()]),
            custom: Some(CustomChange::Merge([("a b".to_owned(), json!(1))].into())),
            ..Change::default()
        };
        let error = change.apply(&mut one).unwrap_err();
        let named: Vec<_> = error.field_errors().keys().map(String::as_str).collect();
        assert_eq!(named, ["custom", "email", "last_name", "phone", "tags", "telegram_chat_id"]);
        assert_eq!(one, contact());
    }

    #[test]
    fn attributes_are_merged_or_replaced() {
        let mut one = contact();
        one.custom = [("a".to_owned(), json!(1)), ("b".to_owned(), json!(2))].into();
        let merge = CustomChange::Merge([("a".to_owned(), Value::Null), ("c".to_owned(), json!([1]))].into());
        Change { custom: Some(merge), ..Change::default() }.apply(&mut one).unwrap();
        assert_eq!(json!(one.custom), json!({"b": 2, "c": [1]}));
        let replace = CustomChange::Replace([("d".to_owned(), json!("x".repeat(CUSTOM_BYTES_MAX)))].into());
        assert!(Change { custom: Some(replace), ..Change::default() }.apply(&mut one).is_err());
    }
}
