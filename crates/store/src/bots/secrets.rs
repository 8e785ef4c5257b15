//! A bot's token: sealed, opened, and known to be refused by Telegram.

use model::{Id, Ids, Result, Timestamp, bot::Bot};
use secrecy::{ExposeSecret, SecretString};

use super::announce::announce;
use crate::{Cipher, args, db::Tx, wake};

pub(crate) const TOKEN: &str = "bot-token";
pub(crate) const WEBHOOK_SECRET: &str = "webhook-secret";

crate::statements! {
    hot TOKEN_OF = "bots.token", "SELECT token FROM bot WHERE id = $1 AND removed_at IS NULL";
    hot REVOKED = "bots.token_revoked", "
        UPDATE bot SET token_revoked_at = $1, webhook_error = $2, updated_at = $1
        WHERE id = $3 AND removed_at IS NULL AND token_revoked_at IS NULL";
    hot NOT_REVOKED = "bots.token_not_revoked", "
        UPDATE bot SET token_revoked_at = NULL, webhook_error = NULL, 
            doctor_at = CASE WHEN doctor_at IS NULL THEN NULL ELSE CAST($1 AS BIGINT) END,
            updated_at = $1
        WHERE id = $2 AND removed_at IS NULL AND token_revoked_at IS NOT NULL";
}

/// A token in the form in which its row keeps it, and the hint that people see.
pub fn seal_token(cipher: &Cipher, ids: &dyn Ids, bot: Id<Bot>, token: &SecretString) -> Result<(Vec<u8>, String)> {
    let last: Vec<char> = token.expose_secret().chars().rev().take(4).collect();
    Ok((cipher.seal(ids, TOKEN, bot, token)?, last.into_iter().rev().collect()))
}

/// The token of a bot that is not removed.
pub fn token(tx: &mut Tx, cipher: &Cipher, bot: Id<Bot>) -> Result<Option<SecretString>> {
    let sealed = tx.query_opt(TOKEN_OF, &args![bot], |row| row.get::<Option<Vec<u8>>>(0))?.flatten();
    sealed.map(|sealed| open_token(cipher, bot, &sealed)).transpose()
}

pub(super) fn open_token(cipher: &Cipher, bot: Id<Bot>, sealed: &[u8]) -> Result<SecretString> {
    cipher.open(TOKEN, bot, sealed)
}

/// Notes that Telegram refuses the token, in Telegram's words.
pub fn mark_token_revoked(tx: &mut Tx, bot: Id<Bot>, words: &str, now: Timestamp) -> Result<()> {
    if tx.execute(REVOKED, &args![now, words.replace('\0', "\u{fffd}"), bot])? > 0 {
        tx.notify(wake::BOT, &bot.to_string())?;
        announce(tx, bot, now)?;
    }
    Ok(())
}

/// Notes that Telegram takes the token again; what waited for it goes on at once.
pub fn clear_token_revoked(tx: &mut Tx, bot: Id<Bot>, now: Timestamp) -> Result<()> {
    if tx.execute(NOT_REVOKED, &args![now, bot])? > 0 {
        tx.notify(wake::BOT, &bot.to_string())?;
        tx.notify(wake::LANE, &bot.to_string())?;
        announce(tx, bot, now)?;
    }
    Ok(())
}
