//! Imports of contacts: what is to be read, how far it has been read, and which rows were refused.

use std::collections::HashSet;

use model::{
    Id, Result, Scope, Tenant, Timestamp,
    contact::import::{Import, ImportStatus, Mapping, Tally},
    feed::{Change, FeedKind},
};

use crate::{
    args, columns,
    db::{Arg, Row, Tx},
    feed,
    page::{Page, Request},
    search,
};

macro_rules! columns {
    () => {
        "id, tenant_id, status, status_reason, file_name, file_key, file_bytes, options, next_byte, rows_read, \
         rows_created, rows_updated, rows_unchanged, rows_failed, created_at, updated_at, finished_at, started_at, \
         worked_ms, samples"
    };
}

crate::pages! {
    /// A tenant's imports.
    IMPORTS = "contact_import.list",
    select "id, tenant_id, status, status_reason, file_name, file_key, file_bytes, options, next_byte, rows_read,
        rows_created, rows_updated, rows_unchanged, rows_failed, created_at, updated_at, finished_at, started_at,
        worked_ms, samples",
    from concat!("contact_import WHERE tenant_id = $4 AND (CAST($5 AS TEXT) IS NULL OR status = $5)",
        search::words_are_in!(("file_name") 6 7 8 9 10 11)),
    unique Id "id",
    sorts { "created_at" => Unique }
}

crate::pages! {
    /// The refused rows of an import.
    REFUSED = "contact_import.refused",
    select "row_number, reason, line",
    from "contact_import_error WHERE import_id = $4",
    unique Int "row_number",
    sorts { "row_number" => Unique }
}

crate::statements! {
    hot GET = "contact_import.get", concat!("SELECT ", columns!(),
        " FROM contact_import WHERE tenant_id = $1 AND id = $2");
    INSERT = "contact_import.insert", "INSERT INTO contact_import (id, tenant_id, status, file_name, file_key, file_bytes,
            options, next_byte, rows_read, rows_created, rows_updated, rows_unchanged, rows_failed, lease_until,
            created_at, updated_at, started_at, samples)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, 0, 0, 0, 0, $9, $9, $10, $11)";
    hot SEEN = "contact_import.seen", "SELECT key FROM contact_import_seen WHERE import_id = $1 AND key IN ({in})";
    NOTE_SEEN = "contact_import.note_seen", "INSERT INTO contact_import_seen (import_id, key) VALUES {rows bytes, bytes}
        ON CONFLICT (import_id, key) DO NOTHING";
    hot FORGET_SEEN = "contact_import.forget_seen", "DELETE FROM contact_import_seen WHERE (import_id, key) IN
        (SELECT import_id, key FROM contact_import_seen WHERE import_id = $1 LIMIT $2)";
    hot DUE = "contact_import.due", "SELECT COUNT(*) FROM contact_import
        WHERE status = 'RUNNING' AND lease_until <= $1";
    hot CLAIM = "contact_import.claim", concat!("UPDATE contact_import SET lease_until = $1
        WHERE id = (SELECT due.id FROM contact_import AS due WHERE due.status = 'RUNNING' AND due.lease_until <= $2
            ORDER BY due.lease_until LIMIT 1 {skip_locked})
        RETURNING ", columns!());
    hot ADVANCE = "contact_import.advance", "UPDATE contact_import SET next_byte = $1, rows_read = rows_read + $2,
            rows_created = rows_created + $3, rows_updated = rows_updated + $4, rows_unchanged = rows_unchanged + $5,
            rows_failed = rows_failed + $6, lease_until = $7, updated_at = $7, worked_ms = worked_ms + $8
        WHERE id = $9 AND status = 'RUNNING' AND next_byte = $10";
    hot SETTLE = "contact_import.settle", "UPDATE contact_import SET status = 'DRAFT', options = $1, samples = $2, updated_at = $3
        WHERE tenant_id = $4 AND id = $5 AND status IN ('DRAFT', 'CHECKED')";
    hot RESTART = "contact_import.restart", "UPDATE contact_import SET status = 'RUNNING', status_reason = NULL,
            options = $1, next_byte = $2, rows_read = 0, rows_created = 0, rows_updated = 0, rows_unchanged = 0,
            rows_failed = 0, worked_ms = 0, lease_until = 0, started_at = $3, updated_at = $3
        WHERE tenant_id = $4 AND id = $5 AND status IN ('DRAFT', 'CHECKED')";
    hot CLEAR_REFUSED = "contact_import_error.clear", "DELETE FROM contact_import_error WHERE import_id = $1";
    hot FORSAKEN = "contact_import.forsaken", "SELECT tenant_id, id, file_key, status FROM contact_import
        WHERE status IN ('DRAFT', 'CHECKED') AND updated_at < $1 ORDER BY updated_at LIMIT $2";
    REMEMBER = "contact_import_mapping.remember", "INSERT INTO contact_import_mapping (tenant_id, header, mapping, used_at)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT (tenant_id, header) DO UPDATE SET mapping = excluded.mapping, used_at = excluded.used_at";
    hot REMEMBERED = "contact_import_mapping.get", "SELECT mapping FROM contact_import_mapping
        WHERE tenant_id = $1 AND header = $2";
    hot SET_STATUS = "contact_import.set_status", "UPDATE contact_import SET status = $1, status_reason = $2,
            updated_at = $3, finished_at = $4, lease_until = 0,
            samples = CASE WHEN CAST($4 AS BIGINT) IS NULL THEN samples END
        WHERE tenant_id = $5 AND id = $6 AND status = $7";
    REFUSE = "contact_import_error.add", "INSERT INTO contact_import_error (import_id, row_number, reason, line)
        VALUES {rows bytes, int, text, text}";
}

