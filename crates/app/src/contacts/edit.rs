//! One contact: load, decide, write.

use model::{
    Actor, Error, Id, Ids, Platform, Result, Scope, Timestamp,
    activity::Deed,
    contact::{
        Contact, ContactKind, Identity, Proof, Source,
        change::Change,
        consent::{Consent, ConsentKind},
    },
    feed::{Change as FeedChange, FeedKind},
};
use serde_json::{Value, json};
use store::{activity, chats, contacts, db::Tx, feed, tenants};

use super::attributes;
use crate::App;

/// Makes a contact. Without a `source` it is by whom it was made: `API` for a key, `MANUAL` for a person. A contact that
/// has this `id` already is the answer, as it is.
pub async fn create(
    app: &App,
    scope: &Scope,
    id: Option<Id<Contact>>,
    source: Option<Source>,
    change: Change,
) -> Result<Contact> {
    let (scope, now) = (*scope, app.clock.now());
    let source = source.unwrap_or(match scope.actor() {
        Actor::User(_) => Source::Manual,
        Actor::Key(_) | Actor::System => Source::Api,
    });
    let mut contact =
        Contact::new(id.unwrap_or_else(|| app.ids.id()), scope.tenant(), ContactKind::Person, source, now);
    change.apply(&mut contact)?;
    check_somebody(&contact)?;
    let ids = app.ids.clone();
    app.db
        .write(move |tx| {
            if let Some(made) = id.map(|id| contacts::get(tx, &scope, id)).transpose()?.flatten() {
                return Ok(made);
            }
            let mut contact = contact.clone();
            attributes::settle(tx, &scope, None, &mut contact)?;
            check(tx, &scope, None, &contact)?;
            write(tx, &scope, &*ids, None, &contact, now)?;
            activity::record(tx, &scope, &*ids, &deed("contact.created", contact.id), now)?;
            announce(tx, &scope, &[contact.id], now)?;
            found(contacts::get(tx, &scope, contact.id)?)
        })
        .await
}

/// Changes a contact.
pub async fn change(app: &App, scope: &Scope, id: Id<Contact>, change: Change) -> Result<Contact> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            let before = found(contacts::get(tx, &scope, id)?)?;
            let Some(contact) = changed(tx, &scope, &before, change.clone(), now)? else { return Ok(before) };
            write(tx, &scope, &*ids, Some(&before), &contact, now)?;
            let deed = deed("contact.changed", id).changed(&Value::Null, &differing(&before, &contact));
            activity::record(tx, &scope, &*ids, &deed, now)?;
            announce(tx, &scope, &[id], now)?;
            found(contacts::get(tx, &scope, id)?)
        })
        .await
}

/// A contact as it is to be, and may be; `None`: as it is already.
pub(super) fn changed(
    tx: &mut Tx,
    scope: &Scope,
    before: &Contact,
    change: Change,
    now: Timestamp,
) -> Result<Option<Contact>> {
    let mut contact = before.clone();
    change.apply(&mut contact)?;
    attributes::settle(tx, scope, Some(before), &mut contact)?;
    if contact == *before {
        return Ok(None);
    }
    contact.updated_at = now;
    check(tx, scope, Some(before), &contact)?;
    Ok(Some(contact))
}

/// Removes a contact with its conversation. A later message of that person makes a new contact.
pub async fn delete(app: &App, scope: &Scope, id: Id<Contact>) -> Result<()> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            if contacts::delete(tx, &scope, &[id], now)? == 0 {
                return Err(Error::not_found("contact"));
            }
            activity::record(tx, &scope, &*ids, &deed("contact.removed", id), now)?;
            announce(tx, &scope, &[id], now)
        })
        .await?;
    super::erase::erase_events(app).await.map(drop)
}

/// What is done to a contact. The log knows people by their ids alone, so that whoever is erased leaves nothing in it.
pub(super) fn deed(action: &'static str, id: Id<Contact>) -> Deed {
    Deed::new(action, "contact", id)
}

