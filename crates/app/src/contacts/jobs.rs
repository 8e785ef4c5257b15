//! The same done to many contacts in the background: one stretch at a time, each in one transaction with the note of how
//! far it got. So a crash or a cancellation loses nothing and does nothing twice.

use model::{
    Error, ErrorKind, Id, Ids, Result, Scope, Timestamp,
    activity::Deed,
    contact::{
        Contact, ContactKind, Source,
        change::Change,
        job::{Act, ContactJob, JobStatus},
    },
};
use serde_json::{Value, json};
use store::{
    activity,
    contact_jobs::{self, Step, Target},
    contacts::{self, Filter},
    db::{Arg, Tx},
    page::{Position, Request, Start},
};
use tokio::select;
use tokio_util::sync::CancellationToken;

use super::{
    IDS_MAX, attributes,
    edit::{self, announce},
};
use crate::App;

/// How many contacts one transaction changes, so that others get their turn.
const CHUNK: usize = 250;
/// How long others leave a job alone that somebody works on.
const LEASE_MS: i64 = 30_000;
/// How often to look for work when nobody says that there is some.
const LOOK_MS: i64 = 5_000;

/// Takes a job on. One that has this `id` already is the answer, as it is.
pub async fn start_job(
    app: &App,
    scope: &Scope,
    id: Option<Id<ContactJob>>,
    act: Act,
    target: Target,
) -> Result<ContactJob> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    let (id, act, target) = (id.unwrap_or_else(|| app.ids.id()), act.checked()?, tidy(target)?);
    app.db
        .write(move |tx| {
            if let Some(known) = contact_jobs::get(tx, &scope, id)? {
                return Ok(known);
            }
            check(tx, &*ids, &scope, &act, now)?;
            let job = ContactJob {
                id,
                tenant: scope.tenant(),
                status: JobStatus::Running,
                status_reason: None,
                actor: scope.actor(),
                act: act.clone(),
                total: count(tx, &scope, &target, now)?,
                done: 0,
                changed: 0,
                failed: 0,
                below: match target {
                    Target::Ids(_) => None,
                    // Ids grow with time: who is made from now on is not meant.
                    Target::Filter(_) => Some(ids.id()),
                },
                created_at: now,
                updated_at: now,
                finished_at: None,
            };
            contact_jobs::insert(tx, &scope, &job, &target)?;
            note(tx, &*ids, &scope, "contacts.job_started", &job, now)?;
            Ok(job)
        })
        .await
}

fn tidy(target: Target) -> Result<Target> {
    match target {
        Target::Ids(ids) if ids.len() > IDS_MAX => {
            Err(Error::field("ids", format!("List at most {IDS_MAX} ids, or use a filter.")))
        }
        Target::Ids(mut ids) => {
            // They are walked downwards.
            ids.sort_by(|one, other| other.cmp(one));
            ids.dedup();
            Ok(Target::Ids(ids))
        }
        target @ Target::Filter(_) => Ok(target),
    }
}

/// What can be complained about at once is: what is to be set is tried on somebody who isn't there.
fn check(tx: &mut Tx, ids: &dyn Ids, scope: &Scope, act: &Act, now: Timestamp) -> Result<()> {
    let Act::Set { change } = act else { return Ok(()) };
    let mut nobody = Contact::new(ids.id(), scope.tenant(), ContactKind::Person, Source::Api, now);
    Change::clone(change).apply(&mut nobody)?;
    attributes::settle(tx, scope, None, &mut nobody)?;
    edit::check(tx, scope, None, &nobody)
}

fn count(tx: &mut Tx, scope: &Scope, target: &Target, now: Timestamp) -> Result<i64> {
    match target {
        Target::Ids(ids) => Ok(i64::try_from(ids.len()).unwrap_or(i64::MAX)),
        Target::Filter(filter) => {
            let request = Request { sort: 0, descending: true, start: Start::First, size: 1, count: true };
            let filter = Filter::clone(filter).settled(tx, scope, now)?;
            Ok(contacts::list(tx, scope, &filter, &request)?.count.unwrap_or_default())
        }
    }
}

