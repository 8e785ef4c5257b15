//! Endpoints, as their tenant sees and changes them.

use model::{Id, Ids, Result, Scope, Timestamp, webhook::Endpoint};
use secrecy::SecretString;

use crate::{
    Cipher, args, columns,
    db::{Row, Tx},
    feed,
    page::{Page, Request},
    search,
};

/// The place of secrets, for their encryption.
pub(crate) const SECRET: &str = "webhook-endpoint-secret";

macro_rules! endpoint_columns {
    () => {
        "id, tenant_id, url, description, event_types, is_enabled, disabled_reason, failing_since, old_secret_until, \
         created_at, updated_at"
    };
}
pub(super) use endpoint_columns;

/// How many columns [`endpoint_columns!`] names.
pub(super) const COLUMNS: usize = 11;

crate::pages! {
    /// A tenant's endpoints.
    ENDPOINTS = "webhook_endpoint.list",
    select endpoint_columns!(),
    from concat!("webhook_endpoint WHERE tenant_id = $4 AND (CAST($5 AS BOOLEAN) IS NULL OR is_enabled = $5)",
        search::words_are_in!(("url", "description") 6 7 8 9 10 11)),
    unique Id "id",
    sorts { "created_at" => Unique }
}

crate::statements! {
    hot GET = "webhook_endpoint.get", concat!("SELECT ", endpoint_columns!(),
        " FROM webhook_endpoint WHERE tenant_id = $1 AND id = $2");
    hot COUNT = "webhook_endpoint.count", "SELECT COUNT(*) FROM webhook_endpoint WHERE tenant_id = $1";
    INSERT = "webhook_endpoint.insert", "INSERT INTO webhook_endpoint (id, tenant_id, url, description, event_types, secret,
            is_enabled, position, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, TRUE, $7, $8, $8)";
    hot UPDATE = "webhook_endpoint.update", "UPDATE webhook_endpoint SET url = COALESCE($1, url),
            description = COALESCE($2, description), event_types = COALESCE($3, event_types), updated_at = $4
        WHERE tenant_id = $5 AND id = $6";
    hot ROTATE = "webhook_endpoint.rotate", "UPDATE webhook_endpoint SET old_secret = secret, old_secret_until = $1,
            secret = $2, updated_at = $3
        WHERE tenant_id = $4 AND id = $5";
    hot ENABLE = "webhook_endpoint.enable", "UPDATE webhook_endpoint SET is_enabled = TRUE, disabled_reason = NULL,
            failing_since = NULL, position = $1, updated_at = $2
        WHERE tenant_id = $3 AND id = $4 AND NOT is_enabled";
    hot DISABLE = "webhook_endpoint.disable", "UPDATE webhook_endpoint SET is_enabled = FALSE, disabled_reason = $1, updated_at = $2
        WHERE tenant_id = $3 AND id = $4 AND is_enabled";
    hot DELETE_ATTEMPTS = "webhook_endpoint.delete_attempts", "DELETE FROM webhook_attempt WHERE delivery_id IN
        (SELECT id FROM webhook_delivery WHERE endpoint_id = $1 AND tenant_id = $2 ORDER BY id LIMIT $3)";
    hot DELETE_DELIVERIES = "webhook_endpoint.delete_deliveries", "DELETE FROM webhook_delivery WHERE id IN
        (SELECT id FROM webhook_delivery WHERE endpoint_id = $1 AND tenant_id = $2 ORDER BY id LIMIT $3)";
    hot DELETE = "webhook_endpoint.delete", "DELETE FROM webhook_endpoint WHERE tenant_id = $1 AND id = $2";
}

/// What changes; `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub struct EndpointChanges {
    pub url: Option<String>,
    pub description: Option<String>,
    pub event_types: Option<Vec<String>>,
}

/// A secret in the form in which its row keeps it.
pub fn seal_secret(cipher: &Cipher, ids: &dyn Ids, id: Id<Endpoint>, secret: &SecretString) -> Result<Vec<u8>> {
    cipher.seal(ids, SECRET, id, secret)
}

pub(super) fn open_secret(cipher: &Cipher, id: Id<Endpoint>, sealed: &[u8]) -> Result<SecretString> {
    cipher.open(SECRET, id, sealed)
}

