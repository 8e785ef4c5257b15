//! Settling: the transaction after the calls. It writes what came of each, in batches.

use std::collections::BTreeMap;

use model::{
    Id, Result, Scope, Tenant, Timestamp,
    broadcast::Broadcast,
    chat::ChatState,
    content::Entity,
    delivery::{DeliveryKey, DeliveryOp},
    feed::{Change, FeedKind},
    message::{ErrorCode, Message, Status, WaitingFor},
};

use super::{guard, settle_broadcast};
use crate::{
    args, chats, columns,
    db::{Arg, Tx},
    feed, messages,
};

crate::statements! {
    hot DONE_DELIVERIES = "settle.done",
        "DELETE FROM delivery WHERE (bot_id, position) IN (VALUES {rows bytes, int})";
    hot DONE_MESSAGES = "settle.done_messages", "
        UPDATE message SET
            parts_sent = message.parts_sent + 1,
            attempts = message.attempts + 1,
            provider_message_id = COALESCE(message.provider_message_id, done.column2),
            chat_id = done.column3,
            status = CASE WHEN message.parts_sent + 1 >= message.parts THEN 'SENT' ELSE 'PENDING' END,
            sent_at = CASE WHEN message.parts_sent + 1 >= message.parts THEN done.column4 END,
            error_code = NULL, error_message = NULL, waiting_for = NULL, next_attempt_at = NULL, failed_at = NULL
        FROM (VALUES {rows bytes, int, int, int}) AS done
        WHERE message.id = done.column1
        RETURNING message.id, message.status";
    PROVIDER_IDS = "settle.provider_ids", "
        INSERT INTO provider_message (bot_id, chat_id, provider_message_id, message_id) VALUES {rows bytes, int, int, bytes}
        ON CONFLICT (bot_id, chat_id, provider_message_id) DO NOTHING";
    USES = "settle.uses", "
        INSERT INTO rate_use (bot_id, chat_id, answered_at, weight) VALUES {rows bytes, int, int, int}";
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
        UPDATE delivery SET state = 'QUEUED', due_at = $1, attempts = $2, was_unknown = $3, fence = NULL
        WHERE bot_id = $4 AND position = $5 AND state IN ('SENDING', 'QUEUED')";
    hot AGAIN_MESSAGE = "settle.again_message", "
        UPDATE message SET status = 'PENDING', attempts = attempts + $1, error_code = $2, error_message = $3,
            waiting_for = $4, next_attempt_at = $5
        WHERE id = $6 AND status IN ('PENDING', 'SENDING')";
    MOVE = "settle.move", "
        UPDATE delivery SET chat_id = $1 WHERE bot_id = $2 AND chat_id = $3 AND state IN ('QUEUED', 'SCHEDULED')";
    hot FORGET_USES = "settle.forget_uses", "DELETE FROM rate_use WHERE answered_at < $1";
}

/// One delivery whose fate is known, or known to be unknown.
#[derive(Debug, Clone)]
pub struct Settlement {
    pub key: DeliveryKey,
    pub tenant: Id<Tenant>,
    pub fence: i64,
    pub message: Id<Message>,
    pub broadcast: Option<Id<Broadcast>>,
    pub op: DeliveryOp,
    pub chat_id: i64,
    pub weight: u32,
    /// When it was claimed, and how much of that day's limit was reserved.
    pub claimed_at: Timestamp,
    pub daily: i64,
    /// When the answer came or the waiting ended; None when no call was made.
    pub answered_at: Option<Timestamp>,
    pub settled: Settled,
}

