//! What a channel tells of messages that it had accepted. It tells late, twice, in any order, and sometimes before its
//! answer to the call is known here: a message only ever moves forward.

use model::{
    Id, Result, Scope, Timestamp,
    bot::Bot,
    broadcast::Broadcast,
    delivery::DeliveryState,
    feed::{Change, FeedKind},
    message::{ErrorCode, Message, Status},
    whatsapp::Receipt,
};

use crate::{
    args,
    broadcasts::counts::{self, Delta},
    columns,
    db::Tx,
    deliveries::{self, end_recipients},
    timeline,
};

crate::statements! {
    hot CLAIMED = "receipts.claimed", "
        SELECT chat_id, broadcast_id FROM message WHERE tenant_id = $1 AND id = $2 AND bot_id = $3";
    hot HOLD_LANE = "receipts.hold_lane", "UPDATE lane SET fence = fence WHERE bot_id = $1";
    hot ARRIVED = "receipts.arrived", "
        DELETE FROM delivery WHERE tenant_id = $1 AND message_id = $2 AND part = $3 AND op = 'SEND'
        RETURNING state, weight, is_paid";
    hot DONE = "receipts.done", "
        UPDATE message SET
            parts_sent = parts_sent + 1,
            provider_message_id = COALESCE(provider_message_id, $1),
            provider_name = COALESCE(provider_name, $2),
            status = CASE WHEN parts_sent + 1 >= parts THEN 'SENT' ELSE status END,
            sent_at = CASE WHEN parts_sent + 1 >= parts THEN CAST($3 AS BIGINT) END,
            error_code = NULL, error_message = NULL, waiting_for = NULL, next_attempt_at = NULL, failed_at = NULL
        WHERE id = $4";
    hot HELD = "receipts.held", "
        SELECT COUNT(*) FROM delivery WHERE tenant_id = $1 AND message_id = $2 AND op = 'SEND' AND state = 'HELD'";
    hot MARK = "receipts.mark", "
        UPDATE provider_message SET receipt = $1
        WHERE bot_id = $2 AND name = $3 AND name IS NOT NULL AND receipt < $1";
    hot MARK_FAILED = "receipts.mark_failed", "
        UPDATE provider_message SET receipt = -1
        WHERE bot_id = $1 AND name = $2 AND name IS NOT NULL AND receipt <= 1";
    hot LOST = "receipts.lost", "
        SELECT COALESCE(provider_message.part, 0), provider_message.name
        FROM provider_message JOIN message ON message.id = provider_message.message_id
        WHERE message.tenant_id = $1 AND message.id = $2 AND provider_message.receipt < 0
        ORDER BY provider_message.part";
    hot FORGET_LOST = "receipts.forget_lost", "DELETE FROM provider_message WHERE message_id = $1 AND receipt < 0";
    hot OPEN_AGAIN = "receipts.open_again", "
        UPDATE message SET status = 'PENDING', parts_sent = CASE WHEN parts_sent > $1 THEN parts_sent - $1 ELSE 0 END,
            provider_message_id = CASE WHEN provider_name = $2 THEN NULL ELSE provider_message_id END,
            provider_name = CASE WHEN provider_name = $2 THEN NULL ELSE provider_name END,
            error_code = NULL, error_message = NULL, failed_at = NULL, sent_at = NULL
        WHERE id = $3";
    hot WHOLE = "receipts.whole", "
        SELECT MIN(provider_message.receipt), COUNT(*), message.parts, message.status, message.broadcast_id
        FROM message JOIN provider_message ON provider_message.message_id = message.id
        WHERE message.tenant_id = $1 AND message.id = $2
        GROUP BY message.parts, message.status, message.broadcast_id";
    hot FORWARD = "receipts.forward", "
        UPDATE message SET status = $1, error_code = NULL, error_message = NULL, failed_at = NULL,
            delivered_at = COALESCE(delivered_at, $2),
            read_at = CASE WHEN $1 = 'READ' THEN COALESCE(read_at, $2) ELSE read_at END
        WHERE id = $3";
    hot FAILED = "receipts.failed", "
        UPDATE message SET status = 'FAILED', error_code = $1, error_message = $2, failed_at = $3 WHERE id = $4";
}

