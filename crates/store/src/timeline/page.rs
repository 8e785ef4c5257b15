//! Reading timelines: pages by sequence, always oldest first.

use std::collections::HashMap;

use model::{Id, Result, Scope, conversation::Conversation, message::Message};

use super::change::{Edit, Reaction};
use crate::{
    args, columns,
    db::{Arg, Tx},
    messages,
};

crate::statements! {
    hot GET = "message.get_many", concat!("SELECT ", messages::message_columns!(),
        " FROM message WHERE tenant_id = $1 AND id IN ({in})");
    hot BEFORE = "message.before", concat!("SELECT ", messages::message_columns!(), " FROM message
        WHERE conversation_id = $1 AND tenant_id = $2 AND sequence < $3 ORDER BY sequence DESC LIMIT $4");
    hot AFTER = "message.after", concat!("SELECT ", messages::message_columns!(), " FROM message
        WHERE conversation_id = $1 AND tenant_id = $2 AND sequence > $3 ORDER BY sequence LIMIT $4");
    hot EDITS = "message_edit.of", "SELECT message_id, content, edited_at FROM message_edit
        WHERE message_id IN ({in}) ORDER BY message_id, revision";
    hot REACTIONS = "reaction.of", "SELECT message_id, actor, actor_name, emoji, reacted_at FROM reaction
        WHERE message_id IN ({in}) ORDER BY reacted_at, actor";
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
    let messages = get_many(tx, scope, &[id])?;
    Ok(complete(tx, messages)?.pop())
}

/// The messages with these ids that there are, in the order of `ids`.
pub fn get_many(tx: &mut Tx, scope: &Scope, ids: &[Id<Message>]) -> Result<Vec<Message>> {
    let list: Vec<_> = ids.iter().map(Arg::from).collect();
    let found = tx.query_in(GET, &args![scope.tenant()], &list, messages::read)?;
    let mut by_id: HashMap<_, _> = found.into_iter().map(|message| (message.id, message)).collect();
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
    let args = args![conversation, scope.tenant(), sequence, limit];
    let mut messages = tx.query(BEFORE, &args, messages::read)?;
    messages.reverse();
    complete(tx, messages)
}

/// The first entries after a sequence.
pub fn after(
    tx: &mut Tx,
    scope: &Scope,
    conversation: Id<Conversation>,
    sequence: i64,
    limit: i64,
) -> Result<Vec<Entry>> {
    let args = args![conversation, scope.tenant(), sequence, limit];
    let messages = tx.query(AFTER, &args, messages::read)?;
    complete(tx, messages)
}

/// Adds history and reactions to messages that were read within a scope.
pub fn complete(tx: &mut Tx, messages: Vec<Message>) -> Result<Vec<Entry>> {
    let edited: Vec<_> = messages.iter().filter(|one| one.edited_at.is_some()).map(|one| Arg::from(one.id)).collect();
    let all: Vec<_> = messages.iter().map(|one| Arg::from(one.id)).collect();
    let mut edits: HashMap<Id<Message>, Vec<Edit>> = HashMap::new();
    tx.query_in(EDITS, &[], &edited, |row| {
        let edit = Edit { content: columns::json(row, 1)?, edited_at: row.get(2)? };
        edits.entry(row.get(0)?).or_default().push(edit);
        Ok(())
    })?;
    let mut reactions: HashMap<Id<Message>, Vec<Reaction>> = HashMap::new();
    tx.query_in(REACTIONS, &[], &all, |row| {
        let reaction = Reaction {
            actor: row.get(1)?,
            actor_name: row.get(2)?,
            emoji: columns::json(row, 3)?,
            reacted_at: row.get(4)?,
        };
        reactions.entry(row.get(0)?).or_default().push(reaction);
        Ok(())
    })?;
    let sent: Vec<_> = messages.iter().filter(|one| one.sending.is_some()).map(|one| Arg::from(one.id)).collect();
    let mut names = super::mention::names(tx, &sent)?;
    let entry = |message: Message| Entry {
        client_id: names.remove(&message.id),
        edits: edits.remove(&message.id).unwrap_or_default(),
        reactions: reactions.remove(&message.id).unwrap_or_default(),
        message,
    };
    Ok(messages.into_iter().map(entry).collect())
}
