//! Two records of one person become one, keeping every message. [`undo`](mod@super::undo) is the way back.

use model::{
    Error, Id, Platform, Result, Scope, Timestamp,
    contact::{Contact, merge::Choices},
};

use super::{duplicates, journal, links, read, write};
use crate::{args, conversations, db::Tx, webhooks};

crate::statements! {
    hot MOVE_TAGS = "contact.merge_tags", "INSERT INTO contact_tag (tenant_id, tag, contact_id)
        SELECT tenant_id, tag, $1 FROM contact_tag WHERE tenant_id = $2 AND contact_id = $3
        ON CONFLICT (tenant_id, tag, contact_id) DO NOTHING";
    hot MOVE_IDENTITIES = "contact.merge_identities", "UPDATE identity SET contact_id = $1
        WHERE tenant_id = $2 AND contact_id = $3";
    hot MOVE_CHATS = "contact.merge_chats", "UPDATE chat SET contact_id = $1 WHERE tenant_id = $2 AND contact_id = $3";
    hot MOVE_CONSENTS = "contact.merge_consents", "UPDATE consent SET contact_id = $1
        WHERE tenant_id = $2 AND contact_id = $3";
    hot RENAME = "identity.rename", "UPDATE identity SET external_id = $1
        WHERE tenant_id = $2 AND platform = $3 AND external_id = $4";
}

/// Joins `from` into `into`: tags, identities, chats and messages move over, empty fields are filled, `from` is gone.
pub fn merge(tx: &mut Tx, scope: &Scope, into: Id<Contact>, from: Id<Contact>, now: Timestamp) -> Result<()> {
    merge_with(tx, scope, (into, from), &Choices::new(), now)
}

/// As [`merge`], with sides chosen for some fields.
pub fn merge_with(
    tx: &mut Tx,
    scope: &Scope,
    (into, from): (Id<Contact>, Id<Contact>),
    choices: &Choices,
    now: Timestamp,
) -> Result<()> {
    let (survivor, other) = pair(tx, scope, into, from)?;
    let merged = model::contact::merge::merged(&survivor, &other, choices, now)?;
    let before = journal::before(tx, scope, survivor, other)?;
    write::update(tx, scope, &merged)?;
    let args = args![into, scope.tenant(), from];
    for statement in [MOVE_TAGS, MOVE_IDENTITIES, MOVE_CHATS, MOVE_CONSENTS] {
        tx.execute(statement, &args)?;
    }
    links::repoint(tx, scope, into, from)?;
    conversations::merge(tx, scope, into, from, now)?;
    webhooks::reassign(tx, scope, from, into)?;
    duplicates::forget(tx, &[from])?;
    write::remove(tx, scope, &[from])?;
    journal::keep(tx, scope, before, (into, from), now)
}

/// Both records, if they can become one.
pub fn pair(tx: &mut Tx, scope: &Scope, into: Id<Contact>, from: Id<Contact>) -> Result<(Contact, Contact)> {
    if into == from {
        return Err(Error::invalid("A contact can't be merged with itself."));
    }
    let survivor = read::get(tx, scope, into)?.ok_or_else(|| Error::not_found("contact"))?;
    let other = read::get(tx, scope, from)?.ok_or_else(|| Error::not_found("contact"))?;
    if survivor.kind != other.kind {
        return Err(Error::conflict("merge_kinds", "A person and a group can't be merged."));
    }
    Ok((survivor, other))
}

/// A group became a supergroup: its record goes by the new chat id from now on. When the new id has a record already
/// (its first message came before the news), the two become one.
pub fn migrate_group(tx: &mut Tx, scope: &Scope, from: i64, to: i64, now: Timestamp) -> Result<()> {
    let telegram = Platform::Telegram;
    let old = super::by_identity(tx, scope, telegram, &from.to_string())?;
    let new = super::by_identity(tx, scope, telegram, &to.to_string())?;
    let Some(old) = old else { return Ok(()) };
    match new {
        Some(new) if new == old => return Ok(()),
        Some(new) => merge(tx, scope, old, new, now)?,
        None => {
            let args = args![to.to_string(), scope.tenant(), telegram.as_str(), from.to_string()];
            tx.execute(RENAME, &args)?;
        }
    }
    let Some(mut contact) = read::get(tx, scope, old)? else { return Ok(()) };
    contact.telegram_chat_id = Some(to);
    contact.updated_at = now;
    write::update(tx, scope, &contact).map(drop)
}
