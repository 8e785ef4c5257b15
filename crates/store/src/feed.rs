//! The feed: changes that somebody may wait for, numbered per tenant in order of commit.
//!
//! A tenant's head row is locked by the statement that takes the numbers, so it must come last in a transaction: what
//! is numbered earlier is then also committed earlier, and no reader skips a row.

use std::collections::{BTreeMap, HashSet};

use model::{
    Id, Result, Scope, Tenant, Timestamp,
    feed::{Change, FeedKind},
};

use crate::{
    args,
    db::{Row, Tx},
    wake,
};

crate::statements! {
    hot TAKE = "feed.take", "INSERT INTO feed_head (tenant_id, seq) VALUES ($1, $2)
        ON CONFLICT (tenant_id) DO UPDATE SET seq = feed_head.seq + excluded.seq RETURNING seq";
    ADD = "feed.add", "INSERT INTO feed (tenant_id, seq, kind, object_id, only_for, created_at)
        VALUES {rows bytes, int, text, bytes, bytes, int}";
    hot AFTER = "feed.after", "SELECT seq, kind, object_id, only_for, created_at FROM feed
        WHERE tenant_id = $1 AND seq > $2 ORDER BY seq LIMIT $3";
    hot PROGRESS = "feed.progress", "SELECT DISTINCT kind, object_id, only_for FROM feed
        WHERE tenant_id = $1 AND seq > $2 AND seq <= $3
            AND kind IN ('broadcast_progress', 'import_progress', 'contact_job_progress')";
    hot HEAD = "feed.head", "SELECT seq FROM feed_head WHERE tenant_id = $1";
    hot SINCE = "feed.since", "SELECT seq FROM feed WHERE tenant_id = $1 AND created_at >= $2 ORDER BY seq LIMIT 1";
    hot OLDEST = "feed.oldest", "SELECT seq FROM feed WHERE tenant_id = $1 ORDER BY seq LIMIT 1";
    hot PRUNE = "feed.prune", "DELETE FROM feed WHERE tenant_id = $1 AND seq < $2";
}

/// One row of the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub seq: i64,
    pub change: Change,
    pub created_at: Timestamp,
}

/// Writes a tenant's changes, each once. Call it last in the transaction.
pub fn append(tx: &mut Tx, scope: &Scope, changes: &[Change], now: Timestamp) -> Result<()> {
    append_for(tx, scope.tenant(), changes, now)
}

/// Writes the changes of several tenants, in the order of their ids so that two batches cannot lock each other out.
pub fn append_all(tx: &mut Tx, changes: &BTreeMap<Id<Tenant>, Vec<Change>>, now: Timestamp) -> Result<()> {
    changes.iter().try_for_each(|(tenant, changes)| append_for(tx, *tenant, changes, now))
}

fn append_for(tx: &mut Tx, tenant: Id<Tenant>, changes: &[Change], now: Timestamp) -> Result<()> {
    let mut seen = HashSet::new();
    let changes: Vec<&Change> = changes.iter().filter(|change| seen.insert(**change)).collect();
    let Ok(count @ 1..) = i64::try_from(changes.len()) else { return Ok(()) };
    let last: i64 = tx.query_one(TAKE, &args![tenant, count], |row| row.get(0))?;
    let rows: Vec<_> = (last - count + 1..)
        .zip(changes)
        .map(|(seq, change)| args![tenant, seq, change.kind.as_str(), change.object.as_bytes(), change.only_for, now])
        .collect();
    tx.execute_rows(ADD, &[], &rows)?;
    tx.notify(wake::FEED, &tenant.to_string())
}

/// A stretch of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// Oldest first.
    pub entries: Vec<Entry>,
    /// How far it was read; further than the last entry where there are changes of a kind that this version doesn't know.
    pub end: i64,
    /// Whether there may be more after `end`.
    pub has_more: bool,
}

/// The entries after `seq`, at most `limit`.
pub fn after(tx: &mut Tx, scope: &Scope, seq: i64, limit: i64) -> Result<Stretch> {
    let rows = tx.query(AFTER, &args![scope.tenant(), seq, limit], |row| Ok((row.get::<i64>(0)?, read(row)?)))?;
    let end = rows.last().map_or(seq, |(last, _)| *last);
    let has_more = i64::try_from(rows.len()).is_ok_and(|count| count >= limit);
    Ok(Stretch { entries: rows.into_iter().filter_map(|(_, entry)| entry).collect(), end, has_more })
}

/// Whether who has heard everything up to `seq` can go on from there: it was given out, and nothing after it is forgotten.
pub fn can_resume(tx: &mut Tx, scope: &Scope, seq: i64) -> Result<bool> {
    let head = head(tx, scope)?;
    if seq >= head || seq < 0 {
        return Ok(seq == head);
    }
    Ok(oldest(tx, scope)?.is_some_and(|oldest| oldest <= seq + 1))
}

/// The place before the first entry of a time.
pub fn before(tx: &mut Tx, scope: &Scope, at: Timestamp) -> Result<i64> {
    let first: Option<i64> = tx.query_opt(SINCE, &args![scope.tenant(), at], |row| row.get(0))?;
    first.map_or_else(|| head(tx, scope), |seq| Ok(seq - 1))
}

/// What made progress between two numbers, each once: who is shown only the newest may not have seen it yet.
pub fn progress(tx: &mut Tx, scope: &Scope, after: i64, until: i64) -> Result<Vec<Change>> {
    let args = args![scope.tenant(), after, until];
    let found = tx.query(PROGRESS, &args, |row| {
        let kind = row.get::<String>(0)?.parse::<FeedKind>().ok();
        let (object, only_for) = (uuid::Uuid::from_bytes(row.get(1)?), row.get(2)?);
        Ok(kind.map(|kind| Change { kind, object, only_for }))
    })?;
    Ok(found.into_iter().flatten().collect())
}

/// The number of the newest entry; 0 before the first.
pub fn head(tx: &mut Tx, scope: &Scope) -> Result<i64> {
    Ok(tx.query_opt(HEAD, &args![scope.tenant()], |row| row.get(0))?.unwrap_or(0))
}

/// The number of the oldest entry that is still kept. Who stopped before it has to start over.
pub fn oldest(tx: &mut Tx, scope: &Scope) -> Result<Option<i64>> {
    tx.query_opt(OLDEST, &args![scope.tenant()], |row| row.get(0))
}

/// Forgets the entries before `seq`.
pub fn prune(tx: &mut Tx, scope: &Scope, seq: i64) -> Result<u64> {
    tx.execute(PRUNE, &args![scope.tenant(), seq])
}

/// `None`: a newer version wrote it, which runs beside this one while nodes are replaced.
fn read(row: &Row) -> Result<Option<Entry>> {
    let Ok(kind) = row.get::<String>(1)?.parse::<FeedKind>() else { return Ok(None) };
    let change = Change { kind, object: uuid::Uuid::from_bytes(row.get(2)?), only_for: row.get(3)? };
    Ok(Some(Entry { seq: row.get(0)?, change, created_at: row.get(4)? }))
}
