//! Sending again to recipients who got nothing, or of whom that is not known.

use model::{
    Id, Result, Timestamp,
    broadcast::{Broadcast, RecipientStatus},
    message::Message,
};

use super::write;
use crate::{args, db::Tx};

crate::statements! {
    hot ENDED = "retry.ended", "
        SELECT contact_id, message_id FROM broadcast_recipient
        WHERE broadcast_id = $1 AND status = $2 AND message_id IS NOT NULL AND contact_id > $3
        ORDER BY contact_id LIMIT $4";
    hot REOPEN = "retry.reopen", "
        UPDATE broadcast SET status = 'SENDING', status_reason = NULL, finished_at = NULL, updated_at = $1
        WHERE id = $2 AND status IN ('SENT', 'PARTIALLY_SENT', 'FAILED')";
}

/// Messages, and from where to go on.
pub type Ended = (Vec<Id<Message>>, Option<Vec<u8>>);

/// Up to `limit` messages to recipients with this status, from behind `after`; and from where to go on.
pub fn ended(tx: &mut Tx, id: Id<Broadcast>, status: RecipientStatus, after: &[u8], limit: i64) -> Result<Ended> {
    let args = args![id, status.as_str(), after, limit];
    let found: Vec<(Vec<u8>, Id<Message>)> = tx.query(ENDED, &args, |row| Ok((row.get(0)?, row.get(1)?)))?;
    let is_full = i64::try_from(found.len()).is_ok_and(|count| count >= limit);
    let next = found.last().map(|(contact, _)| contact.clone()).filter(|_| is_full);
    Ok((found.into_iter().map(|(_, message)| message).collect(), next))
}

/// A broadcast that had ended goes on, because something of it is queued again.
pub(crate) fn reopen(tx: &mut Tx, id: Id<Broadcast>, now: Timestamp) -> Result<()> {
    if tx.execute(REOPEN, &args![now, id])? > 0 {
        write::wake(tx, id)?;
    }
    Ok(())
}
