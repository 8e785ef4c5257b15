//! Two records of one person become one; an identity becomes a contact of its own again.

use model::{
    Error, Id, Platform, Result, Scope,
    contact::{
        Contact, ContactKind, Source,
        merge::{self, Choices, Compared},
    },
};
use serde_json::{Value, json};
use store::{activity, contacts, db::Tx};

use super::edit::{announce, deed, found};
use crate::App;

/// Joins `other` into `id`: `id` stays and gets every message, tag and identity. `choices` say whose value stands where
/// both have one.
pub async fn merge(app: &App, scope: &Scope, id: Id<Contact>, other: Id<Contact>, choices: Choices) -> Result<Contact> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            mergeable(tx, &scope, id, other)?;
            contacts::merge_with(tx, &scope, (id, other), &choices, now)?;
            let deed = deed("contact.merged", id).changed(&Value::Null, &json!({"other": other}));
            activity::record(tx, &scope, &*ids, &deed, now)?;
            announce(tx, &scope, &[id, other], now)?;
            found(contacts::get(tx, &scope, id)?)
        })
        .await
}

fn mergeable(tx: &mut Tx, scope: &Scope, id: Id<Contact>, other: Id<Contact>) -> Result<(Contact, Contact)> {
    if id == other {
        return Err(Error::field("other", "A contact can't be merged with itself."));
    }
    found(contacts::get(tx, scope, id)?)?;
    if !contacts::exists(tx, scope, other)? {
        return Err(Error::field("other", "There is no such contact."));
    }
    contacts::pair(tx, scope, id, other)
}

/// What a merge would make, and what would move.
#[derive(Debug, Clone)]
pub struct Preview {
    pub result: Contact,
    /// The fields in which the two differ.
    pub fields: Vec<Compared>,
    /// Of the other contact.
    pub messages: i64,
    pub broadcasts: i64,
    pub chats: usize,
}

/// Looks at a merge without doing it.
pub async fn preview_merge(
    app: &App,
    scope: &Scope,
    id: Id<Contact>,
    other: Id<Contact>,
    choices: Choices,
) -> Result<Preview> {
    let (scope, now) = (*scope, app.clock.now());
    app.db
        .read(move |tx| {
            let (this, other) = mergeable(tx, &scope, id, other)?;
            let mut result = merge::merged(&this, &other, &choices, now)?;
            result.identities.extend(other.identities.iter().cloned());
            let (messages, broadcasts) = contacts::message_counts(tx, &scope, other.id)?;
            let chats = store::chats::of_contact(tx, &scope, other.id)?.len();
            let fields = merge::compare(&this, &other, &result)?;
            Ok(Preview { result, fields, messages, broadcasts, chats })
        })
        .await
}

/// Makes two contacts of one again that were two before a merge. Answers both.
pub async fn undo_merge(app: &App, scope: &Scope, id: Id<Contact>, other: Id<Contact>) -> Result<(Contact, Contact)> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            contacts::undo(tx, &scope, id, other, now)?;
            let deed = deed("contact.merge_undone", id).changed(&Value::Null, &json!({"other": other}));
            activity::record(tx, &scope, &*ids, &deed, now)?;
            announce(tx, &scope, &[id, other], now)?;
            Ok((found(contacts::get(tx, &scope, id)?)?, found(contacts::get(tx, &scope, other)?)?))
        })
        .await
}

/// Says that two contacts which look alike are two people.
pub async fn dismiss_duplicate(app: &App, scope: &Scope, one: Id<Contact>, other: Id<Contact>) -> Result<()> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| match contacts::duplicates::dismiss(tx, &scope, one, other, now)? {
            true => {
                let deed = deed("contact.duplicate_dismissed", one).changed(&Value::Null, &json!({"other": other}));
                activity::record(tx, &scope, &*ids, &deed, now)
            }
            false => Err(Error::field("contacts", "These two are no suggestion.")),
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
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
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
            let phone = format!("+{external_id}");
            if platform == Platform::Whatsapp && contact.phone.as_deref() == Some(phone.as_str()) {
                // It is how they are known there: with the number left here, their next message would join them again.
                other.phone = contact.phone.take();
            }
            contact.updated_at = now;
            contacts::update(tx, &scope, &contact)?;
            contacts::remove_identity(tx, &scope, id, platform, &identity.external_id)?;
            other.identities.push(identity);
            contacts::insert(tx, &scope, &other)?;
            if platform == Platform::Whatsapp {
                for chat in store::chats::of_contact(tx, &scope, id)? {
                    if store::whatsapp::chat_of(tx, &scope, chat.bot, &external_id)? == Some(chat.chat_id) {
                        store::chats::hand_over(tx, &scope, chat.chat_id, id, new_id)?;
                    }
                }
            }
            if let Some(chat_id) = other.telegram_chat_id {
                store::chats::hand_over(tx, &scope, chat_id, id, new_id)?;
            }
            let deed = deed("contact.split", id).changed(&Value::Null, &json!({"other": new_id}));
            activity::record(tx, &scope, &*ids, &deed, now)?;
            announce(tx, &scope, &[id, new_id], now)?;
            Ok((found(contacts::get(tx, &scope, id)?)?, found(contacts::get(tx, &scope, new_id)?)?))
        })
        .await
}
