//! What the poller asks and notes. The offset is kept with the events that it stands for, in one transaction.

use model::{Id, Result, Tenant, Timestamp, bot::Bot};
use secrecy::SecretString;

use super::{announce::announce, secrets::open_token};
use crate::{
    Cipher, args,
    db::Tx,
    events::{self, NewEvent},
};

/// What is needed to fetch a bot's Updates.
#[derive(Debug)]
pub struct Poll {
    pub tenant: Id<Tenant>,
    pub token: SecretString,
    /// The number of the first Update to ask for; `None`: whatever Telegram has.
    pub offset: Option<i64>,
    /// Some trouble is shown, which a success takes back.
    pub is_troubled: bool,
}

crate::statements! {
    hot LIST = "polling.list", "
        SELECT id FROM bot WHERE receive_mode = 'polling' AND is_active AND removed_at IS NULL ORDER BY id";
    hot OPEN = "polling.open", "
        SELECT tenant_id, token, poll_offset, webhook_error IS NOT NULL OR token_revoked_at IS NOT NULL FROM bot
        WHERE id = $1 AND receive_mode = 'polling' AND is_active AND removed_at IS NULL AND token IS NOT NULL";
    hot ADVANCE = "polling.advance", "
        UPDATE bot SET poll_offset = $1 WHERE id = $2 AND receive_mode = 'polling'";
    hot NOTE = "polling.note", "
        UPDATE bot SET webhook_error = $1, updated_at = $2
        WHERE id = $3 AND receive_mode = 'polling' AND removed_at IS NULL AND webhook_error IS DISTINCT FROM $1";
}

/// All bots whose Updates are to be fetched.
pub fn list(tx: &mut Tx) -> Result<Vec<Id<Bot>>> {
    tx.query(LIST, &[], |row| row.get(0))
}

/// `None` when the bot polls no more.
pub fn open(tx: &mut Tx, cipher: &Cipher, id: Id<Bot>) -> Result<Option<Poll>> {
    tx.query_opt(OPEN, &args![id], |row| {
        let sealed: Vec<u8> = row.get(1)?;
        Ok(Poll {
            tenant: row.get(0)?,
            token: open_token(cipher, id, &sealed)?,
            offset: row.get(2)?,
            is_troubled: row.get(3)?,
        })
    })
}

/// Stores fetched Updates and where to go on. `offset: None` once Telegram confirmed it: its numbers may begin anew.
pub fn advance(tx: &mut Tx, id: Id<Bot>, new: &[NewEvent], offset: Option<i64>, now: Timestamp) -> Result<()> {
    events::insert(tx, new, now)?;
    tx.execute(ADVANCE, &args![offset, id])?;
    Ok(())
}

/// Shows why polling does not work, or that it works again.
pub fn note(tx: &mut Tx, id: Id<Bot>, error: Option<&str>, now: Timestamp) -> Result<()> {
    let error = error.map(|words| words.replace('\0', "\u{fffd}"));
    match tx.execute(NOTE, &args![error, now, id])? {
        0 => Ok(()),
        _ => announce(tx, id, now),
    }
}
