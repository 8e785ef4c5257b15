//! Taking back what has not left: of broadcasts that were cancelled, and of bots that were removed. In chunks, like all
//! work on many recipients; `broadcast_lane` remembers where there is something to do.

use model::{
    Id, Result, Scope, Tenant, Timestamp,
    bot::Bot,
    broadcast::{Broadcast, RecipientStatus, SkipReason},
    feed::{Change, FeedKind},
    message::{Message, Status},
};

use super::{
    counts::{self, Delta},
    feeding, write,
};
use crate::{
    args,
    db::{Arg, Tx},
    deliveries, feed, wake,
};

crate::statements! {
    hot WITHDRAW = "sweep.withdraw", "
        INSERT INTO broadcast_lane (broadcast_id, bot_id)
        SELECT DISTINCT broadcast_id, bot_id FROM delivery
        WHERE broadcast_id = $1 AND broadcast_id IS NOT NULL AND state IN ('QUEUED', 'SENDING')
        ON CONFLICT (broadcast_id, bot_id) DO NOTHING";
    WITHDRAW_BOT = "sweep.withdraw_bot", "
        INSERT INTO broadcast_lane (broadcast_id, bot_id)
        SELECT DISTINCT broadcast_id, bot_id FROM delivery
        WHERE bot_id = $1 AND broadcast_id IS NOT NULL AND state IN ('QUEUED', 'SENDING')
        ON CONFLICT (broadcast_id, bot_id) DO NOTHING";
    // One row per running broadcast and bot: there are never many.
    TO_SWEEP = "sweep.to_sweep", "
        SELECT broadcast_lane.broadcast_id, broadcast_lane.bot_id, broadcast.tenant_id,
            broadcast.status = 'CANCELLED'
        FROM broadcast_lane
            JOIN broadcast ON broadcast.id = broadcast_lane.broadcast_id
            JOIN bot ON bot.id = broadcast_lane.bot_id
        WHERE broadcast.status = 'CANCELLED' OR bot.removed_at IS NOT NULL
        ORDER BY broadcast_lane.broadcast_id, broadcast_lane.bot_id LIMIT 100";
    hot HOLD = "sweep.hold", "UPDATE broadcast SET updated_at = $1 WHERE id = $2";
    hot HOLD_LANE = "sweep.hold_lane", "UPDATE lane SET fence = fence WHERE bot_id = $1";
    hot PENDING = "sweep.pending", "
        UPDATE broadcast_recipient SET status = $1, reason = $2, updated_at = $3
        FROM (SELECT contact_id FROM broadcast_recipient
            WHERE broadcast_id = $4 AND bot_id = $5 AND status = 'PENDING' LIMIT $6) AS rest
        WHERE broadcast_recipient.broadcast_id = $4 AND broadcast_recipient.contact_id = rest.contact_id";
    hot QUEUED = "sweep.queued", "
        SELECT DISTINCT owed.message_id FROM delivery AS owed
        WHERE owed.broadcast_id = $1 AND owed.broadcast_id IS NOT NULL AND owed.bot_id = $2 AND owed.state = 'QUEUED'
            AND owed.op = 'SEND' AND NOT EXISTS (SELECT 1 FROM delivery AS other
                WHERE other.message_id = owed.message_id AND other.state = 'SENDING')
        LIMIT $3";
    hot HOLD_BACK = "sweep.hold_back",
        "UPDATE delivery SET state = 'HELD' WHERE message_id IN ({in}) AND op = 'SEND' AND state = 'QUEUED'";
    hot CANCEL = "sweep.cancel", "
        UPDATE message SET status = 'CANCELLED', waiting_for = NULL, next_attempt_at = NULL WHERE id IN ({in})";
    hot LEFT = "sweep.left", "
        SELECT message_id FROM delivery
        WHERE broadcast_id = $1 AND broadcast_id IS NOT NULL AND bot_id = $2 AND state IN ('QUEUED', 'SENDING') LIMIT 1";
}