pub(super) fn read(row: &Row<'_>) -> Result<Endpoint> {
    Ok(Endpoint {
        id: row.get(0)?,
        tenant: row.get(1)?,
        url: row.get(2)?,
        description: row.get(3)?,
        event_types: columns::json(row, 4)?,
        is_enabled: row.get(5)?,
        disabled_reason: row.get(6)?,
        failing_since: row.get(7)?,
        old_secret_until: row.get(8)?,
        created_at: row.get(9)?,
        updated_at: row.get(10)?,
    })
}

/// A new endpoint, which hears of what happens from now on.
pub fn insert(tx: &mut Tx, scope: &Scope, endpoint: &Endpoint, sealed_secret: &[u8]) -> Result<()> {
    let position = feed::head(tx, scope)?;
    let args = args![
        endpoint.id,
        scope.tenant(),
        &endpoint.url,
        &endpoint.description,
        columns::to_json(&endpoint.event_types)?,
        sealed_secret,
        position,
        endpoint.created_at,
    ];
    tx.execute(INSERT, &args)?;
    Ok(())
}

pub fn get(tx: &mut Tx, scope: &Scope, id: Id<Endpoint>) -> Result<Option<Endpoint>> {
    tx.query_opt(GET, &args![scope.tenant(), id], read)
}

pub fn count(tx: &mut Tx, scope: &Scope) -> Result<i64> {
    tx.query_one(COUNT, &args![scope.tenant()], |row| row.get(0))
}

/// One page, of all or of those that are enabled or not, with the words that were typed in their addresses or descriptions.
pub fn list(
    tx: &mut Tx,
    scope: &Scope,
    (is_enabled, typed): (Option<bool>, Option<&str>),
    request: &Request,
) -> Result<Page<Endpoint>> {
    ENDPOINTS.page(tx, request, &search::with_words(&args![scope.tenant(), is_enabled], typed), read)
}

/// `false`: no such endpoint.
pub fn update(tx: &mut Tx, scope: &Scope, id: Id<Endpoint>, changes: &EndpointChanges, now: Timestamp) -> Result<bool> {
    let event_types = changes.event_types.as_ref().map(columns::to_json).transpose()?;
    let args = args![changes.url.as_deref(), changes.description.as_deref(), event_types, now, scope.tenant(), id];
    Ok(tx.execute(UPDATE, &args)? == 1)
}

/// Puts a new secret in place; the present one signs as well until `old_until`.
pub fn rotate(
    tx: &mut Tx,
    scope: &Scope,
    id: Id<Endpoint>,
    sealed: &[u8],
    (now, old_until): (Timestamp, Timestamp),
) -> Result<bool> {
    Ok(tx.execute(ROTATE, &args![old_until, sealed, now, scope.tenant(), id])? == 1)
}

/// From now on; what happened while it was disabled can be replayed. `false`: it was enabled.
pub fn enable(tx: &mut Tx, scope: &Scope, id: Id<Endpoint>, now: Timestamp) -> Result<bool> {
    let position = feed::head(tx, scope)?;
    Ok(tx.execute(ENABLE, &args![position, now, scope.tenant(), id])? == 1)
}

/// `reason`: when it was not by hand. `false`: it was disabled.
pub fn disable(tx: &mut Tx, scope: &Scope, id: Id<Endpoint>, reason: Option<&str>, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(DISABLE, &args![reason, now, scope.tenant(), id])? == 1)
}

/// Forgets up to `limit` deliveries of an endpoint; how many it were.
pub fn forget_deliveries(tx: &mut Tx, scope: &Scope, id: Id<Endpoint>, limit: i64) -> Result<u64> {
    let args = args![id, scope.tenant(), limit];
    tx.execute(DELETE_ATTEMPTS, &args)?;
    tx.execute(DELETE_DELIVERIES, &args)
}

/// Removes an endpoint. `false`: no such endpoint.
pub fn delete(tx: &mut Tx, scope: &Scope, id: Id<Endpoint>) -> Result<bool> {
    Ok(tx.execute(DELETE, &args![scope.tenant(), id])? == 1)
}
