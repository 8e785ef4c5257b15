//! Two records of one person become one; an identity becomes a contact of its own again.

use model::{
    Error, Id, Platform, Result, Scope,
    contact::{Contact, ContactKind, Source},
};
use store::contacts;

use super::edit::{announce, found};
use crate::App;

/// Joins `other` into `id`: `id` stays and gets every message, tag and identity.
pub async fn merge(app: &App, scope: &Scope, id: Id<Contact>, other: Id<Contact>) -> Result<Contact> {
    let (scope, now) = (*scope, app.clock.now());
    if id == other {
        return Err(Error::field("other", "A contact can't be merged with itself."));
    }
    app.db
        .write(move |tx| {
            found(contacts::get(tx, &scope, id)?)?;
            if !contacts::exists(tx, &scope, other)? {
                return Err(Error::field("other", "There is no such contact."));
            }
            contacts::merge(tx, &scope, id, other, now)?;
            announce(tx, &scope, &[id, other], now)?;
            found(contacts::get(tx, &scope, id)?)
        })
        .await
}

/// Takes an identity off a contact and gives it a contact of its own. The chats of that identity go with it; what was
/// said so far stays in the timeline where it stands, new messages begin another.
pub async fn split(
    app: &App,
    scope: &Scope,
    id: Id<Contact>,
    platform: Platform,
    external_id: String,
) -> Result<(Contact, Contact)> {
    let (scope, now) = (*scope, app.clock.now());
    let new_id: Id<Contact> = app.ids.id();
    app.db
        .write(move |tx| {
            let mut contact = found(contacts::get(tx, &scope, id)?)?;
            let is_it = |one: &&model::contact::Identity| one.platform == platform && one.external_id == external_id;
            let Some(identity) = contact.identities.iter().find(is_it).cloned() else {
                return Err(Error::field("external_id", "The contact has no such identity."));
            };
            let mut other = Contact::new(new_id, scope.tenant(), ContactKind::Person, Source::Manual, now);
            other.first_name.clone_from(&contact.first_name);
            other.last_name.clone_from(&contact.last_name);
            other.language_code.clone_from(&contact.language_code);
            if platform == Platform::Telegram {
                other.telegram_chat_id = identity.external_id.parse().ok();
                other.telegram_username.clone_from(&identity.username);
                contact.telegram_chat_id = contact
                    .identities
                    .iter()
                    .find(|one| one.platform == platform && one.external_id != identity.external_id)
                    .and_then(|one| one.external_id.parse().ok());
                contact.telegram_username = None;
            }
            contact.updated_at = now;
            contacts::update(tx, &scope, &contact)?;
            contacts::remove_identity(tx, &scope, id, platform, &identity.external_id)?;
            other.identities.push(identity);
            contacts::insert(tx, &scope, &other)?;
            if let Some(chat_id) = other.telegram_chat_id {
                store::chats::hand_over(tx, &scope, chat_id, id, new_id)?;
            }
            announce(tx, &scope, &[id, new_id], now)?;
            Ok((found(contacts::get(tx, &scope, id)?)?, found(contacts::get(tx, &scope, new_id)?)?))
        })
        .await
}
