//! What the delivery engine asks about broadcasts: which run, and which bots still have recipients to feed.

use model::{Id, Rate, Result, Timestamp, bot::Bot, broadcast::Broadcast};

use crate::{args, columns, db::Tx};

crate::statements! {
    // Where quiet hours should have begun or ended, nothing leaves until that is settled.
    hot TERMS = "broadcasts.terms", "
        SELECT status IN ('QUEUED', 'SENDING') AND NOT is_quiet AND (quiet_change_at IS NULL OR quiet_change_at > $1),
            rate_limit
        FROM broadcast WHERE id = $2";
    hot HELD = "broadcasts.held", "
        SELECT DISTINCT broadcast.id FROM delivery JOIN broadcast ON broadcast.id = delivery.broadcast_id
        WHERE delivery.bot_id = $1 AND delivery.class = 1 AND delivery.state = 'QUEUED'
            AND (broadcast.status NOT IN ('QUEUED', 'SENDING') OR broadcast.is_quiet
                OR (broadcast.quiet_change_at IS NOT NULL AND broadcast.quiet_change_at <= $2))";
    hot TO_FEED = "broadcasts.to_feed", "
        SELECT DISTINCT broadcast_lane.bot_id FROM broadcast
            JOIN broadcast_lane ON broadcast_lane.broadcast_id = broadcast.id
        WHERE broadcast.status IN ('QUEUED', 'SENDING') AND NOT broadcast.is_quiet";
    hot CAPPED = "broadcasts.capped", "
        SELECT id, rate_limit, sent + failed + blocked + unknown > 0 FROM broadcast WHERE rate_limit IS NOT NULL AND status IN ('QUEUED', 'SENDING')";
    hot BOTS = "broadcasts.bots", "
        SELECT COUNT(*) FROM (SELECT bot_id FROM broadcast_lane WHERE broadcast_id = $1
            UNION SELECT bot_id FROM delivery
            WHERE broadcast_id = $1 AND broadcast_id IS NOT NULL AND state IN ('QUEUED', 'SENDING')) AS at_work";
}

/// On which terms a broadcast's messages may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Whether they may at all: it runs, and it is not quiet.
    pub may_leave: bool,
    /// How fast one bot may be with them.
    pub cap: Option<Rate>,
}

/// The terms now; None when there is no such broadcast.
pub fn terms(tx: &mut Tx, id: Id<Broadcast>, now: Timestamp) -> Result<Option<Terms>> {
    let found = tx.query_opt(TERMS, &args![now, id], |row| Ok((row.get(0)?, columns::word_opt(row, 1)?)))?;
    let Some((may_leave, rate)) = found else { return Ok(None) };
    let cap = rate.map(|rate| share(tx, id, rate)).transpose()?;
    Ok(Some(Terms { may_leave, cap }))
}

/// What one bot has of a broadcast's own rate: bots at work share it evenly.
fn share(tx: &mut Tx, id: Id<Broadcast>, rate: Rate) -> Result<Rate> {
    let bots: i64 = tx.query_one(BOTS, &args![id], |row| row.get(0))?;
    Ok(Rate::new(rate.count(), rate.window_ms().saturating_mul(bots.max(1))))
}

/// The running broadcasts that have a rate of their own, each with what one bot has of it, and whether it has sent something.
pub fn capped(tx: &mut Tx) -> Result<Vec<(Id<Broadcast>, Rate, bool)>> {
    let found: Vec<(Id<Broadcast>, Rate, bool)> =
        tx.query(CAPPED, &[], |row| Ok((row.get(0)?, columns::word(row, 1)?, row.get(2)?)))?;
    found.into_iter().map(|(id, rate, has_sent)| Ok((id, share(tx, id, rate)?, has_sent))).collect()
}

/// Broadcasts with deliveries in a bot's lane that must not leave now.
pub fn held(tx: &mut Tx, bot: Id<Bot>, now: Timestamp) -> Result<Vec<Id<Broadcast>>> {
    tx.query(HELD, &args![bot, now], |row| row.get(0))
}

/// Bots with recipients of running broadcasts that are no deliveries yet.
pub fn bots_to_feed(tx: &mut Tx) -> Result<Vec<Id<Bot>>> {
    tx.query(TO_FEED, &[], |row| row.get(0))
}
