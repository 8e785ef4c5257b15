//! What a merge overwrites, written down so that it can be undone.

use model::{
    Error, Id, Platform, Result, Scope, Timestamp,
    bot::Bot,
    contact::{By, Contact, consent::Consent},
    conversation::Conversation,
};
use serde::{Deserialize, Serialize};

use super::{read, row};
use crate::{
    args, chats, columns, conversations,
    db::{Arg, Row, Tx},
};

/// For how long a merge can be undone.
pub const UNDO_MS: i64 = 30 * model::DAY_MS;

/// The form of [`Journal`]; an older or newer one can't be undone.
const VERSION: u32 = 1;

crate::statements! {
    hot MESSAGES = "contact_merge.messages", "SELECT COUNT(*), COUNT(broadcast_id) FROM message
        WHERE conversation_id = $1 AND tenant_id = $2 AND kind = 'message'";
    hot NUMBER = "contact_merge.number", "SELECT COALESCE(MAX(number), 0) FROM contact_merge WHERE into_id = $1";
    INSERT = "contact_merge.insert", "INSERT INTO contact_merge (from_id, tenant_id, into_id, number, by_type, by_id,
            journal, merged_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    hot ENTRIES = "contact_merge.entries", "INSERT INTO contact_merge_entry (from_id, message_id, conversation_id,
            sequence, author_id)
        SELECT $1, message.id, message.conversation_id, message.sequence, message.author_id FROM message
        WHERE message.tenant_id = $2 AND message.conversation_id IN ($3, $4)";
    hot LINKS = "contact_merge.links", "SELECT token_hash FROM start_link WHERE tenant_id = $1 AND contact_id = $2";
    hot CONSENTS = "contact_merge.consents", "SELECT id FROM consent WHERE tenant_id = $1 AND contact_id = $2";
    hot OF = "contact_merge.of", "SELECT from_id, number, by_type, by_id, journal, merged_at FROM contact_merge
        WHERE tenant_id = $1 AND into_id = $2 ORDER BY number DESC LIMIT $3";
    hot FROM = "contact_merge.from", "SELECT from_id FROM contact_merge WHERE into_id IN ({in})";
    hot DROP_ENTRIES = "contact_merge.drop_entries", "DELETE FROM contact_merge_entry WHERE from_id IN ({in})";
    hot DROP = "contact_merge.drop", "DELETE FROM contact_merge WHERE from_id IN ({in})";
    hot OLD = "contact_merge.old", "SELECT from_id FROM contact_merge WHERE merged_at < $1 ORDER BY merged_at LIMIT $2";
}

/// How things stood before a merge, and how it left what it changed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Journal {
    version: u32,
    pub into: Contact,
    pub from: Contact,
    /// `into` after the merge.
    pub after: Option<Contact>,
    /// Of `from`.
    pub identities: Vec<(Platform, String)>,
    /// Of both.
    pub chats: Vec<Place>,
    /// Of `from`: hashes of start links.
    pub links: Vec<Vec<u8>>,
    pub consents: Vec<Id<Consent>>,
    /// Of `from`, besides its one conversation over all channels.
    #[serde(default)]
    pub threads: Vec<Id<Conversation>>,
    /// The conversation of `into`, if there was one, and of `from`.
    pub kept: Option<Conversation>,
    pub moved: Option<Conversation>,
    /// The one conversation after the merge.
    pub joined: Option<Conversation>,
}

/// Whose a chat was.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Place {
    pub bot: Id<Bot>,
    pub chat_id: i64,
    pub contact: Id<Contact>,
    pub conversation: Option<Id<Conversation>>,
}

/// A merge of the last days.
#[derive(Debug, Clone)]
pub struct Merge {
    /// The contact that is gone, as it was.
    pub from: Contact,
    pub by: Option<By>,
    pub merged_at: Timestamp,
    pub(super) number: i64,
    pub(super) journal: Journal,
}

