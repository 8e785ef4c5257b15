//! The same done to many contacts, in the background: what is to be done to whom, and how far it is.

use model::{
    Actor, Error, Id, Result, Scope, Tenant, Timestamp,
    contact::{
        By, Contact,
        job::{ContactJob, JobStatus},
    },
    feed::{Change, FeedKind},
    message::AuthorType,
};
use serde::{Deserialize, Serialize};

use crate::{
    args, columns,
    contacts::Filter,
    db::{Arg, Row, Sql, Tx},
    feed,
    page::{Page, Request},
};

/// Told when there is something to do.
pub const CHANNEL: &str = "contact_job";

macro_rules! columns {
    () => {
        "id, tenant_id, status, status_reason, actor_type, actor_id, act, total, done, changed, failed, below, \
         created_at, updated_at, finished_at"
    };
}

crate::pages! {
    /// A tenant's jobs.
    JOBS = "contact_job.list",
    select columns!(),
    from "contact_job WHERE tenant_id = $4 AND (CAST($5 AS TEXT) IS NULL OR status = $5)",
    unique Id "id",
    sorts { "created_at" => Unique }
}

crate::statements! {
    hot GET = "contact_job.get", concat!("SELECT ", columns!(), " FROM contact_job WHERE tenant_id = $1 AND id = $2");
    INSERT = "contact_job.insert", "INSERT INTO contact_job (id, tenant_id, status, actor_type, actor_id, act, target,
            total, below, done, changed, failed, lease_until, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, 0, 0, $10, $10)";
    hot DUE = "contact_job.due", "SELECT COUNT(*) FROM contact_job WHERE status = 'RUNNING' AND lease_until <= $1";
    hot CLAIM = "contact_job.claim", concat!("UPDATE contact_job SET lease_until = $1
        WHERE id = (SELECT due.id FROM contact_job AS due WHERE due.status = 'RUNNING' AND due.lease_until <= $2
            ORDER BY due.lease_until LIMIT 1 {skip_locked})
        RETURNING ", columns!(), ", target");
    hot ADVANCE = "contact_job.advance", "UPDATE contact_job SET done = done + $1, changed = changed + $2,
            failed = failed + $3, below = $4, lease_until = $5, updated_at = $5
        WHERE id = $6 AND status = 'RUNNING' AND below IS NOT DISTINCT FROM $7";
    hot END = "contact_job.end", "UPDATE contact_job SET status = $1, status_reason = $2, updated_at = $3,
            finished_at = $3, target = ''
        WHERE tenant_id = $4 AND id = $5 AND status = 'RUNNING'";
    hot FORGET = "contact_job.forget", "DELETE FROM contact_job WHERE id IN
        (SELECT id FROM contact_job WHERE finished_at IS NOT NULL AND finished_at < $1 ORDER BY finished_at LIMIT $2)";
}

/// Whom a job is about. Stored as JSON until its end.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    Ids(Vec<Id<Contact>>),
    Filter(Box<Filter>),
}

/// What was done in one step.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Step {
    pub done: i64,
    pub changed: i64,
    pub failed: i64,
    /// The last contact that was looked at.
    pub below: Option<Id<Contact>>,
}

/// Takes a job on.
pub fn insert(tx: &mut Tx, scope: &Scope, job: &ContactJob, target: &Target) -> Result<()> {
    let by = By::from(job.actor);
    let args = args![
        job.id,
        scope.tenant(),
        job.status.as_str(),
        by.kind.as_str(),
        by.id.map_or(Arg::Null, |id| Arg::from(id.into_bytes())),
        columns::to_json(&job.act)?,
        columns::to_json(target)?,
        job.total,
        job.below,
        job.created_at,
    ];
    tx.execute(INSERT, &args)?;
    tx.notify(CHANNEL, "")?;
    announce(tx, scope.tenant(), job.id, job.created_at)
}

