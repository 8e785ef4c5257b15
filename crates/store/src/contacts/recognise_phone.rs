//! Who wrote on WhatsApp: found by any of their names there, by their phone number, or made.

use model::{
    Error, Id, Ids, Platform, Result, Scope, Timestamp,
    contact::{By, Contact, ContactKind, Identity, Proof, Source},
    whatsapp::WhatsappUser,
};

use super::{Recognised, identity, merge, prove_phone, read, write};
use crate::db::Tx;

const WHATSAPP: Platform = Platform::Whatsapp;

/// The contact of a person who just did something. Their phone number joins them with the record that has it, whichever
/// channel that came from; somebody who hides it goes by their user id until it shows.
pub fn recognise_on_whatsapp(
    tx: &mut Tx,
    scope: &Scope,
    ids: &dyn Ids,
    user: &WhatsappUser,
    at: Timestamp,
) -> Result<Recognised> {
    let (known, is_new) = match known(tx, scope, user, at)? {
        Some(contact) => (contact, false),
        None => match by_phone(tx, scope, user)? {
            Some(contact) => (contact, false),
            None => (make(tx, scope, ids, user, at)?, true),
        },
    };
    let is_named = name(tx, scope, known, user, at)?;
    let contact = match &user.phone {
        Some(phone) if !is_new => prove_phone(tx, scope, WHATSAPP, known, &format!("+{phone}"), at)?,
        _ => known,
    };
    Ok(Recognised { contact, is_new, is_changed: is_new || is_named || contact != known })
}

/// The contact behind any of the person's names. Two that each know one of them are one person.
fn known(tx: &mut Tx, scope: &Scope, user: &WhatsappUser, at: Timestamp) -> Result<Option<Id<Contact>>> {
    let mut found: Option<Id<Contact>> = None;
    for address in user.addresses() {
        match (found, identity::by_identity(tx, scope, WHATSAPP, address)?) {
            (None, other) => found = other,
            (Some(one), Some(other)) if one != other => {
                let (older, newer) = if one < other { (one, other) } else { (other, one) };
                merge::merge(tx, scope, older, newer, at)?;
                found = Some(older);
            }
            (Some(_), _) => {}
        }
    }
    Ok(found)
}

/// The oldest record with the person's number that nobody else on WhatsApp goes by.
fn by_phone(tx: &mut Tx, scope: &Scope, user: &WhatsappUser) -> Result<Option<Id<Contact>>> {
    let Some(phone) = &user.phone else { return Ok(None) };
    let ids = read::by_phone(tx, scope, &format!("+{phone}"))?;
    let records = read::get_many(tx, scope, &ids)?;
    let is_free = |one: &&Contact| one.identities.iter().all(|identity| identity.platform != WHATSAPP);
    Ok(records.iter().find(is_free).map(|one| one.id))
}

fn make(tx: &mut Tx, scope: &Scope, ids: &dyn Ids, user: &WhatsappUser, at: Timestamp) -> Result<Id<Contact>> {
    let mut contact = Contact::new(ids.id(), scope.tenant(), ContactKind::Person, Source::Whatsapp, at);
    contact.first_name = user.name.clone().or_else(|| user.username.clone()).unwrap_or_default();
    contact.phone = user.phone.as_ref().map(|phone| format!("+{phone}"));
    contact.last_seen_at = Some(at);
    write::insert_bare(tx, &contact)?;
    Ok(contact.id)
}

/// Gives the contact all of the person's names, and a name for people where it has none. Tells whether that was news.
fn name(tx: &mut Tx, scope: &Scope, id: Id<Contact>, user: &WhatsappUser, at: Timestamp) -> Result<bool> {
    let Some(mut contact) = read::get(tx, scope, id)? else {
        return Err(Error::internal("an identity's contact is missing"));
    };
    let mut is_changed = false;
    for address in user.addresses() {
        let has_it = contact.identities.iter().any(|one| one.platform == WHATSAPP && one.external_id == address);
        if !has_it && !identity::add_identity(tx, scope, id, &named(address, user, id, at))? {
            // Another node was faster by a moment; the next try finds its contact.
            return Err(Error::unavailable("a contact was made twice at the same moment"));
        }
        is_changed |= !has_it;
    }
    let nameless = contact.first_name.is_empty() && contact.last_name.is_empty();
    if let (true, Some(name)) = (nameless, &user.name) {
        contact.first_name.clone_from(name);
        is_changed = true;
    }
    if is_changed || contact.last_seen_at < Some(at) {
        contact.last_seen_at = contact.last_seen_at.max(Some(at));
        contact.updated_at = if is_changed { at } else { contact.updated_at };
        write::update(tx, scope, &contact)?;
    }
    Ok(is_changed)
}

fn named(address: &str, user: &WhatsappUser, contact: Id<Contact>, at: Timestamp) -> Identity {
    Identity {
        platform: WHATSAPP,
        external_id: address.to_owned(),
        username: user.username.clone(),
        proof: Proof::Sender,
        proven_at: at,
        proven_by: Some(By::contact(contact)),
        created_at: at,
    }
}

/// A person goes by another name from now on: a new number or user id. Answers their contact, if we know them.
pub fn rename_on_whatsapp(
    tx: &mut Tx,
    scope: &Scope,
    from: &str,
    to: &WhatsappUser,
    at: Timestamp,
) -> Result<Option<Id<Contact>>> {
    let Some(id) = identity::by_identity(tx, scope, WHATSAPP, from)? else { return Ok(None) };
    for address in to.addresses().filter(|address| *address != from) {
        match identity::by_identity(tx, scope, WHATSAPP, address)? {
            // Who has the new number wrote already: that is this person.
            Some(other) if other != id => merge::merge(tx, scope, id, other, at)?,
            Some(_) => {}
            None => drop(identity::add_identity(tx, scope, id, &named(address, to, id, at))?),
        }
        identity::remove_identity(tx, scope, id, WHATSAPP, from)?;
    }
    let Some(mut contact) = read::get(tx, scope, id)? else { return Ok(Some(id)) };
    if let (Some(phone), true) = (&to.phone, contact.phone.as_deref() == Some(&format!("+{from}"))) {
        contact.phone = Some(format!("+{phone}"));
        contact.updated_at = at;
        write::update(tx, scope, &contact)?;
    }
    Ok(Some(id))
}
