//! Settling: the transaction after the calls. It writes what came of each, in batches.

use std::collections::{BTreeMap, HashMap};

use model::{
    Id, Result, Scope, Tenant, Timestamp,
    bot::Bot,
    broadcast::Broadcast,
    chat::ChatState,
    delivery::{DeliveryKey, DeliveryOp},
    feed::{Change, FeedKind},
    message::{ErrorCode, Message, Status, WaitingFor},
    outgoing::{Op, Outgoing},
};

use super::{
    claim::{ClaimResult, Wanted, claim_held},
    guard::{self, Held},
    settle_broadcast,
};
use crate::{
    args,
    bots::ticks,
    broadcasts::ticks::Tick,
    chats, columns,
    db::{Arg, Row, Tx},
    feed, messages, timeline,
};

macro_rules! known_columns {
    () => {
        "bot_id, position, tenant_id, op, claimed_at, counts_daily, weight, is_paid, part, \
         CASE WHEN op IN ('EDIT', 'REACT') THEN payload END"
    };
}

crate::statements! {
    hot ROWS = "settle.rows", concat!("SELECT ", known_columns!(), " FROM delivery
        WHERE (bot_id, position) IN (VALUES {rows bytes, int}) AND state IN ('SENDING', 'QUEUED')");
    hot DONE_DELIVERIES = "settle.done", concat!("DELETE FROM delivery
        WHERE (bot_id, position) IN (VALUES {rows bytes, int}) AND state IN ('SENDING', 'QUEUED')
        RETURNING ", known_columns!());
    // The chat is not set: setting it costs the writing of an index, also where it stays the same.
    hot DONE_MESSAGES = "settle.done_messages", "
        UPDATE message SET
            parts_sent = message.parts_sent + 1,
            attempts = message.attempts + 1,
            provider_message_id = COALESCE(message.provider_message_id, done.column2),
            provider_name = COALESCE(message.provider_name, done.column4),
            status = CASE WHEN message.parts_sent + 1 >= message.parts THEN 'SENT' ELSE 'PENDING' END,
            sent_at = CASE WHEN message.parts_sent + 1 >= message.parts THEN done.column3 END,
            error_code = NULL, error_message = NULL, waiting_for = NULL, next_attempt_at = NULL, failed_at = NULL
        FROM (VALUES {rows bytes, int, int, text}) AS done
        WHERE message.id = done.column1
        RETURNING message.id, message.status, message.chat_id";
    hot MOVED_MESSAGE = "settle.moved_message", "UPDATE message SET chat_id = $1 WHERE id = $2";
    PROVIDER_IDS = "settle.provider_ids", "
        INSERT INTO provider_message (bot_id, chat_id, provider_message_id, message_id, name, part)
        VALUES {rows bytes, int, int, bytes, text, int}
        ON CONFLICT (bot_id, chat_id, provider_message_id) DO NOTHING";
    USES = "settle.uses", "
        INSERT INTO rate_use (bot_id, chat_id, answered_at, weight, is_paid) VALUES {rows bytes, int, int, int, bool}";
    hot GIVE_BACK = "settle.give_back", "
        UPDATE daily_usage SET used = CASE WHEN used > $1 THEN used - $1 ELSE 0 END WHERE bot_id = $2 AND day_at = $3";
    hot END_MESSAGE = "settle.end_message", "
        UPDATE message SET status = $1, error_code = $2, error_message = $3, failed_at = $4,
            attempts = attempts + $5, waiting_for = NULL, next_attempt_at = NULL
        WHERE id = $6";
    hot HOLD_REST = "settle.hold_rest",
        "UPDATE delivery SET state = 'HELD', due_at = $1 WHERE message_id = $2 AND op = 'SEND'";
    hot REMOVE = "settle.remove", "DELETE FROM delivery WHERE bot_id = $1 AND position = $2";
    hot NOTE_ERROR = "settle.note_error",
        "UPDATE message SET error_code = $1, error_message = $2 WHERE id = $3";
    hot AGAIN = "settle.again", "
        UPDATE delivery SET state = 'QUEUED', due_at = $1, attempts = $2, was_unknown = $3, fence = NULL, claimed_at = NULL
        WHERE bot_id = $4 AND position = $5 AND state IN ('SENDING', 'QUEUED')";
    hot AGAIN_MESSAGE = "settle.again_message", "
        UPDATE message SET status = 'PENDING', attempts = attempts + $1, error_code = $2, error_message = $3,
            waiting_for = $4, next_attempt_at = $5
        WHERE id = $6 AND status IN ('PENDING', 'SENDING')";
    MOVE = "settle.move", "
        UPDATE delivery SET chat_id = $1 WHERE bot_id = $2 AND chat_id = $3 AND state IN ('QUEUED', 'SCHEDULED')";
    hot FORGET_CHAT = "settle.forget_chat", "UPDATE rate_use SET chat_id = 0 WHERE bot_id = $1 AND chat_id = $2";
    hot FORGET_USES = "settle.forget_uses", "DELETE FROM rate_use WHERE answered_at < $1";
}

/// One delivery whose fate is known, or known to be unknown.
#[derive(Debug, Clone)]
pub struct Settlement {
    pub key: DeliveryKey,
    pub fence: i64,
    pub message: Id<Message>,
    pub broadcast: Option<Id<Broadcast>>,
    pub chat_id: i64,
    pub weight: u32,
    /// When the answer came or the waiting ended; None when no call was made.
    pub answered_at: Option<Timestamp>,
    /// Whether what was reserved of the daily limit stays used.
    pub keeps_daily: bool,
    /// Why the chat can't be written to from now on.
    pub blocks_chat: Option<ErrorCode>,
    pub settled: Settled,
}

/// What came of a delivery.
#[derive(Debug, Clone)]
pub enum Settled {
    /// Telegram did it.
    Done { provider_message_ids: Vec<i64> },
    /// The channel did it, and calls the message so.
    Accepted { provider_message_id: i64, name: String },
    /// It is over without having been done.
    Ended { status: Status, code: ErrorCode, message: String },
    /// It waits for another try.
    Again {
        due_at: Timestamp,
        attempts: u32,
        was_unknown: bool,
        error: Option<(ErrorCode, String)>,
        waiting_for: Option<WaitingFor>,
    },
    /// The group has another id now; it waits to be sent there.
    Moved { chat_id: i64 },
}

impl Settled {
    fn is_done(&self) -> bool {
        matches!(self, Settled::Done { .. } | Settled::Accepted { .. })
    }
}

/// A settlement beside the row that it is about.
#[derive(Debug)]
struct Known<'a> {
    s: &'a Settlement,
    tenant: Id<Tenant>,
    op: DeliveryOp,
    /// The day of its claim, and how much of that day's limit was reserved.
    reserved: Option<(Timestamp, i64)>,
    /// Only of edits and reactions.
    outgoing: Option<Outgoing>,
    is_paid: bool,
    part: i64,
}

/// The row of a delivery, as far as settling needs it; see [`Known`].
#[derive(Debug)]
struct Found {
    tenant: Id<Tenant>,
    op: DeliveryOp,
    reserved: Option<(Timestamp, i64)>,
    outgoing: Option<Outgoing>,
    is_paid: bool,
    part: i64,
}

/// A message of which nothing more is owed: how it ended, and why.
pub(super) type EndedMessage = (Id<Message>, Status, Option<ErrorCode>);

/// Writes outcomes, those of lanes that have a new owner left out: it answers which. A message must not occur twice in
/// one call.
pub fn settle(tx: &mut Tx, settlements: &[Settlement], now: Timestamp) -> Result<Vec<(Id<Bot>, i64)>> {
    settle_broadcast::hold(tx, settlements)?;
    let held = guard::hold(tx, settlements.iter().map(|s| (s.key.bot, s.fence)))?;
    settle_held(tx, &held, settlements, now)?;
    Ok(held.lost)
}

/// Claims and settles in one go, so that the lanes are held once. Answers the lanes of both that have new owners.
pub fn claim_and_settle(
    tx: &mut Tx,
    wanted: &[Wanted],
    settlements: &[Settlement],
    now: Timestamp,
) -> Result<ClaimResult> {
    settle_broadcast::hold(tx, settlements)?;
    let of_claims = wanted.iter().map(|w| (w.key.bot, w.fence));
    let held = guard::hold(tx, of_claims.chain(settlements.iter().map(|s| (s.key.bot, s.fence))))?;
    // Claims before settlements: the feed's row, which settling locks, must be locked last.
    let claimed = claim_held(tx, &held, wanted, now)?;
    settle_held(tx, &held, settlements, now)?;
    Ok(ClaimResult { lost: held.lost, ..claimed })
}

fn settle_held(tx: &mut Tx, held: &Held, settlements: &[Settlement], now: Timestamp) -> Result<()> {
    let ours: Vec<&Settlement> = settlements.iter().filter(|s| held.ours.contains(&(s.key.bot, s.fence))).collect();
    let known = known(tx, &ours)?;
    uses(tx, &known)?;
    let mut ended = done(tx, &known)?;
    for k in &known {
        one(tx, k, now)?;
        if let (Settled::Ended { status, code, .. }, DeliveryOp::Send) = (&k.s.settled, k.op) {
            ended.push((k.s.message, *status, Some(*code)));
        }
    }
    // In the order in which the answers came: errors in a row are counted.
    let order: HashMap<Id<Message>, usize> = known.iter().enumerate().map(|(place, k)| (k.s.message, place)).collect();
    ended.sort_by_key(|(message, ..)| order.get(message).copied());
    let mut changes: BTreeMap<Id<Tenant>, Vec<Change>> = BTreeMap::new();
    let broadcasts = known.iter().filter_map(|k| k.s.broadcast.map(|id| (id, k.tenant))).collect();
    for (tenant, change) in settle_broadcast::recipients(tx, &broadcasts, &ended, &throttled(&known), now)? {
        changes.entry(tenant).or_default().push(change);
    }
    for k in known.iter().filter(|k| k.s.broadcast.is_none()) {
        changes.entry(k.tenant).or_default().push(change(k));
    }
    ticks::add(tx, &counted(&known), now)?;
    feed::append_all(tx, &changes, now)
}

/// What came of each sender's messages.
fn counted(known: &[Known<'_>]) -> BTreeMap<Id<Bot>, Tick> {
    let mut ticks: BTreeMap<Id<Bot>, Tick> = BTreeMap::new();
    for k in known.iter().filter(|k| k.op == DeliveryOp::Send) {
        let tick = ticks.entry(k.s.key.bot).or_default();
        match &k.s.settled {
            Settled::Done { .. } | Settled::Accepted { .. } => tick.sent += 1,
            Settled::Ended { status, .. } => tick.count(settle_broadcast::recipient_status(*status)),
            Settled::Again { .. } if is_throttled(k.s) => tick.throttled += 1,
            Settled::Again { .. } | Settled::Moved { .. } => {}
        }
    }
    ticks
}

/// The broadcasts to which Telegram answered with 429, once for each answer.
fn throttled(known: &[Known<'_>]) -> Vec<Id<Broadcast>> {
    known.iter().filter(|k| is_throttled(k.s)).filter_map(|k| k.s.broadcast).collect()
}

fn is_throttled(s: &Settlement) -> bool {
    matches!(s.settled, Settled::Again { waiting_for: Some(WaitingFor::RetryAfter), .. }) && s.answered_at.is_some()
}

/// The rows behind the settlements; those of the calls that are done are gone with this. One that was gone already was
/// settled before, so that nothing is written twice.
fn known<'a>(tx: &mut Tx, settlements: &[&'a Settlement]) -> Result<Vec<Known<'a>>> {
    let (done, others): (Vec<&Settlement>, Vec<&Settlement>) = settlements.iter().partition(|s| s.settled.is_done());
    let keys = |settlements: &[&Settlement]| -> Vec<[Arg; 2]> {
        settlements.iter().map(|s| args![s.key.bot, s.key.position]).collect()
    };
    let mut rows: HashMap<DeliveryKey, Found> = HashMap::new();
    rows.extend(tx.query_rows(DONE_DELIVERIES, &[], &keys(&done), found)?);
    rows.extend(tx.query_rows(ROWS, &[], &keys(&others), found)?);
    let known = settlements.iter().filter_map(|s| {
        let Found { tenant, op, reserved, outgoing, is_paid, part } = rows.remove(&s.key)?;
        Some(Known { s, tenant, op, reserved, outgoing, is_paid, part })
    });
    Ok(known.collect())
}

