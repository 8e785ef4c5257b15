//! The second step of signing in, and the links that set a new password. Secrets are sealed, codes and links hashed.

use model::{Id, Result, Timestamp, User};

use crate::{
    args, columns,
    db::{Row, Tx},
};

crate::statements! {
    hot GET = "second_step.get", "SELECT secret, confirmed_at, last_step, recovery FROM second_step WHERE user_id = $1";
    BEGIN = "second_step.begin", "INSERT INTO second_step (user_id, secret, confirmed_at, last_step, recovery)
        VALUES ($1, $2, NULL, 0, '[]') ON CONFLICT (user_id) DO UPDATE
        SET secret = excluded.secret, last_step = 0, recovery = '[]' WHERE second_step.confirmed_at IS NULL";
    hot CONFIRM = "second_step.confirm", "UPDATE second_step SET confirmed_at = $1, last_step = $2, recovery = $3
        WHERE user_id = $4 AND confirmed_at IS NULL";
    hot TAKE = "second_step.take", "UPDATE second_step SET last_step = $1 WHERE user_id = $2 AND last_step < $1";
    hot SPEND = "second_step.spend", "UPDATE second_step SET recovery = $1 WHERE user_id = $2 AND recovery = $3";
    hot REMOVE = "second_step.remove", "DELETE FROM second_step WHERE user_id = $1";
    PUT_LINK = "reset_link.put", "INSERT INTO reset_link (user_id, hash, expires_at) VALUES ($1, $2, $3)
        ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at";
    hot LINK = "reset_link.by_hash", "SELECT user_id FROM reset_link WHERE hash = $1 AND expires_at > $2";
    hot LINK_OF = "reset_link.of_user", "SELECT expires_at FROM reset_link WHERE user_id = $1";
    hot END_LINK = "reset_link.end", "DELETE FROM reset_link WHERE user_id = $1";
}

/// What a secret is encrypted for, beside its user.
pub const PLACE: &str = "second-step";

/// What is kept of somebody's authenticator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondStep {
    /// Sealed.
    pub secret: Vec<u8>,
    pub confirmed_at: Option<Timestamp>,
    /// The last code that was taken.
    pub last_step: i64,
    /// Hashes of the recovery codes that are left.
    pub recovery: Vec<String>,
}

fn read(row: &Row) -> Result<SecondStep> {
    Ok(SecondStep {
        secret: row.get(0)?,
        confirmed_at: row.get(1)?,
        last_step: row.get(2)?,
        recovery: columns::json(row, 3)?,
    })
}

pub fn get(tx: &mut Tx, user: Id<User>) -> Result<Option<SecondStep>> {
    tx.query_opt(GET, &args![user], read)
}

/// Keeps a secret that is still to be confirmed; `false` when a confirmed one is in force.
pub fn begin(tx: &mut Tx, user: Id<User>, secret: &[u8]) -> Result<bool> {
    Ok(tx.execute(BEGIN, &args![user, secret])? == 1)
}

/// Puts it in force; `false` when it is already.
pub fn confirm(tx: &mut Tx, user: Id<User>, step: i64, recovery: &[String], now: Timestamp) -> Result<bool> {
    Ok(tx.execute(CONFIRM, &args![now, step, columns::to_json(&recovery)?, user])? == 1)
}

/// Takes the code of a time step; `false` when it, or a later one, was taken before.
pub fn take(tx: &mut Tx, user: Id<User>, step: i64) -> Result<bool> {
    Ok(tx.execute(TAKE, &args![step, user])? == 1)
}

/// Spends a recovery code; `false` when somebody was faster.
pub fn spend(tx: &mut Tx, user: Id<User>, left: &[String], before: &[String]) -> Result<bool> {
    Ok(tx.execute(SPEND, &args![columns::to_json(&left)?, user, columns::to_json(&before)?])? == 1)
}

/// Signing in takes one step again.
pub fn remove(tx: &mut Tx, user: Id<User>) -> Result<bool> {
    Ok(tx.execute(REMOVE, &args![user])? == 1)
}

/// Keeps the link that sets a new password; an earlier one ends.
pub fn put_link(tx: &mut Tx, user: Id<User>, hash: &[u8; 32], expires_at: Timestamp) -> Result<()> {
    tx.execute(PUT_LINK, &args![user, hash, expires_at])?;
    Ok(())
}

/// Whose link this is, unless it has expired.
pub fn link(tx: &mut Tx, hash: &[u8; 32], now: Timestamp) -> Result<Option<Id<User>>> {
    tx.query_opt(LINK, &args![hash, now], |row| row.get(0))
}

/// When the link of a person ends, if there is one.
pub fn link_ends_at(tx: &mut Tx, user: Id<User>) -> Result<Option<Timestamp>> {
    tx.query_opt(LINK_OF, &args![user], |row| row.get(0))
}

/// The link is used.
pub fn end_link(tx: &mut Tx, user: Id<User>) -> Result<()> {
    tx.execute(END_LINK, &args![user])?;
    Ok(())
}
