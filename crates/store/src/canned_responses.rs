//! Replies that a team keeps ready, each under a shortcut.

use model::{Id, Result, Scope, Timestamp, conversation::CannedResponse};

use crate::{
    args,
    conversations::reader,
    db::{Row, Tx},
    page::{Page, Request},
    search,
};

macro_rules! columns {
    () => {
        "id, user_id, shortcut, text, usage_count, last_used_at, created_at, updated_at"
    };
}

crate::pages! {
    /// A tenant's canned responses.
    RESPONSES = "canned_response.list",
    select "id, user_id, shortcut, text, usage_count, last_used_at, created_at, updated_at",
    from concat!("canned_response WHERE tenant_id = $4 AND (user_id = $5 OR user_id IS NULL)",
        search::words_are_in!(("shortcut", "text") 6 7 8 9 10 11)),
    unique Id "id",
    sorts { "shortcut" => Text("shortcut"), "created_at" => Unique, "usage_count" => Int("usage_count") }
}

crate::statements! {
    hot GET = "canned_response.get", concat!("SELECT ", columns!(),
        " FROM canned_response WHERE tenant_id = $1 AND id = $2 AND (user_id = $3 OR user_id IS NULL)");
    INSERT = "canned_response.insert", "INSERT INTO canned_response (id, tenant_id, user_id, shortcut, text, usage_count,
            created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, 0, $6, $7) ON CONFLICT (tenant_id, shortcut) DO NOTHING";
    hot TAKEN = "canned_response.taken", "SELECT id FROM canned_response
        WHERE tenant_id = $1 AND shortcut = $2 AND id <> $3";
    hot UPDATE = "canned_response.update", "UPDATE canned_response SET shortcut = $1, text = $2, user_id = $3,
            updated_at = $4
        WHERE tenant_id = $5 AND id = $6";
    hot USED = "canned_response.used", "UPDATE canned_response SET usage_count = usage_count + 1, last_used_at = $1
        WHERE tenant_id = $2 AND id = $3 AND (user_id = $4 OR user_id IS NULL)";
    hot DELETE = "canned_response.delete", "DELETE FROM canned_response WHERE tenant_id = $1 AND id = $2";
}

/// One page, by shortcut.
pub fn list(tx: &mut Tx, scope: &Scope, typed: Option<&str>, request: &Request) -> Result<Page<CannedResponse>> {
    RESPONSES.page(tx, request, &search::with_words(&args![scope.tenant(), reader(scope)], typed), read)
}

pub fn get(tx: &mut Tx, scope: &Scope, id: Id<CannedResponse>) -> Result<Option<CannedResponse>> {
    tx.query_opt(GET, &args![scope.tenant(), id, reader(scope)], read)
}

/// Adds one; `false` when its shortcut is taken.
pub fn insert(tx: &mut Tx, scope: &Scope, response: &CannedResponse) -> Result<bool> {
    let CannedResponse { id, owner, shortcut, text, created_at, updated_at, .. } = response;
    Ok(tx.execute(INSERT, &args![id, scope.tenant(), *owner, shortcut, text, *created_at, *updated_at])? > 0)
}

/// Changes one that exists; `false` when its shortcut is taken by another.
pub fn update(tx: &mut Tx, scope: &Scope, response: &CannedResponse) -> Result<bool> {
    let CannedResponse { id, owner, shortcut, text, updated_at, .. } = response;
    let taken = tx.query_opt(TAKEN, &args![scope.tenant(), shortcut, id], |_| Ok(()))?;
    if taken.is_some() {
        return Ok(false);
    }
    tx.execute(UPDATE, &args![shortcut, text, *owner, *updated_at, scope.tenant(), id])?;
    Ok(true)
}

/// Counts that one was sent; `false` when there is none that the sender may use.
pub fn used(tx: &mut Tx, scope: &Scope, id: Id<CannedResponse>, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(USED, &args![now, scope.tenant(), id, reader(scope)])? > 0)
}

/// Removes one; `false` when there was none.
pub fn delete(tx: &mut Tx, scope: &Scope, id: Id<CannedResponse>) -> Result<bool> {
    Ok(tx.execute(DELETE, &args![scope.tenant(), id])? > 0)
}

fn read(row: &Row) -> Result<CannedResponse> {
    Ok(CannedResponse {
        id: row.get(0)?,
        owner: row.get(1)?,
        shortcut: row.get(2)?,
        text: row.get(3)?,
        usage_count: row.get(4)?,
        last_used_at: row.get(5)?,
        created_at: row.get(6)?,
        updated_at: row.get(7)?,
    })
}
