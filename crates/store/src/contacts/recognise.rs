//! Who wrote: finds the contact behind a channel's user, makes it when it is new, and keeps it up to date.

use model::{
    Error, Id, Ids, Platform, Result, Scope, Timestamp,
    chat::TelegramUser,
    contact::{By, Contact, ContactKind, Identity, Proof, Source},
};

use super::{identity, merge, read, write};
use crate::{
    args,
    db::{Row, Tx},
};

crate::statements! {
    hot KNOWN = "contact.known", "SELECT contact.id, contact.first_name, contact.last_name, contact.telegram_username,
            contact.language_code, contact.telegram_chat_id
        FROM identity JOIN contact ON contact.id = identity.contact_id
        WHERE identity.tenant_id = $1 AND identity.platform = $2 AND identity.external_id = $3";
    hot SEEN = "contact.seen", "UPDATE contact SET last_seen_at = $1
        WHERE id = $2 AND tenant_id = $3 AND (last_seen_at IS NULL OR last_seen_at < $1)";
    hot SET_USERNAME = "identity.set_username", "UPDATE identity SET username = $1
        WHERE tenant_id = $2 AND platform = $3 AND external_id = $4";
}

/// The contact behind a user or a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recognised {
    pub contact: Id<Contact>,
    pub is_new: bool,
    /// Whether a name, the username or the language is another than before.
    pub is_changed: bool,
}

/// What the channel says of a contact, which overrules what we had.
#[derive(Debug, PartialEq)]
struct Profile {
    first_name: String,
    last_name: String,
    username: Option<String>,
    language: Option<String>,
    chat_id: Option<i64>,
}

/// The contact of a Telegram user who just did something.
pub fn recognise(tx: &mut Tx, scope: &Scope, ids: &dyn Ids, user: &TelegramUser, at: Timestamp) -> Result<Recognised> {
    let profile = Profile {
        first_name: user.first_name.clone(),
        last_name: user.last_name.clone().unwrap_or_default(),
        username: user.username.clone(),
        language: user.language_code.clone(),
        chat_id: Some(user.id),
    };
    find_or_make(tx, scope, ids, ContactKind::Person, profile, at)
}

/// The record that stands for a group or channel, by its Telegram chat id.
pub fn recognise_group(
    tx: &mut Tx,
    scope: &Scope,
    ids: &dyn Ids,
    chat_id: i64,
    title: &str,
    at: Timestamp,
) -> Result<Recognised> {
    let profile = Profile {
        first_name: title.to_owned(),
        last_name: String::new(),
        username: None,
        language: None,
        chat_id: Some(chat_id),
    };
    find_or_make(tx, scope, ids, ContactKind::Group, profile, at)
}

fn find_or_make(
    tx: &mut Tx,
    scope: &Scope,
    ids: &dyn Ids,
    kind: ContactKind,
    profile: Profile,
    at: Timestamp,
) -> Result<Recognised> {
    let external_id = profile.chat_id.map(|id| id.to_string()).unwrap_or_default();
    let known = args![scope.tenant(), Platform::Telegram.as_str(), external_id.as_str()];
    if let Some((contact, before)) = tx.query_opt(KNOWN, &known, read_profile)? {
        return keep_up_to_date(tx, scope, contact, &before, profile, at);
    }
    let contact = new_contact(scope, ids, kind, &profile, &external_id, at);
    write::insert_bare(tx, &contact)?;
    for one in &contact.identities {
        if !identity::add_identity(tx, scope, contact.id, one)? {
            // Another node was faster by a moment; the next try finds its contact.
            return Err(Error::unavailable("a contact was made twice at the same moment"));
        }
    }
    Ok(Recognised { contact: contact.id, is_new: true, is_changed: true })
}

fn read_profile(row: &Row) -> Result<(Id<Contact>, Profile)> {
    let profile = Profile {
        first_name: row.get(1)?,
        last_name: row.get(2)?,
        username: row.get(3)?,
        language: row.get(4)?,
        chat_id: row.get(5)?,
    };
    Ok((row.get(0)?, profile))
}

