//! What settled deliveries mean for their broadcasts: recipients, counts, and the end.

use std::collections::{BTreeMap, HashMap};

use model::{
    Id, Result, Tenant, Timestamp,
    broadcast::{Broadcast, RecipientStatus},
    feed::{Change, FeedKind},
    message::{Message, Status},
};

use super::settle::{EndedMessage, Settlement};
use crate::{
    args,
    broadcasts::{
        counts::{self, Delta, Streak},
        ticks::{self, Tick},
    },
    columns,
    db::{Arg, Tx},
};

crate::statements! {
    hot RECIPIENTS = "settle.recipients", "
        SELECT message_id, broadcast_id, status FROM broadcast_recipient WHERE message_id IN ({in})";
    hot MARK = "settle.mark_recipients", "
        UPDATE broadcast_recipient SET status = ended.column2, reason = ended.column3, updated_at = $1
        FROM (VALUES {rows bytes, text, text}) AS ended
        WHERE broadcast_recipient.message_id = ended.column1";
}

/// Holds the broadcasts of what is settled, before any lane is held.
pub(super) fn hold(tx: &mut Tx, settlements: &[Settlement]) -> Result<()> {
    counts::hold(tx, &settlements.iter().filter_map(|settlement| settlement.broadcast).collect())
}

/// Carries the ends of messages over to their recipients and broadcasts; answers what the feed has to tell.
pub(super) fn recipients(
    tx: &mut Tx,
    tenants: &HashMap<Id<Broadcast>, Id<Tenant>>,
    ended: &[EndedMessage],
    throttled: &[Id<Broadcast>],
    now: Timestamp,
) -> Result<Vec<(Id<Tenant>, Change)>> {
    if tenants.is_empty() {
        return Ok(Vec::new());
    }
    let mut changes = mark(tx, ended, now)?;
    for broadcast in throttled {
        changes.entry(*broadcast).or_default().tick.throttled += 1;
    }
    let changed = write(tx, changes, now)?;
    let told = changed.into_iter().filter_map(|id| Some((*tenants.get(&id)?, Change::new(FeedKind::Broadcast, id))));
    Ok(told.collect())
}

/// The same for messages that ended, or are queued again, without a call. Answers the broadcasts whose counts changed.
pub(crate) fn end_recipients(tx: &mut Tx, ended: &[EndedMessage], now: Timestamp) -> Result<Vec<Id<Broadcast>>> {
    let changes = mark(tx, ended, now)?;
    write(tx, changes, now)
}

/// What a batch means for one broadcast.
#[derive(Debug, Default)]
struct Part {
    delta: Delta,
    streak: Streak,
    tick: Tick,
}

type Changed = BTreeMap<Id<Broadcast>, Part>;

fn write(tx: &mut Tx, changes: Changed, now: Timestamp) -> Result<Vec<Id<Broadcast>>> {
    for (broadcast, part) in &changes {
        let started_at = counts::add(tx, *broadcast, &part.delta, now)?;
        counts::stop_after(tx, *broadcast, &part.streak)?;
        ticks::add(tx, *broadcast, &part.tick, started_at, now)?;
    }
    Ok(changes.into_keys().collect())
}

fn mark(tx: &mut Tx, ended: &[EndedMessage], now: Timestamp) -> Result<Changed> {
    let list: Vec<Arg> = ended.iter().map(|(id, ..)| Arg::from(*id)).collect();
    let before: HashMap<Id<Message>, (Id<Broadcast>, RecipientStatus)> = tx
        .query_in(RECIPIENTS, &[], &list, |row| Ok((row.get(0)?, (row.get(1)?, columns::word(row, 2)?))))?
        .into_iter()
        .collect();
    let mut changes: Changed = BTreeMap::new();
    let mut rows: Vec<[Arg; 3]> = Vec::new();
    for (message, status, code) in ended {
        let Some((broadcast, was)) = before.get(message) else { continue };
        let is = recipient_status(*status);
        // Channels tell some things more than once.
        if is == *was {
            continue;
        }
        let part = changes.entry(*broadcast).or_default();
        part.delta.count(*was, -1);
        part.delta.count(is, 1);
        part.streak.add(is, code.map(|code| code.as_str()));
        part.tick.count(is);
        rows.push(args![*message, is.as_str(), code.map(|c| c.as_str())]);
    }
    tx.execute_rows(MARK, &args![now], &rows)?;
    Ok(changes)
}

/// A message's end as its recipient's status.
pub(super) fn recipient_status(status: Status) -> RecipientStatus {
    match status {
        Status::Sent | Status::Delivered | Status::Read => RecipientStatus::Sent,
        Status::Blocked => RecipientStatus::Blocked,
        Status::Unknown => RecipientStatus::Unknown,
        Status::Cancelled => RecipientStatus::Cancelled,
        Status::Failed | Status::Expired => RecipientStatus::Failed,
        Status::Scheduled | Status::Pending | Status::Sending => RecipientStatus::Queued,
    }
}
