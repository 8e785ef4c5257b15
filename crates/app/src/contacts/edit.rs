//! One contact: load, decide, write.

use model::{
    Actor, Error, Id, Platform, Result, Scope, Timestamp,
    contact::{Contact, ContactKind, Identity, Proof, Source, change::Change},
    feed::{Change as FeedChange, FeedKind},
};
use store::{chats, contacts, db::Tx, feed, tenants};

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
    if is_nobody(&contact) {
        let sentence = "Enter at least a name, a phone number, an e-mail address or a Telegram id.";
        return Err(Error::field("first_name", sentence));
    }
    app.db
        .write(move |tx| {
            if let Some(made) = id.map(|id| contacts::get(tx, &scope, id)).transpose()?.flatten() {
                return Ok(made);
            }
            check_assignee(tx, &scope, &contact)?;
            contacts::insert(tx, &scope, &contact)?;
            link_telegram(tx, &scope, None, &contact, now)?;
            announce(tx, &scope, &[contact.id], now)?;
            found(contacts::get(tx, &scope, contact.id)?)
        })
        .await
}

/// Changes a contact.
pub async fn change(app: &App, scope: &Scope, id: Id<Contact>, change: Change) -> Result<Contact> {
    let (scope, now) = (*scope, app.clock.now());
    app.db
        .write(move |tx| {
            let before = found(contacts::get(tx, &scope, id)?)?;
            let mut contact = before.clone();
            change.clone().apply(&mut contact)?;
            if contact == before {
                return Ok(before);
            }
            contact.updated_at = now;
            check_assignee(tx, &scope, &contact)?;
            contacts::update(tx, &scope, &contact)?;
            if contact.tags != before.tags {
                contacts::set_tags(tx, &scope, id, &contact.tags)?;
            }
            link_telegram(tx, &scope, Some(&before), &contact, now)?;
            announce(tx, &scope, &[id], now)?;
            found(contacts::get(tx, &scope, id)?)
        })
        .await
}

/// Removes a contact with its conversation. A later message of that person makes a new contact.
pub async fn delete(app: &App, scope: &Scope, id: Id<Contact>) -> Result<()> {
    let (scope, now) = (*scope, app.clock.now());
    app.db
        .write(move |tx| {
            if contacts::delete(tx, &scope, &[id])? == 0 {
                return Err(Error::not_found("contact"));
            }
            announce(tx, &scope, &[id], now)
        })
        .await
}

fn is_nobody(contact: &Contact) -> bool {
    contact.full_name().is_empty()
        && contact.phone.is_none()
        && contact.email.is_none()
        && contact.telegram_chat_id.is_none()
        && contact.telegram_username.is_none()
}

pub(super) fn found(contact: Option<Contact>) -> Result<Contact> {
    contact.ok_or_else(|| Error::not_found("contact"))
}

pub(super) fn announce(tx: &mut Tx, scope: &Scope, ids: &[Id<Contact>], now: Timestamp) -> Result<()> {
    let changes: Vec<_> = ids.iter().map(|id| FeedChange::new(FeedKind::Contact, *id)).collect();
    feed::append(tx, scope, &changes, now)
}

fn check_assignee(tx: &mut Tx, scope: &Scope, contact: &Contact) -> Result<()> {
    let Some(user) = contact.assigned_to_user else { return Ok(()) };
    match tenants::members(tx, scope.tenant())?.iter().any(|member| member.user == user) {
        true => Ok(()),
        false => Err(Error::field("assigned_to_user", "There is no such person in your team.")),
    }
}

/// A Telegram id on a contact is an identity, by which messages find it, and makes chats with that id the contact's.
fn link_telegram(
    tx: &mut Tx,
    scope: &Scope,
    before: Option<&Contact>,
    contact: &Contact,
    now: Timestamp,
) -> Result<()> {
    let old = before.and_then(|one| one.telegram_chat_id);
    if old == contact.telegram_chat_id {
        return Ok(());
    }
    let identities = before.map(|one| one.identities.as_slice()).unwrap_or_default();
    let own = |id: i64| {
        let external_id = id.to_string();
        identities.iter().find(|one| one.platform == Platform::Telegram && one.external_id == external_id)
    };
    if let Some(identity) = old.and_then(own) {
        if identity.proof != Proof::Manual {
            let sentence = "This Telegram id was proven by the person. Take the identity off with split/ instead.";
            return Err(Error::field("telegram_chat_id", sentence));
        }
        contacts::remove_identity(tx, scope, contact.id, Platform::Telegram, &identity.external_id)?;
    }
    let Some(new) = contact.telegram_chat_id.filter(|id| own(*id).is_none()) else { return Ok(()) };
    let identity = Identity {
        platform: Platform::Telegram,
        external_id: new.to_string(),
        username: contact.telegram_username.clone(),
        proof: Proof::Manual,
        created_at: now,
    };
    if !contacts::add_identity(tx, scope, contact.id, &identity)? {
        let sentence = "Another contact has this Telegram id already.";
        return Err(Error::conflict("identity_taken", sentence).with_field("telegram_chat_id", sentence));
    }
    chats::claim(tx, scope, new, contact.id)
}
