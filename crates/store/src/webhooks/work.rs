//! What turns the feed into deliveries and brings them out. Claims are leases: a delivery whose node died is simply due again.

use model::{
    Id, Result, Scope, Tenant, Timestamp,
    contact::Contact,
    webhook::{Attempt, Delivery, Endpoint},
};
use secrecy::SecretString;

use super::endpoints::{self, COLUMNS, endpoint_columns, open_secret};
use crate::{Cipher, args, db::Tx};

crate::statements! {
    BEHIND = "webhook_endpoint.behind", concat!("SELECT ", endpoint_columns!(), ", position FROM webhook_endpoint
        WHERE is_enabled AND position < (SELECT seq FROM feed_head WHERE feed_head.tenant_id = webhook_endpoint.tenant_id)
        LIMIT $1");
    hot NOTE_POSITION = "webhook_endpoint.note_position", "UPDATE webhook_endpoint SET position = $1
        WHERE id = $2 AND position = $3 AND is_enabled";
    ENQUEUE = "webhook_delivery.enqueue", "INSERT INTO webhook_delivery (id, tenant_id, endpoint_id, event_type, seq, contact_id,
            payload, status, attempts, due_at, created_at)
        VALUES {rows bytes, bytes, bytes, text, int, bytes, text, text, int, int, int}
        ON CONFLICT (endpoint_id, seq) WHERE seq IS NOT NULL
            DO UPDATE SET status = 'PENDING', attempts = 0, due_at = excluded.due_at";
    DUE_ENDPOINTS = "webhook_endpoint.due", "SELECT id FROM webhook_endpoint WHERE is_enabled AND EXISTS (SELECT 1
            FROM webhook_delivery WHERE webhook_delivery.endpoint_id = webhook_endpoint.id
                AND webhook_delivery.status = 'PENDING' AND webhook_delivery.due_at <= $1)";
    NEXT_DUE = "webhook_delivery.next_due", "SELECT MIN(next.due_at) FROM (SELECT (SELECT MIN(webhook_delivery.due_at)
            FROM webhook_delivery WHERE webhook_delivery.endpoint_id = webhook_endpoint.id
                AND webhook_delivery.status = 'PENDING') AS due_at
        FROM webhook_endpoint WHERE is_enabled) AS next";
    hot CLAIM = "webhook_delivery.claim", "UPDATE webhook_delivery SET due_at = $1, attempts = webhook_delivery.attempts + 1
        FROM (SELECT id FROM webhook_delivery WHERE endpoint_id = $2 AND status = 'PENDING' AND due_at <= $3
            ORDER BY due_at LIMIT $4 {skip_locked}) AS due
        WHERE webhook_delivery.id = due.id
        RETURNING webhook_delivery.id, webhook_delivery.payload, webhook_delivery.attempts";
    hot SIGNING = "webhook_endpoint.signing", "SELECT url, secret, old_secret, old_secret_until, tenant_id FROM webhook_endpoint
        WHERE id = $1 AND is_enabled";
    hot SETTLE = "webhook_delivery.settle", "UPDATE webhook_delivery SET status = $1, due_at = $2, delivered_at = $3
        WHERE id = $4 AND attempts = $5 AND status = 'PENDING'";
    hot EXISTS = "webhook_delivery.exists", "SELECT 1 FROM webhook_delivery WHERE id = $1";
    NOTE_ATTEMPT = "webhook_attempt.insert", "INSERT INTO webhook_attempt (delivery_id, number, attempted_at, status, duration_ms,
            error, response)
        SELECT $1, COALESCE(MAX(number), 0) + 1, CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS BIGINT),
            CAST($5 AS TEXT), CAST($6 AS TEXT) FROM webhook_attempt WHERE delivery_id = $1";
    hot WELL = "webhook_endpoint.well", "UPDATE webhook_endpoint SET failing_since = NULL WHERE id = $1 AND failing_since IS NOT NULL";
    hot AILS = "webhook_endpoint.ails", "UPDATE webhook_endpoint SET failing_since = COALESCE(failing_since, $1) WHERE id = $2
        RETURNING failing_since";
    hot PRUNE_ATTEMPTS = "webhook_attempt.prune", "DELETE FROM webhook_attempt WHERE delivery_id IN (SELECT id FROM webhook_delivery
        WHERE created_at < $1 ORDER BY created_at, id LIMIT $2)";
    hot PRUNE = "webhook_delivery.prune", "DELETE FROM webhook_delivery WHERE id IN (SELECT id FROM webhook_delivery
        WHERE created_at < $1 ORDER BY created_at, id LIMIT $2)";
    hot ERASE_ATTEMPTS = "webhook_attempt.erase", "DELETE FROM webhook_attempt WHERE delivery_id IN
        (SELECT id FROM webhook_delivery WHERE contact_id = $1 AND tenant_id = $2)";
    hot ERASE = "webhook_delivery.erase", "DELETE FROM webhook_delivery WHERE contact_id = $1 AND tenant_id = $2";
    hot REASSIGN = "webhook_delivery.reassign", "UPDATE webhook_delivery SET contact_id = $1
        WHERE contact_id = $2 AND tenant_id = $3";
}

