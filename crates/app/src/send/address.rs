//! Whom a person or an agent means: a contact's id, `@username`, `+phone`, or a bare Telegram chat id.

use model::{Error, Id, Result, Scope, contact::Contact, phone};
use store::{contacts, db::Tx};

use super::To;
use crate::App;

/// Candidates that an error names at most.
const NAMED_MAX: usize = 5;

/// Finds whom `text` means. Nobody, or several, is an error that says who there is.
pub async fn address(app: &App, scope: &Scope, text: &str) -> Result<To> {
    let text = text.trim();
    if let Ok(id) = text.parse::<Id<Contact>>() {
        return Ok(To::Contact(id));
    }
    if let Some(username) = text.strip_prefix('@') {
        return by_username(app, scope, username).await;
    }
    if text.starts_with('+') {
        return by_phone(app, scope, text).await.map_err(|error| error.move_field("phone", "to"));
    }
    match text.parse::<i64>() {
        Ok(chat) if chat != 0 => Ok(To::Chat(chat)),
        _ => Err(Error::field("to", "Enter a contact id, @username, +phone number, or a Telegram chat id.")),
    }
}

/// The contact with this phone number.
pub async fn by_phone(app: &App, scope: &Scope, text: &str) -> Result<To> {
    let number = phone::e164(text).map_err(|e| e.at_field("phone"))?;
    let (scope, wanted) = (*scope, number.clone());
    let found = app.db.read(move |tx| known(tx, &scope, |tx, scope| contacts::by_phone(tx, scope, &wanted))).await?;
    one(&found, "phone", &format!("the phone number {number}"))
}

async fn by_username(app: &App, scope: &Scope, username: &str) -> Result<To> {
    let (scope, wanted) = (*scope, username.to_owned());
    let found = app.db.read(move |tx| known(tx, &scope, |tx, scope| contacts::by_username(tx, scope, &wanted))).await?;
    one(&found, "to", &format!("the username @{username}"))
}

fn known(
    tx: &mut Tx,
    scope: &Scope,
    find: impl Fn(&mut Tx, &Scope) -> Result<Vec<Id<Contact>>>,
) -> Result<Vec<Contact>> {
    let ids = find(tx, scope)?;
    contacts::get_many(tx, scope, &ids)
}

fn one(found: &[Contact], field: &str, what: &str) -> Result<To> {
    match found {
        [only] => Ok(To::Contact(only.id)),
        [] => Err(Error::field(field, format!("No contact has {what}. Look for one with search_contacts."))),
        several => {
            let name = |contact: &Contact| format!("{} ({})", contact.full_name(), contact.id);
            let names: Vec<String> = several.iter().take(NAMED_MAX).map(name).collect();
            let words = format!("{} contacts have {what}: {}. Give the contact id.", several.len(), names.join(", "));
            Err(Error::field(field, words).with_code("ambiguous_recipient"))
        }
    }
}
