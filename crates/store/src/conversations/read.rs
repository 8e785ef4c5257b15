//! Finding conversations by id.

use model::{ById, Id, Result, Scope, contact::Contact, conversation::Conversation, message::Message};

use super::{
    row,
    seen::{self, Seen},
};
use crate::{
    args,
    columns::grouped,
    db::{Round, Row, Tx, listed},
};

crate::statements! {
    hot GET = "conversation.get", concat!("SELECT ", row::conversation_columns!(),
        " FROM {of conversation.id} WHERE {check}conversation.tenant_id = $1");
    hot LABELS = "conversation.labels", "SELECT conversation_id, label FROM {of conversation_label.conversation_id}
        WHERE {check}tenant_id = $1";
}

/// One conversation.
pub fn get(tx: &mut Tx, scope: &Scope, id: Id<Conversation>) -> Result<Option<Conversation>> {
    Ok(get_many(tx, scope, &[id])?.pop())
}

/// The conversations with these ids that there are, in the order of `ids`.
pub fn get_many(tx: &mut Tx, scope: &Scope, ids: &[Id<Conversation>]) -> Result<Vec<Conversation>> {
    let heads = get_heads(tx, scope, ids)?;
    complete(tx, scope, heads)
}

/// The same without what [`Parts`] adds.
pub fn get_heads(tx: &mut Tx, scope: &Scope, ids: &[Id<Conversation>]) -> Result<Vec<Head>> {
    let found = tx.query_in(GET, &args![scope.tenant()], &listed(ids.iter().copied()), |found| head(found, scope))?;
    let mut by_id: ById<_, _> = found.into_iter().map(|one| (one.0.id, one)).collect();
    Ok(ids.iter().filter_map(|id| by_id.remove(id)).collect())
}

/// A conversation that still lacks its labels, and what the person who reads has not seen.
#[derive(Debug)]
pub struct Head(Conversation);

impl Head {
    pub fn contact(&self) -> Id<Contact> {
        self.0.contact
    }

    pub fn last_message(&self) -> Option<Id<Message>> {
        self.0.last_message
    }
}

pub(super) fn head(row: &Row<'_>, scope: &Scope) -> Result<Head> {
    row::read(row, scope).map(Head)
}

/// What heads lack, to be asked for together with other things.
#[derive(Debug, Default)]
pub struct Parts {
    labels: Vec<(Id<Conversation>, String)>,
    seen: Seen,
}

impl Parts {
    /// Adds the questions about these.
    pub fn ask<'a>(&'a mut self, round: &mut Round<'a>, scope: &Scope, heads: &[Head]) {
        let Self { labels, seen } = self;
        let list = listed(heads.iter().map(|head| head.0.id));
        round.add(LABELS, &args![scope.tenant()], &list, labels, |row| Ok((row.get(0)?, row.get(1)?)));
        seen.ask(round, scope, &list);
    }

    /// The whole conversations.
    pub fn complete(self, scope: &Scope, heads: Vec<Head>) -> Vec<Conversation> {
        let reader = seen::user(scope);
        let mut labels = grouped(self.labels);
        let whole = |Head(mut one): Head| {
            one.labels = labels.remove(&one.id).unwrap_or_default();
            one.labels.sort_unstable();
            if reader.is_some() {
                one.unread_count = self.seen.unread(&one);
            }
            one
        };
        heads.into_iter().map(whole).collect()
    }
}

/// Adds to heads what they lack.
pub(super) fn complete(tx: &mut Tx, scope: &Scope, heads: Vec<Head>) -> Result<Vec<Conversation>> {
    let mut parts = Parts::default();
    let mut round = Round::default();
    parts.ask(&mut round, scope, &heads);
    tx.ask(round)?;
    Ok(parts.complete(scope, heads))
}
