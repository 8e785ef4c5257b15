//! Replies that a team keeps ready, each under a shortcut.

use model::{Id, Result, Scope, conversation::CannedResponse};

use crate::{
    args,
    db::{Row, Tx},
    page::{Page, Request},
    search,
};

macro_rules! columns {
    () => {
        "id, shortcut, text, created_at, updated_at"
    };
}

crate::pages! {
    /// A tenant's canned responses.
    RESPONSES = "canned_response.list",
    select "id, shortcut, text, created_at, updated_at",
    from "canned_response WHERE tenant_id = $4
        AND (CAST($5 AS TEXT) IS NULL OR LOWER(shortcut) LIKE $5 ESCAPE '\\' OR LOWER(text) LIKE $5 ESCAPE '\\')
        AND (CAST($6 AS TEXT) IS NULL OR LOWER(shortcut) LIKE $6 ESCAPE '\\' OR LOWER(text) LIKE $6 ESCAPE '\\')
        AND (CAST($7 AS TEXT) IS NULL OR LOWER(shortcut) LIKE $7 ESCAPE '\\' OR LOWER(text) LIKE $7 ESCAPE '\\')",
    unique Id "id",
    sorts { "shortcut" => Text("shortcut"), "created_at" => Unique }
}

crate::statements! {
    hot GET = "canned_response.get", concat!("SELECT ", columns!(),
        " FROM canned_response WHERE tenant_id = $1 AND id = $2");
    INSERT = "canned_response.insert", "INSERT INTO canned_response (id, tenant_id, shortcut, text, created_at,
            updated_at)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant_id, shortcut) DO NOTHING";
    hot TAKEN = "canned_response.taken", "SELECT id FROM canned_response
        WHERE tenant_id = $1 AND shortcut = $2 AND id <> $3";
    hot UPDATE = "canned_response.update", "UPDATE canned_response SET shortcut = $1, text = $2, updated_at = $3
        WHERE tenant_id = $4 AND id = $5";
    hot DELETE = "canned_response.delete", "DELETE FROM canned_response WHERE tenant_id = $1 AND id = $2";
}

/// One page, by shortcut.
pub fn list(tx: &mut Tx, scope: &Scope, typed: Option<&str>, request: &Request) -> Result<Page<CannedResponse>> {
    let [one, two, three] = search::patterns(typed.unwrap_or_default());
    RESPONSES.page(tx, request, &args![scope.tenant(), one, two, three], read)
}

pub fn get(tx: &mut Tx, scope: &Scope, id: Id<CannedResponse>) -> Result<Option<CannedResponse>> {
    tx.query_opt(GET, &args![scope.tenant(), id], read)
}

/// Adds one; `false` when its shortcut is taken.
pub fn insert(tx: &mut Tx, scope: &Scope, response: &CannedResponse) -> Result<bool> {
    let CannedResponse { id, shortcut, text, created_at, updated_at } = response;
    Ok(tx.execute(INSERT, &args![id, scope.tenant(), shortcut, text, *created_at, *updated_at])? > 0)
}

/// Changes one that exists; `false` when its shortcut is taken by another.
pub fn update(tx: &mut Tx, scope: &Scope, response: &CannedResponse) -> Result<bool> {
    let CannedResponse { id, shortcut, text, updated_at, .. } = response;
    let taken = tx.query_opt(TAKEN, &args![scope.tenant(), shortcut, id], |_| Ok(()))?;
    if taken.is_some() {
        return Ok(false);
    }
    tx.execute(UPDATE, &args![shortcut, text, *updated_at, scope.tenant(), id])?;
    Ok(true)
}

/// Removes one; `false` when there was none.
pub fn delete(tx: &mut Tx, scope: &Scope, id: Id<CannedResponse>) -> Result<bool> {
    Ok(tx.execute(DELETE, &args![scope.tenant(), id])? > 0)
}

fn read(row: &Row) -> Result<CannedResponse> {
    Ok(CannedResponse {
        id: row.get(0)?,
        shortcut: row.get(1)?,
        text: row.get(2)?,
        created_at: row.get(3)?,
        updated_at: row.get(4)?,
    })
}
