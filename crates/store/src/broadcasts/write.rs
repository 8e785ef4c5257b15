//! Making, changing and removing broadcasts, and the changes of state that people ask for.

use std::collections::BTreeMap;

use model::{
    Id, Result, Scope, Tenant, Timestamp,
    broadcast::{Broadcast, BroadcastStatus},
    feed::{Change, FeedKind},
};

use super::row::{self, Record};
use crate::{args, columns, db::Tx, feed, wake};

crate::statements! {
    hot GET = "broadcast.get", concat!("SELECT ", row::broadcast_columns!(),
        " FROM broadcast WHERE tenant_id = $1 AND id = $2");
    hot HOLD = "broadcast.hold", concat!("UPDATE broadcast SET updated_at = updated_at
        WHERE tenant_id = $1 AND id = $2 RETURNING ", row::broadcast_columns!());
    INSERT = "broadcast.insert", "
        INSERT INTO broadcast (id, tenant_id, name, platform, status, content, audience, bot_id, created_by,
            scheduled_at, started_at, is_frozen, total, sent, failed, blocked, skipped, unknown, cancelled, created_at,
            updated_at, steering, rate_limit, is_quiet, quiet_change_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 0, 0, 0, 0, 0, 0, $13, $13, $14, $15, $16, $17)";
    hot UPDATE = "broadcast.update", "
        UPDATE broadcast SET name = $1, status = $2, content = $3, audience = $4, bot_id = $5, scheduled_at = $6,
            started_at = $7, updated_at = $8, steering = $9, rate_limit = $10, paused_from = $11, is_quiet = $12,
            quiet_change_at = $13
        WHERE tenant_id = $14 AND id = $15";
    hot SET_STATUS = "broadcast.set_status", "
        UPDATE broadcast SET status = $1, scheduled_at = $2, started_at = $3, finished_at = $4, updated_at = $5,
            status_reason = $6, rate_limit = $7, paused_from = $8, is_quiet = $9, quiet_change_at = $10,
            error_streak = CASE WHEN $1 = 'PAUSED' THEN error_streak ELSE 0 END
        WHERE tenant_id = $11 AND id = $12";
    hot DELETE_CONTACTS = "broadcast.delete_contacts", "DELETE FROM broadcast_contact WHERE broadcast_id = $1";
    hot DELETE = "broadcast.delete", "DELETE FROM broadcast WHERE tenant_id = $1 AND id = $2";
    hot DUE = "broadcast.due", concat!("
        SELECT ", row::broadcast_columns!(), " FROM broadcast
        WHERE status = 'SCHEDULED' AND scheduled_at <= $1 ORDER BY scheduled_at, id LIMIT 100");
    hot START = "broadcast.start", "
        UPDATE broadcast SET status = 'QUEUED', started_at = $1, updated_at = $1, is_quiet = $2, quiet_change_at = $3
        WHERE id = $4 AND status = 'SCHEDULED'";
    hot TURNING = "broadcast.turning", concat!("
        SELECT ", row::broadcast_columns!(), " FROM broadcast
        WHERE quiet_change_at <= $1 AND quiet_change_at IS NOT NULL AND status IN ('QUEUED', 'SENDING')
        ORDER BY quiet_change_at LIMIT 100");
    hot TURN = "broadcast.turn", "UPDATE broadcast SET is_quiet = $1, quiet_change_at = $2 WHERE id = $3";
    hot NEXT_TURN = "broadcast.next_turn", "
        SELECT MIN(quiet_change_at) FROM broadcast
        WHERE quiet_change_at IS NOT NULL AND status IN ('QUEUED', 'SENDING')";
    hot NEXT_DUE = "broadcast.next_due", "SELECT MIN(scheduled_at) FROM broadcast WHERE status = 'SCHEDULED'";
    hot HAS_MESSAGES = "broadcast.has_messages", "SELECT id FROM message WHERE broadcast_id = $1 LIMIT 1";
}

/// A broadcast of the scope's tenant.
pub fn get(tx: &mut Tx, scope: &Scope, id: Id<Broadcast>) -> Result<Option<Record>> {
    tx.query_opt(GET, &args![scope.tenant(), id], row::read)
}

/// The same, and nobody else changes it until the transaction ends.
pub fn hold(tx: &mut Tx, scope: &Scope, id: Id<Broadcast>) -> Result<Option<Record>> {
    tx.query_opt(HOLD, &args![scope.tenant(), id], row::read)
}

/// Adds a broadcast and wakes those who work on it.
pub fn insert(tx: &mut Tx, scope: &Scope, record: &Record) -> Result<()> {
    let args = args![
        record.id,
        scope.tenant(),
        record.name.as_str(),
        record.platform.as_str(),
        record.status.as_str(),
        columns::to_json(&record.script)?,
        columns::to_json(&record.audience)?,
        record.bot,
        record.created_by.map(|id| id.into_bytes()),
        record.scheduled_at,
        record.started_at,
        record.is_frozen,
        record.created_at,
        columns::to_json(&record.steering)?,
        record.steering.rate_limit.map(|rate| rate.to_string()),
        record.quiet.is_some_and(|quiet| quiet.is_quiet),
        record.quiet.map(|quiet| quiet.changes_at),
    ];
    tx.execute(INSERT, &args)?;
    wake(tx, record.id)
}

/// Writes what people may change of a broadcast that has not begun.
pub fn update(tx: &mut Tx, scope: &Scope, record: &Record) -> Result<()> {
    let args = args![
        record.name.as_str(),
        record.status.as_str(),
        columns::to_json(&record.script)?,
        columns::to_json(&record.audience)?,
        record.bot,
        record.scheduled_at,
        record.started_at,
        record.updated_at,
        columns::to_json(&record.steering)?,
        record.steering.rate_limit.map(|rate| rate.to_string()),
        record.paused_from.map(BroadcastStatus::as_str),
        record.quiet.is_some_and(|quiet| quiet.is_quiet),
        record.quiet.map(|quiet| quiet.changes_at),
        scope.tenant(),
        record.id,
    ];
    tx.execute(UPDATE, &args)?;
    wake(tx, record.id)
}

/// Writes a change of state, with the times that go with it.
pub fn set_status(tx: &mut Tx, scope: &Scope, record: &Record) -> Result<()> {
    let args = args![
        record.status.as_str(),
        record.scheduled_at,
        record.started_at,
        record.finished_at,
        record.updated_at,
        record.status_reason.as_deref(),
        record.steering.rate_limit.map(|rate| rate.to_string()),
        record.paused_from.map(BroadcastStatus::as_str),
        record.quiet.is_some_and(|quiet| quiet.is_quiet),
        record.quiet.map(|quiet| quiet.changes_at),
        scope.tenant(),
        record.id,
    ];
    tx.execute(SET_STATUS, &args)?;
    wake(tx, record.id)
}

/// Removes a broadcast that has not begun.
pub fn delete(tx: &mut Tx, scope: &Scope, id: Id<Broadcast>) -> Result<()> {
    tx.execute(DELETE_CONTACTS, &args![id])?;
    tx.execute(DELETE, &args![scope.tenant(), id])?;
    wake(tx, id)
}

/// When the next scheduled broadcast is due, or quiet hours begin or end for a running one.
pub fn next_due(tx: &mut Tx) -> Result<Option<Timestamp>> {
    let start: Option<Timestamp> = tx.query_one(NEXT_DUE, &[], |row| row.get(0))?;
    let turn: Option<Timestamp> = tx.query_one(NEXT_TURN, &[], |row| row.get(0))?;
    Ok(start.into_iter().chain(turn).min())
}

/// Starts the broadcasts whose time has come, and begins and ends quiet hours. Tells when it is due again.
pub fn start_due(tx: &mut Tx, now: Timestamp) -> Result<Option<Timestamp>> {
    let mut changes: BTreeMap<Id<Tenant>, Vec<Change>> = BTreeMap::new();
    for record in tx.query(DUE, &args![now], row::read)? {
        let quiet = record.steering.quiet(now);
        let args = args![now, quiet.is_some_and(|q| q.is_quiet), quiet.map(|q| q.changes_at), record.id];
        tx.execute(START, &args)?;
        changes.entry(record.tenant).or_default().push(Change::new(FeedKind::Broadcast, record.id));
        wake(tx, record.id)?;
    }
    for record in tx.query(TURNING, &args![now], row::read)? {
        let quiet = record.steering.quiet(now);
        let args = args![quiet.is_some_and(|q| q.is_quiet), quiet.map(|q| q.changes_at), record.id];
        tx.execute(TURN, &args)?;
        changes.entry(record.tenant).or_default().push(Change::new(FeedKind::Broadcast, record.id));
        wake(tx, record.id)?;
    }
    let next = next_due(tx)?;
    feed::append_all(tx, &changes, now)?;
    Ok(next)
}

/// The state in which a broadcast goes on that was paused after it had started.
pub fn running_status(tx: &mut Tx, id: Id<Broadcast>) -> Result<BroadcastStatus> {
    let message = tx.query_opt(HAS_MESSAGES, &args![id], |row| row.get::<Id<()>>(0))?;
    Ok(if message.is_some() { BroadcastStatus::Sending } else { BroadcastStatus::Queued })
}

/// Tells those who work on a broadcast that something about it changed.
pub fn wake(tx: &mut Tx, id: Id<Broadcast>) -> Result<()> {
    tx.notify(wake::BROADCAST, &id.to_string())
}