/// One thing that a channel tells of one message.
#[derive(Debug, Clone)]
pub struct Told {
    /// The channel's name of the message, and the number made of it.
    pub name: String,
    pub number: i64,
    pub what: What,
    pub at: Timestamp,
    /// The message and its part, as they went with the call.
    pub ours: Option<(Id<Message>, i64)>,
}

/// How far it came.
#[derive(Debug, Clone)]
pub enum What {
    Came(Receipt),
    Failed { code: ErrorCode, words: String },
}

/// Writes what was told. Answers what the feed has to say; nothing, when it is no news or about no message of ours.
pub fn told(tx: &mut Tx, scope: &Scope, bot: Id<Bot>, told: &Told, now: Timestamp) -> Result<Vec<Change>> {
    let Some(message) = accepted(tx, scope, bot, told, now)? else { return Ok(Vec::new()) };
    match &told.what {
        What::Came(receipt) => tx.execute(MARK, &args![receipt.as_int(), bot, told.name.as_str()])?,
        What::Failed { .. } => tx.execute(MARK_FAILED, &args![bot, told.name.as_str()])?,
    };
    let Some(whole) = whole(tx, scope, message)? else { return Ok(Vec::new()) };
    let ended = match &told.what {
        What::Came(_) => forward(tx, message, &whole, told.at)?,
        What::Failed { code, words } => failed(tx, message, &whole, (*code, words), told.at)?,
    };
    let mut changes = vec![Change::new(FeedKind::MessageStatus, message)];
    if let Some(broadcast) = whole.broadcast {
        let (status, code) = ended.unwrap_or((whole.status, None));
        let is_counted = !end_recipients(tx, &[(message, status, code)], now)?.is_empty();
        if arrived(tx, broadcast, whole.status, status, now)? || is_counted {
            changes.push(Change::new(FeedKind::Broadcast, broadcast));
        }
    }
    Ok(changes)
}

/// Counts a message of a broadcast that came further; tells whether it did.
fn arrived(tx: &mut Tx, broadcast: Id<Broadcast>, was: Status, is: Status, now: Timestamp) -> Result<bool> {
    let came = |status| matches!(status, Status::Delivered | Status::Read);
    let delta = Delta {
        delivered: i64::from(came(is) && !came(was)),
        read: i64::from(is == Status::Read && was != Status::Read),
        ..Delta::default()
    };
    let is_news = delta.delivered + delta.read > 0;
    if is_news {
        counts::add(tx, broadcast, &delta, now)?;
    }
    Ok(is_news)
}

/// The parts of a message that failed after the channel had accepted them, which must be made anew to be sent again.
pub fn lost(tx: &mut Tx, scope: &Scope, message: Id<Message>) -> Result<Vec<i64>> {
    tx.query(LOST, &args![scope.tenant(), message], |row| row.get(0))
}

/// Opens a message again of which parts failed so: they are owed once more.
pub fn open_again(tx: &mut Tx, scope: &Scope, message: Id<Message>) -> Result<()> {
    let names: Vec<String> = tx.query(LOST, &args![scope.tenant(), message], |row| row.get(1))?;
    tx.execute(FORGET_LOST, &args![message])?;
    let count = i64::try_from(names.len()).unwrap_or(i64::MAX);
    tx.execute(OPEN_AGAIN, &args![count, names.first().map(String::as_str), message]).map(drop)
}

