//! Two records of one person: what the one record says, whose value stands in each field, and the way back.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Contact;
use crate::{Error, FieldErrors, Result, Timestamp, word::words};

words! {
    /// Whose value stands.
    pub enum Side {
        /// Of the contact that stays.
        This = "this",
        /// Of the one that goes up in it.
        Other = "other",
    }
}

/// Fields that somebody chose a side for, by name; an attribute is `custom.<name>`.
pub type Choices = BTreeMap<String, Side>;

/// The fields that a side can be chosen for.
pub const FIELDS: [&str; 14] = [
    "first_name",
    "last_name",
    "phone",
    "email",
    "company_name",
    "telegram_chat_id",
    "telegram_username",
    "language_code",
    "do_not_contact",
    "lead_status",
    "lead_score",
    "assigned_to_type",
    "assigned_to_user",
    "ticket_status",
];

/// One field of both records, and what stands after the merge.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    pub field: String,
    pub this: Value,
    pub other: Value,
    pub result: Value,
}

/// The one record: what `this` has, what it lacks from `other`, and what was chosen otherwise.
pub fn merged(this: &Contact, other: &Contact, choices: &Choices, now: Timestamp) -> Result<Contact> {
    check(choices)?;
    let mut result = this.clone();
    result.absorb(other.clone(), now);
    result.tags.extend(other.tags.iter().cloned());
    result.tags.sort();
    result.tags.dedup();
    if choices.is_empty() {
        return Ok(result);
    }
    let (this, other, mut fields) = (fields_of(this)?, fields_of(other)?, fields_of(&result)?);
    for (name, side) in choices {
        let chosen = if *side == Side::This { &this } else { &other };
        choose(&mut fields, chosen, name);
    }
    let identities = result.identities;
    Ok(Contact { identities, ..contact_of(fields)? })
}

fn check(choices: &Choices) -> Result<()> {
    let unknown = |name: &&String| !FIELDS.contains(&name.as_str()) && name.strip_prefix("custom.").is_none();
    let wrong: Vec<String> = choices.keys().filter(unknown).map(|name| format!("\"{name}\" is no field.")).collect();
    if wrong.is_empty() {
        return Ok(());
    }
    let wrong: FieldErrors = [("fields".to_owned(), wrong)].into();
    Err(Error::fields(wrong).unwrap_or_else(|| Error::internal("no complaint")))
}

fn choose(fields: &mut Map<String, Value>, chosen: &Map<String, Value>, name: &str) {
    let Some(key) = name.strip_prefix("custom.") else {
        if let Some(value) = chosen.get(name) {
            fields.insert(name.to_owned(), value.clone());
        }
        return;
    };
    let Some(Value::Object(custom)) = fields.get_mut("custom") else { return };
    match chosen.get("custom").and_then(|custom| custom.get(key)) {
        Some(value) => custom.insert(key.to_owned(), value.clone()),
        None => custom.remove(key),
    };
}

/// The fields in which the two records differ, side by side.
pub fn compare(this: &Contact, other: &Contact, result: &Contact) -> Result<Vec<Compared>> {
    let (this, other, result) = (fields_of(this)?, fields_of(other)?, fields_of(result)?);
    let mut compared: Vec<Compared> = FIELDS.iter().map(|name| of_field(name, &this, &other, &result)).collect();
    let customs = [&this, &other, &result].map(|fields| fields["custom"].as_object().cloned().unwrap_or_default());
    let mut keys: Vec<&String> = customs.iter().flat_map(Map::keys).collect();
    keys.sort();
    keys.dedup();
    for key in keys {
        let [this, other, result] = &customs;
        let mut one = of_field(key, this, other, result);
        one.field = format!("custom.{key}");
        compared.push(one);
    }
    compared.retain(|one| one.this != one.other);
    Ok(compared)
}

fn of_field(
    name: &str,
    this: &Map<String, Value>,
    other: &Map<String, Value>,
    result: &Map<String, Value>,
) -> Compared {
    let value = |fields: &Map<String, Value>| fields.get(name).cloned().unwrap_or_default();
    Compared { field: name.to_owned(), this: value(this), other: value(other), result: value(result) }
}

/// The record as it was before the merge, but for what was changed by hand since: `after` is how the merge left it.
pub fn undone(before: &Contact, after: &Contact, current: &Contact) -> Result<Contact> {
    let fields = back(&fields_of(before)?, &fields_of(after)?, &fields_of(current)?);
    let mut contact = contact_of(fields)?;
    contact.tags = tags_back(before, after, current);
    Ok(contact)
}

