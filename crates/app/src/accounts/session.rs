//! Signing in, and from a token to a [`Caller`].

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use model::{Actor, Caller, Error, Id, Origin, Result, Tenant, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use store::{keys::KeyRow, sessions::SessionRow, users::UserRow};

use super::{access_token, keys, password};
use crate::App;

/// How long an access token is good.
pub const ACCESS_TOKEN_MS: i64 = 30 * 60_000;
/// How long a refresh token is good.
const REFRESH_TOKEN_MS: i64 = 30 * model::DAY_MS;
/// How stale a key's `last_used_at` may get, so that not every request writes.
const LAST_USED_STALE_MS: i64 = 60_000;
/// No token of ours is longer; hashing a megabyte of something else would be wasted.
const TOKEN_BYTES_MAX: usize = 512;

/// What a sign-in gives.
#[derive(Debug)]
pub struct Tokens {
    pub access: SecretString,
    pub refresh: SecretString,
}

/// What somebody shows to sign in.
#[derive(Debug, Clone)]
pub struct Credentials {
    pub email: String,
    pub password: SecretString,
    /// Of those who have the second step on.
    pub code: Option<String>,
}

/// Who a token belongs to.
#[derive(Debug, Clone)]
pub struct Identity {
    pub caller: Caller,
    /// The person; `None` for an API key.
    pub user: Option<UserRow>,
    /// The key; `None` for a person.
    pub key: Option<KeyRow>,
    /// The browser, when a cookie told who it is.
    pub session: Option<SessionRow>,
}

/// Signs a program in on behalf of a person.
pub async fn sign_in(app: &App, credentials: &Credentials) -> Result<Tokens> {
    let user = check_credentials(app, credentials).await?;
    begin_session(app, &user).await
}

/// Checks a password, and the code of who has a second step. Unknown addresses, inactive users and wrong passwords get the same answer in the same time.
pub(super) async fn check_credentials(app: &App, credentials: &Credentials) -> Result<UserRow> {
    let Credentials { email, password, code } = credentials;
    let email = email.trim().to_lowercase();
    app.guesses.begin(&email, app.clock.now())?;
    let user = if email.contains('\0') {
        None
    } else {
        let email = email.clone();
        app.db.read(move |tx| store::users::by_email(tx, &email)).await?
    };
    let user = user.filter(|user| user.is_active);
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    let is_right = password::is_right(password, hash).await?;
    let Some(user) = user.filter(|_| is_right) else {
        return Err(Error::unauthenticated("The address or the password is wrong.").with_code("wrong_credentials"));
    };
    super::second_step::check(app, &user, code.as_deref()).await?;
    app.guesses.forget(&email);
    Ok(user)
}

async fn begin_session(app: &App, user: &UserRow) -> Result<Tokens> {
    let now = app.clock.now();
    let refresh = BASE64_URL_SAFE_NO_PAD.encode(app.ids.random::<32>());
    let (id, hash) = (user.id, keys::hash(&refresh));
    app.db.write(move |tx| store::users::insert_token(tx, id, &hash, now, now + REFRESH_TOKEN_MS)).await?;
    Ok(Tokens { access: access_token(app, user, now), refresh: refresh.into() })
}

fn access_token(app: &App, user: &UserRow, now: Timestamp) -> SecretString {
    access_token::sign(&app.settings.secret_key, user.id, now + ACCESS_TOKEN_MS)
}

/// A new access token for a refresh token.
pub async fn refresh(app: &App, token: &SecretString) -> Result<SecretString> {
    let wrong = || Error::unauthenticated("This refresh token is not valid any more. Sign in again.");
    let token = token.expose_secret();
    if token.len() > TOKEN_BYTES_MAX {
        return Err(wrong());
    }
    let (hash, now) = (keys::hash(token), app.clock.now());
    let user = app.db.read(move |tx| store::users::by_token(tx, &hash, now)).await?;
    let user = user.filter(|user| user.is_active).ok_or_else(wrong)?;
    Ok(access_token(app, &user, now))
}

/// Who presents this API key or access token. A person with several tenants acts for `tenant`, or for the first one.
pub async fn authenticate(app: &App, token: &str, tenant: Option<Id<Tenant>>) -> Result<Identity> {
    if token.len() > TOKEN_BYTES_MAX {
        return Err(not_valid());
    }
    if token.starts_with(keys::PREFIX) {
        by_key(app, token, tenant).await
    } else {
        by_access_token(app, token, tenant).await
    }
}

fn not_valid() -> Error {
    Error::unauthenticated("This token is not valid: it is wrong, expired or revoked.")
}

async fn by_key(app: &App, token: &str, tenant: Option<Id<Tenant>>) -> Result<Identity> {
    let (hash, now) = (keys::hash(token), app.clock.now());
    let found = app.db.read(move |tx| store::keys::by_hash(tx, &hash, now)).await?;
    let (own, key) = found.ok_or_else(not_valid)?;
    if tenant.is_some_and(|tenant| tenant != own) {
        return Err(not_a_member());
    }
    note_use(app, &key, now).await;
    let caller = Caller { tenant: own, actor: Actor::Key(key.id), role: key.role, origin: Origin::Internal };
    Ok(Identity { caller, user: None, key: Some(key), session: None })
}

/// A database that can't write must not keep anybody from reading, so a failure is only logged.
async fn note_use(app: &App, key: &KeyRow, now: Timestamp) {
    if key.last_used_at.is_some_and(|at| now.since(at) < LAST_USED_STALE_MS) {
        return;
    }
    let id = key.id;
    if let Err(error) = app.db.write(move |tx| store::keys::touch(tx, id, now)).await {
        tracing::warn!(api_key.id = %id, ?error, "could not note the use of an API key");
    }
}

async fn by_access_token(app: &App, token: &str, tenant: Option<Id<Tenant>>) -> Result<Identity> {
    let id = access_token::read(&app.settings.secret_key, token, app.clock.now()).ok_or_else(not_valid)?;
    let (user, memberships) =
        app.db.read(move |tx| Ok((store::users::find(tx, id)?, store::tenants::memberships(tx, id)?))).await?;
    let user = user.filter(|user| user.is_active).ok_or_else(not_valid)?;
    let membership = match tenant {
        Some(tenant) => memberships.into_iter().find(|membership| membership.tenant == tenant),
        None => memberships.into_iter().next(),
    };
    let membership = membership.ok_or_else(not_a_member)?;
    let caller =
        Caller { tenant: membership.tenant, actor: Actor::User(id), role: membership.role, origin: Origin::Internal };
    Ok(Identity { caller, user: Some(user), key: None, session: None })
}

pub(super) fn not_a_member() -> Error {
    Error::forbidden("You are not a member of this tenant.")
}
