//! Messages that are kept for broadcasts to come, each under a name.

use model::{Id, Result, Scope, Timestamp, broadcast::Template};
use uuid::Uuid;

use super::script::Script;
use crate::{
    args, columns,
    db::{Row, Tx},
    page::{Page, Request},
    search,
};

crate::pages! {
    /// A tenant's message templates.
    TEMPLATES = "broadcast_template.list",
    select "id, name, content, created_by, created_at, updated_at",
    from concat!("broadcast_template WHERE tenant_id = $4", search::words_are_in!(("name") 5 6 7 8 9 10)),
    unique Id "id",
    sorts { "created_at" => Unique, "name" => Text("name") }
}

crate::statements! {
    hot GET = "broadcast_template.get", "
        SELECT id, name, content, created_by, created_at, updated_at FROM broadcast_template
        WHERE tenant_id = $1 AND id = $2";
    INSERT = "broadcast_template.insert", "
        INSERT INTO broadcast_template (id, tenant_id, name, content, created_by, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (tenant_id, name) DO NOTHING";
    hot TAKEN = "broadcast_template.taken",
        "SELECT id FROM broadcast_template WHERE tenant_id = $1 AND name = $2 AND id <> $3";
    hot UPDATE = "broadcast_template.update", "
        UPDATE broadcast_template SET name = $1, content = $2, updated_at = $3 WHERE tenant_id = $4 AND id = $5";
    hot DELETE = "broadcast_template.delete", "DELETE FROM broadcast_template WHERE tenant_id = $1 AND id = $2";
}

/// A template as it stands in its table.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    pub id: Id<Template>,
    pub name: String,
    pub script: Script,
    /// The user or key that made it.
    pub created_by: Option<Uuid>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// One page; `typed` are words of the name.
pub fn list(tx: &mut Tx, scope: &Scope, typed: Option<&str>, request: &Request) -> Result<Page<Stored>> {
    TEMPLATES.page(tx, request, &search::with_words(&args![scope.tenant()], typed), read)
}

pub fn get(tx: &mut Tx, scope: &Scope, id: Id<Template>) -> Result<Option<Stored>> {
    tx.query_opt(GET, &args![scope.tenant(), id], read)
}

/// Adds one; `false` when its name is taken.
pub fn insert(tx: &mut Tx, scope: &Scope, template: &Stored) -> Result<bool> {
    let Stored { id, name, script, created_by, created_at, .. } = template;
    let created_by = created_by.map(Uuid::into_bytes);
    let args = args![id, scope.tenant(), name, columns::to_json(script)?, created_by, *created_at];
    Ok(tx.execute(INSERT, &args)? > 0)
}

/// Changes one that exists; `false` when its name is taken by another.
pub fn update(tx: &mut Tx, scope: &Scope, template: &Stored) -> Result<bool> {
    let Stored { id, name, script, updated_at, .. } = template;
    if tx.query_opt(TAKEN, &args![scope.tenant(), name, id], |_| Ok(()))?.is_some() {
        return Ok(false);
    }
    tx.execute(UPDATE, &args![name, columns::to_json(script)?, *updated_at, scope.tenant(), id])?;
    Ok(true)
}

/// Removes one; `false` when there was none.
pub fn delete(tx: &mut Tx, scope: &Scope, id: Id<Template>) -> Result<bool> {
    Ok(tx.execute(DELETE, &args![scope.tenant(), id])? > 0)
}

fn read(row: &Row<'_>) -> Result<Stored> {
    Ok(Stored {
        id: row.get(0)?,
        name: row.get(1)?,
        script: columns::json(row, 2)?,
        created_by: row.get::<Option<Id<()>>>(3)?.map(|id| id.as_uuid()),
        created_at: row.get(4)?,
        updated_at: row.get(5)?,
    })
}
