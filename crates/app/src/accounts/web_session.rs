//! Sessions of the web app: a random token in a cookie, its hash in the database, and a second token against forged requests.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use model::{Actor, Caller, DAY_MS, Error, Id, Origin, Result, Tenant, Timestamp, WebSession};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use store::{sessions::SessionRow, users::UserRow};

use super::{Credentials, Identity, check_credentials, keys, password};
use crate::App;

/// How long a session that is kept lives on after its last use.
pub const LASTING_MS: i64 = 30 * DAY_MS;
/// How long one lives on that ends with the browser, which may never tell.
const BRIEF_MS: i64 = DAY_MS / 2;
/// How stale `seen_at` may get, so that not every request writes.
const SEEN_STALE_MS: i64 = 5 * 60_000;
const USER_AGENT_CHARS_MAX: usize = 300;
const TOKEN_CHARS: usize = 43;
/// Keeps these signatures apart from all others under the same key.
const PURPOSE: &[u8] = b"jina-connect csrf 1";

/// How a browser presents itself when somebody signs in with it.
#[derive(Debug, Clone, Default)]
pub struct Browser {
    /// Keep the session when the browser is closed.
    pub is_lasting: bool,
    pub user_agent: String,
}

/// Signs a person in with a browser. The answer is the cookie's token.
pub async fn begin_web_session(app: &App, credentials: &Credentials, browser: Browser) -> Result<SecretString> {
    let user = check_credentials(app, credentials).await?;
    let id = user.id;
    let tenants = app.db.read(move |tx| store::tenants::memberships(tx, id)).await?;
    let tenant = tenants.first().ok_or_else(|| {
        Error::forbidden("You belong to no workspace any more. Ask an administrator to invite you.")
            .with_code("no_workspace")
    })?;
    let (token, session) = new_session(app, &user, tenant.tenant, &browser);
    let hash = hash(&token);
    app.db.write(move |tx| store::sessions::insert(tx, &session, &hash)).await?;
    Ok(token)
}

/// A session that is still to be written, and its token.
pub(super) fn new_session(
    app: &App,
    user: &UserRow,
    tenant: Id<Tenant>,
    browser: &Browser,
) -> (SecretString, SessionRow) {
    let now = app.clock.now();
    let session = SessionRow {
        id: app.ids.id(),
        user: user.id,
        tenant,
        is_lasting: browser.is_lasting,
        user_agent: browser.user_agent.chars().filter(|c| !c.is_control()).take(USER_AGENT_CHARS_MAX).collect(),
        created_at: now,
        seen_at: now,
        expires_at: now + life_ms(browser.is_lasting),
    };
    (BASE64_URL_SAFE_NO_PAD.encode(app.ids.random::<32>()).into(), session)
}

pub(super) fn hash(token: &SecretString) -> [u8; 32] {
    keys::hash(token.expose_secret())
}

const fn life_ms(is_lasting: bool) -> i64 {
    if is_lasting { LASTING_MS } else { BRIEF_MS }
}

/// Who presents this cookie. They act for `tenant`, else for the workspace that is open in the session.
pub async fn authenticate_session(app: &App, token: &str, tenant: Option<Id<Tenant>>) -> Result<Identity> {
    if token.len() != TOKEN_CHARS {
        return Err(is_over());
    }
    let (hash, now) = (keys::hash(token), app.clock.now());
    let found = app.db.read(move |tx| {
        let Some(session) = store::sessions::by_hash(tx, &hash, now)? else { return Ok(None) };
        let user = store::users::find(tx, session.user)?;
        Ok(Some((store::tenants::memberships(tx, session.user)?, user, session)))
    });
    let (memberships, user, session) = found.await?.ok_or_else(is_over)?;
    let user = user.filter(|user| user.is_active).ok_or_else(is_over)?;
    let of = |tenant| memberships.iter().find(|membership| membership.tenant == tenant);
    let membership = match tenant {
        Some(tenant) => of(tenant).ok_or_else(super::session::not_a_member)?,
        // Whoever lost the open workspace goes on in another one.
        None => of(session.tenant).or_else(|| memberships.first()).ok_or_else(is_over)?,
    };
    note_use(app, &session, now).await;
    let caller = Caller {
        tenant: membership.tenant,
        actor: Actor::User(user.id),
        role: membership.role,
        origin: Origin::Internal,
    };
    Ok(Identity { caller, user: Some(user), key: None, session: Some(session) })
}

fn is_over() -> Error {
    Error::unauthenticated("Your session is over. Sign in again.").with_code("session_over")
}

/// A database that can't write must not keep anybody from reading, so a failure is only logged.
async fn note_use(app: &App, session: &SessionRow, now: Timestamp) {
    if now.since(session.seen_at) < SEEN_STALE_MS {
        return;
    }
    let (id, until) = (session.id, now + life_ms(session.is_lasting));
    if let Err(error) = app.db.write(move |tx| store::sessions::see(tx, id, now, until)).await {
        tracing::warn!(?error, "could not note the use of a session");
    }
}

/// Asks for the password once more before what a borrowed browser must not do.
pub(super) async fn check_password_again(
    app: &App,
    user: &UserRow,
    given: &SecretString,
    field: &'static str,
) -> Result<()> {
    app.guesses.begin(&user.email, app.clock.now())?;
    if !password::is_right(given, Some(user.password_hash.clone())).await? {
        return Err(Error::field(field, "This is not your password."));
    }
    app.guesses.forget(&user.email);
    Ok(())
}

/// Opens another of the person's workspaces in a session.
pub async fn switch_workspace(app: &App, session: &SessionRow, tenant: Id<Tenant>) -> Result<()> {
    let (id, user) = (session.id, session.user);
    app.db
        .write(move |tx| {
            let memberships = store::tenants::memberships(tx, user)?;
            if !memberships.iter().any(|membership| membership.tenant == tenant) {
                return Err(Error::field("tenant_id", "You have no such workspace."));
            }
            store::sessions::switch(tx, id, tenant)
        })
        .await
}

/// Signs the browser out.
pub async fn end_web_session(app: &App, session: &SessionRow) -> Result<()> {
    let (user, id): (_, Id<WebSession>) = (session.user, session.id);
    app.db.write(move |tx| store::sessions::end(tx, user, id).map(drop)).await
}

/// What the page must send beside the cookie with everything that changes something. Other sites can't read it.
pub fn csrf_token(app: &App, token: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(mac(app, token).finalize().into_bytes())
}

/// Whether `given` is the token against forgery of this session.
pub fn is_csrf_token(app: &App, token: &str, given: &str) -> bool {
    let given = BASE64_URL_SAFE_NO_PAD.decode(given).unwrap_or_default();
    mac(app, token).verify_slice(&given).is_ok()
}

fn mac(app: &App, token: &str) -> Hmac<Sha256> {
    let key = app.settings.secret_key.expose_secret().as_bytes();
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of every length");
    mac.update(PURPOSE);
    mac.update(token.as_bytes());
    mac
}