fn found(row: &Row<'_>) -> Result<(DeliveryKey, Found)> {
    let key = DeliveryKey { bot: row.get(0)?, position: row.get(1)? };
    let claimed_at: Option<Timestamp> = row.get(4)?;
    let (counts_daily, weight): (bool, i64) = (row.get(5)?, row.get(6)?);
    let reserved = claimed_at.filter(|_| counts_daily).map(|at| (at.day_start(), weight));
    let outgoing = columns::json_opt(row, 9)?;
    let (op, is_paid, part) = (columns::word(row, 3)?, row.get(7)?, row.get(8)?);
    Ok((key, Found { tenant: row.get(2)?, op, reserved, outgoing, is_paid, part }))
}

fn change(k: &Known<'_>) -> Change {
    let kind = match k.op {
        DeliveryOp::Send => FeedKind::MessageStatus,
        DeliveryOp::Edit | DeliveryOp::Delete | DeliveryOp::React => FeedKind::MessageUpdated,
    };
    Change::new(kind, k.s.message)
}

/// Takes places in windows for every call that was made.
fn uses(tx: &mut Tx, known: &[Known<'_>]) -> Result<()> {
    let called = known.iter().filter_map(|k| k.s.answered_at.map(|at| (k, k.s, at)));
    let rows: Vec<[Arg; 5]> = called.map(|(k, s, at)| args![s.key.bot, s.chat_id, at, s.weight, k.is_paid]).collect();
    tx.execute_rows(USES, &[], &rows)?;
    Ok(())
}

/// The same for one call whose answer a status came before.
pub(crate) fn used(
    tx: &mut Tx,
    (bot, chat): (Id<Bot>, i64),
    (weight, is_paid): (i64, bool),
    now: Timestamp,
) -> Result<()> {
    tx.execute_rows(USES, &[], &[args![bot, chat, now, weight, is_paid]]).map(drop)
}

/// The messages of the many calls that went well, in few statements. Answers those of which nothing more is owed.
fn done(tx: &mut Tx, known: &[Known<'_>]) -> Result<Vec<EndedMessage>> {
    let mut chats: HashMap<Id<Message>, i64> = HashMap::new();
    let mut messages: Vec<[Arg; 4]> = Vec::new();
    let mut ids: Vec<[Arg; 6]> = Vec::new();
    for Known { s, part, .. } in known.iter().filter(|k| k.op == DeliveryOp::Send) {
        let (numbers, name) = match &s.settled {
            Settled::Done { provider_message_ids } => (provider_message_ids.as_slice(), None),
            Settled::Accepted { provider_message_id, name } => {
                (std::slice::from_ref(provider_message_id), Some(name.as_str()))
            }
            _ => continue,
        };
        chats.insert(s.message, s.chat_id);
        messages.push(args![s.message, numbers.first().copied(), s.answered_at, name]);
        ids.extend(numbers.iter().map(|id| args![s.key.bot, s.chat_id, *id, s.message, name, *part]));
    }
    tx.execute_rows(PROVIDER_IDS, &[], &ids)?;
    let states: Vec<(Id<Message>, Status, Option<i64>)> =
        tx.query_rows(DONE_MESSAGES, &[], &messages, |row| Ok((row.get(0)?, columns::word(row, 1)?, row.get(2)?)))?;
    for (message, _, chat) in &states {
        if let Some(other) = chats.get(message).filter(|now| Some(**now) != *chat) {
            tx.execute(MOVED_MESSAGE, &args![*other, message])?;
        }
    }
    let ended = states.into_iter().filter(|(_, status, _)| status.is_final());
    Ok(ended.map(|(id, status, _)| (id, status, None)).collect())
}

/// The few that need statements of their own.
fn one(tx: &mut Tx, k: &Known<'_>, now: Timestamp) -> Result<()> {
    let s = k.s;
    if let (false, Some((day, weight))) = (s.keeps_daily, k.reserved) {
        tx.execute(GIVE_BACK, &args![weight, s.key.bot, day])?;
    }
    if let Some(code) = s.blocks_chat {
        block_chat(tx, k, code)?;
    }
    match &s.settled {
        Settled::Done { .. } | Settled::Accepted { .. } => apply_change(tx, k, now),
        Settled::Ended { status, code, message } => end(tx, k, *status, *code, message, now),
        Settled::Again { due_at, attempts, was_unknown, error, waiting_for } => {
            tx.execute(AGAIN, &args![*due_at, *attempts, *was_unknown, s.key.bot, s.key.position])?;
            if k.op == DeliveryOp::Send {
                let (code, words) = error.as_ref().map_or((None, None), |(c, m)| (Some(c.as_str()), Some(m.as_str())));
                let waiting_for = waiting_for.map(|w| w.as_str());
                tx.execute(AGAIN_MESSAGE, &args![calls(s), code, words, waiting_for, *due_at, s.message])?;
            }
            Ok(())
        }
        Settled::Moved { chat_id } => {
            tx.execute(AGAIN, &args![now, 0_i64, false, s.key.bot, s.key.position])?;
            tx.execute(AGAIN_MESSAGE, &args![calls(s), None::<&str>, None::<&str>, None::<&str>, now, s.message])?;
            move_chat(tx, k, *chat_id)
        }
    }
}

fn block_chat(tx: &mut Tx, k: &Known<'_>, code: ErrorCode) -> Result<()> {
    let scope = Scope::system(k.tenant);
    chats::ensure(tx, &scope, k.s.key.bot, k.s.chat_id)?;
    chats::set_state(tx, &scope, k.s.key.bot, k.s.chat_id, ChatState::Blocked, Some(code)).map(drop)
}

/// What else waits for the old chat goes to the new one too.
fn move_chat(tx: &mut Tx, k: &Known<'_>, to: i64) -> Result<()> {
    tx.execute(MOVE, &args![to, k.s.key.bot, k.s.chat_id])?;
    chats::migrate(tx, &Scope::system(k.tenant), k.s.key.bot, k.s.chat_id, to)
}

fn apply_change(tx: &mut Tx, k: &Known<'_>, now: Timestamp) -> Result<()> {
    match (k.op, k.outgoing.as_ref().map(|outgoing| &outgoing.op)) {
        (DeliveryOp::Edit, Some(Op::EditText { text, entities, .. })) => {
            messages::edit_text(tx, k.s.message, text, entities, now)
        }
        (DeliveryOp::React, Some(Op::React { emoji, by, .. })) => {
            let reaction = timeline::Reaction {
                actor: k.s.key.bot.to_string(),
                actor_name: by.clone(),
                emoji: emoji.iter().cloned().collect(),
                reacted_at: now,
            };
            timeline::react(tx, &Scope::system(k.tenant), k.s.message, &reaction).map(drop)
        }
        (DeliveryOp::Delete, _) => messages::mark_deleted(tx, k.s.message, now).map(drop),
        _ => Ok(()),
    }
}

fn end(tx: &mut Tx, k: &Known<'_>, status: Status, code: ErrorCode, words: &str, now: Timestamp) -> Result<()> {
    let s = k.s;
    if k.op == DeliveryOp::Send {
        tx.execute(HOLD_REST, &args![now, s.message])?;
        tx.execute(END_MESSAGE, &args![status.as_str(), code.as_str(), words, now, calls(s), s.message])?;
    } else {
        tx.execute(REMOVE, &args![s.key.bot, s.key.position])?;
        tx.execute(NOTE_ERROR, &args![code.as_str(), words, s.message])?;
    }
    Ok(())
}

fn calls(s: &Settlement) -> i64 {
    i64::from(s.answered_at.is_some())
}

/// The places that a chat took in a bot's limits stay taken, but nobody can tell whose they are.
pub(crate) fn forget_chat(tx: &mut Tx, bot: Id<Bot>, chat_id: i64) -> Result<()> {
    tx.execute(FORGET_CHAT, &args![bot, chat_id]).map(drop)
}

/// Forgets places that no window reaches back to.
pub fn forget_uses(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.execute(FORGET_USES, &args![before])
}
