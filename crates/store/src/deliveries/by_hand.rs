//! What people do to messages that have not left, or did not: cancel them, or send them again.

use model::{
    Id, Result, Scope, Timestamp,
    bot::Bot,
    message::{Message, Status},
};

use super::end_recipients;
use crate::{args, broadcasts::retry, db::Tx, wake};

crate::statements! {
    hot ROWS = "by_hand.rows", "
        SELECT bot_id, position, state FROM delivery
        WHERE tenant_id = $1 AND message_id = $2 AND op = 'SEND' ORDER BY position";
    hot OWED = "by_hand.owed", "
        SELECT COUNT(*) FROM delivery WHERE tenant_id = $1 AND message_id = $2
            AND (state IN ('QUEUED', 'SENDING') OR (state = 'SCHEDULED' AND due_at <= $3))";
    hot CANCEL = "by_hand.cancel", "
        UPDATE delivery SET state = 'HELD' WHERE message_id = $1 AND op = 'SEND' AND state IN ('QUEUED', 'SCHEDULED')";
    hot MARK = "by_hand.mark", "
        UPDATE message SET status = $1, waiting_for = NULL, next_attempt_at = NULL, error_code = NULL,
            error_message = NULL, failed_at = NULL
        WHERE id = $2";
    hot TAKE_PLACE = "by_hand.take_place",
        "UPDATE lane SET next_position = next_position + 1 WHERE bot_id = $1 RETURNING next_position";
    hot OF_CANCELLED = "by_hand.of_cancelled", "
        SELECT broadcast.id FROM message JOIN broadcast ON broadcast.id = message.broadcast_id
        WHERE message.id = $1 AND broadcast.status = 'CANCELLED'";
    hot REQUEUE = "by_hand.requeue", "
        UPDATE delivery SET state = 'QUEUED', position = $1, due_at = $2, attempts = 0, was_unknown = $3,
            expires_at = NULL, fence = NULL, claimed_at = NULL
        WHERE bot_id = $4 AND position = $5 AND state = 'HELD'";
}

/// Whether a cancellation came in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancelled {
    Yes,
    /// A call is under way or done.
    TooLate,
}

/// Whether a call for a message is under way, waits for its turn, or is due by `until`.
pub fn is_owed(tx: &mut Tx, scope: &Scope, message: Id<Message>, until: Timestamp) -> Result<bool> {
    tx.query_one(OWED, &args![scope.tenant(), message, until], |row| Ok(row.get::<i64>(0)? > 0))
}

/// Takes a message out of the queue, unless a call for it is under way.
pub fn cancel(tx: &mut Tx, scope: &Scope, message: Id<Message>, now: Timestamp) -> Result<Cancelled> {
    let rows = rows(tx, scope, message)?;
    let is_waiting = |state: &str| matches!(state, "QUEUED" | "SCHEDULED");
    if rows.is_empty() || !rows.iter().all(|(_, _, state)| is_waiting(state)) {
        return Ok(Cancelled::TooLate);
    }
    tx.execute(CANCEL, &args![message])?;
    tx.execute(MARK, &args![Status::Cancelled.as_str(), message])?;
    end_recipients(tx, &[(message, Status::Cancelled, None)], now)?;
    wake_lanes(tx, &rows)?;
    Ok(Cancelled::Yes)
}

/// Queues what is left of an ended message at the end of its lane. Tells how many calls are owed again.
pub fn requeue(tx: &mut Tx, scope: &Scope, message: Id<Message>, was_unknown: bool, now: Timestamp) -> Result<usize> {
    if is_of_cancelled(tx, message)? {
        return Ok(0);
    }
    let held: Vec<_> = rows(tx, scope, message)?.into_iter().filter(|(_, _, state)| state == "HELD").collect();
    for (bot, position, _) in &held {
        let next: i64 = tx.query_one(TAKE_PLACE, &args![bot], |row| row.get(0))?;
        tx.execute(REQUEUE, &args![next - 1, now, was_unknown, bot, *position])?;
    }
    if !held.is_empty() {
        reopen(tx, message, now)?;
    }
    wake_lanes(tx, &held)?;
    Ok(held.len())
}

/// A message that ended is owed again, and so its broadcast goes on. `false`: the broadcast was cancelled.
pub fn reopen(tx: &mut Tx, message: Id<Message>, now: Timestamp) -> Result<bool> {
    if is_of_cancelled(tx, message)? {
        return Ok(false);
    }
    tx.execute(MARK, &args![Status::Pending.as_str(), message])?;
    for broadcast in end_recipients(tx, &[(message, Status::Pending, None)], now)? {
        retry::reopen(tx, broadcast, now)?;
    }
    Ok(true)
}

/// What a cancelled broadcast took back would never leave.
fn is_of_cancelled(tx: &mut Tx, message: Id<Message>) -> Result<bool> {
    Ok(tx.query_opt(OF_CANCELLED, &args![message], |row| row.get::<Id<()>>(0))?.is_some())
}

fn rows(tx: &mut Tx, scope: &Scope, message: Id<Message>) -> Result<Vec<(Id<Bot>, i64, String)>> {
    tx.query(ROWS, &args![scope.tenant(), message], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
}

fn wake_lanes(tx: &mut Tx, rows: &[(Id<Bot>, i64, String)]) -> Result<()> {
    match rows.first() {
        Some((bot, ..)) => tx.notify(wake::LANE, &bot.to_string()),
        None => Ok(()),
    }
}
