//! The numbers of a broadcast, and its end: written with whatever decides about a recipient.

use std::collections::BTreeSet;

use model::{
    Id, Result, Timestamp,
    broadcast::{Broadcast, BroadcastStatus, Counts, RecipientStatus, Steering},
};

use super::write;
use crate::{args, columns, db::Tx};

crate::statements! {
    hot HOLD = "broadcast.hold_counts", "UPDATE broadcast SET updated_at = updated_at WHERE id = $1";
    hot ADD = "broadcast.add_counts", "
        UPDATE broadcast SET sent = sent + $1, failed = failed + $2, blocked = blocked + $3, unknown = unknown + $4,
            cancelled = cancelled + $5, skipped = skipped + $6, delivered = delivered + $7, read = read + $8,
            updated_at = $9
        WHERE id = $10
        RETURNING status, is_frozen, total, sent, failed, blocked, skipped, unknown, cancelled, started_at";
    hot STREAK = "broadcast.streak", "
        UPDATE broadcast SET error_streak = CASE WHEN $1 THEN 0 ELSE error_streak END + $2 WHERE id = $3
        RETURNING error_streak, status, steering";
    hot STOP = "broadcast.stop", "
        UPDATE broadcast SET status = 'PAUSED', paused_from = 'SENDING', status_reason = $1 WHERE id = $2";
    hot FINISH = "broadcast.finish",
        "UPDATE broadcast SET status = $1, status_reason = $2, finished_at = COALESCE(finished_at, $3) WHERE id = $4";
}

/// By how much counts change.
#[derive(Debug, Clone, Copy, Default)]
pub struct Delta {
    pub sent: i64,
    pub failed: i64,
    pub blocked: i64,
    pub unknown: i64,
    pub cancelled: i64,
    pub skipped: i64,
    pub delivered: i64,
    pub read: i64,
}

impl Delta {
    /// Counts a recipient in (`by` 1) or out (`by` -1).
    pub fn count(&mut self, status: RecipientStatus, by: i64) {
        match status {
            RecipientStatus::Sent => self.sent += by,
            RecipientStatus::Failed => self.failed += by,
            RecipientStatus::Blocked => self.blocked += by,
            RecipientStatus::Unknown => self.unknown += by,
            RecipientStatus::Cancelled => self.cancelled += by,
            RecipientStatus::Skipped => self.skipped += by,
            RecipientStatus::Pending | RecipientStatus::Queued => {}
        }
    }
}

/// Holds broadcasts until the transaction ends, so that their counts can be changed at its end. Whoever also holds lanes
/// takes broadcasts first, as the feeder does: two transactions never wait for each other.
pub(crate) fn hold(tx: &mut Tx, broadcasts: &BTreeSet<Id<Broadcast>>) -> Result<()> {
    for id in broadcasts {
        tx.execute(HOLD, &args![id])?;
    }
    Ok(())
}

/// Changes the counts, and ends the broadcast when nobody is left. Tells when it started.
pub(crate) fn add(tx: &mut Tx, id: Id<Broadcast>, delta: &Delta, now: Timestamp) -> Result<Option<Timestamp>> {
    let Delta { sent, failed, blocked, unknown, cancelled, skipped, delivered, read } = *delta;
    let args = args![sent, failed, blocked, unknown, cancelled, skipped, delivered, read, now, id];
    let (status, is_frozen, counts, started_at): (BroadcastStatus, bool, Counts, _) =
        tx.query_one(ADD, &args, |row| {
            let counts = Counts {
                total: Some(row.get(2)?),
                sent: row.get(3)?,
                failed: row.get(4)?,
                blocked: row.get(5)?,
                skipped: row.get(6)?,
                unknown: row.get(7)?,
                cancelled: row.get(8)?,
                ..Counts::default()
            };
            Ok((columns::word(row, 0)?, row.get(1)?, counts, row.get(9)?))
        })?;
    if is_frozen && counts.pending() == 0 && status != BroadcastStatus::Cancelled {
        tx.execute(FINISH, &args![counts.verdict().as_str(), reason(&counts), now, id])?;
    }
    Ok(started_at)
}

/// What came of recipients in a row.
#[derive(Debug, Clone, Default)]
pub struct Streak {
    /// Whether somebody got it, or could be asked no more.
    pub is_broken: bool,
    /// So many at its end to whom it failed.
    pub errors: i64,
    /// Why it failed to the last one.
    pub last: Option<String>,
}

impl Streak {
    /// Takes the next recipient in.
    pub fn add(&mut self, status: RecipientStatus, why: Option<&str>) {
        match status {
            RecipientStatus::Failed | RecipientStatus::Unknown => {
                self.errors += 1;
                self.last = why.map(str::to_owned);
            }
            RecipientStatus::Sent => *self = Self { is_broken: true, ..Self::default() },
            // Who blocked the bot or was left out says nothing about the broadcast.
            _ => {}
        }
    }
}

/// Pauses a running broadcast that failed too often in a row, where it is set that it should. Tells whether it did.
pub(crate) fn stop_after(tx: &mut Tx, id: Id<Broadcast>, streak: &Streak) -> Result<bool> {
    if !streak.is_broken && streak.errors == 0 {
        return Ok(false);
    }
    let args = args![streak.is_broken, streak.errors, id];
    let (errors, status, steering): (i64, BroadcastStatus, Steering) =
        tx.query_one(STREAK, &args, |row| Ok((row.get(0)?, columns::word(row, 1)?, columns::json(row, 2)?)))?;
    let is_due = steering.auto_pause_after.is_some_and(|most| errors >= i64::from(most));
    if !is_due || !status.is_running() {
        return Ok(false);
    }
    let last = streak.last.as_deref().unwrap_or("unknown");
    let words = format!("Paused by itself after {errors} errors in a row; the last was {last}.");
    stop(tx, id, &words)?;
    Ok(true)
}

/// Pauses a running broadcast, and says why.
pub fn stop(tx: &mut Tx, id: Id<Broadcast>, words: &str) -> Result<()> {
    tx.execute(STOP, &args![words, id])?;
    write::wake(tx, id)
}

/// What an end without a single message needs to be understood.
fn reason(counts: &Counts) -> Option<&'static str> {
    match counts.total {
        Some(0) => Some("The audience was empty."),
        Some(total) if total == counts.skipped => Some("Every recipient was skipped; see their reasons."),
        _ => None,
    }
}
