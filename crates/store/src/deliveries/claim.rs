//! Claiming: the transaction before the calls. It marks deliveries `SENDING` and reserves their bots' daily limits.

use std::collections::{HashMap, HashSet};

use model::{
    Id, Result, Timestamp,
    bot::Bot,
    delivery::{DeliveryKey, DeliveryOp, DeliveryState},
    message::Message,
    outgoing::Outgoing,
};

use super::guard;
use crate::{
    args, columns,
    db::{Arg, Tx},
};

crate::statements! {
    hot ROOM = "claims.room", "
        SELECT bot.id, bot.daily_limit, bot.daily_limit - COALESCE(daily_usage.used, 0)
        FROM bot LEFT JOIN daily_usage ON daily_usage.bot_id = bot.id AND daily_usage.day_at = $1
        WHERE bot.id IN ({in})";
    hot PRESENT = "claims.present", "
        SELECT bot_id, position, weight, counts_daily, state, fence FROM delivery
        WHERE (bot_id, position) IN (VALUES {rows bytes, int}) AND state IN ('QUEUED', 'SENDING')";
    // What this very lane marked before is granted again: the answer to its claim was lost with the connection, and no
    // lane asks for a delivery that it is sending.
    hot MARK = "claims.mark", "
        UPDATE delivery SET state = 'SENDING', fence = claim.column3, claimed_at = $1
        FROM (VALUES {rows bytes, int, int}) AS claim
        WHERE delivery.bot_id = claim.column1 AND delivery.position = claim.column2 AND (delivery.state = 'QUEUED' OR (delivery.state = 'SENDING' AND delivery.fence = claim.column3))
        RETURNING delivery.bot_id, delivery.position, delivery.message_id, delivery.op, delivery.weight,
            delivery.counts_daily, delivery.payload, delivery.chat_id, delivery.part";
    RESERVE = "claims.reserve", "
        INSERT INTO daily_usage (bot_id, day_at, used) VALUES {rows bytes, int, int}
        ON CONFLICT (bot_id, day_at) DO UPDATE SET used = daily_usage.used + excluded.used";
    hot SENDING = "claims.sending", "
        UPDATE message SET status = 'SENDING', waiting_for = NULL, next_attempt_at = NULL
        WHERE id IN ({in}) AND status = 'PENDING'";
}

/// A delivery that may be sent now, at once.
#[derive(Debug, Clone)]
pub struct Claimed {
    pub key: DeliveryKey,
    pub message: Id<Message>,
    pub part: i64,
    pub chat_id: i64,
    pub op: DeliveryOp,
    pub weight: i64,
    pub counts_daily: bool,
    pub outgoing: Outgoing,
}

/// What became of the keys that were asked for. Those in neither list are gone: cancelled, or the lane has a new owner.
#[derive(Debug, Default)]
pub struct ClaimResult {
    pub granted: Vec<Claimed>,
    /// No room is left for these today.
    pub daily_limit: Vec<DeliveryKey>,
    /// These alone weigh more than the whole limit of a day: they can never leave.
    pub too_heavy: Vec<DeliveryKey>,
    /// Lanes, with the fence that was shown, that have other owners.
    pub lost: Vec<(Id<Bot>, i64)>,
}

/// One delivery that the planner wants to send.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    pub key: DeliveryKey,
    pub fence: i64,
}

/// One that is still there, with what it takes of the daily limit.
#[derive(Debug, Clone, Copy)]
struct Present {
    wanted: Wanted,
    /// Nothing, when it was reserved by a claim whose answer was lost.
    daily: i64,
    is_again: bool,
}

/// What a bot's limit of the day leaves.
#[derive(Debug, Clone, Copy)]
struct Room {
    limit: i64,
    left: i64,
}

/// What is wanted, by what becomes of it.
#[derive(Debug, Default)]
struct Sorted {
    fitting: Vec<Present>,
    over: Vec<DeliveryKey>,
    too_heavy: Vec<DeliveryKey>,
}

