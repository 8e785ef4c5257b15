//! Once more: to recipients who got nothing, or as a copy.

use model::{
    Error, Id, Ids, Result, Scope, Timestamp,
    activity::Deed,
    broadcast::{Broadcast, BroadcastStatus, Counts, RecipientStatus},
    feed::{Change, FeedKind},
};
use serde_json::{Value, json};
use store::{
    activity,
    broadcasts::{self, Record, audience},
    db::Tx,
    feed,
};

use crate::{App, send::queue_again};

/// Recipients that one transaction queues again.
const CHUNK: i64 = 500;
const NAME_CHARS_MAX: usize = 255;

/// Queues the recipients with this status (`FAILED` or `UNKNOWN`) once more.
pub async fn retry(app: &App, scope: &Scope, id: Id<Broadcast>, status: RecipientStatus) -> Result<Record> {
    let scope = *scope;
    let mut after = Vec::new();
    loop {
        let (now, from, ids) = (app.clock.now(), after.clone(), app.ids.clone());
        let next = app.db.write(move |tx| retry_chunk(tx, &*ids, &scope, id, status, &from, now)).await?;
        match next {
            Some(next) => after = next,
            None => break,
        }
    }
    let (now, ids) = (app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            let record = broadcasts::get(tx, &scope, id)?.ok_or_else(|| Error::not_found("broadcast"))?;
            let deed = Deed::new("broadcast.retried", "broadcast", id).named(&record.name);
            let deed = deed.changed(&Value::Null, &json!({"recipients": status}));
            activity::record(tx, &scope, &*ids, &deed, now)?;
            Ok(record)
        })
        .await
}

fn retry_chunk(
    tx: &mut Tx,
    ids: &dyn Ids,
    scope: &Scope,
    id: Id<Broadcast>,
    status: RecipientStatus,
    after: &[u8],
    now: Timestamp,
) -> Result<Option<Vec<u8>>> {
    let record = broadcasts::hold(tx, scope, id)?.ok_or_else(|| Error::not_found("broadcast"))?;
    if record.started_at.is_none() || record.status == BroadcastStatus::Cancelled {
        let words = format!("A broadcast that is {} has nobody to be sent to again.", record.status);
        return Err(Error::conflict("invalid_state", words));
    }
    let (messages, next) = broadcasts::ended(tx, id, status, after, CHUNK)?;
    for message in messages {
        queue_again(tx, ids, scope, message, status == RecipientStatus::Unknown, now)?;
    }
    feed::append(tx, scope, &[Change::new(FeedKind::Broadcast, id)], now)?;
    Ok(next)
}

/// A new draft that says the same to the same audience.
pub async fn duplicate(app: &App, scope: &Scope, id: Id<Broadcast>) -> Result<Record> {
    let (scope, now, new, ids) = (*scope, app.clock.now(), app.ids.id(), app.ids.clone());
    app.db
        .write(move |tx| {
            let from = broadcasts::get(tx, &scope, id)?.ok_or_else(|| Error::not_found("broadcast"))?;
            let copy = Record {
                id: new,
                name: format!("{} (copy)", from.name).chars().take(NAME_CHARS_MAX).collect(),
                status: BroadcastStatus::Draft,
                status_reason: None,
                scheduled_at: None,
                started_at: None,
                finished_at: None,
                paused_from: None,
                quiet: None,
                is_frozen: false,
                counts: Counts::default(),
                found: 0,
                created_at: now,
                updated_at: now,
                ..from
            };
            broadcasts::insert(tx, &scope, &copy)?;
            audience::copy_lists(tx, new, id)?;
            let deed = Deed::new("broadcast.created", "broadcast", new).named(&copy.name);
            activity::record(tx, &scope, &*ids, &deed.changed(&Value::Null, &json!({"copy_of": id})), now)?;
            feed::append(tx, &scope, &[Change::new(FeedKind::Broadcast, new)], now)?;
            Ok(copy)
        })
        .await
}
