//! A merge is undone: both records, their identities, chats and timelines stand as they stood, but for what happened
//! since.

use model::{
    Error, Id, Platform, Result, Scope, Timestamp,
    contact::{Contact, merge},
};

use super::{
    journal::{self, Journal, Merge, Place, UNDO_MS},
    read, tags, write,
};
use crate::{
    args, conversations,
    db::{Arg, Tx},
};

/// How many merges of one contact are looked at; only the newest can be undone.
const MERGES_MAX: i64 = 100;

crate::statements! {
    hot IDENTITY_BACK = "contact.undo_identity", "UPDATE identity SET contact_id = $1
        WHERE tenant_id = $2 AND platform = $3 AND external_id = $4 AND contact_id = $5";
    hot CHAT_BACK = "contact.undo_chat", "UPDATE chat SET contact_id = $1, conversation_id = $2
        WHERE tenant_id = $3 AND bot_id = $4 AND chat_id = $5 AND contact_id = $6";
    hot NEW_CHATS_BACK = "contact.undo_new_chats", "UPDATE chat SET contact_id = $1, conversation_id = $2
        WHERE tenant_id = $3 AND chat_id = $4 AND contact_id = $5";
    hot LINKS_BACK = "contact.undo_links", "UPDATE start_link SET contact_id = $1
        WHERE tenant_id = $2 AND token_hash IN ({in})";
    hot CONSENTS_BACK = "contact.undo_consents", "UPDATE consent SET contact_id = $1
        WHERE tenant_id = $2 AND id IN ({in})";
}

/// Takes `from` out of `into` again. Only the newest merge of a contact can be undone, for 30 days.
pub fn undo(tx: &mut Tx, scope: &Scope, into: Id<Contact>, from: Id<Contact>, now: Timestamp) -> Result<()> {
    let Some(current) = read::get(tx, scope, into)? else { return Err(Error::not_found("contact")) };
    let found = journal::merges(tx, scope, into, MERGES_MAX)?;
    let Some(merge) = found.iter().find(|one| one.from.id == from) else { return Err(Error::not_found("merge")) };
    check(merge, &found, now)?;
    let journal = &merge.journal;
    records_back(tx, scope, journal, &current)?;
    belongings_back(tx, scope, journal)?;
    conversations::give_back(tx, scope, &journal.threads, (into, from))?;
    conversations::unmerge(
        tx,
        scope,
        (journal.kept.as_ref(), journal.moved.as_ref(), journal.joined.as_ref()),
        (into, from),
    )?;
    journal::drop_journals(tx, &[Arg::from(from)])
}

fn check(merge: &Merge, all: &[Merge], now: Timestamp) -> Result<()> {
    if now.since(merge.merged_at) > UNDO_MS {
        return Err(Error::conflict("undo_over", "A merge can be undone for 30 days."));
    }
    if all.iter().any(|other| other.number > merge.number) {
        return Err(Error::conflict("not_the_newest", "Undo this contact's newer merge first."));
    }
    Ok(())
}

fn records_back(tx: &mut Tx, scope: &Scope, journal: &Journal, current: &Contact) -> Result<()> {
    let after = journal.after.as_ref().ok_or_else(|| Error::internal("a merge without an end"))?;
    let restored = merge::undone(&journal.into, after, current)?;
    write::update(tx, scope, &restored)?;
    tags::set_tags(tx, scope, restored.id, &restored.tags)?;
    // Second, so that it is compared with what the other has now.
    write::insert_bare(tx, &journal.from)?;
    tags::set_tags(tx, scope, journal.from.id, &journal.from.tags)
}

fn belongings_back(tx: &mut Tx, scope: &Scope, journal: &Journal) -> Result<()> {
    let (into, from, tenant) = (journal.into.id, journal.from.id, scope.tenant());
    for (platform, external_id) in &journal.identities {
        tx.execute(IDENTITY_BACK, &args![from, tenant, platform.as_str(), external_id, into])?;
    }
    for Place { bot, chat_id, contact, conversation } in &journal.chats {
        tx.execute(CHAT_BACK, &args![contact, *conversation, tenant, bot, *chat_id, into])?;
    }
    // Bots that the person met since.
    let moved = journal.moved.as_ref().map(|conversation| conversation.id);
    let telegram = journal.identities.iter().filter(|(platform, _)| *platform == Platform::Telegram);
    for chat_id in telegram.filter_map(|(_, external_id)| external_id.parse::<i64>().ok()) {
        tx.execute(NEW_CHATS_BACK, &args![from, moved, tenant, chat_id, into])?;
    }
    let links: Vec<Arg> = journal.links.iter().map(Arg::from).collect();
    tx.execute_in(LINKS_BACK, &args![from, tenant], &links)?;
    let consents: Vec<Arg> = journal.consents.iter().map(Arg::from).collect();
    tx.execute_in(CONSENTS_BACK, &args![from, tenant], &consents).map(drop)
}
