//! API keys: `jc_` and 32 random bytes. Kept as SHA-256, which is enough for a random value of that length.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use model::{ApiKey, Caller, Error, Id, Permission, Result, Role, Scope, Timestamp, activity::Deed};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use store::keys::KeyRow;

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
}

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
    let made = MadeKey::new(app, readable_name(&new.name)?, role, new.expires_at);
    let (row, hash) = (made.row.clone(), made.hash());
    let (ids, now) = (app.ids.clone(), app.clock.now());
    app.db
        .write(move |tx| {
            store::keys::insert(tx, &scope, &row, &hash)?;
            let deed = Deed::new("api_key.created", "api_key", row.id).named(&row.name);
            store::activity::record(tx, &scope, &*ids, &deed, now)
        })
        .await?;
    Ok(made)
}

/// Ends a key at once. One of a higher role than the caller's is out of reach.
pub async fn revoke_key(app: &App, scope: &Scope, highest: Role, id: Id<ApiKey>) -> Result<()> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            let key = store::keys::find(tx, &scope, id)?.ok_or_else(|| Error::not_found("API key"))?;
            if key.role < highest {
                return Err(Error::forbidden(format!("Only a higher role can revoke a key of {}.", key.role)));
            }
            store::keys::revoke(tx, &scope, id, now)?;
            let deed = Deed::new("api_key.revoked", "api_key", id).named(&key.name);
            store::activity::record(tx, &scope, &*ids, &deed, now)
        })
        .await
}
