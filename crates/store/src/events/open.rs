//! What the inbound processor takes and settles. A failed event holds back the later ones of its chat, and only those.

use model::{
    Id, Result, Tenant, Timestamp,
    bot::Bot,
    event::{self, EventStatus},
};

use crate::{
    args,
    db::{Arg, Row, Tx},
};

/// An event that waits to be processed.
#[derive(Debug, Clone)]
pub struct Open {
    pub seq: i64,
    pub tenant: Id<Tenant>,
    pub bot: Id<Bot>,
    pub update_id: i64,
    pub event_type: String,
    /// Events of a bot with the same key must be processed in order.
    pub chat_key: i64,
    /// How often it was tried already.
    pub retry_count: i64,
    pub payload: Vec<u8>,
    pub created_at: Timestamp,
}

crate::statements! {
    hot TAKE = "events.take", "
        SELECT seq, tenant_id, bot_id, update_id, event_type, chat_key, retry_count, payload, created_at
        FROM event
        WHERE status IN ('RECEIVED', 'FAILED') AND due_at <= $1 AND NOT EXISTS (
            SELECT 1 FROM event AS waiting
            WHERE waiting.status = 'FAILED' AND waiting.bot_id = event.bot_id AND waiting.chat_key = event.chat_key
                AND waiting.seq < event.seq AND waiting.due_at > $1)
        ORDER BY seq LIMIT $2";
    hot TAKE_SHARES = "events.take_shares", "
        SELECT seq, tenant_id, bot_id, update_id, event_type, chat_key, retry_count, payload, created_at
        FROM event
        WHERE status IN ('RECEIVED', 'FAILED') AND due_at <= $1 AND NOT EXISTS (
            SELECT 1 FROM event AS waiting
            WHERE waiting.status = 'FAILED' AND waiting.bot_id = event.bot_id AND waiting.chat_key = event.chat_key
                AND waiting.seq < event.seq AND waiting.due_at > $1)
            AND (event.chat_key & $2) IN ({in})
        ORDER BY seq LIMIT $3";
    hot PROCESSED = "events.processed", "
        UPDATE event SET status = 'PROCESSED', processed_at = $1, error_message = NULL
        WHERE status IN ('RECEIVED', 'FAILED') AND seq IN ({in})";
    hot PROCESSED_WITH = "events.processed_with", "
        UPDATE event SET status = 'PROCESSED', processed_at = $1, error_message = $2
        WHERE status IN ('RECEIVED', 'FAILED') AND seq = $3";
    hot FAILED = "events.failed", "
        UPDATE event SET status = $1, retry_count = $2, due_at = $3, error_message = $4
        WHERE status IN ('RECEIVED', 'FAILED') AND seq = $5";
    hot BEFORE = "events.open_before", "SELECT COUNT(*) FROM event WHERE status IN ('RECEIVED', 'FAILED')
        AND seq < $1 AND bot_id = $2 AND event_type = $3";
    hot BACKLOG = "events.backlog", "SELECT COUNT(*) FROM event WHERE status IN ('RECEIVED', 'FAILED')";
}

/// The oldest events that may be processed now. An event is left out while an earlier one of its chat waits for its retry.
pub fn take_open(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<Open>> {
    tx.query(TAKE, &args![now, limit], read)
}

/// The same of some shares of all chats: those whose key has one of these numbers in the bits of `mask`.
pub fn take_open_of(tx: &mut Tx, now: Timestamp, mask: i64, shares: &[i64], limit: i64) -> Result<Vec<Open>> {
    let list: Vec<Arg> = shares.iter().copied().map(Arg::from).collect();
    tx.query_in(TAKE_SHARES, &args![now, mask, limit], &list, read)
}

/// Ends events well. Tells how many were still open: fewer than given means that somebody else ended them first.
pub fn mark_processed(tx: &mut Tx, seqs: &[i64], now: Timestamp) -> Result<u64> {
    let list: Vec<Arg> = seqs.iter().copied().map(Arg::from).collect();
    tx.execute_in(PROCESSED, &args![now], &list)
}

/// Ends an event of which something could not be read, saying what. Tells whether it was still open.
pub fn mark_processed_with(tx: &mut Tx, seq: i64, message: &str, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(PROCESSED_WITH, &args![now, storable(message), seq])? == 1)
}

/// Puts an event back for a later try, or gives it up after the last one. Tells what became of it.
pub fn mark_failed(tx: &mut Tx, open: &Open, message: &str, now: Timestamp) -> Result<EventStatus> {
    let tries = open.retry_count + 1;
    let (status, due_at) = match event::retry_at(tries, now) {
        Some(at) => (EventStatus::Failed, at),
        None => (EventStatus::Dead, now),
    };
    tx.execute(FAILED, &args![status.as_str(), tries, due_at, storable(message), open.seq])?;
    Ok(status)
}

/// Whether an earlier event of a bot, of this type, waits to be processed.
pub fn is_open_before(tx: &mut Tx, bot: Id<Bot>, event_type: &str, seq: i64) -> Result<bool> {
    let open: i64 = tx.query_one(BEFORE, &args![seq, bot, event_type], |row| row.get(0))?;
    Ok(open > 0)
}

/// How many events wait to be processed.
pub fn backlog(tx: &mut Tx) -> Result<i64> {
    tx.query_one(BACKLOG, &[], |row| row.get(0))
}

/// PostgreSQL refuses U+0000 in text.
fn storable(message: &str) -> String {
    message.replace('\0', "\u{fffd}")
}

fn read(row: &Row<'_>) -> Result<Open> {
    Ok(Open {
        seq: row.get(0)?,
        tenant: row.get(1)?,
        bot: row.get(2)?,
        update_id: row.get(3)?,
        event_type: row.get(4)?,
        chat_key: row.get(5)?,
        retry_count: row.get(6)?,
        payload: row.get(7)?,
        created_at: row.get(8)?,
    })
}
