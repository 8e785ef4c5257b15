//! Changing and removing broadcasts that have not begun.

use model::{
    Error, Id, Rate, Result, Scope, Timestamp,
    activity::Deed,
    bot::Bot,
    broadcast::{Broadcast, BroadcastStatus, Steering},
    feed::{Change as FeedChange, FeedKind},
};
use serde_json::{Value, json};
use store::{
    activity,
    broadcasts::{self, Audience, Record, Script, audience},
    callback_data, feed,
};

use super::{
    act::{check_somebody, enter},
    create::{self, Listed, New},
};
use crate::App;

/// What is to be different. What is None stays.
#[derive(Debug, Clone, Default)]
pub struct Change {
    pub name: Option<String>,
    pub script: Option<Script>,
    pub audience: Option<Audience>,
    pub recipients: Option<Listed>,
    pub exclude_recipients: Option<Listed>,
    pub bot: Option<Option<Id<Bot>>>,
    pub steering: Option<Steering>,
    pub scheduled_time: Option<Option<Timestamp>>,
    /// `DRAFT`, `SCHEDULED` or `QUEUED`.
    pub status: Option<BroadcastStatus>,
}

/// Changes a broadcast that is a draft or scheduled. `build` makes the change from what stands there now.
pub async fn change(
    app: &App,
    scope: &Scope,
    id: Id<Broadcast>,
    build: impl FnOnce(&Record) -> Result<Change> + Send,
) -> Result<Record> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    let before = app.db.read(move |tx| editable(broadcasts::get(tx, &scope, id)?)).await?;
    let change = build(&before)?;
    let prepared = create::check(app, &scope, &as_new(&before, &change), now).await?;
    let script = prepared.script().clone();
    app.db
        .write(move |tx| {
            let mut record = editable(broadcasts::hold(tx, &scope, id)?)?;
            let before = shown(&record);
            let fresh: Vec<_> =
                script.long_data.iter().filter(|pair| !record.script.long_data.contains(pair)).cloned().collect();
            record.script = script.clone();
            apply(&mut record, &change, now);
            if change.audience.is_some() {
                audience::resolve(tx, &scope, &mut record.audience, now)?;
            }
            create::check_bot(tx, &scope, (record.platform, record.bot), now)?;
            create::put_list(tx, &scope, &record, "recipients", change.recipients.as_ref())?;
            create::put_list(tx, &scope, &record, "exclude_recipients", change.exclude_recipients.as_ref())?;
            if !matches!(record.status, BroadcastStatus::Draft | BroadcastStatus::Paused) {
                check_somebody(tx, &scope, &record)?;
                prepared.check_approved(tx, &scope, record.bot, now)?;
            }
            callback_data::put(tx, &scope, &fresh, now)?;
            broadcasts::update(tx, &scope, &record)?;
            let deed = Deed::new("broadcast.changed", "broadcast", id).named(&record.name);
            activity::record(tx, &scope, &*ids, &deed.changed(&before, &shown(&record)), now)?;
            feed::append(tx, &scope, &[FeedChange::new(FeedKind::Broadcast, id)], now)?;
            Ok(record)
        })
        .await
}

/// Removes a broadcast that is a draft or scheduled.
pub async fn delete(app: &App, scope: &Scope, id: Id<Broadcast>) -> Result<()> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            let record = editable(broadcasts::hold(tx, &scope, id)?)?;
            broadcasts::delete(tx, &scope, id)?;
            let deed = Deed::new("broadcast.removed", "broadcast", id).named(&record.name);
            activity::record(tx, &scope, &*ids, &deed, now)?;
            feed::append(tx, &scope, &[FeedChange::new(FeedKind::Broadcast, id)], now)
        })
        .await
}

/// A broadcast as the activity log keeps it.
fn shown(record: &Record) -> Value {
    let rate_limit = record.steering.rate_limit.map(|rate| rate.to_string());
    json!({"name": record.name, "status": record.status, "bot_app_id": record.bot, "scheduled_time": record.scheduled_at,
        "message_text": record.script.text, "template": record.script.template, "rate_limit": rate_limit})
}

/// Changes how fast a broadcast may be, also while it runs.
pub async fn change_rate(app: &App, scope: &Scope, id: Id<Broadcast>, rate: Option<Rate>) -> Result<Record> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            let mut record = broadcasts::hold(tx, &scope, id)?.ok_or_else(|| Error::not_found("broadcast"))?;
            if record.status.is_final() {
                let words = format!("A broadcast that is {} has no rate to be changed.", record.status);
                return Err(Error::conflict("invalid_state", words));
            }
            let before = shown(&record);
            record.steering.rate_limit = rate;
            record.updated_at = now;
            broadcasts::set_status(tx, &scope, &record)?;
            let deed = Deed::new("broadcast.changed", "broadcast", id).named(&record.name);
            activity::record(tx, &scope, &*ids, &deed.changed(&before, &shown(&record)), now)?;
            feed::append(tx, &scope, &[FeedChange::new(FeedKind::Broadcast, id)], now)?;
            Ok(record)
        })
        .await
}

fn editable(found: Option<Record>) -> Result<Record> {
    let record = found.ok_or_else(|| Error::not_found("broadcast"))?;
    let has_begun = record.started_at.is_some() || record.status.is_final();
    if record.status.is_editable() || (record.status == BroadcastStatus::Paused && !has_begun) {
        return Ok(record);
    }
    let words =
        format!("Only a broadcast that has not begun can be changed or removed; this one is {}.", record.status);
    Err(Error::conflict("invalid_state", words))
}

/// The broadcast as it would be, for the checks that a new one has to pass.
fn as_new(before: &Record, change: &Change) -> New {
    New {
        id: None,
        name: change.name.clone().unwrap_or_else(|| before.name.clone()),
        platform: before.platform,
        script: change.script.clone().unwrap_or_else(|| before.script.clone()),
        audience: change.audience.clone().unwrap_or_else(|| before.audience.clone()),
        recipients: change.recipients.clone(),
        exclude_recipients: change.exclude_recipients.clone(),
        bot: change.bot.unwrap_or(before.bot),
        steering: change.steering.clone().unwrap_or_else(|| before.steering.clone()),
        // Whether there is an audience is seen in the transaction, where the lists stand.
        is_draft: true,
        scheduled_time: change.scheduled_time.unwrap_or(before.scheduled_at),
    }
}

fn apply(record: &mut Record, change: &Change, now: Timestamp) {
    if let Some(name) = &change.name {
        record.name = name.trim().to_owned();
    }
    if let Some(audience) = &change.audience {
        record.audience = create::tidy(audience);
    }
    record.bot = change.bot.unwrap_or(record.bot);
    if let Some(steering) = &change.steering {
        record.steering = steering.clone();
    }
    record.scheduled_at = change.scheduled_time.unwrap_or(record.scheduled_at);
    let status = status(record, change, now);
    enter(record, status, now);
}

/// A time makes a draft scheduled, taking it away makes it a draft again; a status that is given wins.
fn status(record: &Record, change: &Change, now: Timestamp) -> BroadcastStatus {
    let by_time = create::first_status(false, record.scheduled_at, now);
    match (change.status, change.scheduled_time) {
        // It waits until somebody resumes it.
        (None, _) if record.status == BroadcastStatus::Paused => BroadcastStatus::Paused,
        (Some(BroadcastStatus::Draft), _) | (None, Some(None)) => BroadcastStatus::Draft,
        (Some(BroadcastStatus::Queued), _) => BroadcastStatus::Queued,
        (Some(_), _) | (None, Some(Some(_))) => by_time,
        (None, None) => record.status,
    }
}
