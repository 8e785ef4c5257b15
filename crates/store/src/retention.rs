//! Forgetting what has been kept long enough, a batch at a time: each is one short transaction, found by an index, so that
//! nobody else waits for it.

use model::{Id, Result, Tenant, Timestamp, broadcast::Broadcast, contact::import::Import, event::EventStatus};

use crate::{
    args, columns,
    db::{Arg, Tx},
};

crate::statements! {
    hot EVENTS = "retention.events", "SELECT seq, status, created_at FROM event WHERE seq > $1 ORDER BY seq LIMIT $2";
    hot FORGET_EVENTS = "retention.forget_events", "DELETE FROM event WHERE seq IN ({in})";
    hot FORGET_HELD = "retention.forget_held", "DELETE FROM delivery WHERE (bot_id, position) IN
        (SELECT bot_id, position FROM delivery WHERE state = 'HELD' AND due_at < $1 ORDER BY due_at LIMIT $2)";
    hot FEEDS = "retention.feeds", "SELECT tenant_id FROM feed_head WHERE tenant_id > $1 ORDER BY tenant_id LIMIT $2";
    hot FEED = "retention.feed", "SELECT seq FROM (SELECT seq, created_at FROM feed WHERE tenant_id = $1
        ORDER BY seq LIMIT $2) AS oldest WHERE created_at < $3 ORDER BY seq DESC LIMIT 1";
    hot FORGET_FEED = "retention.forget_feed", "DELETE FROM feed WHERE tenant_id = $1 AND seq <= $2";
    hot ENDED = "retention.ended_broadcast", "SELECT id FROM broadcast
        WHERE finished_at IS NOT NULL AND finished_at < $1 AND recipients_forgotten_at IS NULL
        ORDER BY finished_at LIMIT 1";
    hot FORGET_RECIPIENTS = "retention.forget_recipients", "
        DELETE FROM broadcast_recipient WHERE (broadcast_id, contact_id) IN
        (SELECT broadcast_id, contact_id FROM broadcast_recipient WHERE broadcast_id = $1 LIMIT $2)";
    hot FORGET_LISTED = "retention.forget_listed", "
        DELETE FROM broadcast_contact WHERE (broadcast_id, is_excluded, contact_id) IN
        (SELECT broadcast_id, is_excluded, contact_id FROM broadcast_contact WHERE broadcast_id = $1 LIMIT $2)";
    hot FORGOTTEN = "retention.recipients_forgotten", "UPDATE broadcast SET recipients_forgotten_at = $1 WHERE id = $2";
    hot REFUSED = "retention.refused_rows", "SELECT id FROM contact_import
        WHERE rows_failed > 0 AND finished_at IS NOT NULL AND finished_at < $1
            AND EXISTS (SELECT 1 FROM contact_import_error WHERE import_id = contact_import.id) LIMIT 1";
    hot FORGET_REFUSED = "retention.forget_refused", "DELETE FROM contact_import_error WHERE (import_id, row_number) IN
        (SELECT import_id, row_number FROM contact_import_error WHERE import_id = $1 LIMIT $2)";
    hot FORGET_LINKS = "retention.forget_links", "DELETE FROM start_link WHERE token_hash IN
        (SELECT token_hash FROM start_link WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)";
    hot FORGET_SESSIONS = "retention.forget_sessions", "DELETE FROM refresh_token WHERE hash IN
        (SELECT hash FROM refresh_token WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)";
}

/// Forgets events that were done with before `before`, from behind the event `after`, of which it looks at `limit`. What
/// waits, failed or was given up stays, whatever its age: somebody has to look at it. Tells where to go on; None: nowhere.
pub fn events(tx: &mut Tx, after: i64, before: Timestamp, limit: i64) -> Result<(u64, Option<i64>)> {
    // Numbers run with time: behind the first event that is too young, all are.
    let looked_at = tx.query(EVENTS, &args![after, limit], |row| {
        let status: EventStatus = columns::word(row, 1)?;
        let created_at: Timestamp = row.get(2)?;
        Ok((row.get::<i64>(0)?, matches!(status, EventStatus::Processed | EventStatus::Ignored), created_at < before))
    })?;
    let old: Vec<_> = looked_at.iter().take_while(|(_, _, is_old)| *is_old).collect();
    let done: Vec<Arg> = old.iter().filter(|(_, is_done, _)| *is_done).map(|(seq, ..)| Arg::from(*seq)).collect();
    let forgotten = tx.execute_in(FORGET_EVENTS, &[], &done)?;
    let is_full = i64::try_from(old.len()).is_ok_and(|count| count >= limit);
    Ok((forgotten, old.last().filter(|_| is_full).map(|(seq, ..)| *seq)))
}

/// Forgets calls that failed or were cancelled before `before`, and were kept for a retry by hand.
pub fn held(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64> {
    tx.execute(FORGET_HELD, &args![before, limit])
}

/// The tenants behind `after` that have a feed, and whether something in it is from before `before`.
pub fn feeds(tx: &mut Tx, after: Id<Tenant>, before: Timestamp, limit: i64) -> Result<Vec<(Id<Tenant>, bool)>> {
    let tenants: Vec<Id<Tenant>> = tx.query(FEEDS, &args![after, limit], |row| row.get(0))?;
    tenants.into_iter().map(|tenant| Ok((tenant, last_old(tx, tenant, before, 1)?.is_some()))).collect()
}

/// Forgets a tenant's oldest feed entries from before `before`.
pub fn feed(tx: &mut Tx, tenant: Id<Tenant>, before: Timestamp, limit: i64) -> Result<u64> {
    let last = last_old(tx, tenant, before, limit)?;
    last.map_or(Ok(0), |last| tx.execute(FORGET_FEED, &args![tenant, last]))
}

/// The last of a tenant's `limit` oldest entries that is from before `before`.
fn last_old(tx: &mut Tx, tenant: Id<Tenant>, before: Timestamp, limit: i64) -> Result<Option<i64>> {
    tx.query_opt(FEED, &args![tenant, limit, before], |row| row.get(0))
}

/// Forgets who got a broadcast that ended before `before`, one broadcast after the other; its numbers and messages stay.
pub fn recipients(tx: &mut Tx, before: Timestamp, now: Timestamp, limit: i64) -> Result<u64> {
    let Some(id) = tx.query_opt(ENDED, &args![before], |row| row.get::<Id<Broadcast>>(0))? else { return Ok(0) };
    let forgotten = tx.execute(FORGET_RECIPIENTS, &args![id, limit])? + tx.execute(FORGET_LISTED, &args![id, limit])?;
    if forgotten == 0 {
        tx.execute(FORGOTTEN, &args![now, id])?;
        return Ok(1);
    }
    Ok(forgotten)
}

/// Forgets the refused rows of imports that ended before `before`: they are about people. Their number stays.
pub fn refused_rows(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64> {
    let Some(import) = tx.query_opt(REFUSED, &args![before], |row| row.get::<Id<Import>>(0))? else { return Ok(0) };
    tx.execute(FORGET_REFUSED, &args![import, limit])
}

/// Forgets start links and sessions that ended before `before`.
pub fn expired(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64> {
    Ok(tx.execute(FORGET_LINKS, &args![before, limit])? + tx.execute(FORGET_SESSIONS, &args![before, limit])?)
}