/// One job.
pub fn get(tx: &mut Tx, scope: &Scope, id: Id<ContactJob>) -> Result<Option<ContactJob>> {
    tx.query_opt(GET, &args![scope.tenant(), id], read)
}

/// One page of a tenant's jobs.
pub fn list(tx: &mut Tx, scope: &Scope, status: Option<JobStatus>, request: &Request) -> Result<Page<ContactJob>> {
    JOBS.page(tx, request, &args![scope.tenant(), status.map(JobStatus::as_str)], read)
}

/// Whether there is a job that nobody works on. Looked at before [`claim`], so that an idle installation writes nothing.
pub fn is_due(tx: &mut Tx, now: Timestamp) -> Result<bool> {
    let count: i64 = tx.query_one(DUE, &args![now], |row| row.get(0))?;
    Ok(count > 0)
}

/// Takes a job that nobody works on until `lease_until`.
pub fn claim(tx: &mut Tx, now: Timestamp, lease_until: Timestamp) -> Result<Option<(ContactJob, Target)>> {
    tx.query_opt(CLAIM, &args![lease_until, now], |row| Ok((read(row)?, columns::json(row, 15)?)))
}

/// Notes a step in the transaction in which it was done, and lets go of the job: whoever is free goes on. `false`: it was
/// cancelled, or somebody else went on; then what was done with it must not stay.
pub fn advance(tx: &mut Tx, job: &ContactJob, step: Step, now: Timestamp) -> Result<bool> {
    let Step { done, changed, failed, below } = step;
    let is_ours = tx.execute(ADVANCE, &args![done, changed, failed, below, now, job.id, job.below])? > 0;
    if is_ours {
        announce(tx, job.tenant, job.id, now)?;
    }
    Ok(is_ours)
}

/// Ends a job; whom it was about is forgotten. `false`: it had ended.
pub fn end(
    tx: &mut Tx,
    (tenant, id): (Id<Tenant>, Id<ContactJob>),
    status: JobStatus,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<bool> {
    let has_ended = tx.execute(END, &args![status.as_str(), reason, now, tenant, id])? > 0;
    if has_ended {
        announce(tx, tenant, id, now)?;
    }
    Ok(has_ended)
}

/// Forgets jobs that ended before `before`; tells how many.
pub fn forget(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64> {
    tx.execute(FORGET, &args![before, limit])
}

fn announce(tx: &mut Tx, tenant: Id<Tenant>, id: Id<ContactJob>, now: Timestamp) -> Result<()> {
    feed::append(tx, &Scope::system(tenant), &[Change::new(FeedKind::ContactJob, id)], now)
}

fn read(row: &Row) -> Result<ContactJob> {
    Ok(ContactJob {
        id: row.get(0)?,
        tenant: row.get(1)?,
        status: columns::word(row, 2)?,
        status_reason: row.get(3)?,
        actor: actor(row)?,
        act: columns::json(row, 6)?,
        total: row.get(7)?,
        done: row.get(8)?,
        changed: row.get(9)?,
        failed: row.get(10)?,
        below: row.get(11)?,
        created_at: row.get(12)?,
        updated_at: row.get(13)?,
        finished_at: row.get(14)?,
    })
}

fn actor(row: &Row) -> Result<Actor> {
    let id: Option<Id<()>> = row.get(5)?;
    match (columns::word(row, 4)?, id.map(|id| id.as_uuid())) {
        (AuthorType::User, Some(id)) => Ok(Actor::User(Id::from_uuid(id))),
        (AuthorType::Api, Some(id)) => Ok(Actor::Key(Id::from_uuid(id))),
        (AuthorType::System, None) => Ok(Actor::System),
        _ => Err(Error::internal("a job of nobody")),
    }
}

/// Every statement of the jobs.
pub fn statements() -> Vec<Sql> {
    [STATEMENTS.to_vec(), JOBS.statements()].concat()
}
