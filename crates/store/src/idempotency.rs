//! First answers, kept by the tenant's Idempotency-Key so that a repeated request gets the same one.

use model::{Id, Result, Tenant, Timestamp};

use crate::{args, db::Tx};

/// How long an answer is kept.
const KEPT_MS: i64 = model::DAY_MS;

/// A request that is still without an answer after this long may be repeated. If it is at work after all, both find the
/// same thing made, because it has the same id.
const AT_WORK_MS: i64 = 30_000;

crate::statements! {
    /// In chunks, so that no request pays for a day's worth of old answers.
    EXPIRE = "idempotency.expire", "DELETE FROM idempotency WHERE (tenant_id, key) IN
        (SELECT tenant_id, key FROM idempotency WHERE created_at <= $1 ORDER BY created_at LIMIT 100)";
    hot TAKE = "idempotency.take", "INSERT INTO idempotency (tenant_id, key, fingerprint, created_at, taken_at)
        VALUES ($1, $2, $3, $4, $4)
        ON CONFLICT (tenant_id, key) DO UPDATE SET fingerprint = excluded.fingerprint, taken_at = excluded.taken_at,
            created_at = CASE WHEN idempotency.created_at <= $5 THEN excluded.created_at ELSE idempotency.created_at END,
            status = NULL, body = NULL
        WHERE idempotency.created_at <= $5 OR (idempotency.status IS NULL AND idempotency.taken_at <= $6
            AND idempotency.fingerprint = excluded.fingerprint)
        RETURNING created_at";
    hot FIND = "idempotency.find", "SELECT fingerprint, status, body FROM idempotency WHERE tenant_id = $1 AND key = $2";
    hot KEEP = "idempotency.keep", "UPDATE idempotency SET status = $1, body = $2
        WHERE tenant_id = $3 AND key = $4 AND taken_at = $5 AND status IS NULL";
    hot RELEASE = "idempotency.release", "DELETE FROM idempotency
        WHERE tenant_id = $1 AND key = $2 AND taken_at = $3 AND status IS NULL";
    FREE_ALL = "idempotency.free_all", "UPDATE idempotency SET taken_at = 0 WHERE status IS NULL";
}

/// An Idempotency-Key of a tenant.
#[derive(Debug, Clone)]
pub struct Key {
    pub tenant: Id<Tenant>,
    pub key: String,
}

/// What a kept answer is encrypted for, beside its tenant: it opens under its own key only.
pub fn place(key: &Key) -> String {
    format!("idempotency {}", key.key)
}

/// A kept answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// Encrypted by the caller: it may hold a secret that is shown only once.
    pub body: Vec<u8>,
}

/// What is known of a key at the moment a request comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Nobody is at work: the caller does the work, and then keeps the answer or releases the key.
    Free {
        /// When the key was first taken: the same for every try that follows a crash.
        first_at: Timestamp,
    },
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
    if let Some(first_at) = tx.query_opt(TAKE, &args, |row| row.get(0))? {
        return Ok(Found::Free { first_at });
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
pub fn free_all(tx: &mut Tx) -> Result<u64> {
    tx.execute(FREE_ALL, &[])
}
