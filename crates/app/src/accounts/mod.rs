//! Tenants, people, API keys, and who a token belongs to. Used by the API, by MCP and by the command line.

mod access_token;
mod first_run;
mod guesses;
mod keys;
mod password;
mod profile;
mod reset;
mod second_step;
mod session;
mod session_id;
mod team;
mod ticket;
mod totp;
mod web_session;

use model::{Error, Id, Result, Role, Scope, Tenant};
use secrecy::SecretString;
use store::{
    tenants::{Member, Membership, TenantRow},
    users::UserRow,
};

pub use first_run::{FirstRun, Population, population, set_up};
pub use guesses::Guesses;
pub use keys::{MadeKey, NewKey, create_key, restore_key, revoke_key, rotate_key};
pub use profile::{PasswordChange, change_profile, end_other_sessions, end_session_of, person, web_sessions};
pub use reset::{ResetLink, ask_for_reset, reset_link, reset_of, reset_password};
pub use second_step::{
    NewSecondStep, SecondStepState, begin_second_step, confirm_second_step, remove_second_step, second_step,
};
use session::check_credentials;
pub use session::{ACCESS_TOKEN_MS, Credentials, Identity, Tokens, authenticate, refresh, sign_in};
pub use session_id::{open_session, owns_session};
pub use team::{
    Invitation, Link, MadeInvite, accept_invite, change_member, invitation, invite, remove_member, revoke_invite,
};
pub use ticket::{TICKET_MS, Ticket, issue_ticket, present, redeem_ticket};
pub use web_session::{
    Browser, LASTING_MS, authenticate_session, begin_web_session, csrf_token, end_web_session, is_csrf_token,
    switch_workspace,
};

use crate::App;

/// The longest name of a tenant, a person or a key.
pub const NAME_CHARS_MAX: usize = 200;

/// What makes a new person.
#[derive(Debug)]
pub struct NewUser {
    pub email: String,
    pub name: String,
    pub password: SecretString,
    pub tenant: Id<Tenant>,
    pub role: Role,
}

/// Makes a tenant and its first API key, of the role `OWNER`. The key is not shown again.
pub async fn create_tenant(app: &App, name: &str) -> Result<(TenantRow, MadeKey)> {
    let tenant = TenantRow { id: app.ids.id(), name: readable_name(name)?, created_at: app.clock.now() };
    let key = MadeKey::new(app, "Owner".to_owned(), Role::Owner, None);
    let (row, hash, made) = (tenant.clone(), key.hash(), key.row.clone());
    app.db
        .write(move |tx| {
            store::tenants::insert(tx, &row)?;
            store::keys::insert(tx, &Scope::system(row.id), &made, &hash)
        })
        .await?;
    Ok((tenant, key))
}

/// Makes a person and a member of a tenant. The address is unique over the installation.
pub async fn create_user(app: &App, new: NewUser) -> Result<UserRow> {
    let (email, name) = (readable_email(&new.email)?, readable_name(&new.name)?);
    let password_hash = password::hash(app, &new.password).await?;
    let now = app.clock.now();
    let user = UserRow { id: app.ids.id(), email, name, password_hash, is_active: true, created_at: now };
    let row = user.clone();
    app.db
        .write(move |tx| {
            if store::tenants::find(tx, new.tenant)?.is_none() {
                return Err(Error::not_found("tenant"));
            }
            if !store::users::insert(tx, &row)? {
                return Err(Error::conflict("email_taken", "There is already a user with this address."));
            }
            store::tenants::join(tx, new.tenant, row.id, new.role, now)
        })
        .await?;
    Ok(user)
}

/// Sets a new password and ends the sessions that the old one began.
pub async fn set_password(app: &App, email: &str, new: &SecretString) -> Result<()> {
    let email = readable_email(email)?;
    let hash = password::hash(app, new).await?;
    app.db
        .write(move |tx| {
            let user = store::users::by_email(tx, &email)?.ok_or_else(|| Error::not_found("user"))?;
            store::users::set_password(tx, user.id, &hash, None)
        })
        .await
}

/// Every tenant of the installation: for the command line.
pub async fn tenants(app: &App) -> Result<Vec<TenantRow>> {
    app.db.read(store::tenants::all).await
}

/// The people of a tenant: for the command line.
pub async fn members(app: &App, tenant: Id<Tenant>) -> Result<Vec<Member>> {
    app.db.read(move |tx| store::tenants::members(tx, tenant)).await
}

/// The tenants that an identity belongs to, with its role in each.
pub async fn memberships(app: &App, identity: &Identity) -> Result<Vec<Membership>> {
    let (tenant, role) = (identity.caller.tenant, identity.caller.role);
    match &identity.user {
        Some(user) => {
            let user = user.id;
            app.db.read(move |tx| store::tenants::memberships(tx, user)).await
        }
        None => {
            let row = app.db.read(move |tx| store::tenants::find(tx, tenant)).await?;
            Ok(row.map(|row| Membership { tenant, name: row.name, role }).into_iter().collect())
        }
    }
}

/// A name that people can read: not blank, not too long, without control characters.
pub fn readable_name(text: &str) -> Result<String> {
    let name = text.trim();
    let wrong = if name.is_empty() {
        "Enter a name.".to_owned()
    } else if name.chars().count() > NAME_CHARS_MAX {
        format!("Enter at most {NAME_CHARS_MAX} characters.")
    } else if name.chars().any(char::is_control) {
        "Control characters are not allowed in a name.".to_owned()
    } else {
        return Ok(name.to_owned());
    };
    Err(Error::field("name", wrong))
}

fn readable_email(text: &str) -> Result<String> {
    let email = text.trim().to_lowercase();
    let is_plausible = email.len() <= 254
        && !email.chars().any(|c| c.is_control() || c.is_whitespace())
        && email
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
    if is_plausible {
        return Ok(email);
    }
    Err(Error::field("email", "Enter an address such as ada@example.org."))
}