/// The channel of [`Db::listen`](crate::db::Db::listen) on which something is said when there is an import to run.
pub const CHANNEL: &str = "contact_import";

/// A row that was not taken, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// In the file, the header being 1.
    pub row_number: i64,
    pub reason: String,
    pub line: String,
}

/// Keeps a new import, which runs by itself unless it is a draft.
pub fn insert(tx: &mut Tx, scope: &Scope, import: &Import) -> Result<()> {
    let args = args![
        import.id,
        scope.tenant(),
        import.status.as_str(),
        import.file_name.as_deref(),
        import.file_key.as_str(),
        import.file_bytes,
        columns::to_json(&import.options)?,
        import.next_byte,
        import.created_at,
        import.started_at,
        columns::to_json(&import.samples)?,
    ];
    tx.execute(INSERT, &args)?;
    tx.notify(CHANNEL, "")?;
    announce(tx, scope.tenant(), import.id, import.created_at)
}

pub fn get(tx: &mut Tx, scope: &Scope, id: Id<Import>) -> Result<Option<Import>> {
    tx.query_opt(GET, &args![scope.tenant(), id], read)
}

/// One page, newest first, of all or of one status, with the words that were typed in their files' names.
pub fn list(
    tx: &mut Tx,
    scope: &Scope,
    (status, typed): (Option<ImportStatus>, Option<&str>),
    request: &Request,
) -> Result<Page<Import>> {
    IMPORTS.page(
        tx,
        request,
        &search::with_words(&args![scope.tenant(), status.map(ImportStatus::as_str)], typed),
        read,
    )
}

/// Whether there is an import that nobody works on. Looked at before [`claim`], so that an idle installation writes
/// nothing.
pub fn is_due(tx: &mut Tx, now: Timestamp) -> Result<bool> {
    let count: i64 = tx.query_one(DUE, &args![now], |row| row.get(0))?;
    Ok(count > 0)
}

/// Takes an import that nobody works on until `lease_until`.
pub fn claim(tx: &mut Tx, now: Timestamp, lease_until: Timestamp) -> Result<Option<Import>> {
    tx.query_opt(CLAIM, &args![lease_until, now], read)
}

/// The beginning of a hash of something by which a contact is known again.
pub type SeenKey = [u8; 16];

/// Those of the keys that an earlier row of a dry run had.
pub fn seen(tx: &mut Tx, import: Id<Import>, keys: &[SeenKey]) -> Result<HashSet<SeenKey>> {
    let list: Vec<Arg> = keys.iter().map(Arg::from).collect();
    let found = tx.query_in(SEEN, &args![import], &list, |row| row.get::<Vec<u8>>(0))?;
    Ok(found.into_iter().filter_map(|key| key.try_into().ok()).collect())
}

/// Notes the keys of rows of a dry run.
pub fn note_seen(tx: &mut Tx, import: Id<Import>, keys: &[SeenKey]) -> Result<()> {
    let rows: Vec<_> = keys.iter().map(|key| args![import, key.to_vec()]).collect();
    tx.execute_rows(NOTE_SEEN, &[], &rows).map(drop)
}

/// Forgets some of those keys; tells how many.
pub fn forget_seen(tx: &mut Tx, import: Id<Import>, limit: i64) -> Result<u64> {
    tx.execute(FORGET_SEEN, &args![import, limit])
}

/// Notes what was read from `import.next_byte` on, and lets go of it: whoever is free reads on. `false`: it was stopped, or somebody else read on; then what was
/// written with it must not stay.
pub fn advance(
    tx: &mut Tx,
    import: &Import,
    next_byte: i64,
    (tally, refused): (Tally, &[Refused]),
    worked_ms: i64,
    now: Timestamp,
) -> Result<bool> {
    let Tally { read, created, updated, unchanged, failed } = tally;
    let rows: Vec<_> =
        refused.iter().map(|one| args![import.id, one.row_number, one.reason.as_str(), one.line.as_str()]).collect();
    tx.execute_rows(REFUSE, &[], &rows)?;
    let args = args![next_byte, read, created, updated, unchanged, failed, now, worked_ms, import.id, import.next_byte];
    let is_ours = tx.execute(ADVANCE, &args)? > 0;
    if is_ours {
        announce(tx, import.tenant, import.id, now)?;
    }
    Ok(is_ours)
}

