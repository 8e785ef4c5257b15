//! Setting a webhook, in two steps around the call: [`begin`] and then [`confirm`] or [`fail`].
//!
//! A new secret is written before Telegram hears of it and takes the old one's place when Telegram confirmed it; until
//! then both are accepted, so that a lost answer costs no Update.

use model::{Id, Ids, Result, Timestamp, bot::Bot, bot::WEBHOOK_GRACE_MS};
use secrecy::SecretString;

use super::{
    announce::announce,
    secrets::{WEBHOOK_SECRET, open_token},
};
use crate::{
    Cipher, args,
    db::{Row, Tx},
    wake,
};

/// Which secret a setting uses. A new one that Telegram has not confirmed yet is used in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secret {
    Keep,
    Renew,
}

/// What is needed to set a webhook.
#[derive(Debug)]
pub struct Setting {
    pub token: SecretString,
    pub secret: SecretString,
    /// Settings that failed since the last good one.
    pub tries: i64,
}

/// Why a setting failed, and what follows.
#[derive(Debug, Clone)]
pub struct Failed {
    /// In Telegram's words, if it said any.
    pub words: String,
    pub retry_at: Timestamp,
    /// Telegram refused the token itself.
    pub is_token_revoked: bool,
}

crate::statements! {
    hot BEGIN = "webhooks.begin", "
        UPDATE bot SET doctor_at = $1
        WHERE id = $2 AND removed_at IS NULL AND receive_mode = 'webhook' AND token IS NOT NULL
        RETURNING token, webhook_secret, webhook_secret_new, webhook_tries";
    hot NEW_SECRET = "webhooks.new_secret", "UPDATE bot SET webhook_secret_new = $1 WHERE id = $2";
    hot CONFIRM = "webhooks.confirm", "
        UPDATE bot SET webhook_status = 'REGISTERED', webhook_error = NULL, webhook_tries = 0, webhook_set_at = $1,
            token_revoked_at = NULL, doctor_at = $2, updated_at = $1,
            webhook_secret = COALESCE(webhook_secret_new, webhook_secret), webhook_secret_new = NULL
        WHERE id = $3 AND removed_at IS NULL AND receive_mode = 'webhook'";
    hot FAIL = "webhooks.fail", "
        UPDATE bot SET webhook_status = 'FAILED', webhook_error = $1, webhook_tries = webhook_tries + 1, doctor_at = $2,
            token_revoked_at = CASE WHEN CAST($3 AS BOOLEAN) THEN COALESCE(token_revoked_at, $4) ELSE token_revoked_at END,
            updated_at = $4
        WHERE id = $5 AND removed_at IS NULL AND receive_mode = 'webhook'";
}

/// Takes what a setting needs, with its secret made durable; `None` when the bot is gone or polls.
pub fn begin(
    tx: &mut Tx,
    cipher: &Cipher,
    ids: &dyn Ids,
    id: Id<Bot>,
    secret: Secret,
    now: Timestamp,
) -> Result<Option<Setting>> {
    let Some(row) = tx.query_opt(BEGIN, &args![now + WEBHOOK_GRACE_MS, id], Sealed::read)? else { return Ok(None) };
    let kept = match (&row.secret_new, &row.secret, secret) {
        (Some(unconfirmed), _, _) => Some(unconfirmed),
        (None, Some(confirmed), Secret::Keep) => Some(confirmed),
        (None, _, _) => None,
    };
    let secret = match kept {
        Some(sealed) => cipher.open(WEBHOOK_SECRET, id, sealed)?,
        None => fresh(tx, cipher, ids, id)?,
    };
    Ok(Some(Setting { token: open_token(cipher, id, &row.token)?, secret, tries: row.tries }))
}

/// Notes that Telegram took the setting: its secret is the only one from now on.
pub fn confirm(tx: &mut Tx, id: Id<Bot>, now: Timestamp, check_at: Timestamp) -> Result<()> {
    tx.execute(CONFIRM, &args![now, check_at, id])?;
    tx.notify(wake::BOT, &id.to_string())?;
    announce(tx, id, now)
}

/// Notes that a setting failed.
pub fn fail(tx: &mut Tx, id: Id<Bot>, failed: &Failed, now: Timestamp) -> Result<()> {
    let words = failed.words.replace('\0', "\u{fffd}");
    tx.execute(FAIL, &args![words, failed.retry_at, failed.is_token_revoked, now, id])?;
    tx.notify(wake::BOT, &id.to_string())?;
    announce(tx, id, now)
}

/// 43 characters of those that Telegram allows in a secret.
fn fresh(tx: &mut Tx, cipher: &Cipher, ids: &dyn Ids, id: Id<Bot>) -> Result<SecretString> {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    let secret = SecretString::from(BASE64_URL_SAFE_NO_PAD.encode(ids.random::<32>()));
    let sealed = cipher.seal(ids, WEBHOOK_SECRET, id, &secret)?;
    tx.execute(NEW_SECRET, &args![sealed, id])?;
    // Whoever checks deliveries must know the new secret before Telegram uses it.
    tx.notify(wake::BOT, &id.to_string())?;
    Ok(secret)
}

struct Sealed {
    token: Vec<u8>,
    secret: Option<Vec<u8>>,
    secret_new: Option<Vec<u8>>,
    tries: i64,
}

impl Sealed {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self { token: row.get(0)?, secret: row.get(1)?, secret_new: row.get(2)?, tries: row.get(3)? })
    }
}
