//! Deliveries and their tries, as their tenant sees them.

use model::{
    Id, Result, Scope, Timestamp,
    webhook::{Attempt, Delivery, DeliveryStatus, Endpoint},
};

use crate::{
    args, columns,
    db::{Row, Tx},
    page::{Page, Request},
};

/// Tries of one delivery that are shown; whoever sends it again by hand many times sees the last ones.
const ATTEMPTS_MAX: i64 = 100;

crate::pages! {
    /// A tenant's deliveries.
    DELIVERIES = "webhook_delivery.list",
    select "id, endpoint_id, event_type, seq, status, attempts, due_at, created_at, delivered_at",
    from "webhook_delivery WHERE tenant_id = $4 AND (endpoint_id = $5 OR $5 IS NULL)
        AND (CAST($6 AS TEXT) IS NULL OR status = $6) AND (CAST($7 AS TEXT) IS NULL OR event_type = $7)
        AND (CAST($8 AS BIGINT) IS NULL OR created_at >= $8) AND (CAST($9 AS BIGINT) IS NULL OR created_at < $9)",
    unique Id "id",
    sorts { "created_at" => Unique }
}

crate::statements! {
    hot GET = "webhook_delivery.get", "SELECT id, endpoint_id, event_type, seq, status, attempts, due_at, created_at,
        delivered_at FROM webhook_delivery WHERE id = $1 AND tenant_id = $2";
    hot PAYLOAD = "webhook_delivery.payload", "SELECT payload FROM webhook_delivery WHERE id = $1 AND tenant_id = $2";
    hot ATTEMPTS = "webhook_attempt.of", "SELECT attempted_at, status, duration_ms, error, response FROM webhook_attempt
        WHERE delivery_id = $1 ORDER BY number DESC LIMIT $2";
    hot RESEND = "webhook_delivery.resend", "UPDATE webhook_delivery SET status = 'PENDING', attempts = 0, due_at = $1
        WHERE id = $2 AND tenant_id = $3";
}

/// Which deliveries are wanted. An absent field does not narrow.
#[derive(Debug, Clone, Default)]
pub struct DeliveryFilter {
    pub endpoint: Option<Id<Endpoint>>,
    pub status: Option<DeliveryStatus>,
    pub event_type: Option<String>,
    pub created_after: Option<Timestamp>,
    pub created_before: Option<Timestamp>,
}

fn read(row: &Row<'_>) -> Result<Delivery> {
    Ok(Delivery {
        id: row.get(0)?,
        endpoint: row.get(1)?,
        event_type: row.get(2)?,
        seq: row.get(3)?,
        status: columns::word(row, 4)?,
        attempts: row.get(5)?,
        due_at: row.get(6)?,
        created_at: row.get(7)?,
        delivered_at: row.get(8)?,
    })
}

pub fn list_deliveries(
    tx: &mut Tx,
    scope: &Scope,
    filter: &DeliveryFilter,
    request: &Request,
) -> Result<Page<Delivery>> {
    let args = args![
        scope.tenant(),
        filter.endpoint,
        filter.status.map(DeliveryStatus::as_str),
        filter.event_type.as_deref(),
        filter.created_after,
        filter.created_before,
    ];
    DELIVERIES.page(tx, request, &args, read)
}

pub fn get_delivery(tx: &mut Tx, scope: &Scope, id: Id<Delivery>) -> Result<Option<Delivery>> {
    tx.query_opt(GET, &args![id, scope.tenant()], read)
}

/// The body that is sent.
pub fn payload(tx: &mut Tx, scope: &Scope, id: Id<Delivery>) -> Result<Option<String>> {
    tx.query_opt(PAYLOAD, &args![id, scope.tenant()], |row| row.get(0))
}

/// The last tries of a delivery that the caller may see, oldest first.
pub fn attempts(tx: &mut Tx, id: Id<Delivery>) -> Result<Vec<Attempt>> {
    let mut tries = tx.query(ATTEMPTS, &args![id, ATTEMPTS_MAX], |row| {
        let status: Option<i64> = row.get(1)?;
        Ok(Attempt {
            at: row.get(0)?,
            status: status.and_then(|status| u16::try_from(status).ok()),
            duration_ms: row.get(2)?,
            error: row.get(3)?,
            response: row.get(4)?,
        })
    })?;
    tries.reverse();
    Ok(tries)
}

/// Owes a delivery anew, under the same id. `false`: no such one.
pub fn resend(tx: &mut Tx, scope: &Scope, id: Id<Delivery>, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(RESEND, &args![now, id, scope.tenant()])? == 1)
}