/// Writes down how the two stand now.
pub(super) fn before(tx: &mut Tx, scope: &Scope, into: Contact, from: Contact) -> Result<Journal> {
    let mut places = Vec::new();
    for contact in [into.id, from.id] {
        let found = chats::of_contact(tx, scope, contact)?.into_iter();
        places.extend(found.map(|chat| Place {
            bot: chat.bot,
            chat_id: chat.chat_id,
            contact,
            conversation: chat.conversation,
        }));
    }
    let gone = args![scope.tenant(), from.id];
    let journal = Journal {
        version: VERSION,
        after: None,
        identities: from.identities.iter().map(|one| (one.platform, one.external_id.clone())).collect(),
        chats: places,
        links: tx.query(LINKS, &gone, |row| row.get(0))?,
        consents: tx.query(CONSENTS, &gone, |row| row.get(0))?,
        threads: conversations::threads_of(tx, scope, from.id)?,
        kept: conversations::whole_of_contact(tx, scope, into.id)?,
        moved: conversations::whole_of_contact(tx, scope, from.id)?,
        joined: None,
        into,
        from,
    };
    note_entries(tx, scope, &journal)?;
    Ok(journal)
}

/// How many messages a contact's timeline has, and how many of them are of broadcasts.
pub fn message_counts(tx: &mut Tx, scope: &Scope, contact: Id<Contact>) -> Result<(i64, i64)> {
    let Some(conversation) = conversations::of_contact(tx, scope, contact)? else { return Ok((0, 0)) };
    tx.query_one(MESSAGES, &args![conversation.id, scope.tenant()], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Where every entry of the two timelines stands. They wait in the table for their merge, within the transaction.
fn note_entries(tx: &mut Tx, scope: &Scope, journal: &Journal) -> Result<()> {
    let Journal { kept, moved: Some(moved), from, .. } = journal else { return Ok(()) };
    let kept = kept.as_ref().map_or(moved.id, |kept| kept.id);
    tx.execute(ENTRIES, &args![from.id, scope.tenant(), kept, moved.id]).map(drop)
}

/// Keeps the journal of a merge that is done.
pub(super) fn keep(
    tx: &mut Tx,
    scope: &Scope,
    journal: Journal,
    (into, from): (Id<Contact>, Id<Contact>),
    now: Timestamp,
) -> Result<()> {
    let after = read::get(tx, scope, into)?;
    let joined = conversations::whole_of_contact(tx, scope, into)?;
    let journal = Journal { after, joined, ..journal };
    let number: i64 = tx.query_one(NUMBER, &args![into], |row| row.get(0))?;
    let by = By::from(scope.actor());
    let text = columns::to_json(&journal)?;
    let args = args![from, scope.tenant(), into, number + 1, by.kind.as_str(), row::by_id(&by), text, now];
    tx.execute(INSERT, &args).map(drop)
}

/// The merges into a contact that can still be undone, the newest first.
pub fn merges(tx: &mut Tx, scope: &Scope, into: Id<Contact>, limit: i64) -> Result<Vec<Merge>> {
    tx.query(OF, &args![scope.tenant(), into, limit], read_merge)
}

fn read_merge(found: &Row) -> Result<Merge> {
    let journal: Journal = columns::json(found, 4)?;
    if journal.version != VERSION {
        return Err(Error::internal("a merge of another version"));
    }
    Ok(Merge {
        from: journal.from.clone(),
        number: found.get(1)?,
        by: row::by(found, 2)?,
        merged_at: found.get(5)?,
        journal,
    })
}

/// Drops the journals of merges into or of these contacts, and of what went up in those before.
pub(super) fn forget_of(tx: &mut Tx, contacts: &[Id<Contact>]) -> Result<()> {
    let mut level: Vec<Arg> = contacts.iter().map(Arg::from).collect();
    while !level.is_empty() {
        let next: Vec<Id<Contact>> = tx.query_in(FROM, &[], &level, |row| row.get(0))?;
        drop_journals(tx, &level)?;
        level = next.iter().map(Arg::from).collect();
    }
    Ok(())
}

pub(super) fn drop_journals(tx: &mut Tx, from: &[Arg]) -> Result<()> {
    tx.execute_in(DROP_ENTRIES, &[], from)?;
    tx.execute_in(DROP, &[], from).map(drop)
}

/// Forgets merges that are too old to be undone. Tells how many.
pub fn forget_merges(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<u64> {
    let old: Vec<Id<Contact>> = tx.query(OLD, &args![now - UNDO_MS, limit], |row| row.get(0))?;
    let list: Vec<Arg> = old.iter().map(Arg::from).collect();
    drop_journals(tx, &list)?;
    Ok(list.len() as u64)
}
