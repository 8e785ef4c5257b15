//! What tenants set: one JSON value each, read into its type; and whose turn it is when conversations go round.

use model::{Id, Result, Scope, Tenant, Timestamp, User, settings::TenantSettings};

use crate::{args, columns, db::Tx};

crate::statements! {
    hot GET = "tenant_settings.get", "SELECT settings FROM tenant_settings WHERE tenant_id = $1";
    PUT = "tenant_settings.put", "INSERT INTO tenant_settings (tenant_id, settings, updated_at) VALUES ($1, $2, $3)
        ON CONFLICT (tenant_id) DO UPDATE SET settings = excluded.settings, updated_at = excluded.updated_at";
    ALL = "tenant_settings.all", "SELECT tenant_id, settings FROM tenant_settings ORDER BY tenant_id";
    hot TURN = "assignment_turn.get", "SELECT user_id FROM assignment_turn WHERE tenant_id = $1";
    TAKE_TURN = "assignment_turn.take", "INSERT INTO assignment_turn (tenant_id, user_id) VALUES ($1, $2)
        ON CONFLICT (tenant_id) DO UPDATE SET user_id = excluded.user_id";
}

/// The settings of the scope's tenant; the defaults when it set nothing.
pub fn get(tx: &mut Tx, scope: &Scope) -> Result<TenantSettings> {
    Ok(tx.query_opt(GET, &args![scope.tenant()], |row| columns::json(row, 0))?.unwrap_or_default())
}

pub fn put(tx: &mut Tx, scope: &Scope, settings: &TenantSettings, now: Timestamp) -> Result<()> {
    tx.execute(PUT, &args![scope.tenant(), columns::to_json(settings)?, now]).map(drop)
}

/// The settings of every tenant that set something, for what runs by itself.
pub fn all(tx: &mut Tx) -> Result<Vec<(Id<Tenant>, TenantSettings)>> {
    tx.query(ALL, &[], |row| Ok((row.get(0)?, columns::json(row, 1)?)))
}

/// The one among `people` whose turn it is: after the one who had it last, in the order of ids. It counts as taken.
pub fn next_in_turn(tx: &mut Tx, scope: &Scope, people: &[Id<User>]) -> Result<Option<Id<User>>> {
    let last: Option<Id<User>> = tx.query_opt(TURN, &args![scope.tenant()], |row| row.get(0))?;
    let mut people = people.to_vec();
    people.sort();
    let after = people.iter().find(|id| last.is_none_or(|last| **id > last));
    let Some(next) = after.or(people.first()).copied() else { return Ok(None) };
    tx.execute(TAKE_TURN, &args![scope.tenant(), next])?;
    Ok(Some(next))
}
