//! `/broadcast/dashboard/`: all broadcasts in numbers.

use std::collections::BTreeMap;

use app::App;
use axum::extract::State;
use serde::Serialize;
use store::broadcasts::{self, Summary};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::view::{BroadcastView, with_eta};
use crate::{
    extract::{Json, MayRead},
    problem::Result,
};

/// How many broadcasts are shown.
const SHOWN_MAX: i64 = 20;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(dashboard))
}

/// All broadcasts in numbers.
#[derive(Debug, Serialize, ToSchema)]
struct DashboardView {
    /// How many broadcasts there are.
    total_broadcasts: i64,
    /// How many by status.
    #[schema(value_type = Object, example = json!({"SENT": 3, "SENDING": 1}))]
    by_status: BTreeMap<&'static str, i64>,
    /// Recipients of all broadcasts, and what became of them.
    recipients: i64,
    pending: i64,
    sent: i64,
    failed: i64,
    blocked: i64,
    skipped: i64,
    unknown: i64,
    cancelled: i64,
    /// The newest ones that are scheduled, running or paused.
    active: Vec<BroadcastView>,
}

impl DashboardView {
    fn new(summary: &Summary, active: Vec<BroadcastView>) -> Self {
        let Summary { recipients, sent, failed, blocked, skipped, unknown, cancelled, .. } = *summary;
        Self {
            total_broadcasts: summary.broadcasts.values().sum(),
            by_status: summary.broadcasts.iter().map(|(status, count)| (status.as_str(), *count)).collect(),
            recipients,
            pending: recipients - sent - failed - blocked - skipped - unknown - cancelled,
            sent,
            failed,
            blocked,
            skipped,
            unknown,
            cancelled,
            active,
        }
    }
}

/// Show all broadcasts in numbers.
#[utoipa::path(get, path = "/broadcast/dashboard/", tag = "broadcasts", responses((status = OK, body = DashboardView)))]
async fn dashboard(State(app): State<App>, MayRead(scope): MayRead) -> Result<Json<DashboardView>> {
    let view = with_eta(&app);
    let shown = app
        .db
        .read(move |tx| {
            let active = broadcasts::running(tx, &scope, SHOWN_MAX)?;
            let active = active.into_iter().map(|record| view(tx, record)).collect::<model::Result<_>>()?;
            Ok(DashboardView::new(&broadcasts::summary(tx, &scope)?, active))
        })
        .await?;
    Ok(Json(shown))
}
