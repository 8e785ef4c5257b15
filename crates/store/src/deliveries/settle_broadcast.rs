//! What settled deliveries mean for their broadcasts: recipients, counts, and the end.

use std::collections::{BTreeMap, HashMap};

use model::{
    Id, Result, Tenant, Timestamp,
    broadcast::{Broadcast, BroadcastStatus, Counts, RecipientStatus},
    feed::{Change, FeedKind},
    message::{ErrorCode, Message, Status},
};

use crate::{
    args, columns,
    db::{Arg, Tx},
};

crate::statements! {
    hot RECIPIENTS = "settle.recipients", "
        SELECT message_id, broadcast_id, status FROM broadcast_recipient WHERE message_id IN ({in})";
    hot MARK = "settle.mark_recipients", "
        UPDATE broadcast_recipient SET status = ended.column2, reason = ended.column3, updated_at = $1
        FROM (VALUES {rows bytes, text, text}) AS ended
        WHERE broadcast_recipient.message_id = ended.column1";
    hot COUNT = "settle.count", "
        UPDATE broadcast SET sent = sent + $1, failed = failed + $2, blocked = blocked + $3, unknown = unknown + $4,
            cancelled = cancelled + $5, updated_at = $6
        WHERE id = $7
        RETURNING status, is_frozen, total, sent, failed, blocked, skipped, unknown, cancelled";
    hot FINISH = "settle.finish", "UPDATE broadcast SET status = $1, finished_at = $2 WHERE id = $3";
}

/// By how much counts change.
#[derive(Debug, Default)]
struct Delta {
    sent: i64,
    failed: i64,
    blocked: i64,
    unknown: i64,
    cancelled: i64,
}

/// Carries the ends of messages over to their recipients and broadcasts; answers what the feed has to tell.
pub(super) fn recipients(
    tx: &mut Tx,
    tenants: &HashMap<Id<Broadcast>, Id<Tenant>>,
    ended: &[(Id<Message>, Status, Option<ErrorCode>)],
    now: Timestamp,
) -> Result<Vec<(Id<Tenant>, Change)>> {
    if tenants.is_empty() {
        return Ok(Vec::new());
    }
    let deltas = mark(tx, ended, now)?;
    let mut changes = Vec::new();
    for (broadcast, delta) in deltas {
        count(tx, broadcast, &delta, now)?;
        changes.extend(tenants.get(&broadcast).map(|t| (*t, Change::new(FeedKind::Broadcast, broadcast))));
    }
    Ok(changes)
}

fn mark(
    tx: &mut Tx,
    ended: &[(Id<Message>, Status, Option<ErrorCode>)],
    now: Timestamp,
) -> Result<BTreeMap<Id<Broadcast>, Delta>> {
    let list: Vec<Arg> = ended.iter().map(|(id, ..)| Arg::from(*id)).collect();
    let before: HashMap<Id<Message>, (Id<Broadcast>, RecipientStatus)> = tx
        .query_in(RECIPIENTS, &[], &list, |row| Ok((row.get(0)?, (row.get(1)?, columns::word(row, 2)?))))?
        .into_iter()
        .collect();
    let mut deltas: BTreeMap<Id<Broadcast>, Delta> = BTreeMap::new();
    let mut rows: Vec<[Arg; 3]> = Vec::new();
    for (message, status, code) in ended {
        let Some((broadcast, was)) = before.get(message) else { continue };
        let is = recipient_status(*status);
        let delta = deltas.entry(*broadcast).or_default();
        delta.add(*was, -1);
        delta.add(is, 1);
        rows.push(args![*message, is.as_str(), code.map(|c| c.as_str())]);
    }
    tx.execute_rows(MARK, &args![now], &rows)?;
    Ok(deltas)
}

fn count(tx: &mut Tx, broadcast: Id<Broadcast>, delta: &Delta, now: Timestamp) -> Result<()> {
    let args = args![delta.sent, delta.failed, delta.blocked, delta.unknown, delta.cancelled, now, broadcast];
    let (status, is_frozen, counts): (BroadcastStatus, bool, Counts) = tx.query_one(COUNT, &args, |row| {
        let counts = Counts {
            total: Some(row.get(2)?),
            sent: row.get(3)?,
            failed: row.get(4)?,
            blocked: row.get(5)?,
            skipped: row.get(6)?,
            unknown: row.get(7)?,
            cancelled: row.get(8)?,
        };
        Ok((columns::word(row, 0)?, row.get(1)?, counts))
    })?;
    if is_frozen && counts.pending() == 0 && status != BroadcastStatus::Cancelled {
        tx.execute(FINISH, &args![counts.verdict().as_str(), now, broadcast])?;
    }
    Ok(())
}

impl Delta {
    fn add(&mut self, status: RecipientStatus, by: i64) {
        match status {
            RecipientStatus::Sent => self.sent += by,
            RecipientStatus::Failed => self.failed += by,
            RecipientStatus::Blocked => self.blocked += by,
            RecipientStatus::Unknown => self.unknown += by,
            RecipientStatus::Cancelled => self.cancelled += by,
            RecipientStatus::Pending | RecipientStatus::Queued | RecipientStatus::Skipped => {}
        }
    }
}

/// A message's end as its recipient's status.
fn recipient_status(status: Status) -> RecipientStatus {
    match status {
        Status::Sent => RecipientStatus::Sent,
        Status::Blocked => RecipientStatus::Blocked,
        Status::Unknown => RecipientStatus::Unknown,
        Status::Cancelled => RecipientStatus::Cancelled,
        Status::Failed | Status::Expired => RecipientStatus::Failed,
        Status::Scheduled | Status::Pending | Status::Sending => RecipientStatus::Queued,
    }
}
