//! Making, changing and removing broadcasts, and the changes of state that people ask for.

use model::{
    Id, Result, Scope, Timestamp,
    broadcast::{Broadcast, BroadcastStatus},
};

use super::row::{self, Record};
use crate::{args, columns, db::Tx, wake};

crate::statements! {
    hot GET = "broadcast.get", concat!("SELECT ", row::broadcast_columns!(),
        " FROM broadcast WHERE tenant_id = $1 AND id = $2");
    hot HOLD = "broadcast.hold", concat!("UPDATE broadcast SET updated_at = updated_at
        WHERE tenant_id = $1 AND id = $2 RETURNING ", row::broadcast_columns!());
    INSERT = "broadcast.insert", "
        INSERT INTO broadcast (id, tenant_id, name, platform, status, content, audience, bot_id, created_by,
            scheduled_at, started_at, is_frozen, total, sent, failed, blocked, skipped, unknown, cancelled, created_at,
            updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 0, 0, 0, 0, 0, 0, $13, $13)";
    hot UPDATE = "broadcast.update", "
        UPDATE broadcast SET name = $1, status = $2, content = $3, audience = $4, bot_id = $5, scheduled_at = $6,
            started_at = $7, updated_at = $8
        WHERE tenant_id = $9 AND id = $10";
    hot SET_STATUS = "broadcast.set_status", "
        UPDATE broadcast SET status = $1, scheduled_at = $2, started_at = $3, finished_at = $4, updated_at = $5
        WHERE tenant_id = $6 AND id = $7";
    hot DELETE_CONTACTS = "broadcast.delete_contacts", "DELETE FROM broadcast_contact WHERE broadcast_id = $1";
    hot DELETE = "broadcast.delete", "DELETE FROM broadcast WHERE tenant_id = $1 AND id = $2";
    hot DUE = "broadcast.due", "
        UPDATE broadcast SET status = 'QUEUED', started_at = $1, updated_at = $1
        WHERE status = 'SCHEDULED' AND scheduled_at <= $1 RETURNING id";
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

/// When the next scheduled broadcast is due.
pub fn next_due(tx: &mut Tx) -> Result<Option<Timestamp>> {
    tx.query_one(NEXT_DUE, &[], |row| row.get(0))
}

/// Starts the broadcasts whose time has come. Tells when the next one is due.
pub fn start_due(tx: &mut Tx, now: Timestamp) -> Result<Option<Timestamp>> {
    let started: Vec<Id<Broadcast>> = tx.query(DUE, &args![now], |row| row.get(0))?;
    for id in &started {
        wake(tx, *id)?;
    }
    next_due(tx)
}

/// The state in which a broadcast goes on that was paused after it had started.
pub fn running_status(tx: &mut Tx, id: Id<Broadcast>) -> Result<BroadcastStatus> {
    let message = tx.query_opt(HAS_MESSAGES, &args![id], |row| row.get::<Id<()>>(0))?;
    Ok(if message.is_some() { BroadcastStatus::Sending } else { BroadcastStatus::Queued })
}

pub(super) fn wake(tx: &mut Tx, id: Id<Broadcast>) -> Result<()> {
    tx.notify(wake::BROADCAST, &id.to_string())
}
