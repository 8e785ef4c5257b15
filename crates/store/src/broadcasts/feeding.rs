//! What the feeder needs: the recipients who are next, and what became of them.

use model::{
    Id, Result, Timestamp,
    bot::Bot,
    broadcast::{Broadcast, RecipientStatus, SkipReason},
    contact::Contact,
    message::Message,
};

use super::{
    counts::{self, Delta},
    row::{self, Record},
};
use crate::{
    args,
    db::{Arg, Tx},
};

crate::statements! {
    hot OF_BOT = "feeding.of_bot", "
        SELECT broadcast.id FROM broadcast_lane JOIN broadcast ON broadcast.id = broadcast_lane.broadcast_id
        WHERE broadcast_lane.bot_id = $1 AND broadcast.status IN ('QUEUED', 'SENDING') AND NOT broadcast.is_quiet
        ORDER BY broadcast.id";
    hot HOLD = "feeding.hold", concat!("
        UPDATE broadcast SET status = 'SENDING', updated_at = $1
        WHERE id = $2 AND status IN ('QUEUED', 'SENDING') AND NOT is_quiet
        RETURNING ", row::broadcast_columns!());
    hot NEXT = "feeding.next", "
        SELECT contact_id, chat_id FROM broadcast_recipient
        WHERE broadcast_id = $1 AND bot_id = $2 AND status = 'PENDING' ORDER BY contact_id LIMIT $3";
    hot MARK = "feeding.mark", "
        UPDATE broadcast_recipient SET status = fed.column2, reason = fed.column3, message_id = fed.column4,
            chat_id = COALESCE(fed.column5, broadcast_recipient.chat_id), updated_at = $1
        FROM (VALUES {rows bytes, text, text, bytes, int}) AS fed
        WHERE broadcast_recipient.broadcast_id = $2 AND broadcast_recipient.contact_id = fed.column1";
    hot MOVE_ON = "feeding.move_on",
        "UPDATE broadcast_lane SET fed_after = $1 WHERE broadcast_id = $2 AND bot_id = $3";
    hot QUEUED = "feeding.queued", "
        SELECT COUNT(*) FROM delivery
        WHERE broadcast_id = $1 AND broadcast_id IS NOT NULL AND bot_id = $2 AND state IN ('QUEUED', 'SENDING')";
    hot LEAVE = "feeding.leave", "DELETE FROM broadcast_lane WHERE broadcast_id = $1 AND bot_id = $2";
}

/// What was done with a recipient whose turn came.
#[derive(Debug, Clone, Copy)]
pub enum Fed {
    /// A message into this chat.
    Queued(Id<Message>, i64),
    Skipped(SkipReason),
}

/// The running broadcasts that have recipients left for this bot.
pub fn of_bot(tx: &mut Tx, bot: Id<Bot>) -> Result<Vec<Id<Broadcast>>> {
    tx.query(OF_BOT, &args![bot], |row| row.get(0))
}

/// How many rows of a broadcast wait in a bot's lane.
pub fn queued(tx: &mut Tx, id: Id<Broadcast>, bot: Id<Bot>) -> Result<i64> {
    tx.query_one(QUEUED, &args![id, bot], |row| row.get(0))
}

/// Takes a broadcast up, unless it was stopped meanwhile. Nobody else changes it until the transaction ends.
pub fn take_up(tx: &mut Tx, id: Id<Broadcast>, now: Timestamp) -> Result<Option<Record>> {
    tx.query_opt(HOLD, &args![now, id], row::read)
}

/// The recipients whose turn it is, each with their chat; who never wrote has none yet.
pub fn next(tx: &mut Tx, id: Id<Broadcast>, bot: Id<Bot>, limit: usize) -> Result<Vec<(Id<Contact>, Option<i64>)>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    tx.query(NEXT, &args![id, bot, limit], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Writes what was done with them; `has_more` says whether the bot has others of this broadcast.
pub fn fed(
    tx: &mut Tx,
    id: Id<Broadcast>,
    bot: Id<Bot>,
    fed: &[(Id<Contact>, Fed)],
    has_more: bool,
    now: Timestamp,
) -> Result<()> {
    let mut delta = Delta::default();
    let mut rows: Vec<[Arg; 5]> = Vec::with_capacity(fed.len());
    for (contact, fed) in fed {
        let (status, reason, message, chat) = match fed {
            Fed::Queued(message, chat) => (RecipientStatus::Queued, None, Some(*message), Some(*chat)),
            Fed::Skipped(reason) => (RecipientStatus::Skipped, Some(reason.as_str()), None, None),
        };
        delta.count(status, 1);
        rows.push(args![*contact, status.as_str(), reason, message, chat]);
    }
    tx.execute_rows(MARK, &args![now, id], &rows)?;
    match fed.last() {
        Some((last, _)) if has_more => tx.execute(MOVE_ON, &args![last, id, bot]).map(drop)?,
        _ => leave(tx, id, bot)?,
    };
    counts::add(tx, id, &delta, now).map(drop)
}

/// Nothing is left of a broadcast for this bot.
pub(super) fn leave(tx: &mut Tx, id: Id<Broadcast>, bot: Id<Bot>) -> Result<()> {
    tx.execute(LEAVE, &args![id, bot]).map(drop)
}
