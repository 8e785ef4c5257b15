//! `/contacts/jobs/`: the same done to many contacts in the background, with progress.

use app::{App, contacts as use_case};
use axum::{extract::State, http::StatusCode};
use model::{
    Error, Id, Timestamp,
    contact::{
        Custom,
        change::{Change, CustomChange},
        job::{Act, ContactJob, JobStatus},
    },
    message::AuthorType,
};
use serde::{Deserialize, Serialize};
use store::contact_jobs::{self, Target};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::filter::ContactFilter;
use crate::{
    extract::{Json, KeyedId, MayManage, MayRead, Path, Query, nullable},
    ids::{ContactId, ContactJobId, UserId},
    page::{Listing, PageQuery, Paging},
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(read)).routes(routes!(cancel))
}

/// What is done to each contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum JobAction {
    Tag,
    Untag,
    /// Set `fields`.
    Set,
    Delete,
}

/// What is to be done to which contacts.
#[derive(Debug, Deserialize, ToSchema)]
struct JobBody {
    action: JobAction,
    /// At most 10,000.
    #[schema(max_items = 10000)]
    ids: Option<Vec<ContactId>>,
    /// Every contact of which this holds; `{}` is all people.
    filter: Option<ContactFilter>,
    /// For `tag` and `untag`.
    #[serde(default)]
    #[schema(example = json!(["vip"]))]
    tags: Vec<String>,
    /// For `set`.
    fields: Option<JobFields>,
}

type Text = Option<Option<String>>;

/// Fields that many contacts can share. `null` or an empty text empties a field; what is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
struct JobFields {
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, max_length = 255)]
    company_name: Text,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, max_length = 35, example = "en")]
    language_code: Text,
    /// Attributes to set; null takes one away.
    #[schema(value_type = Option<Object>)]
    custom: Option<Custom>,
    do_not_contact: Option<bool>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, max_length = 64)]
    lead_status: Text,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<i64>)]
    lead_score: Option<Option<i64>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, max_length = 64)]
    assigned_to_type: Text,
    /// A person of the team.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<UserId>)]
    assigned_to_user: Option<Option<UserId>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, max_length = 64)]
    ticket_status: Text,
}

/// The same done to many contacts, and how far it is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ContactJobView {
    id: ContactJobId,
    status: JobStatus,
    /// Why it stopped before its end.
    status_reason: Option<String>,
    action: JobAction,
    /// The tags, or the names of the fields that are set.
    #[schema(example = json!(["vip"]))]
    words: Vec<String>,
    /// Who asked for it.
    started_by: JobActor,
    /// From 0 to 1.
    #[schema(example = 0.5)]
    progress: f64,
    /// How many contacts there were when it began.
    total: i64,
    /// How many were looked at.
    done: i64,
    /// Contacts that are different now; of tags, pairs of contact and tag.
    changed: i64,
    /// Contacts that could not be changed so, or were gone.
    failed: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    finished_at: Option<Timestamp>,
}

/// Who asked for a job.
#[derive(Debug, Serialize, ToSchema)]
struct JobActor {
    #[serde(rename = "type")]
    kind: AuthorType,
    id: Option<Uuid>,
}

impl From<ContactJob> for ContactJobView {
    fn from(job: ContactJob) -> Self {
        let by = model::contact::By::from(job.actor);
        let progress = match (job.status, job.total) {
            (JobStatus::Completed, _) => 1.0,
            (_, total) => (job.done as f64 / total.max(1) as f64).min(1.0),
        };
        Self {
            id: job.id,
            status: job.status,
            status_reason: job.status_reason,
            action: match job.act {
                Act::Tag { .. } => JobAction::Tag,
                Act::Untag { .. } => JobAction::Untag,
                Act::Set { .. } => JobAction::Set,
                Act::Delete => JobAction::Delete,
            },
            words: job.act.words(),
            started_by: JobActor { kind: by.kind, id: by.id },
            progress,
            total: job.total,
            done: job.done,
            changed: job.changed,
            failed: job.failed,
            created_at: job.created_at,
            updated_at: job.updated_at,
            finished_at: job.finished_at,
        }
    }
}