/// One entry for all of them: each alone would drown the log.
fn note(
    tx: &mut Tx,
    ids: &dyn Ids,
    scope: &Scope,
    action: &'static str,
    job: &ContactJob,
    now: Timestamp,
) -> Result<()> {
    let ContactJob { status, act, total, done, changed, failed, .. } = job;
    let told = json!({"act": act.action(), "words": act.words(), "status": status, "total": total, "done": done,
        "changed": changed, "failed": failed});
    let deed = Deed::new(action, "contact_job", job.id).changed(&Value::Null, &told);
    activity::record(tx, scope, ids, &deed, now)
}

/// Ends a job where it is. What was done stays.
pub async fn cancel_job(app: &App, scope: &Scope, id: Id<ContactJob>) -> Result<ContactJob> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            let job = contact_jobs::get(tx, &scope, id)?.ok_or_else(|| Error::not_found("job"))?;
            match job.status {
                JobStatus::Cancelled => return Ok(job),
                JobStatus::Completed | JobStatus::Failed => {
                    return Err(Error::conflict("job_ended", format!("The job is {} already.", job.status)));
                }
                JobStatus::Running => {}
            }
            contact_jobs::end(tx, (scope.tenant(), id), JobStatus::Cancelled, None, now)?;
            let ended = contact_jobs::get(tx, &scope, id)?.ok_or_else(|| Error::not_found("job"))?;
            note(tx, &*ids, &scope, "contacts.job_cancelled", &ended, now)?;
            Ok(ended)
        })
        .await
}

/// Runs every job of the installation, one stretch after the other.
#[derive(Debug, Clone)]
pub struct ContactJobs(pub App);

impl ContactJobs {
    /// Works until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        let mut wakes = self.0.db.listen(contact_jobs::CHANNEL);
        while !stop.is_cancelled() {
            match self.step().await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => tracing::error!(?error, "A job over contacts could not go on now; it is tried again."),
            }
            let later = self.0.clock.sleep_until(self.0.clock.now() + LOOK_MS);
            select! {
                () = stop.cancelled() => return,
                _ = wakes.recv() => {}
                () = later => {}
            }
        }
    }

    /// Does one stretch of one job. `false`: there is none.
    pub async fn step(&self) -> Result<bool> {
        let (app, now) = (&self.0, self.0.clock.now());
        if !app.db.read(move |tx| contact_jobs::is_due(tx, now)).await? {
            return Ok(false);
        }
        let claimed = app.db.write(move |tx| contact_jobs::claim(tx, now, now + LEASE_MS)).await?;
        let Some((job, target)) = claimed else { return Ok(false) };
        let scope = Scope::on_behalf_of(job.tenant, job.actor);
        let (ids, names) = (app.ids.clone(), (job.tenant, job.id));
        let stretch = app.db.write(move |tx| stretch(tx, &*ids, &scope, (&job, &target), now)).await;
        match stretch {
            Ok(()) => {}
            Err(error) if error.code() == "job_ended" => {}
            // What it is about makes no sense any more: a segment is gone, or its rules are.
            Err(error) if matches!(error.kind(), ErrorKind::Invalid | ErrorKind::NotFound) => {
                let why = why(&error);
                app.db.write(move |tx| contact_jobs::end(tx, names, JobStatus::Failed, Some(&why), now)).await?;
            }
            Err(error) => return Err(error),
        }
        Ok(true)
    }
}

