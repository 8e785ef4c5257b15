//! Opting in and out, with its history, and how a tenant wants it done.

use model::{
    Error, Id, Ids, Result, Scope, Timestamp,
    bot::Bot,
    contact::{
        By, Contact,
        consent::{Consent, ConsentKind, Settings},
    },
};

use super::row;
use crate::{
    args, chats, columns,
    db::{Row, Tx},
    page::{Page, Request},
};

crate::pages! {
    /// A contact's history.
    CONSENTS = "consent.list",
    select "id, contact_id, kind, by_type, by_id, bot_id, chat_id, created_at",
    from "consent WHERE tenant_id = $4 AND contact_id = $5",
    unique Id "id",
    sorts { "created_at" => Unique }
}

crate::statements! {
    ADD = "consent.add", "INSERT INTO consent (id, tenant_id, contact_id, kind, by_type, by_id, bot_id, chat_id,
            created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    hot SETTINGS = "contact_settings.get", "SELECT obeys_stop FROM contact_settings WHERE tenant_id = $1";
    SET = "contact_settings.set", "INSERT INTO contact_settings (tenant_id, obeys_stop) VALUES ($1, $2)
        ON CONFLICT (tenant_id) DO UPDATE SET obeys_stop = excluded.obeys_stop";
}

/// How the tenant treats its contacts.
pub fn settings(tx: &mut Tx, scope: &Scope) -> Result<Settings> {
    let found = tx.query_opt(SETTINGS, &args![scope.tenant()], |row| Ok(Settings { obeys_stop: row.get(0)? }))?;
    Ok(found.unwrap_or_default())
}

pub fn set_settings(tx: &mut Tx, scope: &Scope, settings: Settings) -> Result<()> {
    tx.execute(SET, &args![scope.tenant(), settings.obeys_stop]).map(drop)
}

/// One page of a contact's history, newest first.
pub fn consents(tx: &mut Tx, scope: &Scope, contact: Id<Contact>, request: &Request) -> Result<Page<Consent>> {
    CONSENTS.page(tx, request, &args![scope.tenant(), contact], read)
}

/// Adds to a contact's history.
pub fn add_consent(tx: &mut Tx, scope: &Scope, consent: &Consent) -> Result<()> {
    let args = args![
        consent.id,
        scope.tenant(),
        consent.contact,
        consent.kind.as_str(),
        consent.by.kind.as_str(),
        row::by_id(&consent.by),
        consent.bot,
        consent.chat_id,
        consent.created_at,
    ];
    tx.execute(ADD, &args).map(drop)
}

/// A contact asked a bot to stop, or to begin again. Tells whether that is news.
pub fn opt(
    tx: &mut Tx,
    scope: &Scope,
    ids: &dyn Ids,
    (contact, bot, chat_id): (Id<Contact>, Id<Bot>, i64),
    kind: ConsentKind,
    now: Timestamp,
) -> Result<bool> {
    let out_at = (kind == ConsentKind::OptedOut).then_some(now);
    if !chats::opt(tx, scope, bot, chat_id, out_at)? {
        return Ok(false);
    }
    let consent = Consent {
        id: ids.id(),
        contact,
        kind,
        by: By::contact(contact),
        bot: Some(bot),
        chat_id: Some(chat_id),
        created_at: now,
    };
    add_consent(tx, scope, &consent)?;
    Ok(true)
}

fn read(found: &Row) -> Result<Consent> {
    Ok(Consent {
        id: found.get(0)?,
        contact: found.get(1)?,
        kind: columns::word(found, 2)?,
        by: row::by(found, 3)?.ok_or_else(|| Error::internal("a consent without its author"))?,
        bot: found.get(5)?,
        chat_id: found.get(6)?,
        created_at: found.get(7)?,
    })
}
