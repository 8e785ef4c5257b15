//! What was written before there was an index comes into it little by little.

use std::collections::BTreeMap;

use model::{Id, Result, Scope, Tenant};
use uuid::Uuid;

use super::Kind;
use crate::{args, contacts, db::Tx, messages, timeline};

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
    let kind = if kind == Kind::Contact.as_str() { Kind::Contact } else { Kind::Message };
    match bring_in(tx, kind, &after, limit)? {
        Some(last) => tx.execute(MOVE_ON, &args![last, kind.as_str()])?,
        None => tx.execute(DONE, &args![kind.as_str()])?,
    };
    Ok(true)
}

/// Brings in the next ones after an id. Answers the last one's; `None`: there are no more.
fn bring_in(tx: &mut Tx, kind: Kind, after: &[u8], limit: i64) -> Result<Option<Vec<u8>>> {
    let next = if kind == Kind::Contact { CONTACTS } else { MESSAGES };
    let found: Vec<(Uuid, Id<Tenant>)> =
        tx.query(next, &args![after, limit], |row| Ok((Uuid::from_bytes(row.get(0)?), row.get(1)?)))?;
    let mut tenants: BTreeMap<Id<Tenant>, Vec<Uuid>> = BTreeMap::new();
    for (id, tenant) in &found {
        tenants.entry(*tenant).or_default().push(*id);
    }
    for (tenant, ids) in tenants {
        let scope = Scope::system(tenant);
        match kind {
            Kind::Contact => {
                let contacts = contacts::get_many(tx, &scope, &typed(ids))?;
                contacts::index(tx, &scope, &contacts)?;
            }
            Kind::Message => {
                let messages = timeline::get_many(tx, &scope, &typed(ids))?;
                messages::index(tx, &messages)?;
            }
        }
    }
    Ok(found.last().map(|(id, _)| id.as_bytes().to_vec()))
}

fn typed<T>(ids: Vec<Uuid>) -> Vec<Id<T>> {
    ids.into_iter().map(Id::from_uuid).collect()
}
