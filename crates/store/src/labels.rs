//! The labels that a tenant's conversations can have, each with a colour. Conversations name them by their words.

use model::{
    Id, Ids, Result, Scope, Timestamp,
    conversation::{Label, LabelColor},
};

use crate::{
    args, columns,
    db::{Row, Tx},
    page::{Page, Request},
    search,
};

crate::pages! {
    /// A tenant's labels.
    LABELS = "label.list",
    select "id, name, color, created_at, updated_at",
    from concat!("label WHERE tenant_id = $4", search::words_are_in!(("name") 5 6 7 8 9 10)),
    unique Id "id",
    sorts { "name" => Text("name"), "created_at" => Unique }
}

crate::statements! {
    hot GET = "label.get", "SELECT id, name, color, created_at, updated_at FROM label WHERE tenant_id = $1 AND id = $2";
    hot BY_NAME = "label.by_name", "SELECT id, name, color, created_at, updated_at FROM label
        WHERE tenant_id = $1 AND name = $2";
    INSERT = "label.insert", "INSERT INTO label (id, tenant_id, name, color, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant_id, name) DO NOTHING";
    hot UPDATE = "label.update", "UPDATE label SET name = $1, color = $2, updated_at = $3 WHERE tenant_id = $4 AND id = $5";
    hot DELETE = "label.delete", "DELETE FROM label WHERE tenant_id = $1 AND id = $2";
    hot RENAME = "label.rename", "UPDATE conversation_label SET label = $1 WHERE tenant_id = $2 AND label = $3";
    hot TAKE_OFF = "label.take_off", "DELETE FROM conversation_label WHERE tenant_id = $1 AND label = $2";
}

/// One page of them all, or of those with the words that were typed.
pub fn list(tx: &mut Tx, scope: &Scope, typed: Option<&str>, request: &Request) -> Result<Page<Label>> {
    LABELS.page(tx, request, &search::with_words(&args![scope.tenant()], typed), read)
}

pub fn get(tx: &mut Tx, scope: &Scope, id: Id<Label>) -> Result<Option<Label>> {
    tx.query_opt(GET, &args![scope.tenant(), id], read)
}

/// Adds one; `false` when its name is taken.
pub fn insert(tx: &mut Tx, scope: &Scope, label: &Label) -> Result<bool> {
    let Label { id, name, color, created_at, updated_at } = label;
    Ok(tx.execute(INSERT, &args![id, scope.tenant(), name, color.as_str(), *created_at, *updated_at])? > 0)
}

/// Adds those that there are not yet: people make labels by typing them.
pub fn ensure(tx: &mut Tx, scope: &Scope, ids: &dyn Ids, names: &[String], now: Timestamp) -> Result<()> {
    for name in names {
        let label =
            Label { id: ids.id(), name: name.clone(), color: LabelColor::Gray, created_at: now, updated_at: now };
        insert(tx, scope, &label)?;
    }
    Ok(())
}

/// Changes one from what it was, on all conversations that have it; `false` when its new name is taken by another.
pub fn update(tx: &mut Tx, scope: &Scope, before: &Label, label: &Label) -> Result<bool> {
    let other = tx.query_opt(BY_NAME, &args![scope.tenant(), &label.name], read)?;
    if other.is_some_and(|other| other.id != label.id) {
        return Ok(false);
    }
    let args = args![&label.name, label.color.as_str(), label.updated_at, scope.tenant(), label.id];
    tx.execute(UPDATE, &args)?;
    if before.name != label.name {
        tx.execute(RENAME, &args![&label.name, scope.tenant(), &before.name])?;
    }
    Ok(true)
}

/// Removes one, and takes it off all conversations.
pub fn delete(tx: &mut Tx, scope: &Scope, label: &Label) -> Result<()> {
    tx.execute(TAKE_OFF, &args![scope.tenant(), &label.name])?;
    tx.execute(DELETE, &args![scope.tenant(), label.id]).map(drop)
}

fn read(row: &Row) -> Result<Label> {
    Ok(Label {
        id: row.get(0)?,
        name: row.get(1)?,
        color: columns::word(row, 2)?,
        created_at: row.get(3)?,
        updated_at: row.get(4)?,
    })
}