impl JobBody {
    fn read(self) -> Result<(Act, Target), Error> {
        let target = match (self.ids, self.filter) {
            (Some(ids), None) => Target::Ids(ids),
            (None, Some(filter)) => Target::Filter(Box::new(filter.read()?)),
            (None, None) => return Err(Error::field("ids", "Enter ids, or a filter.")),
            (Some(_), Some(_)) => return Err(Error::field("filter", "Enter either ids or a filter.")),
        };
        let act = match self.action {
            JobAction::Tag => Act::Tag { tags: self.tags },
            JobAction::Untag => Act::Untag { tags: self.tags },
            JobAction::Set => Act::Set { change: Box::new(self.fields.unwrap_or_default().into()) },
            JobAction::Delete => Act::Delete,
        };
        Ok((act, target))
    }
}

impl From<JobFields> for Change {
    fn from(fields: JobFields) -> Self {
        Self {
            company_name: fields.company_name,
            language_code: fields.language_code,
            custom: fields.custom.map(CustomChange::Merge),
            do_not_contact: fields.do_not_contact,
            lead_status: fields.lead_status,
            lead_score: fields.lead_score,
            assigned_to_type: fields.assigned_to_type,
            assigned_to_user: fields.assigned_to_user,
            ticket_status: fields.ticket_status,
            ..Self::default()
        }
    }
}

/// Do the same to many contacts: tag, untag, set fields, or delete.
///
/// It is done after this answer; ask for the job to see how far, or hear `contact_job_progress` in the stream. It survives
/// restarts. Contacts that are made meanwhile are not touched. The activity log has one entry for its start and one for
/// its end.
#[utoipa::path(post, path = "/contacts/jobs/", tag = "contacts", responses((status = ACCEPTED, body = ContactJobView)))]
async fn create(
    State(app): State<App>,
    MayManage(scope): MayManage,
    KeyedId(id): KeyedId<ContactJob>,
    Json(body): Json<JobBody>,
) -> Result<(StatusCode, Json<ContactJobView>)> {
    let (act, target) = body.read()?;
    let job = use_case::start_job(&app, &scope, id, act, target).await?;
    Ok((StatusCode::ACCEPTED, Json(job.into())))
}

#[derive(Debug, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
struct JobFilter {
    status: Option<JobStatus>,
}

/// List jobs over contacts, newest first.
#[utoipa::path(get, path = "/contacts/jobs/", tag = "contacts", params(PageQuery, JobFilter),
    responses((status = OK, body = Listing<ContactJobView>)))]
async fn list(
    State(app): State<App>,
    MayRead(scope): MayRead,
    paging: Paging,
    Query(filter): Query<JobFilter>,
) -> Result<Json<Listing<ContactJobView>>> {
    let request = paging.of(&contact_jobs::JOBS)?;
    let page = app.db.read(move |tx| contact_jobs::list(tx, &scope, filter.status, &request)).await?;
    Ok(paging.answer(page.map(ContactJobView::from)))
}

/// Show a job and how far it is.
#[utoipa::path(get, path = "/contacts/jobs/{id}/", tag = "contacts", params(("id" = ContactJobId, Path)),
    responses((status = OK, body = ContactJobView)))]
async fn read(
    State(app): State<App>,
    MayRead(scope): MayRead,
    Path(id): Path<Id<ContactJob>>,
) -> Result<Json<ContactJobView>> {
    let found = app.db.read(move |tx| contact_jobs::get(tx, &scope, id)).await?;
    Ok(Json(found.ok_or_else(|| Error::not_found("job"))?.into()))
}

/// End a job where it is. What was done stays.
#[utoipa::path(post, path = "/contacts/jobs/{id}/cancel/", tag = "contacts", params(("id" = ContactJobId, Path)),
    responses((status = OK, body = ContactJobView)))]
async fn cancel(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<Id<ContactJob>>,
) -> Result<Json<ContactJobView>> {
    Ok(Json(use_case::cancel_job(&app, &scope, id).await?.into()))
}
