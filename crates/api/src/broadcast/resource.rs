//! `/broadcast/` and `/broadcast/{id}/`.

use app::{
    App,
    broadcasts::{self as use_case, New},
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use model::{
    Platform, Timestamp,
    broadcast::{Broadcast, BroadcastStatus},
};
use serde::Deserialize;
use store::{
    broadcasts::{self, Filter},
    page::Page,
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    body::BroadcastBody,
    plan::PreviewView,
    templates::said_by,
    view::{BroadcastView, shown, with_eta},
};
use crate::{
    extract::{Json, KeyedId, LARGE_BODY_BYTES_MAX, MayManage, MayRead, Path, Query},
    ids::{BotId, BroadcastId},
    page::{Listing, PageQuery, Paging, SearchQuery},
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(read, replace, change, remove))
}

#[derive(Debug, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
struct BroadcastFilter {
    status: Option<BroadcastStatus>,
    bot_app_id: Option<BotId>,
    platform: Option<Platform>,
    /// The whole name, as it is written. For parts: `search`.
    name: Option<String>,
    /// Made at this time or later.
    created_after: Option<Timestamp>,
    /// Made before this time.
    created_before: Option<Timestamp>,
}

/// List broadcasts, newest first.
///
/// Orders: `created_at`, `updated_at`.
#[utoipa::path(get, path = "/broadcast/", tag = "broadcasts", params(PageQuery, SearchQuery, BroadcastFilter),
    responses((status = OK, body = Listing<BroadcastView>)))]
async fn list(
    State(app): State<App>,
    MayRead(scope): MayRead,
    paging: Paging,
    Query(search): Query<SearchQuery>,
    Query(filter): Query<BroadcastFilter>,
) -> Result<Json<Listing<BroadcastView>>> {
    let request = paging.of(&broadcasts::BROADCASTS)?;
    let search = search.text()?;
    let BroadcastFilter { status, bot_app_id: bot, platform, name, created_after, created_before } = filter;
    let filter = Filter { status, bot, name, platform, search, created_after, created_before };
    let view = with_eta(&app);
    let page = app
        .db
        .read(move |tx| {
            let Page { rows, next, previous, count } = broadcasts::list(tx, &scope, &filter, &request)?;
            let rows = rows.into_iter().map(|record| view(tx, record)).collect::<model::Result<_>>()?;
            Ok(Page { rows, next, previous, count })
        })
        .await?;
    Ok(paging.answer(page))
}

#[derive(Debug, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
struct CreateQuery {
    /// `true`: say what would happen, and do nothing.
    dry_run: Option<bool>,
}

/// Make a broadcast.
///
/// With `?dry_run=true` nothing is made: the answer says who would get it, who not and why, and how long it would take.
///
/// Without `status` and `scheduled_time` it starts at once. Who exactly gets it is worked out in the background: until
/// then `total` is null. Contacts that can't be reached are counted as `skipped`, with a reason each.
#[utoipa::path(post, path = "/broadcast/", tag = "broadcasts", request_body = BroadcastBody,
    params(CreateQuery),
    responses((status = CREATED, body = BroadcastView),
        (status = OK, body = PreviewView, description = "What would happen.")))]
async fn create(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Query(query): Query<CreateQuery>,
    KeyedId(id): KeyedId<Broadcast>,
    Json(body): Json<BroadcastBody, LARGE_BODY_BYTES_MAX>,
) -> Result<Response> {
    let template = said_by(&app, &scope, body.template()).await?;
    let new = New { id, ..body.new_broadcast(template.as_ref())? };
    if query.dry_run == Some(true) {
        let preview = use_case::dry_run(&app, &scope, new).await?;
        return Ok(Json::<_>(PreviewView::from(preview)).into_response());
    }
    let record = use_case::create(&app, &scope, new).await?;
    Ok((StatusCode::CREATED, Json::<_>(shown(&app, &scope, record.id).await?)).into_response())
}

/// Show a broadcast.
#[utoipa::path(get, path = "/broadcast/{id}/", tag = "broadcasts", params(("id" = BroadcastId, Path)),
    responses((status = OK, body = BroadcastView)))]
async fn read(
    State(app): State<App>,
    MayRead(scope): MayRead,
    Path(id): Path<BroadcastId>,
) -> Result<Json<BroadcastView>> {
    Ok(Json(shown(&app, &scope, id).await?))
}

/// Replace a broadcast that has not begun: fields that are left out take their defaults, an audience that is left out
/// stays.
#[utoipa::path(put, path = "/broadcast/{id}/", tag = "broadcasts", params(("id" = BroadcastId, Path)),
    request_body = BroadcastBody, responses((status = OK, body = BroadcastView)))]
async fn replace(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<BroadcastId>,
    Json(body): Json<BroadcastBody, LARGE_BODY_BYTES_MAX>,
) -> Result<Json<BroadcastView>> {
    let template = said_by(&app, &scope, body.template()).await?;
    use_case::change(&app, &scope, id, |before| body.whole(before, template.as_ref())).await?;
    Ok(Json(shown(&app, &scope, id).await?))
}

/// Change some fields of a broadcast that has not begun.
///
/// A `scheduled_time` makes a draft scheduled; `status: "QUEUED"` starts it.
#[utoipa::path(patch, path = "/broadcast/{id}/", tag = "broadcasts", params(("id" = BroadcastId, Path)),
    request_body = BroadcastBody, responses((status = OK, body = BroadcastView)))]
async fn change(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<BroadcastId>,
    Json(body): Json<BroadcastBody, LARGE_BODY_BYTES_MAX>,
) -> Result<Json<BroadcastView>> {
    let template = said_by(&app, &scope, body.template()).await?;
    use_case::change(&app, &scope, id, |before| body.part(before, template.as_ref())).await?;
    Ok(Json(shown(&app, &scope, id).await?))
}

/// Remove a broadcast that has not begun.
#[utoipa::path(delete, path = "/broadcast/{id}/", tag = "broadcasts", params(("id" = BroadcastId, Path)),
    responses((status = NO_CONTENT, description = "It is gone.")))]
async fn remove(
    State(app): State<App>,
    MayManage(scope): MayManage,
    Path(id): Path<BroadcastId>,
) -> Result<StatusCode> {
    use_case::delete(&app, &scope, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