fn keep_up_to_date(
    tx: &mut Tx,
    scope: &Scope,
    contact: Id<Contact>,
    before: &Profile,
    mut profile: Profile,
    at: Timestamp,
) -> Result<Recognised> {
    // Telegram leaves the language out at times; that is no news.
    profile.language = profile.language.or_else(|| before.language.clone());
    let is_changed = *before != profile;
    if is_changed {
        let Some(mut full) = read::get(tx, scope, contact)? else {
            return Err(Error::internal("an identity's contact is missing"));
        };
        let username_changed = full.telegram_username != profile.username;
        full.first_name = profile.first_name;
        full.last_name = profile.last_name;
        full.telegram_username = profile.username;
        full.language_code = profile.language;
        full.telegram_chat_id = profile.chat_id;
        full.last_seen_at = full.last_seen_at.max(Some(at));
        full.updated_at = at;
        write::update(tx, scope, &full)?;
        if username_changed {
            let external_id = full.telegram_chat_id.map(|id| id.to_string());
            let username = full.telegram_username.as_deref();
            tx.execute(SET_USERNAME, &args![username, scope.tenant(), Platform::Telegram.as_str(), external_id])?;
        }
    } else {
        tx.execute(SEEN, &args![at, contact, scope.tenant()])?;
    }
    Ok(Recognised { contact, is_new: false, is_changed })
}

fn new_contact(
    scope: &Scope,
    ids: &dyn Ids,
    kind: ContactKind,
    profile: &Profile,
    external_id: &str,
    at: Timestamp,
) -> Contact {
    let mut contact = Contact::new(ids.id(), scope.tenant(), kind, Source::Telegram, at);
    contact.first_name.clone_from(&profile.first_name);
    contact.last_name.clone_from(&profile.last_name);
    contact.telegram_username.clone_from(&profile.username);
    contact.language_code.clone_from(&profile.language);
    contact.telegram_chat_id = profile.chat_id;
    contact.last_seen_at = Some(at);
    contact.identities.push(Identity {
        platform: Platform::Telegram,
        external_id: external_id.to_owned(),
        username: profile.username.clone(),
        proof: Proof::Sender,
        proven_at: at,
        proven_by: Some(By::contact(contact.id)),
        created_at: at,
    });
    contact
}

/// A contact proved over a channel that a phone number is theirs. When another record has that number, and nobody of that
/// channel yet, the two are one person: the other record stays and gets everything. Answers the contact that stays.
pub fn prove_phone(
    tx: &mut Tx,
    scope: &Scope,
    platform: Platform,
    contact: Id<Contact>,
    phone: &str,
    now: Timestamp,
) -> Result<Id<Contact>> {
    let others: Vec<_> = read::by_phone(tx, scope, phone)?.into_iter().filter(|other| *other != contact).collect();
    let others = read::get_many(tx, scope, &others)?;
    // A number that two users of a channel proved was given to somebody new in between; those are two people.
    let is_free = |other: &&Contact| other.identities.iter().all(|one| one.platform != platform);
    if let Some(record) = others.iter().find(is_free) {
        let proven = read::get(tx, scope, contact)?.map(|one| one.identities).unwrap_or_default();
        merge::merge(tx, scope, record.id, contact, now)?;
        for one in proven.iter().filter(|one| one.platform == platform) {
            let named = (one.platform, one.external_id.as_str());
            identity::prove(tx, scope, named, Proof::Phone, By::contact(record.id), now)?;
        }
        return Ok(record.id);
    }
    if let Some(mut contact) = read::get(tx, scope, contact)?.filter(|one| one.phone.as_deref() != Some(phone)) {
        contact.phone = Some(phone.to_owned());
        contact.updated_at = now;
        write::update(tx, scope, &contact)?;
    }
    Ok(contact)
}