/// What came of a delivery.
#[derive(Debug, Clone)]
pub enum Settled {
    /// Telegram did it. `edited`: the text that an edit put there.
    Done { provider_message_ids: Vec<i64>, edited: Option<(String, Vec<Entity>)> },
    /// It is over without having been done. `reserved` says whether its place in the day stays taken.
    Ended { status: Status, code: ErrorCode, message: String, keeps_reserved: bool, blocks_chat: bool },
    /// It waits for another try.
    Again {
        due_at: Timestamp,
        attempts: u32,
        was_unknown: bool,
        keeps_reserved: bool,
        error: Option<(ErrorCode, String)>,
        waiting_for: Option<WaitingFor>,
    },
    /// The group has another id now; it waits to be sent there.
    Moved { chat_id: i64 },
}

/// Writes outcomes, those of lanes that have a new owner left out. A message must not occur twice in one call.
pub fn settle(tx: &mut Tx, settlements: &[Settlement], now: Timestamp) -> Result<()> {
    let ours = guard::hold(tx, settlements.iter().map(|s| (s.key.bot, s.fence)))?;
    let ours: Vec<&Settlement> = settlements.iter().filter(|s| ours.contains(&s.key.bot)).collect();
    uses(tx, &ours)?;
    let mut ended = done(tx, &ours)?;
    for settlement in &ours {
        one(tx, settlement, now)?;
        if let (Settled::Ended { status, code, .. }, DeliveryOp::Send) = (&settlement.settled, settlement.op) {
            ended.push((settlement.message, *status, Some(*code)));
        }
    }
    let mut changes: BTreeMap<Id<Tenant>, Vec<Change>> = BTreeMap::new();
    for (tenant, change) in settle_broadcast::recipients(tx, &ours, &ended, now)? {
        changes.entry(tenant).or_default().push(change);
    }
    for settlement in ours.iter().filter(|s| s.broadcast.is_none()) {
        changes.entry(settlement.tenant).or_default().push(change(settlement));
    }
    feed::append_all(tx, &changes, now)
}

fn change(settlement: &Settlement) -> Change {
    let kind = match settlement.op {
        DeliveryOp::Send => FeedKind::MessageStatus,
        DeliveryOp::Edit | DeliveryOp::Delete => FeedKind::MessageUpdated,
    };
    Change::new(kind, settlement.message)
}

/// Takes places in windows for every call that was made.
fn uses(tx: &mut Tx, settlements: &[&Settlement]) -> Result<()> {
    let called = settlements.iter().filter_map(|s| s.answered_at.map(|at| (s, at)));
    let rows: Vec<[Arg; 4]> = called.map(|(s, at)| args![s.key.bot, s.chat_id, at, s.weight]).collect();
    tx.execute_rows(USES, &[], &rows)?;
    Ok(())
}

/// The many that went well, in few statements. Answers the messages of which nothing more is owed.
fn done(tx: &mut Tx, settlements: &[&Settlement]) -> Result<Vec<(Id<Message>, Status, Option<ErrorCode>)>> {
    let mut deliveries: Vec<[Arg; 2]> = Vec::new();
    let mut messages: Vec<[Arg; 4]> = Vec::new();
    let mut ids: Vec<[Arg; 4]> = Vec::new();
    for s in settlements {
        let Settled::Done { provider_message_ids, .. } = &s.settled else { continue };
        deliveries.push(args![s.key.bot, s.key.position]);
        if s.op == DeliveryOp::Send {
            let at = s.answered_at.unwrap_or(s.claimed_at);
            messages.push(args![s.message, provider_message_ids.first().copied(), s.chat_id, at]);
        }
        ids.extend(provider_message_ids.iter().map(|id| args![s.key.bot, s.chat_id, *id, s.message]));
    }
    tx.execute_rows(DONE_DELIVERIES, &[], &deliveries)?;
    tx.execute_rows(PROVIDER_IDS, &[], &ids)?;
    let states: Vec<(Id<Message>, Status)> =
        tx.query_rows(DONE_MESSAGES, &[], &messages, |row| Ok((row.get(0)?, columns::word(row, 1)?)))?;
    Ok(states.into_iter().filter(|(_, status)| status.is_final()).map(|(id, status)| (id, status, None)).collect())
}