/// Remembers that what a cancelled broadcast has queued is to be taken back.
pub fn withdraw(tx: &mut Tx, id: Id<Broadcast>) -> Result<()> {
    tx.execute(WITHDRAW, &args![id]).map(drop)
}

/// Remembers that what broadcasts have queued for a removed bot is to be taken back.
pub fn withdraw_bot(tx: &mut Tx, bot: Id<Bot>) -> Result<()> {
    tx.execute(WITHDRAW_BOT, &args![bot]).map(drop)
}

/// Whether something may have to be taken back.
pub fn is_sweep_due(tx: &mut Tx) -> Result<bool> {
    Ok(!to_sweep(tx)?.is_empty())
}

type ToSweep = (Id<Broadcast>, Id<Bot>, Id<Tenant>, bool);

fn to_sweep(tx: &mut Tx) -> Result<Vec<ToSweep>> {
    tx.query(TO_SWEEP, &[], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
}

/// Takes back up to `limit` recipients of each broadcast and bot that has to. Tells whether something was done.
pub fn sweep(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<bool> {
    let found = to_sweep(tx)?;
    let Some((first, _, tenant, _)) = found.first().copied() else { return Ok(false) };
    let mut has_worked = false;
    // One broadcast in a transaction: its row is the only one that is held.
    for (id, bot, _, is_cancelled) in found.into_iter().filter(|(id, ..)| *id == first) {
        has_worked |= take_back(tx, id, bot, is_cancelled, now, limit)?;
    }
    if has_worked {
        write::wake(tx, first)?;
        feed::append(tx, &Scope::system(tenant), &[Change::new(FeedKind::Broadcast, first)], now)?;
    }
    Ok(has_worked)
}

fn take_back(
    tx: &mut Tx,
    id: Id<Broadcast>,
    bot: Id<Bot>,
    is_cancelled: bool,
    now: Timestamp,
    limit: i64,
) -> Result<bool> {
    tx.execute(HOLD, &args![now, id])?;
    let (status, reason) = match is_cancelled {
        true => (RecipientStatus::Cancelled, None),
        false => (RecipientStatus::Skipped, Some(SkipReason::BotInactive.as_str())),
    };
    let pending = tx.execute(PENDING, &args![status.as_str(), reason, now, id, bot, limit])?;
    let pending = i64::try_from(pending).unwrap_or(i64::MAX);
    let mut delta = Delta::default();
    delta.count(status, pending);
    counts::add(tx, id, &delta, now)?;
    let messages = cancel_queued(tx, id, bot, now, limit)?;
    let is_left = tx.query_opt(LEFT, &args![id, bot], |row| row.get::<Id<Message>>(0))?.is_some();
    if pending < limit && !is_left {
        feeding::leave(tx, id, bot)?;
        return Ok(true);
    }
    Ok(pending > 0 || messages > 0)
}

/// Cancels messages of which no part is under way.
fn cancel_queued(tx: &mut Tx, id: Id<Broadcast>, bot: Id<Bot>, now: Timestamp, limit: i64) -> Result<usize> {
    // Claims hold the lane too: nothing starts to leave meanwhile.
    tx.execute(HOLD_LANE, &args![bot])?;
    let messages: Vec<Id<Message>> = tx.query(QUEUED, &args![id, bot, limit], |row| row.get(0))?;
    if messages.is_empty() {
        return Ok(0);
    }
    let list: Vec<Arg> = messages.iter().map(Arg::from).collect();
    tx.execute_in(HOLD_BACK, &[], &list)?;
    tx.execute_in(CANCEL, &[], &list)?;
    let ended: Vec<_> = messages.iter().map(|message| (*message, Status::Cancelled, None)).collect();
    deliveries::end_recipients(tx, &ended, now)?;
    tx.notify(wake::LANE, &bot.to_string())?;
    Ok(messages.len())
}