/// The message that is meant. Whoever tells of a message has accepted it, whatever became of the answer to the call.
fn accepted(tx: &mut Tx, scope: &Scope, bot: Id<Bot>, told: &Told, now: Timestamp) -> Result<Option<Id<Message>>> {
    if let Some(known) = timeline::by_name(tx, scope, bot, &told.name)? {
        return Ok(Some(known));
    }
    let Some((message, part)) = told.ours else { return Ok(None) };
    let args = args![scope.tenant(), message, bot];
    let claimed = tx.query_opt(CLAIMED, &args, |row| Ok((row.get::<Option<i64>>(0)?, row.get(1)?)))?;
    let Some((Some(chat), broadcast)) = claimed else { return Ok(None) };
    hold(tx, bot, broadcast)?;
    if let Some(known) = timeline::by_name(tx, scope, bot, &told.name)? {
        return Ok(Some(known));
    }
    timeline::map_named(tx, (bot, chat), (told.number, &told.name), (message, Some(part)))?;
    let args = args![scope.tenant(), message, part];
    let arrived =
        tx.query_opt(ARRIVED, &args, |row| Ok((columns::word::<DeliveryState>(row, 0)?, (row.get(1)?, row.get(2)?))))?;
    if let Some((state, place)) = arrived {
        // Who settles the answer finds nothing any more. What is held has taken its place already.
        if state == DeliveryState::Sending {
            deliveries::used(tx, (bot, chat), place, now)?;
        }
        tx.execute(DONE, &args![told.number, told.name.as_str(), told.at, message])?;
        // What followed it was held back until its fate was known.
        if tx.query_one(HELD, &args![scope.tenant(), message], |row| row.get::<i64>(0))? > 0 {
            deliveries::requeue(tx, scope, message, false, now)?;
        }
    }
    Ok(Some(message))
}

/// Keeps away whoever settles calls of this bot, so that the two never wait for each other: in their order.
fn hold(tx: &mut Tx, bot: Id<Bot>, broadcast: Option<Id<Broadcast>>) -> Result<()> {
    counts::hold(tx, &broadcast.into_iter().collect())?;
    tx.execute(HOLD_LANE, &args![bot]).map(drop)
}

/// A message with all that is known of its parts.
struct Whole {
    receipt: i64,
    is_complete: bool,
    status: Status,
    broadcast: Option<Id<Broadcast>>,
}

fn whole(tx: &mut Tx, scope: &Scope, message: Id<Message>) -> Result<Option<Whole>> {
    tx.query_opt(WHOLE, &args![scope.tenant(), message], |row| {
        Ok(Whole {
            receipt: row.get(0)?,
            is_complete: row.get::<i64>(1)? >= row.get::<i64>(2)?,
            status: match columns::word_opt(row, 3)? {
                Some(status) => status,
                None => Status::Sent,
            },
            broadcast: row.get(4)?,
        })
    })
}

type Ended = Option<(Status, Option<ErrorCode>)>;

fn forward(tx: &mut Tx, message: Id<Message>, whole: &Whole, at: Timestamp) -> Result<Ended> {
    let Some(status) = Receipt::status(whole.receipt).filter(|_| whole.is_complete) else { return Ok(None) };
    let is_forward = match status {
        Status::Delivered => matches!(whole.status, Status::Sent | Status::Failed),
        Status::Read => matches!(whole.status, Status::Sent | Status::Failed | Status::Delivered),
        _ => false,
    };
    if is_forward {
        tx.execute(FORWARD, &args![status.as_str(), at, message])?;
    }
    Ok(is_forward.then_some((status, None)))
}

/// Only what has not arrived can fail.
fn failed(
    tx: &mut Tx,
    message: Id<Message>,
    whole: &Whole,
    (code, words): (ErrorCode, &str),
    at: Timestamp,
) -> Result<Ended> {
    if whole.status != Status::Sent || whole.receipt > Receipt::Sent.as_int() {
        return Ok(None);
    }
    tx.execute(FAILED, &args![code.as_str(), words, at, message])?;
    Ok(Some((Status::Failed, Some(code))))
}
