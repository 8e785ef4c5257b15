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
    args, columns,
    db::{Row, Tx},
};

crate::statements! {
    hot TAKE = "feed.take", "INSERT INTO feed_head (tenant_id, seq) VALUES ($1, $2)
        ON CONFLICT (tenant_id) DO UPDATE SET seq = feed_head.seq + excluded.seq RETURNING seq";
    ADD = "feed.add", "INSERT INTO feed (tenant_id, seq, kind, object_id, created_at)
        VALUES {rows bytes, int, text, bytes, int}";
    hot AFTER = "feed.after", "SELECT seq, kind, object_id, created_at FROM feed
        WHERE tenant_id = $1 AND seq > $2 ORDER BY seq LIMIT $3";
    hot HEAD = "feed.head", "SELECT seq FROM feed_head WHERE tenant_id = $1";
    hot OLDEST = "feed.oldest", "SELECT seq FROM feed WHERE tenant_id = $1 ORDER BY seq LIMIT 1";
    hot PRUNE = "feed.prune", "DELETE FROM feed WHERE tenant_id = $1 AND seq < $2";
}

/// The channel of [`Db::listen`](crate::db::Db::listen) on which a tenant's id is said after its feed grew.
pub const CHANNEL: &str = "feed";

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
    let changes: Vec<&Change> = changes.iter().filter(|change| seen.insert((change.kind, change.object))).collect();
    let Ok(count @ 1..) = i64::try_from(changes.len()) else { return Ok(()) };
    let last: i64 = tx.query_one(TAKE, &args![tenant, count], |row| row.get(0))?;
    let rows: Vec<_> = (last - count + 1..)
        .zip(changes)
        .map(|(seq, change)| args![tenant, seq, change.kind.as_str(), change.object.as_bytes(), now])
        .collect();
    tx.execute_rows(ADD, &[], &rows)?;
    tx.notify(CHANNEL, &tenant.to_string())
}

/// The entries after `seq`, oldest first.
pub fn after(tx: &mut Tx, scope: &Scope, seq: i64, limit: i64) -> Result<Vec<Entry>> {
    tx.query(AFTER, &args![scope.tenant(), seq, limit], read)
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

fn read(row: &Row) -> Result<Entry> {
    let kind: FeedKind = columns::word(row, 1)?;
    let object = uuid::Uuid::from_bytes(row.get(2)?);
    Ok(Entry { seq: row.get(0)?, change: Change { kind, object }, created_at: row.get(3)? })
}
