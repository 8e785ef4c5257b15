//! Who belongs to a tenant, and who is invited to.

use model::{Id, Invite, Result, Role, Scope, Tenant, Timestamp, User};

use crate::{
    args, columns,
    db::{Row, Tx},
    page::{Page, Request},
    search,
};

crate::pages! {
    /// The people of a tenant.
    MEMBERS = "member.list",
    select "app_user.id, app_user.email, app_user.name, member.role, member.is_active AND app_user.is_active, member.created_at,
        (SELECT MAX(web_session.seen_at) FROM web_session WHERE web_session.user_id = app_user.id),
        (SELECT second_step.confirmed_at FROM second_step WHERE second_step.user_id = app_user.id)",
    from concat!("member JOIN app_user ON app_user.id = member.user_id WHERE member.tenant_id = $4
        AND (CAST($5 AS TEXT) IS NULL OR member.role = $5)",
        search::words_are_in!(("app_user.name", "app_user.email") 6 7 8 9 10 11)),
    unique Id "member.user_id",
    sorts { "created_at" => Unique }
}

crate::pages! {
    /// The invitations of a tenant that are open.
    INVITES = "invite.list",
    select "id, tenant_id, email, role, created_at, expires_at",
    from concat!("invite WHERE tenant_id = $4", search::words_are_in!(("email") 5 6 7 8 9 10)),
    unique Id "id",
    sorts { "created_at" => Unique }
}

crate::statements! {
    hot GET = "member.get", "SELECT app_user.id, app_user.email, app_user.name, member.role,
        member.is_active AND app_user.is_active, member.created_at,
        (SELECT MAX(web_session.seen_at) FROM web_session WHERE web_session.user_id = app_user.id),
        (SELECT second_step.confirmed_at FROM second_step WHERE second_step.user_id = app_user.id)
        FROM member JOIN app_user ON app_user.id = member.user_id WHERE member.tenant_id = $1 AND member.user_id = $2";
    hot SET = "member.set", "UPDATE member SET role = $1, is_active = $2 WHERE tenant_id = $3 AND user_id = $4";
    hot REMOVE = "member.remove", "DELETE FROM member WHERE tenant_id = $1 AND user_id = $2";
    hot LOCK = "member.lock_tenant", "UPDATE tenant SET name = name WHERE id = $1";
    hot OWNERS = "member.owners", "SELECT COUNT(*) FROM member JOIN app_user ON app_user.id = member.user_id
        WHERE member.tenant_id = $1 AND member.role = 'OWNER' AND member.is_active AND app_user.is_active";
    hot PLACES = "member.places", "SELECT COUNT(*) FROM member WHERE user_id = $1";
    hot DROP_INVITE = "invite.drop_of_email", "DELETE FROM invite WHERE tenant_id = $1 AND email = $2";
    INSERT_INVITE = "invite.insert", "INSERT INTO invite (id, tenant_id, email, role, hash, created_by, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    hot INVITE_BY_HASH = "invite.by_hash", "SELECT id, tenant_id, email, role, created_at, expires_at
        FROM invite WHERE hash = $1 AND expires_at > $2";
    hot END_INVITE = "invite.end", "DELETE FROM invite WHERE id = $1 AND tenant_id = $2";
}

/// A person of a tenant, as the others see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRow {
    pub user: Id<User>,
    pub email: String,
    pub name: String,
    pub role: Role,
    pub is_active: bool,
    pub created_at: Timestamp,
    /// Of the browser they used last; to the minutes.
    pub seen_at: Option<Timestamp>,
    pub second_step_at: Option<Timestamp>,
}

/// An invitation that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InviteRow {
    pub id: Id<Invite>,
    pub tenant: Id<Tenant>,
    pub email: String,
    pub role: Role,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

fn read(row: &Row) -> Result<MemberRow> {
    Ok(MemberRow {
        user: row.get(0)?,
        email: row.get(1)?,
        name: row.get(2)?,
        role: columns::word(row, 3)?,
        is_active: row.get(4)?,
        created_at: row.get(5)?,
        seen_at: row.get(6)?,
        second_step_at: row.get(7)?,
    })
}

