//! Tags on contacts.

use model::{Id, Result, Scope, contact::Contact};

use crate::{
    args,
    db::{Arg, Tx},
};

crate::statements! {
    hot CLEAR = "contact_tag.clear", "DELETE FROM contact_tag WHERE tenant_id = $1 AND contact_id = $2";
    ADD = "contact_tag.add", "INSERT INTO contact_tag (tenant_id, tag, contact_id) VALUES {rows bytes, text, bytes}
        ON CONFLICT (tenant_id, tag, contact_id) DO NOTHING";
    hot REMOVE = "contact_tag.remove", "DELETE FROM contact_tag
        WHERE tenant_id = $1 AND tag = $2 AND contact_id IN ({in})";
    hot ALL = "contact_tag.all", "SELECT tag, COUNT(*) FROM contact_tag WHERE tenant_id = $1
        GROUP BY tag ORDER BY tag LIMIT $2";
}

/// Replaces a contact's tags.
pub fn set_tags(tx: &mut Tx, scope: &Scope, contact: Id<Contact>, tags: &[String]) -> Result<()> {
    tx.execute(CLEAR, &args![scope.tenant(), contact])?;
    add_tags(tx, scope, &[contact], tags).map(drop)
}

/// Adds tags to contacts that exist. Answers how many pairs are new.
pub fn add_tags(tx: &mut Tx, scope: &Scope, contacts: &[Id<Contact>], tags: &[String]) -> Result<u64> {
    let rows: Vec<_> =
        contacts.iter().flat_map(|contact| tags.iter().map(move |tag| args![scope.tenant(), tag, contact])).collect();
    tx.execute_rows(ADD, &[], &rows)
}

/// Takes tags off contacts. Answers how many pairs there were.
pub fn remove_tags(tx: &mut Tx, scope: &Scope, contacts: &[Id<Contact>], tags: &[String]) -> Result<u64> {
    let list: Vec<_> = contacts.iter().map(Arg::from).collect();
    let mut removed = 0;
    for tag in tags {
        removed += tx.execute_in(REMOVE, &args![scope.tenant(), tag], &list)?;
    }
    Ok(removed)
}

/// The tenant's tags with the number of contacts that carry each, in alphabetical order.
pub fn all_tags(tx: &mut Tx, scope: &Scope, limit: i64) -> Result<Vec<(String, i64)>> {
    tx.query(ALL, &args![scope.tenant(), limit], |row| Ok((row.get(0)?, row.get(1)?)))
}
