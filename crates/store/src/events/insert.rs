//! Storing Updates: many in one statement, each (bot, update_id) once.

use bytes::Bytes;
use model::{Id, Result, Tenant, Timestamp, bot::Bot, event::EventStatus};

use crate::{
    args,
    db::{Arg, Tx},
    wake,
};

/// An Update that arrived.
#[derive(Debug, Clone)]
pub struct NewEvent {
    pub tenant: Id<Tenant>,
    pub bot: Id<Bot>,
    pub update_id: i64,
    /// The kind in upper case.
    pub event_type: &'static str,
    /// Events of a bot with the same key are processed in order.
    pub chat_key: i64,
    /// It is kept, but nobody processes it: the bot is inactive.
    pub is_ignored: bool,
    /// The Update as it came.
    pub payload: Bytes,
}

crate::statements! {
    hot INSERT = "events.insert", "
        INSERT INTO event (tenant_id, bot_id, update_id, event_type, chat_key, status, due_at, payload, created_at)
        VALUES {rows bytes, bytes, int, text, int, text, int, bytes, int}
        ON CONFLICT (bot_id, update_id) DO NOTHING";
}

/// Stores those events that are not there yet, in the order given, and wakes the inbound processor. Tells how many were new.
pub fn insert(tx: &mut Tx, events: &[NewEvent], now: Timestamp) -> Result<u64> {
    let rows: Vec<[Arg; 9]> = events.iter().map(|event| row(event, now)).collect();
    let stored = tx.execute_rows(INSERT, &[], &rows)?;
    if stored > 0 && events.iter().any(|event| !event.is_ignored) {
        tx.notify(wake::INBOUND, "")?;
    }
    Ok(stored)
}

fn row(event: &NewEvent, now: Timestamp) -> [Arg; 9] {
    let status = if event.is_ignored { EventStatus::Ignored } else { EventStatus::Received };
    args![
        event.tenant,
        event.bot,
        event.update_id,
        event.event_type,
        event.chat_key,
        status.as_str(),
        now,
        event.payload.as_ref(),
        now,
    ]
}