/// An event that is to be owed to an endpoint.
#[derive(Debug, Clone)]
pub struct NewDelivery {
    pub id: Id<Delivery>,
    pub event_type: String,
    pub seq: Option<i64>,
    /// Whom it is about.
    pub contact: Option<Id<Contact>>,
    pub payload: String,
}

/// A delivery that somebody tries now.
#[derive(Debug, Clone)]
pub struct Claimed {
    pub id: Id<Delivery>,
    pub payload: String,
    /// This try counted.
    pub attempts: i64,
}

/// What a try needs to know of its endpoint.
#[derive(Debug, Clone)]
pub struct Signing {
    pub tenant: Id<Tenant>,
    pub url: String,
    /// The present secret, and the one before while it still signs.
    pub secrets: Vec<SecretString>,
}

/// What follows from a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Delivered,
    Again(Timestamp),
    Failed,
}

/// Endpoints that have not been given all of their tenants' feeds, with how far each is.
pub fn behind(tx: &mut Tx, limit: i64) -> Result<Vec<(Endpoint, i64)>> {
    tx.query(BEHIND, &args![limit], |row| Ok((endpoints::read(row)?, row.get(COLUMNS)?)))
}

/// Notes how far the feed was turned into deliveries; `false` when somebody else did it meanwhile.
pub fn note_position(tx: &mut Tx, endpoint: Id<Endpoint>, from: i64, to: i64) -> Result<bool> {
    Ok(tx.execute(NOTE_POSITION, &args![to, endpoint, from])? == 1)
}

/// Owes events to an endpoint; those that were owed before are owed anew, under their ids.
pub fn enqueue(tx: &mut Tx, scope: &Scope, endpoint: Id<Endpoint>, new: &[NewDelivery], now: Timestamp) -> Result<()> {
    let row = |one: &NewDelivery| {
        args![
            one.id,
            scope.tenant(),
            endpoint,
            &one.event_type,
            one.seq,
            one.contact,
            &one.payload,
            "PENDING",
            0_i64,
            now,
            now
        ]
    };
    let rows: Vec<_> = new.iter().map(row).collect();
    tx.execute_rows(ENQUEUE, &[], &rows)?;
    if new.is_empty() { Ok(()) } else { tx.notify(crate::wake::WEBHOOK, "") }
}

/// Endpoints with something to be sent now.
pub fn due_endpoints(tx: &mut Tx, now: Timestamp) -> Result<Vec<Id<Endpoint>>> {
    tx.query(DUE_ENDPOINTS, &args![now], |row| row.get(0))
}

