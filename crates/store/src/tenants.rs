//! Tenants and who belongs to them.

use model::{Id, Result, Role, Tenant, Timestamp, User};

use crate::{
    args, columns,
    db::{Row, Tx},
};

crate::statements! {
    INSERT = "tenant.insert", "INSERT INTO tenant (id, name, created_at) VALUES ($1, $2, $3)";
    INSERT_HEAD = "tenant.insert_feed_head", "INSERT INTO feed_head (tenant_id, seq) VALUES ($1, 0)";
    hot FIND = "tenant.find", "SELECT id, name, created_at FROM tenant WHERE id = $1";
    ANY = "tenant.any", "SELECT id FROM tenant ORDER BY id LIMIT 1";
    ALL = "tenant.all", "SELECT id, name, created_at FROM tenant ORDER BY id";
    JOIN = "tenant.join", "INSERT INTO member (tenant_id, user_id, role, created_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (tenant_id, user_id) DO UPDATE SET role = excluded.role";
    hot MEMBERSHIPS = "tenant.memberships", "SELECT tenant.id, tenant.name, member.role
        FROM member JOIN tenant ON tenant.id = member.tenant_id WHERE member.user_id = $1 AND member.is_active ORDER BY tenant.id";
    hot MEMBER_USERS = "tenant.member_users", "SELECT app_user.id, app_user.email, app_user.name, member.role,
        member.is_active AND app_user.is_active
        FROM member JOIN app_user ON app_user.id = member.user_id WHERE member.tenant_id = $1 ORDER BY app_user.id";
}

/// One customer of the installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantRow {
    pub id: Id<Tenant>,
    pub name: String,
    pub created_at: Timestamp,
}

/// A tenant that a user belongs to, and as what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    pub tenant: Id<Tenant>,
    pub name: String,
    pub role: Role,
}

/// A person of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub user: Id<User>,
    pub email: String,
    pub name: String,
    pub role: Role,
    pub is_active: bool,
}

fn read(row: &Row) -> Result<TenantRow> {
    Ok(TenantRow { id: row.get(0)?, name: row.get(1)?, created_at: row.get(2)? })
}

/// Writes a new tenant and the head of its feed.
pub fn insert(tx: &mut Tx, tenant: &TenantRow) -> Result<()> {
    tx.execute(INSERT, &args![tenant.id, &tenant.name, tenant.created_at])?;
    tx.execute(INSERT_HEAD, &args![tenant.id])?;
    Ok(())
}

pub fn find(tx: &mut Tx, id: Id<Tenant>) -> Result<Option<TenantRow>> {
    tx.query_opt(FIND, &args![id], read)
}

/// Whether there is a tenant at all.
pub fn is_any(tx: &mut Tx) -> Result<bool> {
    Ok(tx.query_opt(ANY, &[], |row| row.get::<Id<Tenant>>(0))?.is_some())
}

/// Every tenant, oldest first: for the command line.
pub fn all(tx: &mut Tx) -> Result<Vec<TenantRow>> {
    tx.query(ALL, &[], read)
}

/// Makes a user a member, or changes the role of one.
pub fn join(tx: &mut Tx, tenant: Id<Tenant>, user: Id<User>, role: Role, now: Timestamp) -> Result<()> {
    tx.execute(JOIN, &args![tenant, user, role.as_str(), now])?;
    Ok(())
}

/// The tenants of a user who has a place there now, the one joined by the oldest tenant first.
pub fn memberships(tx: &mut Tx, user: Id<User>) -> Result<Vec<Membership>> {
    tx.query(MEMBERSHIPS, &args![user], |row| {
        Ok(Membership { tenant: row.get(0)?, name: row.get(1)?, role: columns::word(row, 2)? })
    })
}

/// The people of a tenant.
pub fn members(tx: &mut Tx, tenant: Id<Tenant>) -> Result<Vec<Member>> {
    tx.query(MEMBER_USERS, &args![tenant], |row| {
        Ok(Member {
            user: row.get(0)?,
            email: row.get(1)?,
            name: row.get(2)?,
            role: columns::word(row, 3)?,
            is_active: row.get(4)?,
        })
    })
}
