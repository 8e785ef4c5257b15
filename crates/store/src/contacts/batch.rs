//! Many contacts at once: finding those that rows of a file may mean, and making new ones.

use std::collections::{BTreeSet, HashMap};

use model::{Id, Platform, Result, Scope, contact::Contact};

use super::{duplicates, read, row};
use crate::{
    args,
    db::{Arg, Tx},
    search,
};

/// The oldest contact of each name among those that are asked for. `IS TRUE` keeps PostgreSQL, while it knows nothing of a
/// table that is being filled, from walking all people by the index that begins with their kind.
macro_rules! oldest {
    ($what:literal, $column:literal, $and:literal) => {
        concat!(
            "SELECT name, id FROM (SELECT ",
            $what,
            " AS name, id, ROW_NUMBER() OVER (PARTITION BY ",
            $what,
            " ORDER BY id) AS place FROM contact WHERE tenant_id = $1 AND ",
            $what,
            " IN ({in}) AND ",
            $column,
            " IS NOT NULL",
            $and,
            ") AS known WHERE place = 1"
        )
    };
}

crate::statements! {
    hot PHONES = "contact.by_phones", oldest!("phone", "phone", " AND (kind = 'PERSON') IS TRUE");
    hot EMAILS = "contact.by_emails", oldest!("email", "email", " AND (kind = 'PERSON') IS TRUE");
    hot USERNAMES = "contact.by_usernames", oldest!("lower(telegram_username)", "telegram_username", "");
    hot CHAT_IDS = "contact.by_telegram_chat_ids", oldest!("telegram_chat_id", "telegram_chat_id", "");
    hot OWNERS = "identity.owners", "SELECT external_id, contact_id FROM identity
        WHERE tenant_id = $1 AND platform = $2 AND external_id IN ({in})";
    INSERT = "contact.insert_many", "INSERT INTO contact (id, tenant_id, kind, first_name, last_name, phone, email,
            company_name, telegram_chat_id, telegram_username, language_code, source, custom, do_not_contact,
            lead_status, lead_score, assigned_to_type, assigned_to_user, ticket_status, search_text, last_seen_at,
            updated_at, created_at)
        VALUES {rows bytes, bytes, text, text, text, text, text, text, int, text, text, text, text, bool, text, int,
            text, bytes, text, text, int, int, int}";
    TAG = "contact_tag.add_many", "INSERT INTO contact_tag (tenant_id, tag, contact_id) VALUES {rows bytes, text, bytes}
        ON CONFLICT (tenant_id, tag, contact_id) DO NOTHING";
}

/// By what contacts may be known.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    pub ids: Vec<Id<Contact>>,
    pub telegram_chat_ids: Vec<i64>,
    /// In E.164.
    pub phones: Vec<String>,
    pub emails: Vec<String>,
    /// In lower case.
    pub usernames: Vec<String>,
}

/// Those that are known, the oldest where several have the same.
#[derive(Debug, Clone, Default)]
pub struct Known {
    pub contacts: HashMap<Id<Contact>, Contact>,
    pub by_telegram_chat_id: HashMap<i64, Id<Contact>>,
    pub by_phone: HashMap<String, Id<Contact>>,
    pub by_email: HashMap<String, Id<Contact>>,
    pub by_username: HashMap<String, Id<Contact>>,
    /// Whose each Telegram id is.
    pub owners: HashMap<i64, Id<Contact>>,
}

