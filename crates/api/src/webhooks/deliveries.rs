//! `/webhooks/deliveries/`: the log.

use app::{App, webhooks as use_case};
use axum::{extract::State, http::StatusCode};
use model::{Error, Timestamp, webhook::DeliveryStatus};
use serde::Deserialize;
use store::webhooks::{self, DeliveryFilter};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::view::{AttemptView, DeliveryDetailView, DeliveryView};
use crate::{
    extract::{Json, MayAdminister, Path, Query},
    ids::{EndpointId, WebhookDeliveryId},
    page::{Listing, PageQuery, Paging},
    problem::Result,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(read)).routes(routes!(resend))
}

#[derive(Debug, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
struct WebhookDeliveryFilter {
    endpoint_id: Option<EndpointId>,
    status: Option<DeliveryStatus>,
    event_type: Option<String>,
    /// Made at this time or later.
    created_after: Option<Timestamp>,
    /// Made before this time.
    created_before: Option<Timestamp>,
}

/// List deliveries, newest first.
#[utoipa::path(get, path = "/webhooks/deliveries/", tag = "webhooks", params(PageQuery, WebhookDeliveryFilter),
    responses((status = OK, body = Listing<DeliveryView>)))]
async fn list(
    State(app): State<App>,
    MayAdminister(scope): MayAdminister,
    paging: Paging,
    Query(filter): Query<WebhookDeliveryFilter>,
) -> Result<Json<Listing<DeliveryView>>> {
    let request = paging.of(&webhooks::DELIVERIES)?;
    let filter = DeliveryFilter {
        endpoint: filter.endpoint_id,
        status: filter.status,
        event_type: filter.event_type,
        created_after: filter.created_after,
        created_before: filter.created_before,
    };
    let page = app.db.read(move |tx| webhooks::list_deliveries(tx, &scope, &filter, &request)).await?;
    Ok(paging.answer(page.map(DeliveryView::from)))
}

/// Show a delivery with what is sent and what came of each try.
#[utoipa::path(get, path = "/webhooks/deliveries/{id}/", tag = "webhooks",
    params(("id" = WebhookDeliveryId, Path)), responses((status = OK, body = DeliveryDetailView)))]
async fn read(
    State(app): State<App>,
    MayAdminister(scope): MayAdminister,
    Path(id): Path<WebhookDeliveryId>,
) -> Result<Json<DeliveryDetailView>> {
    let found = app.db.read(move |tx| {
        let Some(delivery) = webhooks::get_delivery(tx, &scope, id)? else { return Ok(None) };
        Ok(Some((delivery, webhooks::payload(tx, &scope, id)?, webhooks::attempts(tx, id)?)))
    });
    let (delivery, payload, attempts) = found.await?.ok_or_else(|| Error::not_found("delivery"))?;
    Ok(Json(DeliveryDetailView {
        view: delivery.into(),
        payload: payload.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default(),
        attempts_log: attempts.into_iter().map(AttemptView::from).collect(),
    }))
}

/// Send a delivery once more, under the same `webhook-id`.
#[utoipa::path(post, path = "/webhooks/deliveries/{id}/resend/", tag = "webhooks",
    params(("id" = WebhookDeliveryId, Path)), responses((status = ACCEPTED, body = DeliveryView)))]
async fn resend(
    State(app): State<App>,
    MayAdminister(scope): MayAdminister,
    Path(id): Path<WebhookDeliveryId>,
) -> Result<(StatusCode, Json<DeliveryView>)> {
    Ok((StatusCode::ACCEPTED, Json(use_case::resend(&app, &scope, id).await?.into())))
}