/// The few that need statements of their own.
fn one(tx: &mut Tx, s: &Settlement, now: Timestamp) -> Result<()> {
    match &s.settled {
        Settled::Done { edited, .. } => apply_change(tx, s, edited.as_ref(), now),
        Settled::Ended { status, code, message, keeps_reserved, blocks_chat } => {
            give_back_unless(tx, s, *keeps_reserved)?;
            if *blocks_chat {
                block_chat(tx, s, *code)?;
            }
            end(tx, s, *status, *code, message, now)
        }
        Settled::Again { due_at, attempts, was_unknown, keeps_reserved, error, waiting_for } => {
            give_back_unless(tx, s, *keeps_reserved)?;
            tx.execute(AGAIN, &args![*due_at, *attempts, *was_unknown, s.key.bot, s.key.position])?;
            let (code, words) = error.as_ref().map_or((None, None), |(c, m)| (Some(c.as_str()), Some(m.as_str())));
            let waiting_for = waiting_for.map(|w| w.as_str());
            tx.execute(AGAIN_MESSAGE, &args![calls(s), code, words, waiting_for, *due_at, s.message])?;
            Ok(())
        }
        Settled::Moved { chat_id } => {
            give_back_unless(tx, s, false)?;
            tx.execute(AGAIN, &args![now, 0_i64, false, s.key.bot, s.key.position])?;
            tx.execute(AGAIN_MESSAGE, &args![calls(s), None::<&str>, None::<&str>, None::<&str>, now, s.message])?;
            move_chat(tx, s, *chat_id)
        }
    }
}

fn block_chat(tx: &mut Tx, s: &Settlement, code: ErrorCode) -> Result<()> {
    let scope = Scope::system(s.tenant);
    chats::ensure(tx, &scope, s.key.bot, s.chat_id)?;
    chats::set_state(tx, &scope, s.key.bot, s.chat_id, ChatState::Blocked, Some(code)).map(drop)
}

/// What else waits for the old chat goes to the new one too.
fn move_chat(tx: &mut Tx, s: &Settlement, to: i64) -> Result<()> {
    tx.execute(MOVE, &args![to, s.key.bot, s.chat_id])?;
    chats::migrate(tx, &Scope::system(s.tenant), s.key.bot, s.chat_id, to)
}

fn apply_change(tx: &mut Tx, s: &Settlement, edited: Option<&(String, Vec<Entity>)>, now: Timestamp) -> Result<()> {
    match (s.op, edited) {
        (DeliveryOp::Edit, Some((text, entities))) => messages::edit_text(tx, s.message, text, entities, now),
        (DeliveryOp::Delete, _) => messages::mark_deleted(tx, s.message, now).map(drop),
        _ => Ok(()),
    }
}

fn end(tx: &mut Tx, s: &Settlement, status: Status, code: ErrorCode, words: &str, now: Timestamp) -> Result<()> {
    if s.op == DeliveryOp::Send {
        tx.execute(HOLD_REST, &args![now, s.message])?;
        tx.execute(END_MESSAGE, &args![status.as_str(), code.as_str(), words, now, calls(s), s.message])?;
    } else {
        tx.execute(REMOVE, &args![s.key.bot, s.key.position])?;
        tx.execute(NOTE_ERROR, &args![code.as_str(), words, s.message])?;
    }
    Ok(())
}

fn give_back_unless(tx: &mut Tx, s: &Settlement, keeps_reserved: bool) -> Result<()> {
    if !keeps_reserved && s.daily > 0 {
        tx.execute(GIVE_BACK, &args![s.daily, s.key.bot, s.claimed_at.day_start()])?;
    }
    Ok(())
}

fn calls(s: &Settlement) -> i64 {
    i64::from(s.answered_at.is_some())
}

/// Forgets places that no window reaches back to.
pub fn forget_uses(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.execute(FORGET_USES, &args![before])
}
