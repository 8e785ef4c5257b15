//! Starting and stopping broadcasts.

use model::{
    Error, Id, Ids, Result, Scope, Timestamp,
    activity::Deed,
    broadcast::{Broadcast, BroadcastStatus},
    feed::{Change, FeedKind},
};
use serde_json::json;
use store::{
    activity,
    broadcasts::{self, Record, audience},
    db::Tx,
    feed,
};

use super::script::Prepared;
use crate::App;

/// What people do to a broadcast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Begin now, whatever the schedule says.
    Start,
    Pause,
    Resume,
    Cancel,
}

impl Act {
    /// What the activity log calls it.
    const fn action(self) -> &'static str {
        match self {
            Act::Start => "broadcast.started",
            Act::Pause => "broadcast.paused",
            Act::Resume => "broadcast.resumed",
            Act::Cancel => "broadcast.cancelled",
        }
    }
}

/// Does it, or says in which state that can't be done.
pub async fn act(app: &App, scope: &Scope, id: Id<Broadcast>, act: Act) -> Result<Record> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            let mut record = broadcasts::hold(tx, &scope, id)?.ok_or_else(|| Error::not_found("broadcast"))?;
            let status = next(tx, &*ids, &scope, &record, act, now)?;
            if status == record.status {
                // Asked twice, as by a second click.
                return Ok(record);
            }
            let before = record.status;
            enter(&mut record, status, now);
            broadcasts::set_status(tx, &scope, &record)?;
            if status == BroadcastStatus::Cancelled {
                broadcasts::withdraw(tx, id)?;
            }
            let deed = Deed::new(act.action(), "broadcast", id).named(&record.name);
            let deed = deed.changed(&json!({"status": before}), &json!({"status": status}));
            activity::record(tx, &scope, &*ids, &deed, now)?;
            feed::append(tx, &scope, &[Change::new(FeedKind::Broadcast, id)], now)?;
            Ok(record)
        })
        .await
}

fn next(
    tx: &mut Tx,
    ids: &dyn Ids,
    scope: &Scope,
    record: &Record,
    act: Act,
    now: Timestamp,
) -> Result<BroadcastStatus> {
    use BroadcastStatus::{Cancelled, Draft, Paused, Queued, Scheduled};
    match (act, record.status) {
        (Act::Start, Draft | Scheduled) => {
            check_somebody(tx, scope, record)?;
            Prepared::new(ids, &record.script)?.check_approved(tx, scope, record.bot, now)?;
            Ok(Queued)
        }
        (Act::Pause, status) => status.change(Paused),
        (Act::Cancel, status) => status.change(Cancelled),
        (Act::Resume, Paused) if record.paused_from == Some(Draft) => Ok(Draft),
        (Act::Resume, Paused) if record.started_at.is_some() => broadcasts::running_status(tx, record.id),
        (Act::Resume, Paused) if record.scheduled_at.is_some_and(|at| at > now) => Ok(Scheduled),
        (Act::Resume, Paused) => Ok(Queued),
        (Act::Resume, running @ (Queued | BroadcastStatus::Sending)) => Ok(running),
        (Act::Start, status) => {
            Err(Error::conflict("invalid_state", format!("A broadcast that is {status} can't be started.")))
        }
        (Act::Resume, status) => Err(Error::conflict(
            "invalid_state",
            format!("Only a broadcast that is PAUSED can be resumed; this one is {status}."),
        )),
    }
}

/// A draft may be without an audience, but it can't go out to nobody.
pub(super) fn check_somebody(tx: &mut Tx, _: &Scope, record: &Record) -> Result<()> {
    if record.audience.names_somebody() || audience::count_listed(tx, record.id, false)? > 0 {
        return Ok(());
    }
    Err(Error::field("recipients", "Say who gets it: list contacts, or use tag_filter, segment or select_all."))
}

/// Sets a state and what goes with it.
pub(super) fn enter(record: &mut Record, status: BroadcastStatus, now: Timestamp) {
    if status.is_running() {
        record.started_at = record.started_at.or(Some(now));
        // Nothing may leave before it is known whether it is quiet.
        record.quiet = record.steering.quiet(now);
    }
    if status != record.status {
        record.paused_from = (status == BroadcastStatus::Paused).then_some(record.status);
        record.status_reason = None;
    }
    record.finished_at = status.is_final().then_some(now);
    record.status = status;
    record.updated_at = now;
}