/// Changes how a draft, or a checked file, is going to be read; what was counted holds no more. `false`: it is none of these any more.
pub fn settle(tx: &mut Tx, scope: &Scope, import: &Import, now: Timestamp) -> Result<bool> {
    let args =
        args![columns::to_json(&import.options)?, columns::to_json(&import.samples)?, now, scope.tenant(), import.id];
    let changed = tx.execute(SETTLE, &args)? > 0;
    if changed {
        announce(tx, scope.tenant(), import.id, now)?;
    }
    Ok(changed)
}

/// Lets a draft, or a checked file, be read from its first row on. `false`: it is none of these any more.
pub fn restart(tx: &mut Tx, scope: &Scope, import: &Import, now: Timestamp) -> Result<bool> {
    let options = &import.options;
    let args = args![columns::to_json(options)?, options.first_byte, now, scope.tenant(), import.id];
    if tx.execute(RESTART, &args)? == 0 {
        return Ok(false);
    }
    // What a dry run refused is judged again.
    tx.execute(CLEAR_REFUSED, &args![import.id])?;
    tx.notify(CHANNEL, "")?;
    announce(tx, scope.tenant(), import.id, now)?;
    Ok(true)
}

/// A draft or checked file that nobody came back to.
#[derive(Debug, Clone)]
pub struct Forsaken {
    pub names: (Id<Tenant>, Id<Import>),
    pub file_key: String,
    pub status: ImportStatus,
}

/// Of all tenants' drafts, those that nobody touched since `before`, oldest first.
pub fn forsaken(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<Vec<Forsaken>> {
    tx.query(FORSAKEN, &args![before, limit], |row| {
        Ok(Forsaken { names: (row.get(0)?, row.get(1)?), file_key: row.get(2)?, status: columns::word(row, 3)? })
    })
}

/// Keeps how the columns of a file are mapped, for the next one with the same header.
pub fn remember(tx: &mut Tx, scope: &Scope, header: &[u8; 32], mapping: &Mapping, now: Timestamp) -> Result<()> {
    tx.execute(REMEMBER, &args![scope.tenant(), header, columns::to_json(mapping)?, now]).map(drop)
}

/// How the columns of a file with this header were mapped the last time.
pub fn remembered(tx: &mut Tx, scope: &Scope, header: &[u8; 32]) -> Result<Option<Mapping>> {
    tx.query_opt(REMEMBERED, &args![scope.tenant(), header], |row| columns::json(row, 0))
}

/// Tells who listens how far an import is.
fn announce(tx: &mut Tx, tenant: Id<Tenant>, id: Id<Import>, now: Timestamp) -> Result<()> {
    feed::append(tx, &Scope::system(tenant), &[Change::new(FeedKind::Import, id)], now)
}

/// Moves an import from one status to another. `false`: it had another status.
pub fn set_status(
    tx: &mut Tx,
    (tenant, id): (Id<Tenant>, Id<Import>),
    (from, to): (ImportStatus, ImportStatus),
    reason: Option<&str>,
    now: Timestamp,
) -> Result<bool> {
    let finished_at = to.is_final().then_some(now);
    let args = args![to.as_str(), reason, now, finished_at, tenant, id, from.as_str()];
    let changed = tx.execute(SET_STATUS, &args)? > 0;
    if changed && to == ImportStatus::Running {
        tx.notify(CHANNEL, "")?;
    }
    if changed {
        announce(tx, tenant, id, now)?;
    }
    Ok(changed)
}

/// Refused rows of an import that the caller may see, in the order of the file.
pub fn refused(tx: &mut Tx, import: &Import, request: &Request) -> Result<Page<Refused>> {
    REFUSED.page(tx, request, &args![import.id], |row| {
        Ok(Refused { row_number: row.get(0)?, reason: row.get(1)?, line: row.get(2)? })
    })
}

fn read(row: &Row) -> Result<Import> {
    Ok(Import {
        id: row.get(0)?,
        tenant: row.get(1)?,
        status: columns::word(row, 2)?,
        status_reason: row.get(3)?,
        file_name: row.get(4)?,
        file_key: row.get(5)?,
        file_bytes: row.get(6)?,
        options: columns::json(row, 7)?,
        next_byte: row.get(8)?,
        tally: Tally {
            read: row.get(9)?,
            created: row.get(10)?,
            updated: row.get(11)?,
            unchanged: row.get(12)?,
            failed: row.get(13)?,
        },
        created_at: row.get(14)?,
        updated_at: row.get(15)?,
        finished_at: row.get(16)?,
        started_at: row.get(17)?,
        worked_ms: row.get(18)?,
        samples: samples(row)?,
    })
}

/// Imports of older versions have none.
fn samples(row: &Row) -> Result<Vec<Vec<String>>> {
    let kept: Option<String> = row.get(19)?;
    Ok(kept.map(|_| columns::json(row, 19)).transpose()?.unwrap_or_default())
}

/// Every statement of the imports.
pub fn statements() -> Vec<crate::db::Sql> {
    [STATEMENTS.to_vec(), IMPORTS.statements(), REFUSED.statements()].concat()
}