fn read_invite(row: &Row) -> Result<InviteRow> {
    Ok(InviteRow {
        id: row.get(0)?,
        tenant: row.get(1)?,
        email: row.get(2)?,
        role: columns::word(row, 3)?,
        created_at: row.get(4)?,
        expires_at: row.get(5)?,
    })
}

/// One page of a tenant's people, of all roles or of one, with the words that were typed in their names or addresses.
pub fn list(
    tx: &mut Tx,
    scope: &Scope,
    (role, typed): (Option<Role>, Option<&str>),
    request: &Request,
) -> Result<Page<MemberRow>> {
    MEMBERS.page(tx, request, &search::with_words(&args![scope.tenant(), role.map(Role::as_str)], typed), read)
}

pub fn get(tx: &mut Tx, scope: &Scope, user: Id<User>) -> Result<Option<MemberRow>> {
    tx.query_opt(GET, &args![scope.tenant(), user], read)
}

/// Changes what somebody is in the tenant.
pub fn set(tx: &mut Tx, scope: &Scope, user: Id<User>, role: Role, is_active: bool) -> Result<()> {
    tx.execute(SET, &args![role.as_str(), is_active, scope.tenant(), user])?;
    Ok(())
}

/// Takes somebody out of the tenant.
pub fn remove(tx: &mut Tx, scope: &Scope, user: Id<User>) -> Result<()> {
    tx.execute(REMOVE, &args![scope.tenant(), user])?;
    Ok(())
}

/// How many owners the tenant has who can sign in. Locks the tenant, so that of two who leave at once one is the last.
pub fn owners(tx: &mut Tx, scope: &Scope) -> Result<i64> {
    tx.execute(LOCK, &args![scope.tenant()])?;
    tx.query_one(OWNERS, &args![scope.tenant()], |row| row.get(0))
}

/// In how many tenants a person has a place.
pub fn places(tx: &mut Tx, user: Id<User>) -> Result<i64> {
    tx.query_one(PLACES, &args![user], |row| row.get(0))
}

/// One page of the invitations that are open, of all or of those with the words that were typed in their addresses.
pub fn invites(tx: &mut Tx, scope: &Scope, typed: Option<&str>, request: &Request) -> Result<Page<InviteRow>> {
    INVITES.page(tx, request, &search::with_words(&args![scope.tenant()], typed), read_invite)
}

/// Keeps an invitation; an earlier one to the same address ends.
pub fn insert_invite(tx: &mut Tx, scope: &Scope, invite: &InviteRow, hash: &[u8; 32]) -> Result<()> {
    tx.execute(DROP_INVITE, &args![scope.tenant(), &invite.email])?;
    let created_by = match scope.actor() {
        model::Actor::User(id) => Some(*id.as_uuid().as_bytes()),
        model::Actor::Key(id) => Some(*id.as_uuid().as_bytes()),
        model::Actor::System => None,
    };
    let args = args![
        invite.id,
        scope.tenant(),
        &invite.email,
        invite.role.as_str(),
        hash,
        created_by,
        invite.created_at,
        invite.expires_at
    ];
    tx.execute(INSERT_INVITE, &args)?;
    Ok(())
}

/// The invitation of a link, unless it has expired. Not by tenant: whoever has the link is not in it yet.
pub fn invite_by_hash(tx: &mut Tx, hash: &[u8; 32], now: Timestamp) -> Result<Option<InviteRow>> {
    tx.query_opt(INVITE_BY_HASH, &args![hash, now], read_invite)
}

/// Ends an invitation; `false` when it was not open.
pub fn end_invite(tx: &mut Tx, tenant: Id<Tenant>, id: Id<Invite>) -> Result<bool> {
    Ok(tx.execute(END_INVITE, &args![id, tenant])? == 1)
}
