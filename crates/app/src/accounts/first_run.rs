//! The first run: whoever opens a fresh installation makes its first workspace and becomes its owner.

use model::{Error, FieldErrors, Result, Role};
use secrecy::SecretString;
use store::{tenants::TenantRow, users::UserRow};

use super::{Browser, password, readable_email, readable_name, web_session};
use crate::App;

/// What the first person says of themselves.
#[derive(Debug)]
pub struct FirstRun {
    pub workspace_name: String,
    pub name: String,
    pub email: String,
    pub password: SecretString,
}

/// Who is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Population {
    pub has_tenants: bool,
    pub has_users: bool,
}

impl Population {
    /// Whether nobody is there, so that the first to come may make themselves the owner. A tenant from the command line
    /// means that an operator is at work, who makes people the same way.
    pub fn is_empty(self) -> bool {
        !self.has_tenants && !self.has_users
    }
}

/// Whether this installation has tenants and people.
pub async fn population(app: &App) -> Result<Population> {
    let read = |tx: &mut store::db::Tx| {
        Ok(Population { has_tenants: store::tenants::is_any(tx)?, has_users: store::users::is_any(tx)? })
    };
    app.db.read(read).await
}

/// Makes the first workspace and its owner, and signs them in. The answer is the cookie's token.
pub async fn set_up(app: &App, first: FirstRun, browser: Browser) -> Result<SecretString> {
    if !population(app).await?.is_empty() {
        return Err(is_done());
    }
    let (workspace, name, email) = checked(&first)?;
    let password_hash = password::hash(app, &first.password).await?;
    let now = app.clock.now();
    let tenant = TenantRow { id: app.ids.id(), name: workspace, created_at: now };
    let user = UserRow { id: app.ids.id(), email, name, password_hash, is_active: true, created_at: now };
    let (token, session) = web_session::new_session(app, &user, tenant.id, &browser);
    let hash = web_session::hash(&token);
    app.db
        .write(move |tx| {
            let is_empty = !store::tenants::is_any(tx)? && !store::users::is_any(tx)?;
            if !is_empty || !store::sessions::begin_first_run(tx)? {
                return Err(is_done());
            }
            store::tenants::insert(tx, &tenant)?;
            store::users::insert(tx, &user)?;
            store::tenants::join(tx, tenant.id, user.id, Role::Owner, now)?;
            store::sessions::insert(tx, &session, &hash)
        })
        .await?;
    Ok(token)
}

fn is_done() -> Error {
    Error::conflict("already_set_up", "This installation is set up already. Sign in, or ask its owner to invite you.")
}

/// Every complaint at once, each at the field as the form names it.
fn checked(first: &FirstRun) -> Result<(String, String, String)> {
    let workspace = readable_name(&first.workspace_name);
    let (name, email) = (readable_name(&first.name), readable_email(&first.email));
    let mut wrong = FieldErrors::new();
    let password = password::check(&first.password);
    for (field, error) in [
        ("workspace_name", workspace.as_ref().err()),
        ("name", name.as_ref().err()),
        ("email", email.as_ref().err()),
        ("password", password.as_ref().err()),
    ] {
        let sentences = error.into_iter().flat_map(|error| error.field_errors().values().flatten().cloned());
        wrong.entry(field.to_owned()).or_default().extend(sentences);
    }
    wrong.retain(|_, sentences| !sentences.is_empty());
    match Error::fields(wrong) {
        Some(error) => Err(error),
        None => Ok((workspace?, name?, email?)),
    }
}
