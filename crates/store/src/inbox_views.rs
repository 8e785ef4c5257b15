//! Lists of conversations that people keep under a name: their own, and everybody's.

use model::{Id, Result, Scope, conversation::InboxView};

use crate::{
    args,
    conversations::reader,
    db::{Row, Tx},
    page::{Page, Request},
    search,
};

crate::pages! {
    /// The views that somebody sees.
    VIEWS = "inbox_view.list",
    select "id, user_id, name, query, created_at, updated_at",
    from concat!("inbox_view WHERE tenant_id = $4 AND (user_id = $5 OR user_id IS NULL)",
        search::words_are_in!(("name") 6 7 8 9 10 11)),
    unique Id "id",
    sorts { "name" => Text("name"), "created_at" => Unique }
}

crate::statements! {
    hot GET = "inbox_view.get", "SELECT id, user_id, name, query, created_at, updated_at FROM inbox_view
        WHERE tenant_id = $1 AND id = $2 AND (user_id = $3 OR user_id IS NULL)";
    INSERT = "inbox_view.insert", "INSERT INTO inbox_view (id, tenant_id, user_id, name, query, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    hot COUNT = "inbox_view.count", "SELECT COUNT(*) FROM inbox_view WHERE tenant_id = $1";
    hot UPDATE = "inbox_view.update", "UPDATE inbox_view SET name = $1, query = $2, user_id = $3, updated_at = $4
        WHERE tenant_id = $5 AND id = $6";
    hot DELETE = "inbox_view.delete", "DELETE FROM inbox_view WHERE tenant_id = $1 AND id = $2";
}

/// One page of them all, or of those with the words that were typed.
pub fn list(tx: &mut Tx, scope: &Scope, typed: Option<&str>, request: &Request) -> Result<Page<InboxView>> {
    VIEWS.page(tx, request, &search::with_words(&args![scope.tenant(), reader(scope)], typed), read)
}

/// One that the person who asks may see.
pub fn get(tx: &mut Tx, scope: &Scope, id: Id<InboxView>) -> Result<Option<InboxView>> {
    tx.query_opt(GET, &args![scope.tenant(), id, reader(scope)], read)
}

pub fn count(tx: &mut Tx, scope: &Scope) -> Result<i64> {
    tx.query_one(COUNT, &args![scope.tenant()], |row| row.get(0))
}

pub fn insert(tx: &mut Tx, scope: &Scope, view: &InboxView) -> Result<()> {
    let InboxView { id, owner, name, query, created_at, updated_at } = view;
    tx.execute(INSERT, &args![id, scope.tenant(), *owner, name, query, *created_at, *updated_at]).map(drop)
}

pub fn update(tx: &mut Tx, scope: &Scope, view: &InboxView) -> Result<()> {
    let InboxView { id, owner, name, query, updated_at, .. } = view;
    tx.execute(UPDATE, &args![name, query, *owner, *updated_at, scope.tenant(), id]).map(drop)
}

pub fn delete(tx: &mut Tx, scope: &Scope, id: Id<InboxView>) -> Result<()> {
    tx.execute(DELETE, &args![scope.tenant(), id]).map(drop)
}

fn read(row: &Row) -> Result<InboxView> {
    Ok(InboxView {
        id: row.get(0)?,
        owner: row.get(1)?,
        name: row.get(2)?,
        query: row.get(3)?,
        created_at: row.get(4)?,
        updated_at: row.get(5)?,
    })
}
