//! Finding conversations by id.

use std::collections::HashMap;

use model::{Id, Result, Scope, conversation::Conversation};

use super::row;
use crate::{
    args,
    db::{Arg, Tx},
};

crate::statements! {
    hot GET = "conversation.get", concat!("SELECT ", row::conversation_columns!(),
        " FROM conversation WHERE {check}tenant_id = $1 AND id IN ({in})");
    hot LABELS = "conversation.labels", "SELECT conversation_id, label FROM conversation_label
        WHERE {check}tenant_id = $1 AND conversation_id IN ({in}) ORDER BY label";
}

/// One conversation.
pub fn get(tx: &mut Tx, scope: &Scope, id: Id<Conversation>) -> Result<Option<Conversation>> {
    Ok(get_many(tx, scope, &[id])?.pop())
}

/// The conversations with these ids that there are, in the order of `ids`.
pub fn get_many(tx: &mut Tx, scope: &Scope, ids: &[Id<Conversation>]) -> Result<Vec<Conversation>> {
    let list: Vec<_> = ids.iter().map(Arg::from).collect();
    let found = tx.query_in(GET, &args![scope.tenant()], &list, |found| row::read(found, scope))?;
    let mut by_id: HashMap<_, _> = found.into_iter().map(|one| (one.id, one)).collect();
    let mut conversations: Vec<_> = ids.iter().filter_map(|id| by_id.remove(id)).collect();
    complete(tx, scope, &mut conversations)?;
    Ok(conversations)
}

/// Fills in the labels, and what the person who reads has not seen.
pub(super) fn complete(tx: &mut Tx, scope: &Scope, conversations: &mut [Conversation]) -> Result<()> {
    let list: Vec<_> = conversations.iter().map(|one| Arg::from(one.id)).collect();
    let mut labels: HashMap<Id<Conversation>, Vec<String>> = HashMap::new();
    for (id, label) in
        tx.query_in(LABELS, &args![scope.tenant()], &list, |row| Ok((row.get::<Id<_>>(0)?, row.get(1)?)))?
    {
        labels.entry(id).or_default().push(label);
    }
    for one in conversations.iter_mut() {
        one.labels = labels.remove(&one.id).unwrap_or_default();
    }
    super::seen::complete(tx, scope, conversations)
}
