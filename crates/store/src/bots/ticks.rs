//! What became of a sender's messages over the last days, ten minutes a row.

use std::collections::BTreeMap;

use model::{DAY_MS, Id, Result, Scope, Timestamp, bot::Bot};

pub use crate::broadcasts::ticks::Tick;
use crate::{
    args,
    db::{Arg, Tx},
};

/// How long one row stands for.
pub const WIDTH_MS: i64 = 600_000;

/// How long rows are kept.
const KEPT_MS: i64 = 2 * DAY_MS;

crate::statements! {
    ADD = "bot_tick.add", "
        INSERT INTO bot_tick (bot_id, at, sent, failed, blocked, unknown, throttled, waiting)
        VALUES {rows bytes, int, int, int, int, int, int, int}
        ON CONFLICT (bot_id, at) DO UPDATE SET sent = bot_tick.sent + excluded.sent,
            failed = bot_tick.failed + excluded.failed, blocked = bot_tick.blocked + excluded.blocked,
            unknown = bot_tick.unknown + excluded.unknown, throttled = bot_tick.throttled + excluded.throttled,
            waiting = CASE WHEN bot_tick.waiting > excluded.waiting THEN bot_tick.waiting ELSE excluded.waiting END";
    // In the order in which settling locks their rows.
    WAITING = "bot_tick.waiting", "
        SELECT bot_id, COUNT(*) FROM delivery WHERE state = 'QUEUED' GROUP BY bot_id ORDER BY bot_id";
    hot DAY = "bot_tick.day", "
        SELECT at, sent, failed, blocked, unknown, throttled, waiting FROM bot_tick
        WHERE bot_id = $1 AND at > $2 AND EXISTS (SELECT 1 FROM bot WHERE id = $1 AND tenant_id = $3) ORDER BY at";
    hot FORGET = "bot_tick.forget", "DELETE FROM bot_tick WHERE at < $1";
}

/// Ten minutes of a sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BotTick {
    pub at: Timestamp,
    pub ended: Tick,
    /// The most calls that were seen waiting at one moment.
    pub waiting: i64,
}

/// Adds what was settled just now.
pub(crate) fn add(tx: &mut Tx, ticks: &BTreeMap<Id<Bot>, Tick>, now: Timestamp) -> Result<()> {
    let rows: Vec<_> =
        ticks.iter().filter(|(_, tick)| !tick.is_empty()).map(|(bot, tick)| row(*bot, tick, 0, now)).collect();
    tx.execute_rows(ADD, &[], &rows).map(drop)
}

/// How many calls wait at this moment, by sender in the order of their ids; senders for which none does are absent.
pub fn waiting(tx: &mut Tx) -> Result<Vec<(Id<Bot>, i64)>> {
    tx.query(WAITING, &[], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Notes how many were seen waiting, by sender in the order of their ids.
pub fn note_waiting(tx: &mut Tx, waiting: &[(Id<Bot>, i64)], now: Timestamp) -> Result<()> {
    let rows: Vec<_> = waiting.iter().map(|(bot, count)| row(*bot, &Tick::default(), *count, now)).collect();
    tx.execute_rows(ADD, &[], &rows).map(drop)
}

/// The last 24 hours of a tenant's sender, oldest first; times in which nothing happened are absent.
pub fn day(tx: &mut Tx, scope: &Scope, bot: Id<Bot>, now: Timestamp) -> Result<Vec<BotTick>> {
    tx.query(DAY, &args![bot, now - DAY_MS, scope.tenant()], |row| {
        let ended = Tick {
            sent: row.get(1)?,
            failed: row.get(2)?,
            blocked: row.get(3)?,
            unknown: row.get(4)?,
            throttled: row.get(5)?,
        };
        Ok(BotTick { at: row.get(0)?, ended, waiting: row.get(6)? })
    })
}

/// Forgets what is old.
pub fn forget(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    tx.execute(FORGET, &args![now - KEPT_MS])
}

fn row(bot: Id<Bot>, tick: &Tick, waiting: i64, now: Timestamp) -> [Arg; 8] {
    let Tick { sent, failed, blocked, unknown, throttled } = *tick;
    let at = now.as_ms().div_euclid(WIDTH_MS) * WIDTH_MS;
    args![bot, at, sent, failed, blocked, unknown, throttled, waiting]
}
