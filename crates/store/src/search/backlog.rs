//! What was written before there was an index comes into it little by little.

use model::{Id, Result, Tenant, contact::Contact, message::Message};

use super::Kind;
use crate::{args, contacts, db::Tx, messages};

crate::statements! {
    hot NEXT = "search.backlog", "SELECT kind, after_id FROM search_backlog WHERE kind >= '' ORDER BY kind LIMIT 1";
    hot CONTACTS = "search.backlog_contacts", "SELECT id, tenant_id FROM contact WHERE id > $1 ORDER BY id LIMIT $2";
    hot MESSAGES = "search.backlog_messages", "SELECT id, tenant_id FROM message WHERE id > $1 ORDER BY id LIMIT $2";
    hot MOVE_ON = "search.backlog_move_on", "UPDATE search_backlog SET after_id = $1 WHERE kind = $2";
    hot DONE = "search.backlog_done", "DELETE FROM search_backlog WHERE kind = $1";
}

/// Whether something has no place in the index yet.
pub fn is_behind(tx: &mut Tx) -> Result<bool> {
    Ok(tx.query_opt(NEXT, &[], |_| Ok(()))?.is_some())
}

/// Brings at most `limit` things into the index. `false`: there is nothing left.
pub fn catch_up(tx: &mut Tx, limit: i64) -> Result<bool> {
    let todo = tx.query_opt(NEXT, &[], |row| Ok((row.get::<String>(0)?, row.get::<Vec<u8>>(1)?)))?;
    let Some((kind, after)) = todo else { return Ok(false) };
    let last = if kind == Kind::Contact.as_str() {
        contacts_after(tx, &after, limit)?
    } else {
        messages_after(tx, &after, limit)?
    };
    match last {
        Some(last) => tx.execute(MOVE_ON, &args![last, kind])?,
        None => tx.execute(DONE, &args![kind])?,
    };
    Ok(true)
}

fn contacts_after(tx: &mut Tx, after: &[u8], limit: i64) -> Result<Option<Vec<u8>>> {
    let found: Vec<(Id<Contact>, Id<Tenant>)> =
        tx.query(CONTACTS, &args![after, limit], |row| Ok((row.get(0)?, row.get(1)?)))?;
    for (id, tenant) in &found {
        contacts::index_again(tx, &model::Scope::system(*tenant), *id)?;
    }
    Ok(found.last().map(|(id, _)| id.as_bytes().to_vec()))
}

fn messages_after(tx: &mut Tx, after: &[u8], limit: i64) -> Result<Option<Vec<u8>>> {
    let found: Vec<(Id<Message>, Id<Tenant>)> =
        tx.query(MESSAGES, &args![after, limit], |row| Ok((row.get(0)?, row.get(1)?)))?;
    for (id, tenant) in &found {
        if let Some(message) = messages::get(tx, &model::Scope::system(*tenant), *id)? {
            messages::index(tx, &message)?;
        }
    }
    Ok(found.last().map(|(id, _)| id.as_bytes().to_vec()))
}
