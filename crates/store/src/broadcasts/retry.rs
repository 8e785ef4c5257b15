//! Sending again to recipients who got nothing, or of whom that is not known.

use model::{
    Id, Result, Scope, Timestamp,
    broadcast::{Broadcast, RecipientStatus},
    message::Message,
};

use super::write;
use crate::{args, db::Tx, deliveries};

crate::statements! {
    hot ENDED = "retry.ended", "
        SELECT contact_id, message_id FROM broadcast_recipient
        WHERE broadcast_id = $1 AND status = $2 AND message_id IS NOT NULL AND contact_id > $3
        ORDER BY contact_id LIMIT $4";
    hot REOPEN = "retry.reopen", "
        UPDATE broadcast SET status = 'SENDING', status_reason = NULL, finished_at = NULL, updated_at = $1
        WHERE id = $2 AND status IN ('SENT', 'PARTIALLY_SENT', 'FAILED')";
}

/// Queues up to `limit` recipients with this status again, from behind `after`. Answers how many, and from where to go on.
pub fn retry(
    tx: &mut Tx,
    scope: &Scope,
    id: Id<Broadcast>,
    status: RecipientStatus,
    after: &[u8],
    limit: i64,
    now: Timestamp,
) -> Result<(usize, Option<Vec<u8>>)> {
    let args = args![id, status.as_str(), after, limit];
    let found: Vec<(Vec<u8>, Id<Message>)> = tx.query(ENDED, &args, |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut queued = 0;
    for (_, message) in &found {
        let calls = deliveries::requeue(tx, scope, *message, status == RecipientStatus::Unknown, now)?;
        queued += usize::from(calls > 0);
    }
    let is_full = i64::try_from(found.len()).is_ok_and(|count| count >= limit);
    Ok((queued, found.into_iter().last().map(|(contact, _)| contact).filter(|_| is_full)))
}

/// A broadcast that had ended goes on, because something of it is queued again.
pub(crate) fn reopen(tx: &mut Tx, id: Id<Broadcast>, now: Timestamp) -> Result<()> {
    if tx.execute(REOPEN, &args![now, id])? > 0 {
        write::wake(tx, id)?;
    }
    Ok(())
}
