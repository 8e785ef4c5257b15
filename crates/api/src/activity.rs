//! `/activity/`: who did what to what, when, from where.

use app::App;
use axum::{
    extract::State,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::IntoResponse,
};
use model::{Actor, Permission, Timestamp, activity::Activity, message::AuthorType};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{
    activity::{self, ACTIVITY, Filter},
    page::{Request, Start},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    extract::{Caller, Json, MayRead, Query},
    ids::ActivityId,
    page::{Listing, PageQuery, Paging},
    problem::Result,
};

/// Rows of a CSV file at most, the newest ones.
const EXPORTED_MAX: u32 = 10_000;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(export))
}

/// One thing that was done.
#[derive(Debug, Serialize, ToSchema)]
struct ActivityView {
    id: ActivityId,
    /// `USER`, `API` (a key) or `SYSTEM`.
    actor_type: AuthorType,
    actor_id: Option<Uuid>,
    #[schema(example = "Ada Lovelace")]
    actor_name: Option<String>,
    /// The kind of object and what became of it.
    #[schema(example = "label.changed")]
    action: String,
    #[schema(example = "label")]
    object_type: String,
    object_id: Option<Uuid>,
    #[schema(example = "billing")]
    object_name: Option<String>,
    /// What stood there before an edit; of objects only what differs.
    #[schema(example = json!({"color": "gray"}))]
    before: Option<Value>,
    #[schema(example = json!({"color": "green"}))]
    after: Option<Value>,
    /// Over which door: `http`, `mcp` or `internal`.
    origin: String,
    #[schema(example = "203.0.113.7")]
    ip: Option<String>,
    created_at: Timestamp,
}

impl From<Activity> for ActivityView {
    fn from(one: Activity) -> Self {
        Self {
            id: one.id,
            actor_type: one.actor_type,
            actor_id: one.actor,
            actor_name: one.actor_name,
            action: one.action,
            object_type: one.object_type,
            object_id: one.object,
            object_name: one.object_name,
            before: one.before,
            after: one.after,
            origin: one.origin,
            ip: one.ip,
            created_at: one.created_at,
        }
    }
}

#[derive(Debug, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
struct ActivityFilter {
    /// A person's or a key's id.
    actor_id: Option<Uuid>,
    actor_type: Option<AuthorType>,
    /// Such as `label.changed`.
    action: Option<String>,
    /// Such as `conversation`.
    object_type: Option<String>,
    object_id: Option<Uuid>,
    /// Done at this time or later.
    created_after: Option<Timestamp>,
    /// Done before this time.
    created_before: Option<Timestamp>,
}

impl ActivityFilter {
    /// Who does not administer the tenant sees what they did themselves.
    fn read(self, caller: &Caller) -> Filter {
        let own = match caller.actor {
            Actor::User(id) => Some(id.as_uuid()),
            Actor::Key(id) => Some(id.as_uuid()),
            Actor::System => None,
        };
        let sees_all = caller.require(Permission::Administer).is_ok();
        Filter {
            actor: if sees_all { self.actor_id } else { own },
            actor_type: self.actor_type,
            action: self.action,
            object_type: self.object_type,
            object: self.object_id,
            created_after: self.created_after,
            created_before: self.created_before,
        }
    }
}

/// List the activity log, newest first. Who does not administer the tenant sees their own entries.
#[utoipa::path(get, path = "/activity/", tag = "activity", params(PageQuery, ActivityFilter),
    responses((status = OK, body = Listing<ActivityView>)))]
async fn list(
    State(app): State<App>,
    MayRead(scope): MayRead,
    caller: Caller,
    paging: Paging,
    Query(filter): Query<ActivityFilter>,
) -> Result<Json<Listing<ActivityView>>> {
    let (request, filter) = (paging.of(&ACTIVITY)?, filter.read(&caller));
    let page = app.db.read(move |tx| activity::list(tx, &scope, &filter, &request)).await?;
    Ok(paging.answer(page.map(ActivityView::from)))
}

/// Export the activity log as CSV: its newest 10,000 entries that the filter leaves.
#[utoipa::path(get, path = "/activity/export/", tag = "activity", params(ActivityFilter),
    responses((status = OK, description = "The entries.", content_type = "text/csv", body = String)))]
async fn export(
    State(app): State<App>,
    MayRead(scope): MayRead,
    caller: Caller,
    Query(filter): Query<ActivityFilter>,
) -> Result<impl IntoResponse> {
    let filter = filter.read(&caller);
    let request = Request { sort: 0, descending: true, start: Start::First, size: EXPORTED_MAX, count: false };
    let page = app.db.read(move |tx| activity::list(tx, &scope, &filter, &request)).await?;
    let mut csv = String::from(
        "created_at,actor_type,actor_id,actor_name,action,object_type,object_id,object_name,before,after,origin,ip\r\n",
    );
    page.rows.iter().for_each(|one| line(&mut csv, one));
    let headers =
        [(CONTENT_TYPE, "text/csv; charset=utf-8"), (CONTENT_DISPOSITION, "attachment; filename=\"activity.csv\"")];
    Ok((headers, csv))
}

fn line(csv: &mut String, one: &Activity) {
    let text = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    let json = |value: &Option<Value>| value.as_ref().map(Value::to_string).unwrap_or_default();
    let cells = [
        one.created_at.to_string(),
        one.actor_type.to_string(),
        text(one.actor),
        one.actor_name.clone().unwrap_or_default(),
        one.action.clone(),
        one.object_type.clone(),
        text(one.object),
        one.object_name.clone().unwrap_or_default(),
        json(&one.before),
        json(&one.after),
        one.origin.clone(),
        one.ip.clone().unwrap_or_default(),
    ];
    csv.push_str(&cells.map(|cell| quoted(&cell)).join(","));
    csv.push_str("\r\n");
}

/// A cell that no spreadsheet takes for a formula.
fn quoted(cell: &str) -> String {
    let guard = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}