/// Finds all that these keys name.
pub fn known(tx: &mut Tx, scope: &Scope, keys: &Keys) -> Result<Known> {
    let mut known = Known::default();
    let tenant = args![scope.tenant()];
    for (statement, names, place) in [
        (PHONES, &keys.phones, &mut known.by_phone),
        (EMAILS, &keys.emails, &mut known.by_email),
        (USERNAMES, &keys.usernames, &mut known.by_username),
    ] {
        let found = tx.query_in(statement, &tenant, &unique(names, Arg::from), |row| Ok((row.get(0)?, row.get(1)?)))?;
        place.extend(found);
    }
    let chats = unique(&keys.telegram_chat_ids, |id| Arg::from(*id));
    let found: Vec<(i64, Id<Contact>)> =
        tx.query_in(CHAT_IDS, &tenant, &chats, |row| Ok((row.get(0)?, row.get(1)?)))?;
    known.by_telegram_chat_id.extend(found);
    let names = unique(&keys.telegram_chat_ids, |id| Arg::from(id.to_string()));
    let telegram = args![scope.tenant(), Platform::Telegram.as_str()];
    let owners: Vec<(String, Id<Contact>)> =
        tx.query_in(OWNERS, &telegram, &names, |row| Ok((row.get(0)?, row.get(1)?)))?;
    known.owners = owners.into_iter().filter_map(|(name, owner)| Some((name.parse().ok()?, owner))).collect();
    let named = [&known.by_phone, &known.by_email, &known.by_username];
    let ids = named.iter().flat_map(|one| one.values()).chain(known.by_telegram_chat_id.values()).chain(&keys.ids);
    let mut ids: Vec<Id<Contact>> = ids.copied().collect();
    ids.sort();
    ids.dedup();
    known.contacts = read::get_many(tx, scope, &ids)?.into_iter().map(|one| (one.id, one)).collect();
    Ok(known)
}

/// Each once, since a list that is asked for in several statements must not hold anything twice.
fn unique<'a, T: Ord + 'a>(names: &'a [T], arg: impl Fn(&'a T) -> Arg) -> Vec<Arg> {
    names.iter().collect::<BTreeSet<_>>().into_iter().map(arg).collect()
}

impl Known {
    /// Takes in a contact as it is from now on; what it was called before, it is called no more.
    pub fn put(&mut self, contact: Contact) {
        let id = contact.id;
        if let Some(old) = self.contacts.remove(&id) {
            self.forget(&old);
        }
        if let Some(phone) = &contact.phone {
            self.by_phone.entry(phone.clone()).or_insert(id);
        }
        if let Some(email) = &contact.email {
            self.by_email.entry(email.clone()).or_insert(id);
        }
        if let Some(username) = &contact.telegram_username {
            self.by_username.entry(username.to_lowercase()).or_insert(id);
        }
        if let Some(chat_id) = contact.telegram_chat_id {
            self.by_telegram_chat_id.entry(chat_id).or_insert(id);
            self.owners.entry(chat_id).or_insert(id);
        }
        self.contacts.insert(id, contact);
    }
}

impl Known {
    fn forget(&mut self, old: &Contact) {
        let names = [
            (&mut self.by_phone, old.phone.clone()),
            (&mut self.by_email, old.email.clone()),
            (&mut self.by_username, old.telegram_username.as_ref().map(|name| name.to_lowercase())),
        ];
        for (known, name) in names {
            if let Some(name) = name.filter(|name| known.get(name) == Some(&old.id)) {
                known.remove(&name);
            }
        }
        if let Some(chat_id) = old.telegram_chat_id.filter(|id| self.by_telegram_chat_id.get(id) == Some(&old.id)) {
            self.by_telegram_chat_id.remove(&chat_id);
        }
    }
}

/// Makes contacts that have tags, but no identities.
pub fn insert_many(tx: &mut Tx, scope: &Scope, contacts: &[Contact]) -> Result<()> {
    let rows = contacts.iter().map(|contact| {
        let mut values: Vec<Arg> = row::values(contact)?.into();
        values.push(contact.created_at.into());
        Ok(values)
    });
    let rows: Vec<Vec<Arg>> = rows.collect::<Result<_>>()?;
    tx.execute_rows(INSERT, &[], &rows)?;
    let tagged = contacts.iter().flat_map(|one| one.tags.iter().map(|tag| args![scope.tenant(), tag, one.id]));
    let tagged: Vec<_> = tagged.collect();
    tx.execute_rows(TAG, &[], &tagged)?;
    index(tx, scope, contacts)
}

/// What is found through contacts: themselves, and those who look like them.
pub(crate) fn index(tx: &mut Tx, scope: &Scope, contacts: &[Contact]) -> Result<()> {
    duplicates::note_many(tx, scope, contacts)?;
    let document =
        |one: &Contact| search::Document { object: one.id.as_uuid(), at: one.created_at, text: row::search_text(one) };
    let documents: Vec<search::Document> = contacts.iter().map(document).collect();
    search::put_new(tx, scope.tenant(), search::Kind::Contact, &documents)
}
