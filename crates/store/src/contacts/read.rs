//! Finding contacts by what is known of them.

use model::{
    ById, Id, Result, Scope,
    contact::{Contact, Identity},
};

use super::row;
use crate::{
    args,
    columns::grouped,
    db::{Arg, Round, Tx, listed},
};

crate::statements! {
    hot GET = "contact.get", concat!("SELECT ", row::contact_columns!(),
        " FROM {of contact.id} WHERE {check}contact.tenant_id = $1");
    hot BY_PHONE = "contact.by_phone", oldest_of!("phone = $2 AND phone IS NOT NULL AND (kind = 'PERSON') IS TRUE", 100);
    hot BY_EMAIL = "contact.by_email", oldest_of!("email = $2 AND email IS NOT NULL AND (kind = 'PERSON') IS TRUE", 100);
    hot BY_USERNAME = "contact.by_username",
        oldest_of!("lower(telegram_username) = $2 AND telegram_username IS NOT NULL", 100);
    hot BY_CHAT_ID = "contact.by_telegram_chat_id",
        oldest_of!("telegram_chat_id = $2 AND telegram_chat_id IS NOT NULL", 100);
    hot TAGS = "contact.tags", "SELECT contact_id, tag FROM {of contact_tag.contact_id}
        WHERE {check}tenant_id = $1";
    hot IDENTITIES = "contact.identities", "SELECT contact_id, platform, external_id, username, proof, created_at,
            COALESCE(proven_at, created_at), proven_by_type, proven_by_id
        FROM {of identity.contact_id} WHERE {check}tenant_id = $1";
    hot EXIST = "contact.exist", "SELECT id FROM contact WHERE {check}tenant_id = $1 AND id IN ({in})";
}

/// One contact with everything that belongs to it.
pub fn get(tx: &mut Tx, scope: &Scope, id: Id<Contact>) -> Result<Option<Contact>> {
    Ok(get_many(tx, scope, &[id])?.pop())
}

/// The contacts with these ids that there are, in the order of `ids`.
pub fn get_many(tx: &mut Tx, scope: &Scope, ids: &[Id<Contact>]) -> Result<Vec<Contact>> {
    let mut asked = Asked::default();
    let mut round = Round::default();
    asked.ask(&mut round, scope, ids);
    tx.ask(round)?;
    let mut found: ById<_, _> = asked.found().map(|contact| (contact.id, contact)).collect();
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// Contacts that are asked for together with other things.
#[derive(Debug, Default)]
pub struct Asked {
    contacts: Vec<Contact>,
    tags: Vec<(Id<Contact>, String)>,
    identities: Vec<(Id<Contact>, Identity)>,
}

impl Asked {
    /// Adds the questions about the contacts with these ids.
    pub fn ask<'a>(&'a mut self, round: &mut Round<'a>, scope: &'a Scope, ids: &[Id<Contact>]) {
        let Self { contacts, tags, identities } = self;
        let (tenant, list) = (args![scope.tenant()], listed(ids.iter().copied()));
        contacts.reserve(ids.len());
        round.add(GET, &tenant, &list, contacts, |found| row::read(found, scope));
        round.add(TAGS, &tenant, &list, tags, |found| Ok((found.get(0)?, found.get(1)?)));
        round.add(IDENTITIES, &tenant, &list, identities, row::read_identity);
    }

    /// Those that there are, in no order.
    pub fn found(self) -> impl Iterator<Item = Contact> {
        let (mut tags, mut identities) = (grouped(self.tags), grouped(self.identities));
        self.contacts.into_iter().map(move |mut contact| {
            contact.tags = tags.remove(&contact.id).unwrap_or_default();
            contact.tags.sort_unstable();
            contact.identities = identities.remove(&contact.id).unwrap_or_default();
            contact.identities.sort_by(|a, b| (a.created_at, &a.external_id).cmp(&(b.created_at, &b.external_id)));
            contact
        })
    }
}

/// The people with this number in E.164 form, oldest record first.
pub fn by_phone(tx: &mut Tx, scope: &Scope, phone: &str) -> Result<Vec<Id<Contact>>> {
    tx.query(BY_PHONE, &args![scope.tenant(), phone], |row| row.get(0))
}

/// The people with this e-mail address, oldest record first.
pub fn by_email(tx: &mut Tx, scope: &Scope, email: &str) -> Result<Vec<Id<Contact>>> {
    tx.query(BY_EMAIL, &args![scope.tenant(), email], |row| row.get(0))
}

/// The contacts with this Telegram username, without the `@` and in any case.
pub fn by_username(tx: &mut Tx, scope: &Scope, username: &str) -> Result<Vec<Id<Contact>>> {
    tx.query(BY_USERNAME, &args![scope.tenant(), username.to_lowercase()], |row| row.get(0))
}

/// The contacts that have this Telegram chat id.
pub fn by_telegram_chat_id(tx: &mut Tx, scope: &Scope, chat_id: i64) -> Result<Vec<Id<Contact>>> {
    tx.query(BY_CHAT_ID, &args![scope.tenant(), chat_id], |row| row.get(0))
}

/// Whether the tenant has such a contact.
pub fn exists(tx: &mut Tx, scope: &Scope, id: Id<Contact>) -> Result<bool> {
    Ok(missing(tx, scope, &[id])?.is_empty())
}

/// Those of `ids` that are the tenant's contacts.
pub(super) fn present(tx: &mut Tx, scope: &Scope, ids: &[Id<Contact>]) -> Result<Vec<Id<Contact>>> {
    let list: Vec<_> = ids.iter().map(Arg::from).collect();
    tx.query_in(EXIST, &args![scope.tenant()], &list, |row| row.get(0))
}

/// Those of `ids` that are not the tenant's contacts, in their order.
pub fn missing(tx: &mut Tx, scope: &Scope, ids: &[Id<Contact>]) -> Result<Vec<Id<Contact>>> {
    let found: std::collections::HashSet<Id<Contact>> = present(tx, scope, ids)?.into_iter().collect();
    Ok(ids.iter().filter(|id| !found.contains(id)).copied().collect())
}
