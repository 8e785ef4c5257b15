//! Start links: who opens one is tied to the contact it was made for, once. Only hashes of the tokens are kept.

use model::{
    Id, Platform, Result, Scope, Timestamp,
    bot::Bot,
    contact::{By, Contact, Proof},
};

use super::{identity, merge, read};
use crate::{args, db::Tx};

crate::statements! {
    ADD = "start_link.add", "INSERT INTO start_link (token_hash, tenant_id, contact_id, bot_id, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    hot USE = "start_link.use", "UPDATE start_link SET used_at = $1
        WHERE token_hash = $2 AND tenant_id = $3 AND bot_id = $4 AND used_at IS NULL AND expires_at > $1
        RETURNING contact_id";
    hot REPOINT = "start_link.repoint", "UPDATE start_link SET contact_id = $1 WHERE tenant_id = $2 AND contact_id = $3";
}

/// A link that is about to be given away.
#[derive(Debug, Clone)]
pub struct NewLink {
    pub token_hash: [u8; 32],
    pub contact: Id<Contact>,
    pub bot: Id<Bot>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// Keeps a link of a contact that exists.
pub fn add_link(tx: &mut Tx, scope: &Scope, link: &NewLink) -> Result<()> {
    let args = args![&link.token_hash, scope.tenant(), link.contact, link.bot, link.created_at, link.expires_at];
    tx.execute(ADD, &args).map(drop)
}

/// A Telegram user, known as `opener`, opened a link at a bot: the contact of the link stays and gets everything that
/// the opener has. `None`: there is no such link, it was opened before, or it has expired.
pub fn open_link(
    tx: &mut Tx,
    scope: &Scope,
    (bot, token_hash): (Id<Bot>, &[u8; 32]),
    (opener, telegram_user_id): (Id<Contact>, i64),
    now: Timestamp,
) -> Result<Option<Id<Contact>>> {
    let used: Option<Id<Contact>> =
        tx.query_opt(USE, &args![now, token_hash, scope.tenant(), bot], |row| row.get(0))?;
    let Some(contact) = used else { return Ok(None) };
    if !read::exists(tx, scope, contact)? {
        return Ok(None);
    }
    if contact != opener {
        merge::merge(tx, scope, contact, opener, now)?;
    }
    let name = telegram_user_id.to_string();
    identity::prove(tx, scope, (Platform::Telegram, &name), Proof::Link, By::contact(contact), now)?;
    Ok(Some(contact))
}

/// The links of a contact that goes up in another belong to that one.
pub(super) fn repoint(tx: &mut Tx, scope: &Scope, into: Id<Contact>, from: Id<Contact>) -> Result<()> {
    tx.execute(REPOINT, &args![into, scope.tenant(), from]).map(drop)
}
