//! What came of a broadcast beyond its counts: why not, and who answered. Read in stretches, because there may be a million
//! recipients.

use model::{
    Id, Result,
    broadcast::{Broadcast, RecipientStatus},
    contact::Contact,
};

use crate::{
    args, columns,
    db::{Arg, Tx},
};

crate::statements! {
    hot NEXT = "results.next", "
        SELECT contact_id FROM broadcast_recipient WHERE broadcast_id = $1 AND contact_id > $2
        ORDER BY contact_id LIMIT 1 OFFSET $3";
    hot REASONS = "results.reasons", "
        SELECT status, reason, COUNT(*) FROM broadcast_recipient
        WHERE broadcast_id = $1 AND contact_id > $2 AND (contact_id <= $3 OR $3 IS NULL) AND reason IS NOT NULL
        GROUP BY status, reason";
    // Who wrote to the bot after it had sent them this.
    hot REPLIES = "results.replies", "
        SELECT COUNT(*) FROM broadcast_recipient
            JOIN message ON message.id = broadcast_recipient.message_id
            JOIN chat ON chat.bot_id = broadcast_recipient.bot_id AND chat.chat_id = broadcast_recipient.chat_id
        WHERE broadcast_recipient.broadcast_id = $1 AND broadcast_recipient.contact_id > $2
            AND (broadcast_recipient.contact_id <= $3 OR $3 IS NULL) AND broadcast_recipient.status = 'SENT'
            AND chat.last_inbound_at > message.sent_at";
}

/// One stretch of recipients.
#[derive(Debug, Clone, Default)]
pub struct Stretch {
    pub reasons: Vec<(RecipientStatus, String, i64)>,
    pub replies: i64,
    /// From where to go on; None after the last.
    pub next: Option<Id<Contact>>,
}

/// Looks at up to `limit` recipients after `after`.
pub fn stretch(tx: &mut Tx, id: Id<Broadcast>, after: Option<Id<Contact>>, limit: i64) -> Result<Stretch> {
    let from = after.map_or_else(|| Arg::from([]), Arg::from);
    let next: Option<Id<Contact>> = tx.query_opt(NEXT, &args![id, from.clone(), limit - 1], |row| row.get(0))?;
    let args = args![id, from, next];
    let reasons = tx.query(REASONS, &args, |row| Ok((columns::word(row, 0)?, row.get(1)?, row.get(2)?)))?;
    let replies = tx.query_one(REPLIES, &args, |row| row.get(0))?;
    Ok(Stretch { reasons, replies, next })
}
