//! Pairs of people who may be one: noted when one of them is written, listed while they still look alike.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use model::{
    Id, Result, Scope, Timestamp,
    contact::{Contact, ContactKind},
};

use super::read;
use crate::{
    args,
    db::{Arg, Tx},
    page::{Page, Request},
};

crate::pages! {
    /// Pairs that look alike, and that nobody has dismissed.
    DUPLICATES = "contact_duplicate.list",
    select "contact_duplicate.one, contact_duplicate.other,
        COALESCE(one.phone = other.phone, FALSE), COALESCE(lower(one.telegram_username) = lower(other.telegram_username), FALSE)",
    from "contact_duplicate JOIN contact AS one ON one.id = contact_duplicate.one
            JOIN contact AS other ON other.id = contact_duplicate.other
        WHERE contact_duplicate.tenant_id = $4 AND contact_duplicate.dismissed_at IS NULL
            AND (one.phone = other.phone OR lower(one.telegram_username) = lower(other.telegram_username))",
    unique Text "contact_duplicate.pair",
    sorts { "created_at" => Unique }
}

// `IS TRUE`: see `batch`.
crate::statements! {
    hot SAME_PHONE = "contact_duplicate.same_phone",
        oldest_of!("phone = $2 AND phone IS NOT NULL AND (kind = 'PERSON') IS TRUE AND id <> $3", 1);
    hot SAME_USERNAME = "contact_duplicate.same_username", oldest_of!(
        "lower(telegram_username) = $2 AND telegram_username IS NOT NULL AND (kind = 'PERSON') IS TRUE AND id <> $3", 1);
    hot SAME_PHONES = "contact_duplicate.same_phones", "SELECT phone, id FROM (SELECT phone, id,
                ROW_NUMBER() OVER (PARTITION BY phone ORDER BY id) AS place
            FROM contact WHERE tenant_id = $1 AND phone IN ({in}) AND phone IS NOT NULL
                AND (kind = 'PERSON') IS TRUE) AS same
        WHERE place <= 2 ORDER BY phone, id";
    hot SAME_USERNAMES = "contact_duplicate.same_usernames", "SELECT name, id FROM (SELECT
                lower(telegram_username) AS name, id,
                ROW_NUMBER() OVER (PARTITION BY lower(telegram_username) ORDER BY id) AS place
            FROM contact WHERE tenant_id = $1 AND lower(telegram_username) IN ({in})
                AND telegram_username IS NOT NULL AND (kind = 'PERSON') IS TRUE) AS same
        WHERE place <= 2 ORDER BY name, id";
    NOTE_MANY = "contact_duplicate.note_many", "INSERT INTO contact_duplicate (pair, tenant_id, one, other)
        VALUES {rows text, bytes, bytes, bytes} ON CONFLICT (pair) DO NOTHING";
    NOTE = "contact_duplicate.note", "INSERT INTO contact_duplicate (pair, tenant_id, one, other)
        VALUES ($1, $2, $3, $4) ON CONFLICT (pair) DO NOTHING";
    hot DISMISS = "contact_duplicate.dismiss", "UPDATE contact_duplicate SET dismissed_at = $1
        WHERE tenant_id = $2 AND pair = $3";
    hot FORGET_ONE = "contact_duplicate.forget_one", "DELETE FROM contact_duplicate WHERE one IN ({in})";
    hot FORGET_OTHER = "contact_duplicate.forget_other", "DELETE FROM contact_duplicate WHERE other IN ({in})";
}

/// Two people who may be one.
#[derive(Debug, Clone)]
pub struct Duplicate {
    pub contacts: [Contact; 2],
    pub is_same_phone: bool,
    pub is_same_username: bool,
}

