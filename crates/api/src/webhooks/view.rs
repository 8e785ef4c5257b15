//! Endpoints, deliveries and tries as clients see them.

use model::{
    Id, Timestamp,
    webhook::{Attempt, Delivery, DeliveryStatus, Endpoint},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::ids::{EndpointId, WebhookDeliveryId};

/// Where events are sent to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EndpointView {
    id: EndpointId,
    #[schema(example = "https://shop.example.com/hooks/jina")]
    url: String,
    #[schema(example = "The shop")]
    description: String,
    /// The types of events that are sent; empty: all.
    #[schema(example = json!(["new_message", "message_status"]))]
    event_types: Vec<String>,
    is_enabled: bool,
    /// Why it was disabled, when it was not by hand.
    disabled_reason: Option<String>,
    /// Since when nothing has arrived; after five days of that it is disabled.
    failing_since: Option<Timestamp>,
    /// Until when the secret before the present one signs as well.
    old_secret_until: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<Endpoint> for EndpointView {
    fn from(endpoint: Endpoint) -> Self {
        Self {
            id: endpoint.id,
            url: endpoint.url,
            description: endpoint.description,
            event_types: endpoint.event_types,
            is_enabled: endpoint.is_enabled,
            disabled_reason: endpoint.disabled_reason,
            failing_since: endpoint.failing_since,
            old_secret_until: endpoint.old_secret_until,
            created_at: endpoint.created_at,
            updated_at: endpoint.updated_at,
        }
    }
}

/// An endpoint with its secret, which is not shown again.
#[derive(Serialize, ToSchema)]
pub(super) struct EndpointSecretView {
    /// For the verification of signatures.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    pub secret: String,
    #[serde(flatten)]
    pub view: EndpointView,
}

/// One event on its way to one endpoint.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DeliveryView {
    id: WebhookDeliveryId,
    /// What `webhook-id` says, the same over all tries.
    #[schema(example = "msg_01939d5e2b7c7cc398c4dc0c0c07398f")]
    message_id: String,
    endpoint_id: EndpointId,
    #[schema(example = "new_message")]
    event_type: String,
    /// The event's place in the feed; null for a test.
    sequence: Option<i64>,
    status: DeliveryStatus,
    /// Tries since it was last asked for.
    attempts: i64,
    next_attempt_at: Option<Timestamp>,
    created_at: Timestamp,
    delivered_at: Option<Timestamp>,
}

impl From<Delivery> for DeliveryView {
    fn from(delivery: Delivery) -> Self {
        Self {
            id: delivery.id,
            message_id: message_id(delivery.id),
            endpoint_id: delivery.endpoint,
            event_type: delivery.event_type,
            sequence: delivery.seq,
            status: delivery.status,
            attempts: delivery.attempts,
            next_attempt_at: delivery.due_at,
            created_at: delivery.created_at,
            delivered_at: delivery.delivered_at,
        }
    }
}

fn message_id(id: Id<Delivery>) -> String {
    format!("msg_{}", id.as_uuid().simple())
}

/// A delivery with what is sent and what came of each try.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DeliveryDetailView {
    #[serde(flatten)]
    pub view: DeliveryView,
    #[schema(value_type = Object)]
    pub payload: Value,
    /// Oldest first.
    pub attempts_log: Vec<AttemptView>,
}

/// One try.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AttemptView {
    at: Timestamp,
    /// The HTTP status; null: there was no answer.
    #[schema(example = 200)]
    status: Option<u16>,
    /// Milliseconds.
    #[schema(example = 84)]
    duration_ms: i64,
    /// Why there was no answer.
    error: Option<String>,
    /// The beginning of the answer.
    response: Option<String>,
}

impl From<Attempt> for AttemptView {
    fn from(Attempt { at, status, duration_ms, error, response }: Attempt) -> Self {
        Self { at, status, duration_ms, error, response }
    }
}
