//! People who sign in, and the refresh tokens that keep them signed in. Passwords and tokens are here as hashes only.

use model::{Id, Result, Timestamp, User, WebSession};

use crate::{
    args,
    db::{Row, Tx},
};

crate::statements! {
    INSERT = "user.insert", "INSERT INTO app_user (id, email, name, password_hash, is_active, created_at)
        VALUES ($1, $2, $3, $4, TRUE, $5) ON CONFLICT (email) DO NOTHING";
    hot FIND = "user.find", "SELECT id, email, name, password_hash, is_active, created_at FROM app_user WHERE id = $1";
    hot BY_EMAIL = "user.by_email",
        "SELECT id, email, name, password_hash, is_active, created_at FROM app_user WHERE email = $1";
    ANY = "user.any", "SELECT id FROM app_user ORDER BY id LIMIT 1";
    ALL = "user.all", "SELECT id, email, name, password_hash, is_active, created_at FROM app_user ORDER BY email";
    hot SET_NAME = "user.set_name", "UPDATE app_user SET name = $1 WHERE id = $2";
    hot SET_PASSWORD = "user.set_password", "UPDATE app_user SET password_hash = $1 WHERE id = $2";
    INSERT_TOKEN = "user.insert_refresh_token",
        "INSERT INTO refresh_token (hash, user_id, created_at, expires_at) VALUES ($1, $2, $3, $4)";
    hot BY_TOKEN = "user.by_refresh_token", "SELECT app_user.id, app_user.email, app_user.name, app_user.password_hash,
        app_user.is_active, app_user.created_at FROM refresh_token JOIN app_user ON app_user.id = refresh_token.user_id
        WHERE refresh_token.hash = $1 AND refresh_token.expires_at > $2";
    REVOKE_TOKENS = "user.revoke_refresh_tokens", "DELETE FROM refresh_token WHERE user_id = $1";
    EXPIRE_TOKENS = "user.expire_refresh_tokens", "DELETE FROM refresh_token WHERE user_id = $1 AND expires_at <= $2";
}

/// A person who signs in. The hash does not print.
#[derive(Clone)]
pub struct UserRow {
    pub id: Id<User>,
    pub email: String,
    pub name: String,
    pub password_hash: String,
    pub is_active: bool,
    pub created_at: Timestamp,
}

impl std::fmt::Debug for UserRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserRow").field("id", &self.id).field("is_active", &self.is_active).finish_non_exhaustive()
    }
}

fn read(row: &Row) -> Result<UserRow> {
    Ok(UserRow {
        id: row.get(0)?,
        email: row.get(1)?,
        name: row.get(2)?,
        password_hash: row.get(3)?,
        is_active: row.get(4)?,
        created_at: row.get(5)?,
    })
}

/// Writes a new user; `false` when the address is taken.
pub fn insert(tx: &mut Tx, user: &UserRow) -> Result<bool> {
    let args = args![user.id, &user.email, &user.name, &user.password_hash, user.created_at];
    Ok(tx.execute(INSERT, &args)? == 1)
}

pub fn find(tx: &mut Tx, id: Id<User>) -> Result<Option<UserRow>> {
    tx.query_opt(FIND, &args![id], read)
}

/// The user with this address, which must be in lower case.
pub fn by_email(tx: &mut Tx, email: &str) -> Result<Option<UserRow>> {
    tx.query_opt(BY_EMAIL, &args![email], read)
}

/// Whether there is a user at all.
pub fn is_any(tx: &mut Tx) -> Result<bool> {
    Ok(tx.query_opt(ANY, &[], |row| row.get::<Id<User>>(0))?.is_some())
}

/// Every user of the installation: for the command line.
pub fn all(tx: &mut Tx) -> Result<Vec<UserRow>> {
    tx.query(ALL, &[], read)
}

pub fn set_name(tx: &mut Tx, id: Id<User>, name: &str) -> Result<()> {
    tx.execute(SET_NAME, &args![name, id])?;
    Ok(())
}

/// Sets a new password and ends every session that the old one began, but for the browser that asks if it is named.
pub fn set_password(tx: &mut Tx, id: Id<User>, hash: &str, but: Option<Id<WebSession>>) -> Result<()> {
    tx.execute(SET_PASSWORD, &args![hash, id])?;
    tx.execute(REVOKE_TOKENS, &args![id])?;
    crate::sessions::end_all(tx, id, but)
}

/// Keeps the hash of a new refresh token; forgets the user's expired ones.
pub fn insert_token(tx: &mut Tx, user: Id<User>, hash: &[u8; 32], now: Timestamp, expires_at: Timestamp) -> Result<()> {
    tx.execute(EXPIRE_TOKENS, &args![user, now])?;
    tx.execute(INSERT_TOKEN, &args![hash, user, now, expires_at])?;
    Ok(())
}

/// Whose refresh token this is, unless it has expired.
pub fn by_token(tx: &mut Tx, hash: &[u8; 32], now: Timestamp) -> Result<Option<UserRow>> {
    tx.query_opt(BY_TOKEN, &args![hash, now], read)
}
