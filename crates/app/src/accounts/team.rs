//! Who belongs to a workspace: roles, leaving, invitations.
//!
//! Nobody changes or makes somebody of a higher role than their own, and the last owner stays.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use model::{
    Actor, Caller, DAY_MS, Error, Id, Invite, Origin, Permission, Result, Role, Scope, Timestamp, User, activity::Deed,
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use store::{
    activity,
    db::Tx,
    mails,
    members::{self, InviteRow, MemberRow},
    sessions, tenants,
    users::{self, UserRow},
};

use super::{Browser, keys, password, readable_email, readable_name, web_session};
use crate::{App, mail};

const INVITE_MS: i64 = 7 * DAY_MS;
/// No token of ours is longer.
const TOKEN_CHARS_MAX: usize = 64;

/// A link at the only moment when it is known whole.
#[derive(Debug)]
pub struct Link {
    pub url: SecretString,
    pub expires_at: Timestamp,
}

/// An invitation that was made.
#[derive(Debug)]
pub struct MadeInvite {
    pub row: InviteRow,
    pub link: Link,
    /// Whether a letter with the link is on its way.
    pub is_mailed: bool,
}

/// What an invitation says to whoever opens it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    pub workspace: String,
    pub email: String,
    pub role: Role,
    /// They have a password here already, and confirm with it.
    pub has_account: bool,
}

/// Changes what somebody is in the workspace. `None` stays.
pub async fn change_member(
    app: &App,
    caller: &Caller,
    user: Id<User>,
    role: Option<Role>,
    is_active: Option<bool>,
) -> Result<MemberRow> {
    let (scope, own) = (caller.require(Permission::Administer)?, caller.role);
    let (ids, now) = (app.ids.clone(), app.clock.now());
    app.db
        .write(move |tx| {
            let before = within_reach(tx, &scope, own, user)?;
            let (role, is_active) = (role.unwrap_or(before.role), is_active.unwrap_or(before.is_active));
            if role < own {
                return Err(Error::forbidden(format!("You have the role {own}, so you can't make anybody {role}.")));
            }
            members::set(tx, &scope, user, role, is_active)?;
            an_owner_stays(tx, &scope, &before)?;
            let shown = |role: Role, is_active: bool| json!({"role": role, "is_active": is_active});
            let deed = Deed::new("member.changed", "member", user).named(&before.name);
            let deed = deed.changed(&shown(before.role, before.is_active), &shown(role, is_active));
            activity::record(tx, &scope, &*ids, &deed, now)?;
            members::get(tx, &scope, user)?.ok_or_else(|| Error::not_found("member"))
        })
        .await
}

/// Takes somebody out of the workspace. What they wrote stays.
pub async fn remove_member(app: &App, caller: &Caller, user: Id<User>) -> Result<()> {
    let (scope, own) = (caller.require(Permission::Administer)?, caller.role);
    let (ids, now) = (app.ids.clone(), app.clock.now());
    app.db
        .write(move |tx| {
            let before = within_reach(tx, &scope, own, user)?;
            members::remove(tx, &scope, user)?;
            an_owner_stays(tx, &scope, &before)?;
            let deed = Deed::new("member.removed", "member", user).named(&before.name);
            activity::record(tx, &scope, &*ids, &deed, now)
        })
        .await
}

pub(super) fn within_reach(tx: &mut Tx, scope: &Scope, own: Role, user: Id<User>) -> Result<MemberRow> {
    let member = members::get(tx, scope, user)?.ok_or_else(|| Error::not_found("member"))?;
    if member.role < own {
        return Err(Error::forbidden(format!("Only a higher role can change somebody with the role {}.", member.role)));
    }
    Ok(member)
}

/// Where nobody was an owner, an API key is: such a workspace loses none.
fn an_owner_stays(tx: &mut Tx, scope: &Scope, before: &MemberRow) -> Result<()> {
    let was_owner = before.role == Role::Owner && before.is_active;
    if was_owner && members::owners(tx, scope)? == 0 {
        return Err(Error::conflict("last_owner", "A workspace needs an owner. Make somebody else one first."));
    }
    Ok(())
}

/// Invites an address, by a letter where there is a mail server. An earlier invitation to it ends.
pub async fn invite(app: &App, caller: &Caller, email: &str, role: Role) -> Result<MadeInvite> {
    let scope = caller.require(Permission::Administer)?;
    if role < caller.role {
        return Err(Error::forbidden(format!("You have the role {}, so you can't invite {role}.", caller.role)));
    }
    let (email, now) = (readable_email(email)?, app.clock.now());
    let (tenant, expires_at) = (scope.tenant(), now + INVITE_MS);
    let row = InviteRow { id: app.ids.id(), tenant, email, role, created_at: now, expires_at };
    let (link, hash) = link(app, "invite", expires_at);
    let workspace = app.db.read(move |tx| tenants::find(tx, tenant)).await?.map(|row| row.name).unwrap_or_default();
    let letter = mail::sealed(app, mail::invitation(&row.email, &workspace, &link))?;
    let (invite, ids, is_mailed) = (row.clone(), app.ids.clone(), letter.is_some());
    app.db
        .write(move |tx| {
            if let Some(user) = users::by_email(tx, &invite.email)?
                && members::get(tx, &scope, user.id)?.is_some()
            {
                let words = "This person belongs to the workspace already.";
                return Err(Error::conflict("already_member", words).with_field("email", words));
            }
            members::insert_invite(tx, &scope, &invite, &hash)?;
            letter.iter().try_for_each(|letter| mails::insert(tx, letter, now))?;
            let deed = Deed::new("invitation.created", "invitation", invite.id).named(&invite.email);
            activity::record(tx, &scope, &*ids, &deed.changed(&json!(null), &json!({"role": role})), now)
        })
        .await?;
    Ok(MadeInvite { row, link, is_mailed })
}

