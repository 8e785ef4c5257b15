//! API keys: `jc_` and 32 random bytes. Kept as SHA-256, which is enough for a random value of that length.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use model::{
    ApiKey, Caller, Error, Id, Permission, Result, Role, Scope, Timestamp,
    activity::Deed,
    key_limits::{KeyLimits, TOOLS},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::{bots, db::Tx, keys::KeyRow};

use super::readable_name;
use crate::App;

/// What every API key begins with.
pub(super) const PREFIX: &str = "jc_";
/// Enough to tell keys apart, far too few to guess the rest.
const SHOWN_CHARS: usize = 9;

/// What a new key is to be.
#[derive(Debug, Clone)]
pub struct NewKey {
    pub name: String,
    /// The maker's own role when nothing is said.
    pub role: Option<Role>,
    pub expires_at: Option<Timestamp>,
    /// For an agent: what it may do. Such a key opens MCP alone.
    pub limits: Option<KeyLimits>,
}

/// Bots, or chats, that one key is limited to.
const PLACES_MAX: usize = 1_000;

/// A key at the only moment when it is known whole.
#[derive(Debug)]
pub struct MadeKey {
    pub row: KeyRow,
    pub key: SecretString,
}

impl MadeKey {
    pub(super) fn new(app: &App, name: String, role: Role, expires_at: Option<Timestamp>) -> Self {
        let key = format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(app.ids.random::<32>()));
        let row = KeyRow {
            id: app.ids.id(),
            name,
            prefix: key.chars().take(SHOWN_CHARS).collect(),
            role,
            created_at: app.clock.now(),
            expires_at,
            last_used_at: None,
            limits: None,
        };
        Self { row, key: key.into() }
    }

    pub(super) fn hash(&self) -> [u8; 32] {
        hash(self.key.expose_secret())
    }
}

pub(super) fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// Makes a key for the caller's tenant, with at most the caller's role.
pub async fn create_key(app: &App, caller: &Caller, new: NewKey) -> Result<MadeKey> {
    let scope = caller.require(Permission::Administer)?;
    let role = new.role.unwrap_or(caller.role);
    // Roles are declared from high to low.
    if role < caller.role {
        return Err(Error::forbidden(format!("You have the role {}, so you can't make a key of {role}.", caller.role)));
    }
    if new.expires_at.is_some_and(|at| at <= app.clock.now()) {
        return Err(Error::field("expires_at", "Enter a time in the future."));
    }
    if let Some(limits) = &new.limits {
        check_limits(limits)?;
    }
    let mut made = MadeKey::new(app, readable_name(&new.name)?, role, new.expires_at);
    made.row.limits = new.limits;
    let (row, hash) = (made.row.clone(), made.hash());
    let (ids, now) = (app.ids.clone(), app.clock.now());
    app.db
        .write(move |tx| {
            check_bots(tx, &scope, row.limits.as_ref(), now)?;
            store::keys::insert(tx, &scope, &row, &hash)?;
            let made = json!({"role": row.role, "expires_at": row.expires_at, "limits": row.limits});
            let deed = Deed::new("api_key.created", "api_key", row.id).named(&row.name).changed(&Value::Null, &made);
            store::activity::record(tx, &scope, &*ids, &deed, now)
        })
        .await?;
    Ok(made)
}

/// What can be told of limits without looking anything up.
fn check_limits(KeyLimits { tools, bots, chats }: &KeyLimits) -> Result<()> {
    let wrong = |words: String| Err(Error::field("limits", words));
    if let Some(unknown) = tools.iter().flatten().find(|tool| !TOOLS.contains(&tool.as_str())) {
        let shown: String = unknown.chars().take(40).collect();
        return wrong(format!("tools: \"{shown}\" is not one of {}.", TOOLS.join(", ")));
    }
    let counts = [
        ("tools", tools.as_ref().map(Vec::len), TOOLS.len()),
        ("bots", bots.as_ref().map(Vec::len), PLACES_MAX),
        ("chats", chats.as_ref().map(Vec::len), PLACES_MAX),
    ];
    for (name, count, max) in counts {
        if count.is_some_and(|count| !(1..=max).contains(&count)) {
            return wrong(format!("{name}: Name 1 to {max}, or leave it out."));
        }
    }
    if counts.iter().all(|(_, count, _)| count.is_none()) {
        return wrong("Name tools, bots or chats.".to_owned());
    }
    Ok(())
}

fn check_bots(tx: &mut Tx, scope: &Scope, limits: Option<&KeyLimits>, now: Timestamp) -> Result<()> {
    for bot in limits.and_then(|limits| limits.bots.as_ref()).into_iter().flatten() {
        if bots::get(tx, scope, *bot, now)?.is_none() {
            return Err(Error::field("limits", format!("bots: {bot} is none of your bots.")));
        }
    }
    Ok(())
}

/// How long the key before a rotation works as well.
const OVERLAP_MS: i64 = model::DAY_MS;
/// How long a revocation can be taken back.
const REGRET_MS: i64 = 60_000;

/// Ends a key at once. One of a higher role than the caller's is out of reach.
pub async fn revoke_key(app: &App, scope: &Scope, highest: Role, id: Id<ApiKey>) -> Result<()> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            let key = within_reach(tx, &scope, highest, id)?;
            store::keys::revoke(tx, &scope, id, now)?;
            let deed = Deed::new("api_key.revoked", "api_key", id).named(&key.name);
            store::activity::record(tx, &scope, &*ids, &deed, now)
        })
        .await
}

/// Takes back that a key was revoked, within a minute.
pub async fn restore_key(app: &App, scope: &Scope, highest: Role, id: Id<ApiKey>) -> Result<KeyRow> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            if !store::keys::restore(tx, &scope, id, now - REGRET_MS)? {
                return Err(no_key());
            }
            let key = within_reach(tx, &scope, highest, id)?;
            let deed = Deed::new("api_key.restored", "api_key", id).named(&key.name);
            store::activity::record(tx, &scope, &*ids, &deed, now)?;
            Ok(key)
        })
        .await
}

/// Makes a key in the place of another, which works for one more day.
pub async fn rotate_key(app: &App, scope: &Scope, highest: Role, id: Id<ApiKey>) -> Result<MadeKey> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    let mut made = MadeKey::new(app, String::new(), highest, None);
    let (fresh, hash) = (made.row.clone(), made.hash());
    made.row = app
        .db
        .write(move |tx| {
            let old = within_reach(tx, &scope, highest, id)?;
            let KeyRow { name, role, expires_at, limits, .. } = old;
            let row = KeyRow { name, role, expires_at, limits, ..fresh.clone() };
            store::keys::insert(tx, &scope, &row, &hash)?;
            store::keys::end_at(tx, &scope, id, now + OVERLAP_MS)?;
            let deed = Deed::new("api_key.rotated", "api_key", row.id).named(&row.name);
            store::activity::record(tx, &scope, &*ids, &deed, now)?;
            Ok(row)
        })
        .await?;
    Ok(made)
}

fn within_reach(tx: &mut Tx, scope: &Scope, highest: Role, id: Id<ApiKey>) -> Result<KeyRow> {
    let key = store::keys::find(tx, scope, id)?.ok_or_else(no_key)?;
    if key.role < highest {
        return Err(Error::forbidden(format!("Only a higher role can change a key of {}.", key.role)));
    }
    Ok(key)
}

fn no_key() -> Error {
    Error::not_found("API key")
}
