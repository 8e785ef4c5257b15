//! Descriptions of the attributes that a tenant's contacts have.

use model::{Id, Result, Scope, contact::attribute::Attribute};

use crate::{
    args, columns,
    db::{Row, Tx},
    page::{Page, Request},
    search,
};

/// How many a tenant can describe.
pub const ATTRIBUTES_MAX: i64 = 200;

crate::pages! {
    /// A tenant's attributes.
    ATTRIBUTES = "contact_attribute.list",
    select "id, name, kind, choices, created_at, updated_at",
    from concat!("contact_attribute WHERE tenant_id = $4", search::words_are_in!(("name") 5 6 7 8 9 10)),
    unique Id "id",
    sorts { "created_at" => Unique, "name" => Text("name") }
}

crate::statements! {
    hot ALL = "contact_attribute.all", "SELECT id, name, kind, choices, created_at, updated_at
        FROM contact_attribute WHERE tenant_id = $1 ORDER BY name LIMIT $2";
    hot GET = "contact_attribute.get", "SELECT id, name, kind, choices, created_at, updated_at
        FROM contact_attribute WHERE tenant_id = $1 AND id = $2";
    INSERT = "contact_attribute.insert", "INSERT INTO contact_attribute (id, tenant_id, name, kind, choices, created_at,
            updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant_id, name) DO NOTHING";
    hot UPDATE = "contact_attribute.update", "UPDATE contact_attribute SET choices = $1, updated_at = $2
        WHERE tenant_id = $3 AND id = $4";
    hot DELETE = "contact_attribute.delete", "DELETE FROM contact_attribute WHERE tenant_id = $1 AND id = $2";
}

/// All that the tenant describes, by name.
pub fn all(tx: &mut Tx, scope: &Scope) -> Result<Vec<Attribute>> {
    tx.query(ALL, &args![scope.tenant(), ATTRIBUTES_MAX], read)
}

/// One page of them all, or of those with the words that were typed.
pub fn list(tx: &mut Tx, scope: &Scope, typed: Option<&str>, request: &Request) -> Result<Page<Attribute>> {
    ATTRIBUTES.page(tx, request, &search::with_words(&args![scope.tenant()], typed), read)
}

pub fn get(tx: &mut Tx, scope: &Scope, id: Id<Attribute>) -> Result<Option<Attribute>> {
    tx.query_opt(GET, &args![scope.tenant(), id], read)
}

/// Adds one; `false` when its name is taken.
pub fn insert(tx: &mut Tx, scope: &Scope, attribute: &Attribute) -> Result<bool> {
    let Attribute { id, name, kind, choices, created_at, updated_at } = attribute;
    let choices = columns::to_json(choices)?;
    let args = args![id, scope.tenant(), name, kind.as_str(), choices, *created_at, *updated_at];
    Ok(tx.execute(INSERT, &args)? > 0)
}

/// Writes the choices. Name and type stay: values were read by them.
pub fn update(tx: &mut Tx, scope: &Scope, attribute: &Attribute) -> Result<()> {
    let choices = columns::to_json(&attribute.choices)?;
    tx.execute(UPDATE, &args![choices, attribute.updated_at, scope.tenant(), attribute.id]).map(drop)
}

/// Forgets a description; the values stay. `false`: there was none.
pub fn delete(tx: &mut Tx, scope: &Scope, id: Id<Attribute>) -> Result<bool> {
    Ok(tx.execute(DELETE, &args![scope.tenant(), id])? > 0)
}

fn read(row: &Row) -> Result<Attribute> {
    Ok(Attribute {
        id: row.get(0)?,
        name: row.get(1)?,
        kind: columns::word(row, 2)?,
        choices: columns::json(row, 3)?,
        created_at: row.get(4)?,
        updated_at: row.get(5)?,
    })
}
