//! What the webhook doctor asks and notes. A bot is looked at when its `doctor_at` has come; whoever looks moves it on
//! first, so that two nodes don't do the same.

use model::{
    Id, Platform, Result, Timestamp,
    bot::{Bot, WEBHOOK_GRACE_MS, WebhookStatus},
};
use secrecy::SecretString;

use super::{announce::announce, secrets::open_token};
use crate::{
    Cipher, args, columns,
    db::{Arg, Tx},
    wake,
};

/// A bot that somebody looks at now.
#[derive(Debug)]
pub struct Patient {
    pub id: Id<Bot>,
    pub platform: Platform,
    sealed_token: Vec<u8>,
    /// Removed by its tenant; its webhook is still there.
    pub is_removed: bool,
    pub status: WebhookStatus,
    pub error: Option<String>,
    /// When Telegram last took a setting of ours.
    pub set_at: Option<Timestamp>,
    /// Calls that failed since the last good one.
    pub tries: i64,
}

impl Patient {
    /// Not opened when the bot is claimed, so that one whose token can't be decrypted does not stand in the others' way.
    pub fn token(&self, cipher: &Cipher) -> Result<SecretString> {
        open_token(cipher, self.id, &self.sealed_token)
    }
}

crate::statements! {
    hot AILING = "doctor.ailing", "
        SELECT id FROM bot WHERE doctor_at IS NOT NULL AND doctor_at <= $1 AND webhook_status <> 'REGISTERED'
        ORDER BY doctor_at LIMIT $2";
    hot DUE = "doctor.due", "
        SELECT id FROM bot WHERE doctor_at IS NOT NULL AND doctor_at <= $1 ORDER BY doctor_at LIMIT $2";
    hot DUE_AMONG = "doctor.due_among", "
        SELECT id FROM bot WHERE doctor_at IS NOT NULL AND doctor_at <= $1 AND id IN ({in})";
    hot NEXT = "doctor.next", "SELECT doctor_at FROM bot WHERE doctor_at IS NOT NULL ORDER BY doctor_at LIMIT 1";
    hot CLAIM = "doctor.claim", "
        UPDATE bot SET doctor_at = $1 WHERE id = $2 AND doctor_at <= $3 AND token IS NOT NULL
        RETURNING token, removed_at IS NOT NULL, webhook_status, webhook_error, webhook_set_at, webhook_tries,
            platform";
    hot SHOWN = "doctor.shown", "SELECT webhook_error FROM bot WHERE id = $1";
    hot LOOKED = "doctor.looked", "
        UPDATE bot SET webhook_error = $1, webhook_tries = $2, doctor_at = $3
        WHERE id = $4 AND removed_at IS NULL AND receive_mode = 'webhook'";
    hot REMOVAL_FAILED = "doctor.removal_failed", "
        UPDATE bot SET webhook_error = $1, webhook_tries = webhook_tries + 1, doctor_at = $2
        WHERE id = $3 AND removed_at IS NOT NULL AND token IS NOT NULL";
    hot FORGET = "doctor.forget", "
        UPDATE bot SET token = NULL, webhook_secret = NULL, webhook_secret_new = NULL, doctor_at = NULL,
            webhook_status = 'NONE', webhook_error = NULL
        WHERE id = $1 AND removed_at IS NOT NULL
        RETURNING bot_user_id";
    hot LOOK_AGAIN = "doctor.look_again", "
        UPDATE bot SET doctor_at = $1
        WHERE bot_user_id = $2 AND removed_at IS NULL AND webhook_status = 'REGISTERED' AND doctor_at > $1";
}

/// Bots with something to mend, those that wait longest first.
pub fn ailing(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<Id<Bot>>> {
    tx.query(AILING, &args![now, limit], |row| row.get(0))
}

/// Bots that are due for a look, those that wait longest first.
pub fn due(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<Id<Bot>>> {
    tx.query(DUE, &args![now, limit], |row| row.get(0))
}

/// Which of these bots are due for a look.
pub fn due_among(tx: &mut Tx, ids: &[Id<Bot>], now: Timestamp) -> Result<Vec<Id<Bot>>> {
    let list: Vec<Arg> = ids.iter().map(Arg::from).collect();
    tx.query_in(DUE_AMONG, &args![now], &list, |row| row.get(0))
}

/// When the next bot is due.
pub fn next_due(tx: &mut Tx) -> Result<Option<Timestamp>> {
    tx.query_opt(NEXT, &[], |row| row.get(0))
}

/// Takes a due bot for as long as a look may last; `None` when it is no longer due.
pub fn claim(tx: &mut Tx, id: Id<Bot>, now: Timestamp) -> Result<Option<Patient>> {
    tx.query_opt(CLAIM, &args![now + WEBHOOK_GRACE_MS, id, now], |row| {
        Ok(Patient {
            id,
            sealed_token: row.get(0)?,
            is_removed: row.get(1)?,
            status: columns::word(row, 2)?,
            error: row.get(3)?,
            set_at: row.get(4)?,
            tries: row.get(5)?,
            platform: columns::word(row, 6)?,
        })
    })
}

/// Notes a look at a webhook: the trouble that Telegram tells of, and how many looks failed in a row.
pub fn looked(
    tx: &mut Tx,
    id: Id<Bot>,
    error: Option<&str>,
    tries: i64,
    (now, next_at): (Timestamp, Timestamp),
) -> Result<()> {
    let error = error.map(|words| words.replace('\0', "\u{fffd}"));
    let shown = tx.query_opt(SHOWN, &args![id], |row| row.get::<Option<String>>(0))?;
    let found = tx.execute(LOOKED, &args![error.as_deref(), tries, next_at, id])? > 0;
    match found && shown != Some(error) {
        true => announce(tx, id, now),
        false => Ok(()),
    }
}

/// Notes that a removed bot's webhook could not be removed yet.
pub fn removal_failed(tx: &mut Tx, id: Id<Bot>, words: &str, retry_at: Timestamp) -> Result<()> {
    tx.execute(REMOVAL_FAILED, &args![words.replace('\0', "\u{fffd}"), retry_at, id])?;
    Ok(())
}

/// Erases the secrets of a removed bot, whose webhook is gone.
///
/// Should the same Telegram bot have been registered again while the removal was under way, it is looked at at once: it
/// may have lost its webhook.
pub fn forget(tx: &mut Tx, id: Id<Bot>, now: Timestamp) -> Result<()> {
    let bot_user_id = tx.query_opt(FORGET, &args![id], |row| row.get::<i64>(0))?;
    if let Some(bot_user_id) = bot_user_id
        && tx.execute(LOOK_AGAIN, &args![now, bot_user_id])? > 0
    {
        tx.notify(wake::BOT, "")?;
    }
    Ok(())
}
