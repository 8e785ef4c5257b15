//! A person is erased: nothing of them is left but the id by which logs know them.

use model::{
    Id, Platform, Result, Scope, Timestamp,
    bot::Bot,
    contact::{By, Contact},
    message::Message,
    whatsapp::key_of,
};

use super::{row, write};
use crate::{
    args, business, chats,
    db::{Arg, Tx},
    deliveries, events, timeline, webhooks, whatsapp,
};

crate::statements! {
    hot FORGET_CHATS = "contact.erase_chats", "DELETE FROM chat WHERE tenant_id = $1 AND contact_id = $2";
    hot RECIPIENTS = "contact.erase_recipients", "UPDATE broadcast_recipient SET chat_id = NULL
        WHERE contact_id = $1 AND status NOT IN ('PENDING', 'QUEUED')
            AND broadcast_id IN (SELECT id FROM broadcast WHERE tenant_id = $2)";
    hot SPOKEN = "contact.spoken", "SELECT id FROM message
        WHERE author_id = $1 AND author_type = 'CONTACT' AND chat_id < 0 AND tenant_id = $2 AND id > $3
        ORDER BY id LIMIT $4";
    NOTE = "contact_erasure.note", "INSERT INTO contact_erasure (contact_id, tenant_id, by_type, by_id, erased_at)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (contact_id) DO NOTHING";
}

/// What a person said in groups, by id.
pub fn spoken(
    tx: &mut Tx,
    scope: &Scope,
    contact: Id<Contact>,
    after: Option<Id<Message>>,
    limit: i64,
) -> Result<Vec<Id<Message>>> {
    let after = after.map_or_else(|| Arg::from([]), Arg::from);
    tx.query(SPOKEN, &args![contact, scope.tenant(), after, limit], |row| row.get(0))
}

/// Asks for the erasure of the stored Updates of contacts that are about to go.
pub(super) fn events_of(tx: &mut Tx, scope: &Scope, contacts: &[Contact]) -> Result<()> {
    let ids: Vec<_> = contacts.iter().map(|contact| contact.id).collect();
    let chats = chats::of_contacts(tx, scope, &ids)?;
    let mut chats: Vec<(Id<Bot>, i64)> = chats.iter().map(|chat| (chat.bot, chat.chat_id)).collect();
    // Where people go by words, so do their events.
    for (bot, chat) in chats.clone() {
        let addresses = whatsapp::addresses(tx, bot, chat)?;
        chats.extend(addresses.iter().map(|address| (bot, key_of(address))));
    }
    let identities = contacts.iter().flat_map(|contact| &contact.identities);
    let telegram = identities.filter(|one| one.platform == Platform::Telegram);
    let people: Vec<i64> = telegram.filter_map(|one| one.external_id.parse().ok()).filter(|id| *id > 0).collect();
    for contact in contacts {
        chats.extend(business::chats_of(tx, scope, contact.id)?);
    }
    events::want_erased(tx, scope, &chats, &people)
}

/// Erases a contact: record, identities, messages, what they said and did in groups, and, little by little, stored
/// Updates. Notes who did it.
pub fn erase(tx: &mut Tx, scope: &Scope, contact: &Contact, now: Timestamp) -> Result<()> {
    let chats = chats::of_contact(tx, scope, contact.id)?;
    events_of(tx, scope, std::slice::from_ref(contact))?;
    for chat in &chats {
        timeline::erase_homeless(tx, scope, chat.bot, chat.chat_id)?;
        whatsapp::forget_chat(tx, chat.bot, chat.chat_id)?;
        deliveries::forget_chat(tx, chat.bot, chat.chat_id)?;
    }
    timeline::erase_spoken(tx, scope, contact.id)?;
    let telegram = contact.identities.iter().filter(|one| one.platform == Platform::Telegram);
    for actor in telegram {
        timeline::erase_reactions(tx, scope, &actor.external_id)?;
        if let Ok(user_id) = actor.external_id.parse() {
            business::forget(tx, scope, user_id)?;
        }
    }
    webhooks::erase(tx, scope, contact.id)?;
    tx.execute(RECIPIENTS, &args![contact.id, scope.tenant()])?;
    tx.execute(FORGET_CHATS, &args![scope.tenant(), contact.id])?;
    write::delete_rows(tx, scope, &[contact.id], now)?;
    let by = By::from(scope.actor());
    let args = args![contact.id, scope.tenant(), by.kind.as_str(), row::by_id(&by), now];
    tx.execute(NOTE, &args).map(drop)
}