/// Marks what may be sent.
pub fn claim(tx: &mut Tx, wanted: &[Wanted], now: Timestamp) -> Result<ClaimResult> {
    let held = guard::hold(tx, wanted.iter().map(|w| (w.key.bot, w.fence)))?;
    let present = present(tx, wanted.iter().filter(|w| held.ours.contains(&(w.key.bot, w.fence))))?;
    let sorted = sort(&present, room(tx, &present, now)?);
    let rows: Vec<[Arg; 3]> =
        sorted.fitting.iter().map(|p| args![p.wanted.key.bot, p.wanted.key.position, p.wanted.fence]).collect();
    let granted = tx.query_rows(MARK, &args![now], &rows, |row| {
        Ok(Claimed {
            key: DeliveryKey { bot: row.get(0)?, position: row.get(1)? },
            message: row.get(2)?,
            part: row.get(8)?,
            op: columns::word(row, 3)?,
            chat_id: row.get(7)?,
            weight: row.get(4)?,
            counts_daily: row.get(5)?,
            outgoing: columns::json(row, 6)?,
        })
    })?;
    let again: HashSet<DeliveryKey> = sorted.fitting.iter().filter(|p| p.is_again).map(|p| p.wanted.key).collect();
    reserve(tx, granted.iter().filter(|claimed| !again.contains(&claimed.key)), now)?;
    let messages: Vec<Arg> =
        granted.iter().filter(|c| c.op == DeliveryOp::Send).map(|c| Arg::from(c.message)).collect();
    tx.execute_in(SENDING, &[], &messages)?;
    Ok(ClaimResult { granted, daily_limit: sorted.over, too_heavy: sorted.too_heavy, lost: held.lost })
}

/// Those that still wait, in the order in which they are wanted, and those that this very lane marked before.
fn present<'a>(tx: &mut Tx, wanted: impl Iterator<Item = &'a Wanted>) -> Result<Vec<Present>> {
    let wanted: Vec<Wanted> = wanted.copied().collect();
    let keys: Vec<[Arg; 2]> = wanted.iter().map(|w| args![w.key.bot, w.key.position]).collect();
    let rows = tx.query_rows(PRESENT, &[], &keys, |row| {
        let key = DeliveryKey { bot: row.get(0)?, position: row.get(1)? };
        let daily = if row.get(3)? { row.get::<i64>(2)? } else { 0 };
        let state: DeliveryState = columns::word(row, 4)?;
        Ok((key, (daily, state, row.get::<Option<i64>>(5)?)))
    })?;
    let rows: HashMap<DeliveryKey, _> = rows.into_iter().collect();
    let found = wanted.into_iter().filter_map(|wanted| {
        let (daily, state, fence) = rows.get(&wanted.key)?;
        match state {
            DeliveryState::Queued => Some(Present { wanted, daily: *daily, is_again: false }),
            _ if *fence == Some(wanted.fence) => Some(Present { wanted, daily: 0, is_again: true }),
            _ => None,
        }
    });
    Ok(found.collect())
}

fn room(tx: &mut Tx, present: &[Present], now: Timestamp) -> Result<HashMap<Id<Bot>, Room>> {
    let mut bots: Vec<Id<Bot>> = present.iter().filter(|p| p.daily > 0).map(|p| p.wanted.key.bot).collect();
    bots.sort_unstable();
    bots.dedup();
    let list: Vec<Arg> = bots.into_iter().map(Arg::from).collect();
    let rows = tx.query_in(ROOM, &args![now.day_start()], &list, |row| {
        Ok((row.get(0)?, Room { limit: row.get(1)?, left: row.get(2)? }))
    })?;
    Ok(rows.into_iter().collect())
}

/// Splits what is wanted into what fits today, what does not, and what never will, oldest first within a bot.
fn sort(present: &[Present], mut room: HashMap<Id<Bot>, Room>) -> Sorted {
    let mut sorted = Sorted::default();
    for one in present {
        let key = one.wanted.key;
        let room = room.entry(key.bot).or_insert(Room { limit: 0, left: 0 });
        if one.daily > room.limit {
            sorted.too_heavy.push(key);
        } else if one.daily > 0 && room.left < one.daily {
            sorted.over.push(key);
        } else {
            room.left -= one.daily;
            sorted.fitting.push(*one);
        }
    }
    sorted
}

fn reserve<'a>(tx: &mut Tx, granted: impl Iterator<Item = &'a Claimed>, now: Timestamp) -> Result<()> {
    let mut used: HashMap<Id<Bot>, i64> = HashMap::new();
    for claimed in granted.filter(|c| c.counts_daily) {
        *used.entry(claimed.key.bot).or_default() += claimed.weight;
    }
    let day = now.day_start();
    let mut rows: Vec<_> = used.into_iter().collect();
    // Rows are locked in one order everywhere.
    rows.sort_unstable_by_key(|(bot, _)| *bot);
    let rows: Vec<[Arg; 3]> = rows.into_iter().map(|(bot, n)| args![bot, day, n]).collect();
    tx.execute_rows(RESERVE, &[], &rows)?;
    Ok(())
}
