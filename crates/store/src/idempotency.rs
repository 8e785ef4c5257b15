//! First answers, kept by the tenant's Idempotency-Key so that a repeated request gets the same one.

use model::{Id, Result, Tenant, Timestamp};

use crate::{args, db::Tx};

/// How long an answer is kept.
const KEPT_MS: i64 = model::DAY_MS;

/// A request that is still without an answer after this long has died with its process.
const AT_WORK_MS: i64 = 120_000;

crate::statements! {
    /// In chunks, so that no request pays for a day's worth of old answers.
    EXPIRE = "idempotency.expire", "DELETE FROM idempotency WHERE (tenant_id, key) IN
        (SELECT tenant_id, key FROM idempotency WHERE created_at <= $1 ORDER BY created_at LIMIT 100)";
    hot TAKE = "idempotency.take", "INSERT INTO idempotency (tenant_id, key, fingerprint, created_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (tenant_id, key) DO UPDATE SET fingerprint = excluded.fingerprint, created_at = excluded.created_at,
            status = NULL, body = NULL
        WHERE idempotency.created_at <= $5 OR (idempotency.status IS NULL AND idempotency.created_at <= $6
            AND idempotency.fingerprint = excluded.fingerprint)";
    hot FIND = "idempotency.find", "SELECT fingerprint, status, body FROM idempotency WHERE tenant_id = $1 AND key = $2";
    hot KEEP = "idempotency.keep", "UPDATE idempotency SET status = $1, body = $2
        WHERE tenant_id = $3 AND key = $4 AND created_at = $5 AND status IS NULL";
    hot RELEASE = "idempotency.release", "DELETE FROM idempotency
        WHERE tenant_id = $1 AND key = $2 AND created_at = $3 AND status IS NULL";
    RELEASE_ALL = "idempotency.release_all", "DELETE FROM idempotency WHERE status IS NULL";
}

/// An Idempotency-Key of a tenant.
#[derive(Debug, Clone)]
pub struct Key {
    pub tenant: Id<Tenant>,
    pub key: String,
}

/// A kept answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

/// What is known of a key at the moment a request comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// It is new: the caller does the work and then keeps the answer or releases the key.
    New,
    /// The first request is still at work.
    AtWork,
    /// The key came before with another request.
    Mismatch,
    Answered(Answer),
}

/// Takes the key for this request, unless another one has it.
pub fn take(tx: &mut Tx, key: &Key, fingerprint: &[u8; 32], now: Timestamp) -> Result<Found> {
    tx.execute(EXPIRE, &args![now - KEPT_MS])?;
    let args = args![key.tenant, &key.key, fingerprint, now, now - KEPT_MS, now - AT_WORK_MS];
    if tx.execute(TAKE, &args)? == 1 {
        return Ok(Found::New);
    }
    tx.query_one(FIND, &args![key.tenant, &key.key], |row| {
        let first: [u8; 32] = row.get(0)?;
        let status: Option<u16> = row.get(1)?;
        Ok(match status {
            _ if first != *fingerprint => Found::Mismatch,
            None => Found::AtWork,
            Some(status) => Found::Answered(Answer { status, body: row.get(2)? }),
        })
    })
}

/// Keeps the answer of the request that took the key at `taken_at`.
pub fn keep(tx: &mut Tx, key: &Key, taken_at: Timestamp, answer: &Answer) -> Result<()> {
    tx.execute(KEEP, &args![answer.status, &answer.body, key.tenant, &key.key, taken_at])?;
    Ok(())
}

/// Frees the key: the request came to nothing that must not be repeated.
pub fn release(tx: &mut Tx, key: &Key, taken_at: Timestamp) -> Result<()> {
    tx.execute(RELEASE, &args![key.tenant, &key.key, taken_at])?;
    Ok(())
}

/// Frees every key whose request did not end: for the start of a process that serves alone.
pub fn release_all(tx: &mut Tx) -> Result<u64> {
    tx.execute(RELEASE_ALL, &[])
}