fn stretch(
    tx: &mut Tx,
    ids: &dyn Ids,
    scope: &Scope,
    (job, target): (&ContactJob, &Target),
    now: Timestamp,
) -> Result<()> {
    let found = next(tx, scope, target, job.below, now)?;
    let ended = || Error::conflict("job_ended", "The job ended meanwhile.");
    if found.is_empty() {
        if !contact_jobs::end(tx, (job.tenant, job.id), JobStatus::Completed, None, now)? {
            return Err(ended());
        }
        let done = contact_jobs::get(tx, scope, job.id)?.ok_or_else(ended)?;
        return note(tx, ids, scope, "contacts.job_done", &done, now);
    }
    let (changed, failed) = do_it(tx, ids, scope, &job.act, &found, now)?;
    let done = i64::try_from(found.len()).unwrap_or(i64::MAX);
    let step = Step { done, changed, failed, below: found.last().copied() };
    match contact_jobs::advance(tx, job, step, now)? {
        true => Ok(()),
        false => Err(ended()),
    }
}

/// The contacts that come next. Walked by id, so that what is made meanwhile, or no longer matches because it was changed,
/// leaves no gap.
fn next(
    tx: &mut Tx,
    scope: &Scope,
    target: &Target,
    below: Option<Id<Contact>>,
    now: Timestamp,
) -> Result<Vec<Id<Contact>>> {
    match target {
        Target::Ids(ids) => {
            Ok(ids.iter().filter(|id| below.is_none_or(|below| **id < below)).take(CHUNK).copied().collect())
        }
        Target::Filter(filter) => {
            let filter = Filter::clone(filter).settled(tx, scope, now)?;
            let after = |id: Id<Contact>| Start::After(Position { unique: id.into(), sort: Arg::Null });
            let start = below.map_or(Start::First, after);
            let request = Request { sort: 0, descending: true, start, size: CHUNK as u32, count: false };
            Ok(contacts::list(tx, scope, &filter, &request)?.rows.iter().map(|contact| contact.id).collect())
        }
    }
}

/// How many are different now, and how many could not be.
fn do_it(
    tx: &mut Tx,
    ids: &dyn Ids,
    scope: &Scope,
    act: &Act,
    found: &[Id<Contact>],
    now: Timestamp,
) -> Result<(i64, i64)> {
    let missing = contacts::missing(tx, scope, found)?;
    let there: Vec<_> = found.iter().filter(|id| !missing.contains(id)).copied().collect();
    let gone = i64::try_from(missing.len()).unwrap_or(i64::MAX);
    let changed = match act {
        Act::Tag { tags } => contacts::add_tags(tx, scope, &there, tags)?,
        Act::Untag { tags } => contacts::remove_tags(tx, scope, &there, tags)?,
        Act::Delete => contacts::delete(tx, scope, &there, now)?,
        Act::Set { change } => {
            let (changed, refused) = set(tx, ids, scope, change, &there, now)?;
            return Ok((changed, gone + refused));
        }
    };
    announce(tx, scope, &there, now)?;
    Ok((i64::try_from(changed).unwrap_or(i64::MAX), gone))
}

/// Sets the same on each; who can't have it stays as they are.
fn set(
    tx: &mut Tx,
    ids: &dyn Ids,
    scope: &Scope,
    change: &Change,
    there: &[Id<Contact>],
    now: Timestamp,
) -> Result<(i64, i64)> {
    let (mut changed, mut refused) = (Vec::new(), 0);
    for before in contacts::get_many(tx, scope, there)? {
        match edit::changed(tx, scope, &before, change.clone(), now) {
            Ok(None) => {}
            Ok(Some(contact)) => {
                edit::write(tx, scope, ids, Some(&before), &contact, now)?;
                changed.push(contact.id);
            }
            Err(error) if matches!(error.kind(), ErrorKind::Invalid | ErrorKind::Conflict) => refused += 1,
            Err(error) => return Err(error),
        }
    }
    announce(tx, scope, &changed, now)?;
    Ok((i64::try_from(changed.len()).unwrap_or(i64::MAX), refused))
}

/// Why a job can't go on, in a sentence.
fn why(error: &Error) -> String {
    let said: Vec<&str> = error.field_errors().values().flatten().map(String::as_str).collect();
    if said.is_empty() { error.message().to_owned() } else { said.join(" ") }
}
