//! `/broadcast/{id}/messages/` and `/broadcast/messages/`: what became of each recipient.

use app::App;
use axum::{
    extract::State,
    http::{HeaderMap, header::ACCEPT},
    response::{IntoResponse, Response},
};
use model::{Error, Scope, broadcast::RecipientStatus};
use serde::Deserialize;
use store::broadcasts::{self, RecipientFilter};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{csv, view::RecipientView};
use crate::{
    extract::{Json, MayRead, Path, Query},
    ids::{BroadcastId, ContactId},
    page::{Listing, PageQuery, Paging},
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(of_broadcast)).routes(routes!(of_all))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Format {
    Json,
    Csv,
}

#[derive(Debug, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
struct RecipientQuery {
    status: Option<RecipientStatus>,
    /// For example `no_chat` or `blocked_by_user`.
    reason: Option<String>,
    /// Whether they wrote to the bot after they got it.
    replied: Option<bool>,
    /// Whether they followed a link.
    clicked: Option<bool>,
    /// `csv` answers all recipients at once, as does `Accept: text/csv`.
    #[param(inline)]
    format: Option<Format>,
}

/// List the recipients of a broadcast, each with what became of it and why.
#[utoipa::path(get, path = "/broadcast/{id}/messages/", tag = "broadcasts",
    params(("id" = BroadcastId, Path), PageQuery, RecipientQuery),
    responses((status = OK, content((Listing<RecipientView> = "application/json"), (String = "text/csv")))))]
async fn of_broadcast(
    State(app): State<App>,
    MayRead(scope): MayRead,
    Path(id): Path<BroadcastId>,
    headers: HeaderMap,
    paging: Paging,
    Query(query): Query<RecipientQuery>,
) -> Result<Response> {
    let filter =
        RecipientFilter { status: query.status, reason: query.reason, replied: query.replied, clicked: query.clicked };
    exists(&app, scope, id).await?;
    if query.format.map_or_else(|| wants_csv(&headers), |format| format == Format::Csv) {
        return Ok(csv::of_broadcast(app, id, filter));
    }
    let request = paging.of(&broadcasts::RECIPIENTS)?;
    let page = app.db.read(move |tx| broadcasts::recipients(tx, id, &filter, &request)).await?;
    Ok(paging.answer(page.map(RecipientView::from)).into_response())
}

async fn exists(app: &App, scope: Scope, id: BroadcastId) -> Result<()> {
    let found = app.db.read(move |tx| broadcasts::get(tx, &scope, id)).await?;
    Ok(found.map(drop).ok_or_else(|| Error::not_found("broadcast"))?)
}

fn wants_csv(headers: &HeaderMap) -> bool {
    let accepted = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|kind| kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("text/csv"))
}

#[derive(Debug, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
struct MessageQuery {
    status: Option<RecipientStatus>,
    /// For example `blocked_by_user`.
    reason: Option<String>,
    contact_id: Option<ContactId>,
}

/// List the messages of all broadcasts, newest first.
#[utoipa::path(get, path = "/broadcast/messages/", tag = "broadcasts", params(PageQuery, MessageQuery),
    responses((status = OK, body = Listing<RecipientView>)))]
async fn of_all(
    State(app): State<App>,
    MayRead(scope): MayRead,
    paging: Paging,
    Query(query): Query<MessageQuery>,
) -> Result<Json<Listing<RecipientView>>> {
    let request = paging.of(&broadcasts::MESSAGES)?;
    let MessageQuery { status, reason, contact_id } = query;
    let filter = RecipientFilter { status, reason, ..RecipientFilter::default() };
    let page = app.db.read(move |tx| broadcasts::messages(tx, &scope, &filter, contact_id, &request)).await?;
    Ok(paging.answer(page.map(RecipientView::from)))
}