/// The same for anything that is written as fields.
pub fn back(
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    current: &Map<String, Value>,
) -> Map<String, Value> {
    let mut result = Map::new();
    for name in before.keys().chain(current.keys()) {
        let value = match (before.get(name), after.get(name), current.get(name)) {
            (before, after, current) if after == current => before.cloned(),
            (Some(Value::Object(before)), Some(Value::Object(after)), Some(Value::Object(current))) => {
                Some(Value::Object(back(before, after, current)))
            }
            (_, _, current) => current.cloned(),
        };
        if let Some(value) = value {
            result.insert(name.clone(), value);
        }
    }
    result
}

fn tags_back(before: &Contact, after: &Contact, current: &Contact) -> Vec<String> {
    let came = |tag: &&String| !before.tags.contains(tag) && after.tags.contains(tag);
    let went = |tag: &&String| after.tags.contains(tag) && !current.tags.contains(tag);
    let stayed = current.tags.iter().filter(|tag| !came(tag));
    let mut tags: Vec<String> = stayed.chain(before.tags.iter().filter(|tag| !went(tag))).cloned().collect();
    tags.sort();
    tags.dedup();
    tags
}

fn fields_of(contact: &Contact) -> Result<Map<String, Value>> {
    match serde_json::to_value(contact) {
        Ok(Value::Object(fields)) => Ok(fields),
        _ => Err(Error::internal("a contact can't be written as fields")),
    }
}

fn contact_of(fields: Map<String, Value>) -> Result<Contact> {
    serde_json::from_value(Value::Object(fields))
        .map_err(|error| Error::internal(format!("fields make no contact: {error}")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        Id,
        contact::{ContactKind, Source},
    };

    fn contact(name: &str, phone: Option<&str>, custom: Value) -> Contact {
        let (id, tenant) = (Id::from_bytes([1; 16]), Id::from_bytes([2; 16]));
        let mut one = Contact::new(id, tenant, ContactKind::Person, Source::Api, Timestamp::from_ms(5));
        one.first_name = name.into();
        one.phone = phone.map(str::to_owned);
        one.custom = serde_json::from_value(custom).unwrap();
        one
    }

    #[test]
    fn empty_fields_are_filled_and_choices_overrule() {
        let now = Timestamp::from_ms(9);
        let (ada, other) = (contact("Ada", None, json!({"a": 1})), contact("A.", Some("+1"), json!({"a": 2, "b": 3})));
        let plain = merged(&ada, &other, &Choices::new(), now).unwrap();
        assert_eq!(
            (plain.first_name.as_str(), plain.phone.as_deref(), json!(plain.custom)),
            ("Ada", Some("+1"), json!({"a": 1, "b": 3}))
        );
        let choices = [("first_name", Side::Other), ("custom.a", Side::Other), ("custom.b", Side::This)];
        let choices = choices.into_iter().map(|(name, side)| (name.to_owned(), side)).collect();
        let chosen = merged(&ada, &other, &choices, now).unwrap();
        assert_eq!((chosen.first_name.as_str(), json!(chosen.custom)), ("A.", json!({"a": 2})));
        assert!(merged(&ada, &other, &[("id".to_owned(), Side::Other)].into(), now).is_err());
        let names: Vec<_> = compare(&ada, &other, &plain).unwrap().into_iter().map(|one| one.field).collect();
        assert_eq!(names, ["first_name", "phone", "custom.a", "custom.b"]);
    }

    #[test]
    fn the_way_back_keeps_what_was_changed_since() {
        let before = Contact { tags: vec!["a".into(), "b".into()], ..contact("Ada", None, json!({"x": 1})) };
        let after = Contact {
            tags: vec!["a".into(), "b".into(), "c".into()],
            ..contact("Ada", Some("+1"), json!({"x": 1, "y": 2}))
        };
        assert_eq!(undone(&before, &after, &after).unwrap(), before);
        let current = Contact {
            tags: vec!["b".into(), "c".into(), "d".into()],
            ..contact("Augusta", Some("+1"), json!({"x": 5, "y": 2}))
        };
        let back = undone(&before, &after, &current).unwrap();
        assert_eq!((back.first_name.as_str(), back.phone, json!(back.custom)), ("Augusta", None, json!({"x": 5})));
        assert_eq!(back.tags, ["b", "d"]);
    }
}