/// Notes the oldest record that has the same number or name, if there is one.
pub(super) fn note(tx: &mut Tx, contact: &Contact) -> Result<()> {
    if contact.kind != ContactKind::Person {
        return Ok(());
    }
    let named = [
        (SAME_PHONE, contact.phone.clone()),
        (SAME_USERNAME, contact.telegram_username.as_ref().map(|name| name.to_lowercase())),
    ];
    for (statement, name) in named {
        let Some(name) = name else { continue };
        let same: Option<Id<Contact>> =
            tx.query_opt(statement, &args![contact.tenant, name, contact.id], |row| row.get(0))?;
        if let Some(same) = same {
            let (one, other) = (same.min(contact.id), same.max(contact.id));
            tx.execute(NOTE, &args![pair(one, other), contact.tenant, one, other])?;
        }
    }
    Ok(())
}

/// What two records of one person have in common.
type NameOf = fn(&Contact) -> Option<String>;

/// As [`note`] for many people of one tenant.
pub(super) fn note_many(tx: &mut Tx, scope: &Scope, contacts: &[Contact]) -> Result<()> {
    let people: Vec<&Contact> = contacts.iter().filter(|contact| contact.kind == ContactKind::Person).collect();
    let phone: NameOf = |contact| contact.phone.clone();
    let username: NameOf = |contact| contact.telegram_username.as_ref().map(|name| name.to_lowercase());
    let mut pairs: BTreeMap<String, [Arg; 4]> = BTreeMap::new();
    for (statement, name_of) in [(SAME_PHONES, phone), (SAME_USERNAMES, username)] {
        let names: BTreeSet<String> = people.iter().filter_map(|contact| name_of(contact)).collect();
        let names: Vec<Arg> = names.iter().map(Arg::from).collect();
        let found: Vec<(String, Id<Contact>)> =
            tx.query_in(statement, &args![scope.tenant()], &names, |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut oldest: HashMap<String, Vec<Id<Contact>>> = HashMap::new();
        found.into_iter().for_each(|(name, id)| oldest.entry(name).or_default().push(id));
        for contact in &people {
            let ids = name_of(contact).and_then(|name| oldest.get(&name));
            let Some(same) = ids.into_iter().flatten().find(|id| **id != contact.id) else { continue };
            let (one, other) = (contact.id.min(*same), contact.id.max(*same));
            pairs.insert(pair(one, other), args![pair(one, other), scope.tenant(), one, other]);
        }
    }
    let rows: Vec<[Arg; 4]> = pairs.into_values().collect();
    tx.execute_rows(NOTE_MANY, &[], &rows).map(drop)
}

fn pair(one: Id<Contact>, other: Id<Contact>) -> String {
    format!("{}{}", one.min(other).as_uuid().simple(), one.max(other).as_uuid().simple())
}

/// One page of pairs, the newest first.
pub fn list(tx: &mut Tx, scope: &Scope, request: &Request) -> Result<Page<Duplicate>> {
    let page = DUPLICATES.page(tx, request, &args![scope.tenant()], |row| {
        Ok(([row.get::<Id<Contact>>(0)?, row.get(1)?], row.get::<bool>(2)?, row.get::<bool>(3)?))
    })?;
    let Page { rows, next, previous, count } = page;
    let mut pairs = Vec::with_capacity(rows.len());
    for (ids, is_same_phone, is_same_username) in rows {
        if let Ok(contacts) = <[Contact; 2]>::try_from(read::get_many(tx, scope, &ids)?) {
            pairs.push(Duplicate { contacts, is_same_phone, is_same_username });
        }
    }
    Ok(Page { rows: pairs, next, previous, count })
}

/// They are two people: the pair is not shown again. `false`: it never was a pair.
pub fn dismiss(tx: &mut Tx, scope: &Scope, one: Id<Contact>, other: Id<Contact>, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(DISMISS, &args![now, scope.tenant(), pair(one, other)])? > 0)
}

/// Forgets the pairs of contacts that are about to go.
pub(super) fn forget(tx: &mut Tx, contacts: &[Id<Contact>]) -> Result<()> {
    let list: Vec<Arg> = contacts.iter().map(Arg::from).collect();
    tx.execute_in(FORGET_ONE, &[], &list)?;
    tx.execute_in(FORGET_OTHER, &[], &list).map(drop)
}
