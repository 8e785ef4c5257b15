//! What became of a broadcast's messages over time: by the second for the last minutes, and coarser for the whole run. The
//! longer a run lasts the coarser it gets, so that its rows stay few.

use model::{
    DAY_MS, Id, Result, Timestamp,
    broadcast::{Broadcast, RecipientStatus},
};

use crate::{
    args,
    db::{Arg, Tx},
};

/// How far back seconds are kept.
pub const SECONDS_KEPT_MS: i64 = 600_000;

crate::statements! {
    ADD = "tick.add", "
        INSERT INTO broadcast_tick (broadcast_id, width, at, sent, failed, blocked, unknown, throttled)
        VALUES {rows bytes, int, int, int, int, int, int, int}
        ON CONFLICT (broadcast_id, width, at) DO UPDATE SET sent = broadcast_tick.sent + excluded.sent,
            failed = broadcast_tick.failed + excluded.failed, blocked = broadcast_tick.blocked + excluded.blocked,
            unknown = broadcast_tick.unknown + excluded.unknown,
            throttled = broadcast_tick.throttled + excluded.throttled";
    hot FORGET = "tick.forget", "DELETE FROM broadcast_tick WHERE broadcast_id = $1 AND width = 1000 AND at < $2";
    hot SECONDS = "tick.seconds", "
        SELECT at, sent, failed, blocked, unknown, throttled FROM broadcast_tick
        WHERE broadcast_id = $1 AND width = 1000 AND at >= $2 ORDER BY at";
    hot RUN = "tick.run", "
        SELECT at, sent, failed, blocked, unknown, throttled FROM broadcast_tick
        WHERE broadcast_id = $1 AND width > 1000 ORDER BY width, at";
}

/// How many ended how within a while, and how often Telegram asked to be left alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tick {
    pub sent: i64,
    pub failed: i64,
    pub blocked: i64,
    pub unknown: i64,
    /// Answers with 429.
    pub throttled: i64,
}

impl Tick {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Counts a recipient who ended so.
    pub(crate) fn count(&mut self, status: RecipientStatus) {
        match status {
            RecipientStatus::Sent => self.sent += 1,
            RecipientStatus::Failed => self.failed += 1,
            RecipientStatus::Blocked => self.blocked += 1,
            RecipientStatus::Unknown => self.unknown += 1,
            RecipientStatus::Pending
            | RecipientStatus::Queued
            | RecipientStatus::Skipped
            | RecipientStatus::Cancelled => {}
        }
    }

    pub fn add(&mut self, other: &Tick) {
        self.sent += other.sent;
        self.failed += other.failed;
        self.blocked += other.blocked;
        self.unknown += other.unknown;
        self.throttled += other.throttled;
    }
}

/// Ten seconds on the first day, a minute in the first week, then ten.
fn width_ms(run_ms: i64) -> i64 {
    match run_ms {
        ..DAY_MS => 10_000,
        DAY_MS..604_800_000 => 60_000,
        _ => 600_000,
    }
}

/// Adds what happened just now.
pub(crate) fn add(
    tx: &mut Tx,
    id: Id<Broadcast>,
    tick: &Tick,
    started_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<()> {
    if tick.is_empty() {
        return Ok(());
    }
    let Tick { sent, failed, blocked, unknown, throttled } = *tick;
    let run = width_ms(now.since(started_at.unwrap_or(now)));
    let row = |width: i64| {
        let at = now.as_ms().div_euclid(width) * width;
        args![id, width, at, sent, failed, blocked, unknown, throttled]
    };
    let rows: [[Arg; 8]; 2] = [row(1_000), row(run)];
    tx.execute_rows(ADD, &[], &rows)?;
    tx.execute(FORGET, &args![id, now - SECONDS_KEPT_MS])?;
    Ok(())
}

/// The last minutes by the second; seconds in which nothing happened are absent.
pub fn seconds(tx: &mut Tx, id: Id<Broadcast>, since: Timestamp) -> Result<Vec<(Timestamp, Tick)>> {
    tx.query(SECONDS, &args![id, since], read)
}

/// The whole run, at least ten seconds each; those in which nothing happened are absent.
pub fn run(tx: &mut Tx, id: Id<Broadcast>) -> Result<Vec<(Timestamp, Tick)>> {
    tx.query(RUN, &args![id], read)
}

fn read(row: &crate::db::Row<'_>) -> Result<(Timestamp, Tick)> {
    let tick = Tick {
        sent: row.get(1)?,
        failed: row.get(2)?,
        blocked: row.get(3)?,
        unknown: row.get(4)?,
        throttled: row.get(5)?,
    };
    Ok((row.get(0)?, tick))
}