/// The names of the fields in which two states of a contact differ.
fn differing(before: &Contact, after: &Contact) -> Value {
    let fields = |contact: &Contact| match serde_json::to_value(contact) {
        Ok(Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    let (before, after) = (fields(before), fields(after));
    let names = after.iter().filter(|(name, value)| *name != "updated_at" && before.get(*name) != Some(value));
    json!({"fields": names.map(|(name, _)| name).collect::<Vec<_>>()})
}

/// A contact of whom nothing is known can't be told from another.
pub(super) fn check_somebody(contact: &Contact) -> Result<()> {
    let is_nobody = contact.full_name().is_empty()
        && contact.phone.is_none()
        && contact.email.is_none()
        && contact.telegram_chat_id.is_none()
        && contact.telegram_username.is_none();
    if is_nobody {
        let sentence = "Enter at least a name, a phone number, an e-mail address or a Telegram id.";
        return Err(Error::field("first_name", sentence));
    }
    Ok(())
}

pub(super) fn found(contact: Option<Contact>) -> Result<Contact> {
    contact.ok_or_else(|| Error::not_found("contact"))
}

pub(super) fn announce(tx: &mut Tx, scope: &Scope, ids: &[Id<Contact>], now: Timestamp) -> Result<()> {
    let changes: Vec<_> = ids.iter().map(|id| FeedChange::new(FeedKind::Contact, *id)).collect();
    feed::append(tx, scope, &changes, now)
}

/// Judges what only the database knows, before anything is written.
pub(super) fn check(tx: &mut Tx, scope: &Scope, before: Option<&Contact>, contact: &Contact) -> Result<()> {
    check_assignee(tx, scope, before, contact)?;
    if before.and_then(|one| one.telegram_chat_id) != contact.telegram_chat_id {
        check_telegram(tx, scope, before, contact)?;
    }
    Ok(())
}

fn check_assignee(tx: &mut Tx, scope: &Scope, before: Option<&Contact>, contact: &Contact) -> Result<()> {
    let Some(user) = contact.assigned_to_user else { return Ok(()) };
    if before.is_some_and(|one| one.assigned_to_user == Some(user)) {
        return Ok(());
    }
    match tenants::members(tx, scope.tenant())?.iter().any(|member| member.user == user) {
        true => Ok(()),
        false => Err(Error::field("assigned_to_user", "There is no such person in your team.")),
    }
}

fn check_telegram(tx: &mut Tx, scope: &Scope, before: Option<&Contact>, contact: &Contact) -> Result<()> {
    if telegram_identity(before).is_some_and(|identity| !matches!(identity.proof, Proof::Manual | Proof::Import)) {
        let sentence = "This Telegram id was proven by the person. Take the identity off with split/ instead.";
        return Err(Error::field("telegram_chat_id", sentence));
    }
    let Some(id) = contact.telegram_chat_id else { return Ok(()) };
    let taken = contacts::by_identity(tx, scope, Platform::Telegram, &id.to_string())?;
    if taken.is_some_and(|other| other != contact.id) {
        let sentence = "Another contact has this Telegram id already.";
        return Err(Error::conflict("identity_taken", sentence).with_field("telegram_chat_id", sentence));
    }
    Ok(())
}

/// The identity that a contact's Telegram id stands for.
fn telegram_identity(contact: Option<&Contact>) -> Option<&Identity> {
    let external_id = contact?.telegram_chat_id?.to_string();
    contact?.identities.iter().find(|one| one.platform == Platform::Telegram && one.external_id == external_id)
}

/// Writes a contact that was checked: a new one, or one that was there before.
pub(super) fn write(
    tx: &mut Tx,
    scope: &Scope,
    ids: &dyn Ids,
    before: Option<&Contact>,
    contact: &Contact,
    now: Timestamp,
) -> Result<()> {
    match before {
        None => contacts::insert(tx, scope, contact)?,
        Some(before) => {
            contacts::update(tx, scope, contact)?;
            if contact.tags != before.tags {
                contacts::set_tags(tx, scope, contact.id, &contact.tags)?;
            }
        }
    }
    note_consent(tx, scope, ids, before, contact, now)?;
    if before.and_then(|one| one.telegram_chat_id) == contact.telegram_chat_id {
        return Ok(());
    }
    link_telegram(tx, scope, before, contact, now)
}

/// `do_not_contact` holds for every bot; who set it, and when, belongs to the contact's history.
fn note_consent(
    tx: &mut Tx,
    scope: &Scope,
    ids: &dyn Ids,
    before: Option<&Contact>,
    contact: &Contact,
    now: Timestamp,
) -> Result<()> {
    if before.is_some_and(|one| one.do_not_contact) == contact.do_not_contact {
        return Ok(());
    }
    let kind = if contact.do_not_contact { ConsentKind::OptedOut } else { ConsentKind::OptedIn };
    let by = scope.actor().into();
    let (id, contact) = (ids.id(), contact.id);
    contacts::add_consent(tx, scope, &Consent { id, contact, kind, by, bot: None, chat_id: None, created_at: now })
}

/// A Telegram id on a contact is an identity, by which messages find it, and makes chats with that id the contact's.
fn link_telegram(
    tx: &mut Tx,
    scope: &Scope,
    before: Option<&Contact>,
    contact: &Contact,
    now: Timestamp,
) -> Result<()> {
    if let Some(identity) = telegram_identity(before) {
        contacts::remove_identity(tx, scope, contact.id, Platform::Telegram, &identity.external_id)?;
    }
    let Some(id) = contact.telegram_chat_id else { return Ok(()) };
    let identity = Identity {
        platform: Platform::Telegram,
        external_id: id.to_string(),
        username: contact.telegram_username.clone(),
        // Of the installation's own doings, only an import gives anybody an id.
        proof: if scope.actor() == Actor::System { Proof::Import } else { Proof::Manual },
        proven_at: now,
        proven_by: Some(scope.actor().into()),
        created_at: now,
    };
    // It may be one of the contact's own already, from another account; others were ruled out by the check.
    contacts::add_identity(tx, scope, contact.id, &identity)?;
    chats::claim(tx, scope, id, contact.id)
}