/// When the next delivery is due.
pub fn next_due(tx: &mut Tx) -> Result<Option<Timestamp>> {
    tx.query_one(NEXT_DUE, &[], |row| row.get(0))
}

/// Takes due deliveries of an endpoint until `lease_until`, with what signs them; `None`: it is disabled or gone.
pub fn claim(
    tx: &mut Tx,
    cipher: &Cipher,
    endpoint: Id<Endpoint>,
    (now, lease_until): (Timestamp, Timestamp),
    limit: i64,
) -> Result<Option<(Signing, Vec<Claimed>)>> {
    let found = tx.query_opt(SIGNING, &args![endpoint], |row| {
        let (secret, old): (Vec<u8>, Option<Vec<u8>>) = (row.get(1)?, row.get(2)?);
        let old = old.filter(|_| row.get::<Option<Timestamp>>(3).is_ok_and(|until| until.is_some_and(|at| at > now)));
        Ok((row.get::<String>(0)?, secret, old, row.get::<Id<Tenant>>(4)?))
    })?;
    let Some((url, secret, old, tenant)) = found else { return Ok(None) };
    let sealed = std::iter::once(secret).chain(old);
    let secrets: Result<Vec<_>> = sealed.map(|sealed| open_secret(cipher, endpoint, &sealed)).collect();
    let claimed = tx.query(CLAIM, &args![lease_until, endpoint, now, limit], |row| {
        Ok(Claimed { id: row.get(0)?, payload: row.get(1)?, attempts: row.get(2)? })
    })?;
    Ok(Some((Signing { tenant, url, secrets: secrets? }, claimed)))
}

/// Writes what came of a try; what follows only if it is still ours. Nothing of a delivery that is gone. Answers since when the endpoint fails; `None`: it does not.
pub fn settle(
    tx: &mut Tx,
    endpoint: Id<Endpoint>,
    claimed: &Claimed,
    attempt: &Attempt,
    outcome: Outcome,
) -> Result<Option<Timestamp>> {
    let (status, due_at, delivered_at) = match outcome {
        Outcome::Delivered => ("DELIVERED", None, Some(attempt.at)),
        Outcome::Again(at) => ("PENDING", Some(at), None),
        Outcome::Failed => ("FAILED", None, None),
    };
    tx.execute(SETTLE, &args![status, due_at, delivered_at, claimed.id, claimed.attempts])?;
    if tx.query_opt(EXISTS, &args![claimed.id], |_| Ok(()))?.is_none() {
        return Ok(None);
    }
    let args = args![
        claimed.id,
        attempt.at,
        attempt.status.map(i64::from),
        attempt.duration_ms,
        attempt.error.as_deref(),
        attempt.response.as_deref(),
    ];
    tx.execute(NOTE_ATTEMPT, &args)?;
    if outcome == Outcome::Delivered {
        tx.execute(WELL, &args![endpoint])?;
        return Ok(None);
    }
    tx.query_opt(AILS, &args![attempt.at, endpoint], |row| row.get(0))
}

/// Forgets deliveries from before a time, also those that wait for an endpoint to be enabled, at most `limit`; how many it were.
pub fn prune(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64> {
    tx.execute(PRUNE_ATTEMPTS, &args![before, limit])?;
    tx.execute(PRUNE, &args![before, limit])
}

/// Forgets what was sent of a person.
pub(crate) fn erase(tx: &mut Tx, scope: &Scope, contact: Id<Contact>) -> Result<()> {
    let args = args![contact, scope.tenant()];
    tx.execute(ERASE_ATTEMPTS, &args)?;
    tx.execute(ERASE, &args).map(drop)
}

/// What was sent of one contact counts as another's, who took the place of the first.
pub(crate) fn reassign(tx: &mut Tx, scope: &Scope, from: Id<Contact>, to: Id<Contact>) -> Result<()> {
    tx.execute(REASSIGN, &args![to, from, scope.tenant()]).map(drop)
}
