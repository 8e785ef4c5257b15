//! Claiming: the transaction before the calls. It marks deliveries `SENDING` and reserves their bots' daily limits.

use std::collections::{BTreeMap, HashMap};

use model::{
    Id, Result, Timestamp,
    bot::Bot,
    delivery::{DeliveryKey, DeliveryOp},
    message::Message,
    outgoing::Outgoing,
};

use super::guard::{self, Held};
use crate::{
    args, columns,
    db::{Arg, Row, Tx},
};

macro_rules! claimed_columns {
    () => {
        "delivery.bot_id, delivery.position, delivery.message_id, delivery.op, delivery.weight, delivery.counts_daily, \
         delivery.payload, delivery.chat_id, delivery.part"
    };
}

crate::statements! {
    hot ROOM = "claims.room", "
        SELECT bot.id, bot.daily_limit, bot.daily_limit - COALESCE(daily_usage.used, 0)
        FROM bot LEFT JOIN daily_usage ON daily_usage.bot_id = bot.id AND daily_usage.day_at = $1
        WHERE bot.id IN ({in})";
    hot MARK = "claims.mark", concat!("
        UPDATE delivery SET state = 'SENDING', fence = claim.column3, claimed_at = $1
        FROM (VALUES {rows bytes, int, int}) AS claim
        WHERE delivery.bot_id = claim.column1 AND delivery.position = claim.column2 AND delivery.state = 'QUEUED'
        RETURNING ", claimed_columns!());
    hot AGAIN = "claims.again", concat!("SELECT ", claimed_columns!(), ", delivery.fence FROM delivery
        WHERE (bot_id, position) IN (VALUES {rows bytes, int}) AND state = 'SENDING'");
    hot UNMARK = "claims.unmark", "
        UPDATE delivery SET state = 'QUEUED', fence = NULL, claimed_at = NULL
        WHERE (bot_id, position) IN (VALUES {rows bytes, int})";
    RESERVE = "claims.reserve", "
        INSERT INTO daily_usage (bot_id, day_at, used) VALUES {rows bytes, int, int}
        ON CONFLICT (bot_id, day_at) DO UPDATE SET used = daily_usage.used + excluded.used";
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

/// What a bot's limit of the day leaves.
#[derive(Debug, Clone, Copy, Default)]
struct Room {
    limit: i64,
    left: i64,
}

/// What was marked, by what becomes of it.
#[derive(Debug, Default)]
struct Sorted {
    fitting: Vec<Claimed>,
    over: Vec<DeliveryKey>,
    too_heavy: Vec<DeliveryKey>,
}

/// Marks what may be sent.
pub fn claim(tx: &mut Tx, wanted: &[Wanted], now: Timestamp) -> Result<ClaimResult> {
    let held = guard::hold(tx, wanted.iter().map(|w| (w.key.bot, w.fence)))?;
    Ok(ClaimResult { lost: held.lost.clone(), ..claim_held(tx, &held, wanted, now)? })
}

/// The same for lanes that are held already.
pub(super) fn claim_held(tx: &mut Tx, held: &Held, wanted: &[Wanted], now: Timestamp) -> Result<ClaimResult> {
    let ours: Vec<Wanted> = wanted.iter().filter(|w| held.ours.contains(&(w.key.bot, w.fence))).copied().collect();
    let mut marked = mark(tx, &ours, now)?;
    let missing: Vec<Wanted> = ours.iter().filter(|w| !marked.contains_key(&w.key)).copied().collect();
    let in_order = ours.iter().filter_map(|w| marked.remove(&w.key)).collect();
    let mut sorted = sort(tx, in_order, now)?;
    unmark(tx, sorted.over.iter().chain(&sorted.too_heavy))?;
    reserve(tx, &sorted.fitting, now)?;
    sorted.fitting.extend(again(tx, &missing)?);
    Ok(ClaimResult { granted: sorted.fitting, daily_limit: sorted.over, too_heavy: sorted.too_heavy, lost: Vec::new() })
}

/// Those that waited.
fn mark(tx: &mut Tx, wanted: &[Wanted], now: Timestamp) -> Result<HashMap<DeliveryKey, Claimed>> {
    let rows: Vec<[Arg; 3]> = wanted.iter().map(|w| args![w.key.bot, w.key.position, w.fence]).collect();
    let marked = tx.query_rows(MARK, &args![now], &rows, read)?;
    Ok(marked.into_iter().map(|claimed| (claimed.key, claimed)).collect())
}

/// What this very lane marked before: the answer to its claim was lost with the connection, and no lane asks for a
/// delivery that it is sending. Its place in the daily limit was taken then. What another one marked has another fence.
fn again(tx: &mut Tx, missing: &[Wanted]) -> Result<Vec<Claimed>> {
    let fences: HashMap<DeliveryKey, i64> = missing.iter().map(|w| (w.key, w.fence)).collect();
    let rows: Vec<[Arg; 2]> = missing.iter().map(|w| args![w.key.bot, w.key.position]).collect();
    let found = tx.query_rows(AGAIN, &[], &rows, |row| Ok((read(row)?, row.get::<Option<i64>>(9)?)))?;
    let is_ours = |(claimed, fence): &(Claimed, Option<i64>)| *fence == fences.get(&claimed.key).copied();
    Ok(found.into_iter().filter(is_ours).map(|(claimed, _)| claimed).collect())
}

/// Splits what is marked into what fits today, what does not, and what never will, oldest first within a bot.
fn sort(tx: &mut Tx, marked: Vec<Claimed>, now: Timestamp) -> Result<Sorted> {
    let mut room = room(tx, &marked, now)?;
    let mut sorted = Sorted::default();
    for claimed in marked {
        let (key, daily) = (claimed.key, claimed.daily());
        let room = room.entry(key.bot).or_default();
        if daily > room.limit {
            sorted.too_heavy.push(key);
        } else if daily > 0 && room.left < daily {
            sorted.over.push(key);
        } else {
            room.left -= daily;
            sorted.fitting.push(claimed);
        }
    }
    Ok(sorted)
}

fn room(tx: &mut Tx, marked: &[Claimed], now: Timestamp) -> Result<HashMap<Id<Bot>, Room>> {
    let mut bots: Vec<Id<Bot>> = marked.iter().filter(|c| c.daily() > 0).map(|c| c.key.bot).collect();
    bots.sort_unstable();
    bots.dedup();
    let list: Vec<Arg> = bots.into_iter().map(Arg::from).collect();
    let rows = tx.query_in(ROOM, &args![now.day_start()], &list, |row| {
        Ok((row.get(0)?, Room { limit: row.get(1)?, left: row.get(2)? }))
    })?;
    Ok(rows.into_iter().collect())
}

/// For which there was no room after all.
fn unmark<'a>(tx: &mut Tx, keys: impl Iterator<Item = &'a DeliveryKey>) -> Result<()> {
    let rows: Vec<[Arg; 2]> = keys.map(|key| args![key.bot, key.position]).collect();
    tx.execute_rows(UNMARK, &[], &rows).map(drop)
}

fn reserve(tx: &mut Tx, granted: &[Claimed], now: Timestamp) -> Result<()> {
    // Rows are locked in one order everywhere.
    let mut used: BTreeMap<Id<Bot>, i64> = BTreeMap::new();
    for claimed in granted.iter().filter(|c| c.counts_daily) {
        *used.entry(claimed.key.bot).or_default() += claimed.weight;
    }
    let day = now.day_start();
    let rows: Vec<[Arg; 3]> = used.into_iter().map(|(bot, n)| args![bot, day, n]).collect();
    tx.execute_rows(RESERVE, &[], &rows).map(drop)
}

impl Claimed {
    /// What it takes of the daily limit.
    fn daily(&self) -> i64 {
        if self.counts_daily { self.weight } else { 0 }
    }
}

fn read(row: &Row<'_>) -> Result<Claimed> {
    Ok(Claimed {
        key: DeliveryKey { bot: row.get(0)?, position: row.get(1)? },
        message: row.get(2)?,
        op: columns::word(row, 3)?,
        weight: row.get(4)?,
        counts_daily: row.get(5)?,
        outgoing: columns::json(row, 6)?,
        chat_id: row.get(7)?,
        part: row.get(8)?,
    })
}
