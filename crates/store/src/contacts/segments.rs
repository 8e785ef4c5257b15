//! Segments, and which contacts they mean.

use model::{
    Error, Id, Result, Scope, Timestamp,
    contact::{
        Contact,
        segment::{self, Segment},
    },
};
use serde_json::Value;

use super::{attributes, rules};
use crate::{
    args, columns,
    db::{Arg, Condition, Row, Tx},
    page::{Page, Request},
    search,
};

crate::pages! {
    /// A tenant's segments.
    SEGMENTS = "contact_segment.list",
    select "id, name, rules, created_at, updated_at",
    from concat!("contact_segment WHERE tenant_id = $4", search::words_are_in!(("name") 5 6 7 8 9 10)),
    unique Id "id",
    sorts { "created_at" => Unique, "name" => Text("name") }
}

crate::statements! {
    hot GET = "contact_segment.get", "SELECT id, name, rules, created_at, updated_at
        FROM contact_segment WHERE tenant_id = $1 AND id = $2";
    hot BY_NAME = "contact_segment.by_name", "SELECT id, name, rules, created_at, updated_at
        FROM contact_segment WHERE tenant_id = $1 AND name = $2";
    INSERT = "contact_segment.insert", "INSERT INTO contact_segment (id, tenant_id, name, rules, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant_id, name) DO NOTHING";
    hot UPDATE = "contact_segment.update", "UPDATE contact_segment SET name = $1, rules = $2, updated_at = $3
        WHERE tenant_id = $4 AND id = $5";
    hot DELETE = "contact_segment.delete", "DELETE FROM contact_segment WHERE tenant_id = $1 AND id = $2";
    hot COUNT = "contact_segment.count", "SELECT COUNT(*) FROM contact
        WHERE contact.tenant_id = $1 AND contact.kind = 'PERSON' AND {where}";
    hot NEXT = "contact_segment.next", "SELECT contact.id FROM contact
        WHERE contact.tenant_id = $1 AND contact.kind = 'PERSON' AND contact.id > $2 AND {where}
        ORDER BY contact.id LIMIT $3";
    hot AMONG = "contact_segment.among", "SELECT contact.id FROM contact
        WHERE contact.tenant_id = $1 AND contact.kind = 'PERSON' AND contact.id > $2 AND contact.id <= $3 AND {where}";
}

/// One page of them all, or of those with the words that were typed.
pub fn list(tx: &mut Tx, scope: &Scope, typed: Option<&str>, request: &Request) -> Result<Page<Segment>> {
    SEGMENTS.page(tx, request, &search::with_words(&args![scope.tenant()], typed), read)
}

pub fn get(tx: &mut Tx, scope: &Scope, id: Id<Segment>) -> Result<Option<Segment>> {
    tx.query_opt(GET, &args![scope.tenant(), id], read)
}

pub fn by_name(tx: &mut Tx, scope: &Scope, name: &str) -> Result<Option<Segment>> {
    tx.query_opt(BY_NAME, &args![scope.tenant(), name], read)
}

/// Adds one; `false` when its name is taken.
pub fn insert(tx: &mut Tx, scope: &Scope, segment: &Segment) -> Result<bool> {
    let Segment { id, name, rules, created_at, updated_at } = segment;
    let args = args![id, scope.tenant(), name, columns::to_json(rules)?, *created_at, *updated_at];
    Ok(tx.execute(INSERT, &args)? > 0)
}

/// Changes one that exists; `false` when its name is taken by another.
pub fn update(tx: &mut Tx, scope: &Scope, segment: &Segment) -> Result<bool> {
    let Segment { id, name, rules, updated_at, .. } = segment;
    let same = by_name(tx, scope, name)?;
    if same.is_some_and(|other| other.id != *id) {
        return Ok(false);
    }
    tx.execute(UPDATE, &args![name, columns::to_json(rules)?, *updated_at, scope.tenant(), id])?;
    Ok(true)
}

/// Removes one; `false` when there was none.
pub fn delete(tx: &mut Tx, scope: &Scope, id: Id<Segment>) -> Result<bool> {
    Ok(tx.execute(DELETE, &args![scope.tenant(), id])? > 0)
}

/// What rules mean for rows of `contact`, to stand for `{where}` in a statement. Rules that make no sense are refused.
pub fn condition(tx: &mut Tx, scope: &Scope, given: &Value, now: Timestamp) -> Result<Condition> {
    let attributes = attributes::all(tx, scope)?;
    Ok(rules::condition(&segment::read(given, &attributes, now)?))
}

/// The same of a saved segment.
pub fn condition_of(tx: &mut Tx, scope: &Scope, id: Id<Segment>, now: Timestamp) -> Result<Condition> {
    let segment = get(tx, scope, id)?.ok_or_else(|| Error::field("segment", "There is no such segment."))?;
    condition(tx, scope, &segment.rules, now)
}

/// How many people a condition means.
pub fn count(tx: &mut Tx, scope: &Scope, condition: &Condition) -> Result<i64> {
    let counted = tx.query_where(COUNT, &args![scope.tenant()], condition, |row| row.get(0))?;
    counted.first().copied().ok_or_else(|| Error::internal("a count without a row"))
}

/// The first people after `after` whom a condition means, by id: for broadcasts and other jobs that walk.
pub fn next(
    tx: &mut Tx,
    scope: &Scope,
    condition: &Condition,
    after: Option<Id<Contact>>,
    limit: usize,
) -> Result<Vec<Id<Contact>>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    tx.query_where(NEXT, &args![scope.tenant(), key(after), limit], condition, |row| row.get(0))
}

/// Whom a condition means among the people after `after` up to `last`: for leaving out.
pub fn among(
    tx: &mut Tx,
    scope: &Scope,
    condition: &Condition,
    (after, last): (Option<Id<Contact>>, Id<Contact>),
) -> Result<Vec<Id<Contact>>> {
    tx.query_where(AMONG, &args![scope.tenant(), key(after), last], condition, |row| row.get(0))
}

/// An id as a lower bound; every id is greater than no bytes.
fn key(after: Option<Id<Contact>>) -> Arg {
    after.map_or_else(|| Arg::from([]), Arg::from)
}

fn read(row: &Row) -> Result<Segment> {
    Ok(Segment {
        id: row.get(0)?,
        name: row.get(1)?,
        rules: columns::json(row, 2)?,
        created_at: row.get(3)?,
        updated_at: row.get(4)?,
    })
}
