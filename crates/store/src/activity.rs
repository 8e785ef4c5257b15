//! The activity log: who did what to what, when, from where. One helper writes it, in the transaction of the change.

use model::{
    Actor, Id, Ids, Origin, Result, Scope, Timestamp,
    activity::{Activity, Deed},
    message::AuthorType,
};
use uuid::Uuid;

use crate::{
    args, columns,
    db::{Row, Tx},
    keys,
    page::{Page, Request},
    users,
};

crate::pages! {
    /// A tenant's activity.
    ACTIVITY = "activity.list",
    select "id, actor_type, actor_id, actor_name, action, object_type, object_id, object_name, before_json, after_json,
        origin, ip, created_at",
    from "activity_log WHERE tenant_id = $4
        AND (actor_id = $5 OR $5 IS NULL)
        AND (CAST($6 AS TEXT) IS NULL OR actor_type = $6)
        AND (CAST($7 AS TEXT) IS NULL OR action = $7)
        AND (CAST($8 AS TEXT) IS NULL OR object_type = $8)
        AND (object_id = $9 OR $9 IS NULL)
        AND (CAST($10 AS BIGINT) IS NULL OR created_at >= $10)
        AND (CAST($11 AS BIGINT) IS NULL OR created_at < $11)",
    unique Id "id",
    sorts { "created_at" => Unique }
}

crate::statements! {
    ADD = "activity.add", "INSERT INTO activity_log (id, tenant_id, actor_type, actor_id, actor_name, action, object_type,
            object_id, object_name, before_json, after_json, origin, ip, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    hot PRUNE = "activity.prune", "DELETE FROM activity_log WHERE tenant_id = $1 AND created_at < $2";
}

/// Which entries are meant. An absent field does not narrow.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub actor: Option<Uuid>,
    pub actor_type: Option<AuthorType>,
    pub action: Option<String>,
    pub object_type: Option<String>,
    pub object: Option<Uuid>,
    pub created_after: Option<Timestamp>,
    pub created_before: Option<Timestamp>,
}

/// Notes what the caller does, in the transaction in which it is done.
pub fn record(tx: &mut Tx, scope: &Scope, ids: &dyn Ids, deed: &Deed, now: Timestamp) -> Result<()> {
    let (kind, id, name) = match scope.actor() {
        Actor::User(id) => (AuthorType::User, Some(id.as_uuid()), users::find(tx, id)?.map(|user| user.name)),
        Actor::Key(id) => (AuthorType::Api, Some(id.as_uuid()), keys::find(tx, scope, id)?.map(|key| key.name)),
        Actor::System => (AuthorType::System, None, None),
    };
    let (origin, ip) = match scope.origin() {
        Origin::Http(ip) => ("http", ip.map(|ip| ip.to_string())),
        Origin::Mcp(ip) => ("mcp", ip.map(|ip| ip.to_string())),
        Origin::Internal => ("internal", None),
    };
    let args = args![
        ids.next().into_bytes(),
        scope.tenant(),
        kind.as_str(),
        id.map(Uuid::into_bytes),
        name,
        deed.action,
        deed.object_type,
        deed.object.map(Uuid::into_bytes),
        deed.name.as_deref(),
        deed.before.as_ref().map(columns::to_json).transpose()?,
        deed.after.as_ref().map(columns::to_json).transpose()?,
        origin,
        ip,
        now,
    ];
    tx.execute(ADD, &args).map(drop)
}

/// One page, the newest first.
pub fn list(tx: &mut Tx, scope: &Scope, filter: &Filter, request: &Request) -> Result<Page<Activity>> {
    let filters = args![
        scope.tenant(),
        filter.actor.map(Uuid::into_bytes),
        filter.actor_type.map(AuthorType::as_str),
        filter.action.as_deref(),
        filter.object_type.as_deref(),
        filter.object.map(Uuid::into_bytes),
        filter.created_after,
        filter.created_before,
    ];
    ACTIVITY.page(tx, request, &filters, read)
}

/// Forgets a tenant's entries from before a time.
pub fn prune(tx: &mut Tx, scope: &Scope, before: Timestamp) -> Result<u64> {
    tx.execute(PRUNE, &args![scope.tenant(), before])
}

fn uuid(row: &Row, index: usize) -> Result<Option<Uuid>> {
    Ok(row.get::<Option<Id<()>>>(index)?.map(|id| id.as_uuid()))
}

fn json(row: &Row, index: usize) -> Result<Option<serde_json::Value>> {
    match row.get::<Option<String>>(index)? {
        None => Ok(None),
        Some(_) => columns::json(row, index).map(Some),
    }
}

fn read(row: &Row) -> Result<Activity> {
    Ok(Activity {
        id: row.get(0)?,
        actor_type: columns::word(row, 1)?,
        actor: uuid(row, 2)?,
        actor_name: row.get(3)?,
        action: row.get(4)?,
        object_type: row.get(5)?,
        object: uuid(row, 6)?,
        object_name: row.get(7)?,
        before: json(row, 8)?,
        after: json(row, 9)?,
        origin: row.get(10)?,
        ip: row.get(11)?,
        created_at: row.get(12)?,
    })
}
