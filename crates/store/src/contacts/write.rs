//! Making, changing and removing contacts.

use model::{Id, Result, Scope, Timestamp, contact::Contact};

use super::{duplicates, erase, identity, journal, read, row, tags};
use crate::{
    args,
    db::{Arg, Tx},
    search,
};

crate::statements! {
    INSERT = "contact.insert", "INSERT INTO contact (id, tenant_id, kind, first_name, last_name, phone, email,
            company_name, telegram_chat_id, telegram_username, language_code, source, custom, do_not_contact,
            lead_status, lead_score, assigned_to_type, assigned_to_user, ticket_status, search_text, last_seen_at,
            updated_at, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
            $23)";
    hot UPDATE = "contact.update", "UPDATE contact SET kind = $3, first_name = $4, last_name = $5, phone = $6,
            email = $7, company_name = $8, telegram_chat_id = $9, telegram_username = $10, language_code = $11,
            source = $12, custom = $13, do_not_contact = $14, lead_status = $15, lead_score = $16,
            assigned_to_type = $17, assigned_to_user = $18, ticket_status = $19, search_text = $20,
            last_seen_at = $21, updated_at = $22
        WHERE id = $1 AND tenant_id = $2";
    hot FORGET_TAGS = "contact.forget_tags", "DELETE FROM contact_tag WHERE {check}tenant_id = $1 AND contact_id IN ({in})";
    hot FORGET_IDENTITIES = "contact.forget_identities", "DELETE FROM identity
        WHERE {check}tenant_id = $1 AND contact_id IN ({in})";
    hot FORGET_CONSENTS = "contact.forget_consents", "DELETE FROM consent
        WHERE tenant_id = $1 AND contact_id IN ({in})";
    hot FORGET_LINKS = "contact.forget_links", "DELETE FROM start_link
        WHERE tenant_id = $1 AND contact_id IN ({in})";
    hot FORGET_CHATS = "contact.forget_chats", "UPDATE chat SET contact_id = NULL, conversation_id = NULL, title = NULL
        WHERE tenant_id = $1 AND contact_id IN ({in})";
    hot DELETE = "contact.delete", "DELETE FROM contact WHERE {check}tenant_id = $1 AND id IN ({in})";
}

/// Adds a contact with its tags and identities. An identity that is somebody else's already is a conflict.
pub fn insert(tx: &mut Tx, scope: &Scope, contact: &Contact) -> Result<()> {
    insert_bare(tx, contact)?;
    for one in &contact.identities {
        if !identity::add_identity(tx, scope, contact.id, one)? {
            return Err(identity::taken(one));
        }
    }
    tags::set_tags(tx, scope, contact.id, &contact.tags)
}

/// Adds the row alone.
pub(super) fn insert_bare(tx: &mut Tx, contact: &Contact) -> Result<()> {
    let mut values: Vec<Arg> = row::values(contact)?.into();
    values.push(contact.created_at.into());
    tx.execute(INSERT, &values)?;
    index(tx, contact)
}

/// What is found through a contact: itself, and those who look like it.
fn index(tx: &mut Tx, contact: &Contact) -> Result<()> {
    duplicates::note(tx, contact)?;
    let what = (search::Kind::Contact, contact.id.as_uuid());
    search::put(tx, contact.tenant, what, contact.created_at, &row::search_text(contact))
}

/// Writes all fields of a contact but its tags and identities. Tells whether there was such a contact.
pub fn update(tx: &mut Tx, scope: &Scope, contact: &Contact) -> Result<bool> {
    let mut values = row::values(contact)?;
    values[1] = scope.tenant().into();
    let is_there = tx.execute(UPDATE, &values)? > 0;
    if is_there {
        index(tx, contact)?;
    }
    Ok(is_there)
}

/// Removes contacts with their identities, tags and conversations. What was sent stays on record, without content or
/// name. Tells how many there were.
pub fn delete(tx: &mut Tx, scope: &Scope, ids: &[Id<Contact>], now: Timestamp) -> Result<u64> {
    let contacts = read::get_many(tx, scope, ids)?;
    erase::events_of(tx, scope, &contacts)?;
    delete_rows(tx, scope, ids, now)
}

/// As [`delete`], but for the stored Updates.
pub(super) fn delete_rows(tx: &mut Tx, scope: &Scope, ids: &[Id<Contact>], now: Timestamp) -> Result<u64> {
    crate::conversations::delete_of(tx, scope, ids, now)?;
    let own = read::present(tx, scope, ids)?;
    duplicates::forget(tx, &own)?;
    journal::forget_of(tx, &own)?;
    remove(tx, scope, ids)
}

/// Takes the rows of contacts away, of whom nothing else is left.
pub(super) fn remove(tx: &mut Tx, scope: &Scope, ids: &[Id<Contact>]) -> Result<u64> {
    let list: Vec<_> = ids.iter().map(Arg::from).collect();
    let tenant = args![scope.tenant()];
    for statement in [FORGET_TAGS, FORGET_IDENTITIES, FORGET_CONSENTS, FORGET_LINKS, FORGET_CHATS] {
        tx.execute_in(statement, &tenant, &list)?;
    }
    let removed = tx.execute_in(DELETE, &tenant, &list)?;
    // Only what was the tenant's own is gone by now.
    let left = read::missing(tx, scope, ids)?;
    let gone: Vec<_> = left.iter().map(Arg::from).collect();
    search::forget(tx, scope.tenant(), &gone)?;
    Ok(removed)
}
