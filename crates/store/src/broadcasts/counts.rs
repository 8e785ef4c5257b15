//! The numbers of a broadcast, and its end: written with whatever decides about a recipient.

use model::{
    Id, Result, Timestamp,
    broadcast::{Broadcast, BroadcastStatus, Counts, RecipientStatus},
};

use crate::{args, columns, db::Tx};

crate::statements! {
    hot ADD = "broadcast.add_counts", "
        UPDATE broadcast SET sent = sent + $1, failed = failed + $2, blocked = blocked + $3, unknown = unknown + $4,
            cancelled = cancelled + $5, skipped = skipped + $6, updated_at = $7
        WHERE id = $8
        RETURNING status, is_frozen, total, sent, failed, blocked, skipped, unknown, cancelled";
    hot FINISH = "broadcast.finish",
        "UPDATE broadcast SET status = $1, status_reason = $2, finished_at = $3 WHERE id = $4";
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

/// Changes the counts, and ends the broadcast when nobody is left.
pub(crate) fn add(tx: &mut Tx, id: Id<Broadcast>, delta: &Delta, now: Timestamp) -> Result<()> {
    let Delta { sent, failed, blocked, unknown, cancelled, skipped } = *delta;
    let args = args![sent, failed, blocked, unknown, cancelled, skipped, now, id];
    let (status, is_frozen, counts): (BroadcastStatus, bool, Counts) = tx.query_one(ADD, &args, |row| {
        let counts = Counts {
            total: Some(row.get(2)?),
            sent: row.get(3)?,
            failed: row.get(4)?,
            blocked: row.get(5)?,
            skipped: row.get(6)?,
            unknown: row.get(7)?,
            cancelled: row.get(8)?,
        };
        Ok((columns::word(row, 0)?, row.get(1)?, counts))
    })?;
    if is_frozen && counts.pending() == 0 && status != BroadcastStatus::Cancelled {
        tx.execute(FINISH, &args![counts.verdict().as_str(), reason(&counts), now, id])?;
    }
    Ok(())
}

/// What an end without a single message needs to be understood.
fn reason(counts: &Counts) -> Option<&'static str> {
    match counts.total {
        Some(0) => Some("The audience was empty."),
        Some(total) if total == counts.skipped => Some("Every recipient was skipped; see their reasons."),
        _ => None,
    }
}