/// A link into the app whose token nobody can guess, and what is kept of it.
pub(super) fn link(app: &App, kind: &str, expires_at: Timestamp) -> (Link, [u8; 32]) {
    let token = BASE64_URL_SAFE_NO_PAD.encode(app.ids.random::<32>());
    let url = format!("{}/app/{kind}/{token}", app.settings.base_url);
    (Link { url: url.into(), expires_at }, keys::hash(&token))
}

pub async fn revoke_invite(app: &App, scope: &Scope, id: Id<Invite>) -> Result<()> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            if !members::end_invite(tx, scope.tenant(), id)? {
                return Err(Error::not_found("invitation"));
            }
            activity::record(tx, &scope, &*ids, &Deed::new("invitation.revoked", "invitation", id), now)
        })
        .await
}

/// What the link of an invitation says.
pub async fn invitation(app: &App, token: &str) -> Result<Invitation> {
    let (hash, now) = (hash(token)?, app.clock.now());
    let found = app.db.read(move |tx| {
        let Some(invite) = members::invite_by_hash(tx, &hash, now)? else { return Ok(None) };
        let tenant = tenants::find(tx, invite.tenant)?;
        Ok(Some((tenant, users::by_email(tx, &invite.email)?.is_some(), invite)))
    });
    let (tenant, has_account, invite) = found.await?.ok_or_else(is_dead)?;
    let workspace = tenant.ok_or_else(is_dead)?.name;
    Ok(Invitation { workspace, email: invite.email, role: invite.role, has_account })
}

/// Joins the workspace, and signs in. Whoever has a password here already shows it; others choose one.
pub async fn accept_invite(
    app: &App,
    token: &str,
    name: Option<&str>,
    password: &SecretString,
    code: Option<&str>,
    browser: Browser,
) -> Result<SecretString> {
    let (hash, now) = (hash(token)?, app.clock.now());
    let found = app.db.read(move |tx| members::invite_by_hash(tx, &hash, now)).await?;
    let invite = found.ok_or_else(is_dead)?;
    let email = invite.email.clone();
    let (user, is_new) = match app.db.read(move |tx| users::by_email(tx, &email)).await? {
        Some(_) => {
            let (email, password) = (invite.email.clone(), password.clone());
            let credentials = super::Credentials { email, password, code: code.map(str::to_owned) };
            (super::check_credentials(app, &credentials).await?, false)
        }
        None => (new_user(app, &invite, name, password, now).await?, true),
    };
    let (cookie, session) = web_session::new_session(app, &user, invite.tenant, &browser);
    let session_hash = web_session::hash(&cookie);
    let (actor, ids) = (Actor::User(user.id), app.ids.clone());
    let joined = Caller { tenant: invite.tenant, actor, role: invite.role, origin: Origin::Http(None) };
    let scope = joined.require(Permission::Read)?;
    app.db
        .write(move |tx| {
            // Of two who open the link at once, one joins.
            if !members::end_invite(tx, invite.tenant, invite.id)? {
                return Err(is_dead());
            }
            if is_new && !users::insert(tx, &user)? {
                return Err(Error::conflict("email_taken", "There is already a user with this address."));
            }
            tenants::join(tx, invite.tenant, user.id, invite.role, now)?;
            let deed = Deed::new("member.joined", "member", user.id).named(&user.name);
            activity::record(tx, &scope, &*ids, &deed.changed(&json!(null), &json!({"role": invite.role})), now)?;
            sessions::insert(tx, &session, &session_hash)
        })
        .await?;
    Ok(cookie)
}

async fn new_user(
    app: &App,
    invite: &InviteRow,
    name: Option<&str>,
    password: &SecretString,
    now: Timestamp,
) -> Result<UserRow> {
    let name = readable_name(name.unwrap_or_default())?;
    let password_hash = password::hash(app, password).await?;
    Ok(UserRow { id: app.ids.id(), email: invite.email.clone(), name, password_hash, is_active: true, created_at: now })
}

pub(super) fn hash(token: &str) -> Result<[u8; 32]> {
    if token.len() > TOKEN_CHARS_MAX { Err(is_dead()) } else { Ok(keys::hash(token)) }
}

pub(super) fn is_dead() -> Error {
    let words = "This link does not work any more: it was used, revoked, or its time is over.";
    Error::not_found("link").with_code("link_dead").with_context(words)
}

/// The link's token, for tests and for those who pass it on by other ways.
impl Link {
    pub fn token(&self) -> &str {
        self.url.expose_secret().rsplit('/').next().unwrap_or_default()
    }
}
