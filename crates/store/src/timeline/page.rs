//! Reading timelines: pages by sequence, always oldest first.

use model::{ById, Id, Result, Scope, conversation::Conversation, message::Message};

use super::change::{Edit, Reaction};
use crate::{
    args,
    columns::{self, grouped},
    db::{Round, Row, Tx, listed},
    messages,
};

/// The columns that [`read`] takes: those of the message, its client's name for it, and whether there are reactions.
macro_rules! entry_columns {
    () => {
        concat!(
            messages::message_columns!(),
            ", CASE WHEN message.status IS NOT NULL THEN
                (SELECT reply_name.client_id FROM reply_name WHERE reply_name.message_id = message.id) END,
            EXISTS (SELECT 1 FROM reaction WHERE reaction.message_id = message.id)"
        )
    };
}

crate::statements! {
    hot GET = "message.get_many", concat!("SELECT ", messages::message_columns!(),
        " FROM {of message.id} WHERE {check}message.tenant_id = $1");
    hot ENTRIES = "message.entries", concat!("SELECT ", entry_columns!(),
        " FROM {of message.id} WHERE {check}message.tenant_id = $1");
    hot BEFORE = "message.before", concat!("SELECT ", entry_columns!(), " FROM message
        WHERE conversation_id = $1 AND tenant_id = $2 AND sequence < $3 ORDER BY sequence DESC LIMIT $4");
    hot AFTER = "message.after", concat!("SELECT ", entry_columns!(), " FROM message
        WHERE conversation_id = $1 AND tenant_id = $2 AND sequence > $3 ORDER BY sequence LIMIT $4");
    hot EDITS = "message_edit.of", "SELECT message_id, content, edited_at FROM {of message_edit.message_id}
        ORDER BY message_id, revision";
    hot REACTIONS = "reaction.of", "SELECT message_id, actor, actor_name, emoji, reacted_at
        FROM {of reaction.message_id} ORDER BY reacted_at, actor";
}

/// A message with its history and reactions.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub message: Message,
    pub edits: Vec<Edit>,
    pub reactions: Vec<Reaction>,
    /// What the client that sent it calls it.
    pub client_id: Option<String>,
}

/// One message with its history and reactions.
pub fn get_entry(tx: &mut Tx, scope: &Scope, id: Id<Message>) -> Result<Option<Entry>> {
    Ok(get_entries(tx, scope, &[id])?.pop())
}

/// The messages with these ids that there are, with their histories and reactions, in the order of `ids`.
pub fn get_entries(tx: &mut Tx, scope: &Scope, ids: &[Id<Message>]) -> Result<Vec<Entry>> {
    let mut asked = Asked::default();
    let mut round = Round::default();
    asked.ask(&mut round, scope, ids);
    tx.ask(round)?;
    let mut found: ById<_, _> = asked.found(tx)?.into_iter().map(|entry| (entry.message.id, entry)).collect();
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// Entries that are asked for together with other things.
#[derive(Debug, Default)]
pub struct Asked(Vec<Half>);

impl Asked {
    /// Adds the question for the messages with these ids.
    pub fn ask<'a>(&'a mut self, round: &mut Round<'a>, scope: &Scope, ids: &[Id<Message>]) {
        self.0.reserve(ids.len());
        round.add(ENTRIES, &args![scope.tenant()], &listed(ids.iter().copied()), &mut self.0, read);
    }

    /// Those that there are, in no order.
    pub fn found(self, tx: &mut Tx) -> Result<Vec<Entry>> {
        complete(tx, self.0)
    }
}

/// The messages with these ids that there are, in the order of `ids`.
pub fn get_many(tx: &mut Tx, scope: &Scope, ids: &[Id<Message>]) -> Result<Vec<Message>> {
    let found = tx.query_in(GET, &args![scope.tenant()], &listed(ids.iter().copied()), messages::read)?;
    let mut by_id: ById<_, _> = found.into_iter().map(|message| (message.id, message)).collect();
    Ok(ids.iter().filter_map(|id| by_id.remove(id)).collect())
}

/// The newest entries.
pub fn newest(tx: &mut Tx, scope: &Scope, conversation: Id<Conversation>, limit: i64) -> Result<Vec<Entry>> {
    before(tx, scope, conversation, i64::MAX, limit)
}

/// The last entries before a sequence.
pub fn before(
    tx: &mut Tx,
    scope: &Scope,
    conversation: Id<Conversation>,
    sequence: i64,
    limit: i64,
) -> Result<Vec<Entry>> {
    let mut found = tx.query(BEFORE, &args![conversation, scope.tenant(), sequence, limit], read)?;
    found.reverse();
    complete(tx, found)
}

/// The first entries after a sequence.
pub fn after(
    tx: &mut Tx,
    scope: &Scope,
    conversation: Id<Conversation>,
    sequence: i64,
    limit: i64,
) -> Result<Vec<Entry>> {
    let found = tx.query(AFTER, &args![conversation, scope.tenant(), sequence, limit], read)?;
    complete(tx, found)
}

/// An entry that still lacks its edits and reactions. Most have none of either.
#[derive(Debug)]
struct Half {
    entry: Entry,
    has_reactions: bool,
}

/// Reads a row of [`entry_columns`].
fn read(row: &Row<'_>) -> Result<Half> {
    let message = messages::read(row)?;
    let entry = Entry { message, edits: Vec::new(), reactions: Vec::new(), client_id: row.get(messages::COLUMNS)? };
    Ok(Half { entry, has_reactions: row.get(messages::COLUMNS + 1)? })
}

/// Adds edits and reactions.
fn complete(tx: &mut Tx, halves: Vec<Half>) -> Result<Vec<Entry>> {
    let ids = |are: fn(&Half) -> bool| listed(halves.iter().filter(|half| are(half)).map(|half| half.entry.message.id));
    let (mut edits, mut reactions) = (Vec::<(Id<Message>, _)>::new(), Vec::<(Id<Message>, _)>::new());
    let mut round = Round::default();
    round.add(EDITS, &[], &ids(|half| half.entry.message.edited_at.is_some()), &mut edits, |row| {
        Ok((row.get(0)?, Edit { content: columns::json(row, 1)?, edited_at: row.get(2)? }))
    });
    round.add(REACTIONS, &[], &ids(|half| half.has_reactions), &mut reactions, |row| {
        let (actor, actor_name, emoji) = (row.get(1)?, row.get(2)?, columns::json(row, 3)?);
        Ok((row.get(0)?, Reaction { actor, actor_name, emoji, reacted_at: row.get(4)? }))
    });
    tx.ask(round)?;
    let (mut edits, mut reactions) = (grouped(edits), grouped(reactions));
    let entry = |Half { mut entry, .. }: Half| {
        entry.edits = edits.remove(&entry.message.id).unwrap_or_default();
        entry.reactions = reactions.remove(&entry.message.id).unwrap_or_default();
        entry
    };
    Ok(halves.into_iter().map(entry).collect())
}
