//! API keys. The key itself is never here, only its SHA-256 and the first characters that people tell keys apart by.

use model::{ApiKey, Id, Result, Role, Scope, Tenant, Timestamp, key_limits::KeyLimits};

use crate::{
    args, columns,
    db::{Row, Tx},
    page::{Page, Request},
    search,
};

crate::statements! {
    hot ALL = "key.all", "SELECT id, name, prefix, role, created_at, expires_at, last_used_at, limits FROM api_key
        WHERE tenant_id = $1 AND revoked_at IS NULL ORDER BY id";
    INSERT = "key.insert", "INSERT INTO api_key (id, tenant_id, name, prefix, hash, role, created_by, created_at, expires_at,
            limits)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    hot BY_HASH = "key.by_hash", "SELECT id, name, prefix, role, created_at, expires_at, last_used_at, limits, tenant_id
        FROM api_key
        WHERE hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)";
    hot FIND = "key.find", "SELECT id, name, prefix, role, created_at, expires_at, last_used_at, limits FROM api_key
        WHERE id = $1 AND tenant_id = $2 AND revoked_at IS NULL";
    hot REVOKE = "key.revoke", "UPDATE api_key SET revoked_at = $1 WHERE id = $2 AND tenant_id = $3 AND revoked_at IS NULL";
    hot RESTORE = "key.restore", "UPDATE api_key SET revoked_at = NULL WHERE id = $1 AND tenant_id = $2 AND revoked_at > $3";
    hot END_AT = "key.end_at", "UPDATE api_key SET expires_at = $1 WHERE id = $2 AND tenant_id = $3 AND revoked_at IS NULL
        AND (expires_at IS NULL OR expires_at > $1)";
    hot TOUCH = "key.touch", "UPDATE api_key SET last_used_at = $1
        WHERE id = $2 AND (last_used_at IS NULL OR last_used_at < $1)";
}

crate::pages! {
    /// The keys of a tenant that are not revoked.
    LIST = "key.list",
    select "id, name, prefix, role, created_at, expires_at, last_used_at, limits",
    from concat!("api_key WHERE tenant_id = $4 AND revoked_at IS NULL AND (CAST($5 AS TEXT) IS NULL OR role = $5)",
        search::words_are_in!(("name") 6 7 8 9 10 11)),
    unique Id "id",
    sorts { "created_at" => Unique }
}

/// What is kept of an API key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    pub id: Id<ApiKey>,
    pub name: String,
    pub prefix: String,
    pub role: Role,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub last_used_at: Option<Timestamp>,
    /// Of an agent's key: what it may do. Such a key opens MCP alone.
    pub limits: Option<KeyLimits>,
}

fn read(row: &Row) -> Result<KeyRow> {
    Ok(KeyRow {
        id: row.get(0)?,
        name: row.get(1)?,
        prefix: row.get(2)?,
        role: columns::word(row, 3)?,
        created_at: row.get(4)?,
        expires_at: row.get(5)?,
        last_used_at: row.get(6)?,
        limits: match row.get::<Option<String>>(7)? {
            None => None,
            Some(_) => Some(columns::json(row, 7)?),
        },
    })
}

/// All keys of the tenant that are not revoked: for the command line.
pub fn all(tx: &mut Tx, scope: &Scope) -> Result<Vec<KeyRow>> {
    tx.query(ALL, &args![scope.tenant()], read)
}

/// Writes a new key of the scope's tenant.
pub fn insert(tx: &mut Tx, scope: &Scope, key: &KeyRow, hash: &[u8; 32]) -> Result<()> {
    let created_by = match scope.actor() {
        model::Actor::User(id) => Some(*id.as_uuid().as_bytes()),
        model::Actor::Key(id) => Some(*id.as_uuid().as_bytes()),
        model::Actor::System => None,
    };
    let args = args![
        key.id,
        scope.tenant(),
        &key.name,
        &key.prefix,
        hash,
        key.role.as_str(),
        created_by,
        key.created_at,
        key.expires_at,
        key.limits.as_ref().map(columns::to_json).transpose()?
    ];
    tx.execute(INSERT, &args)?;
    Ok(())
}

/// The live key with this hash, and whose it is.
pub fn by_hash(tx: &mut Tx, hash: &[u8; 32], now: Timestamp) -> Result<Option<(Id<Tenant>, KeyRow)>> {
    tx.query_opt(BY_HASH, &args![hash, now], |row| Ok((row.get(8)?, read(row)?)))
}

pub fn find(tx: &mut Tx, scope: &Scope, id: Id<ApiKey>) -> Result<Option<KeyRow>> {
    tx.query_opt(FIND, &args![id, scope.tenant()], read)
}

/// One page of the tenant's keys, of all roles or of one, with the words that were typed in their names.
pub fn list(
    tx: &mut Tx,
    scope: &Scope,
    (role, typed): (Option<Role>, Option<&str>),
    request: &Request,
) -> Result<Page<KeyRow>> {
    LIST.page(tx, request, &search::with_words(&args![scope.tenant(), role.map(Role::as_str)], typed), read)
}

/// Ends a key; `false` when there is no such live key.
pub fn revoke(tx: &mut Tx, scope: &Scope, id: Id<ApiKey>, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(REVOKE, &args![now, id, scope.tenant()])? == 1)
}

/// Takes a revocation back that is younger than `since`; `false` when there is none.
pub fn restore(tx: &mut Tx, scope: &Scope, id: Id<ApiKey>, since: Timestamp) -> Result<bool> {
    Ok(tx.execute(RESTORE, &args![id, scope.tenant(), since])? == 1)
}

/// Lets a key end at `at`, unless it ends before that anyway.
pub fn end_at(tx: &mut Tx, scope: &Scope, id: Id<ApiKey>, at: Timestamp) -> Result<()> {
    tx.execute(END_AT, &args![at, id, scope.tenant()])?;
    Ok(())
}

/// Notes that a key was used.
pub fn touch(tx: &mut Tx, id: Id<ApiKey>, now: Timestamp) -> Result<()> {
    tx.execute(TOUCH, &args![now, id])?;
    Ok(())
}
