//! Who has read how far. What the team has not read is one number per conversation; what a person has not read is
//! counted from where they looked last, or from the team's last answer, whichever came later.

use std::sync::Arc;

use model::{Actor, ById, Id, Result, Scope, User, conversation::Conversation};

use crate::{
    args,
    db::{Arg, Round, Tx},
};

crate::statements! {
    hot READ_BY_TEAM = "conversation.mark_read", "UPDATE conversation SET unread_count = 0
        WHERE tenant_id = $1 AND id = $2 AND unread_count > 0";
    hot READ_BY_USER = "conversation_seen.read", "INSERT INTO conversation_seen (conversation_id, user_id, tenant_id, seen_count,
            is_marked_unread)
        SELECT id, $1, tenant_id, incoming_count, FALSE FROM conversation WHERE tenant_id = $2 AND id = $3
        ON CONFLICT (conversation_id, user_id) DO UPDATE SET seen_count = excluded.seen_count, is_marked_unread = FALSE
        WHERE conversation_seen.seen_count <> excluded.seen_count OR conversation_seen.is_marked_unread";
    hot UNREAD_BY_TEAM = "conversation.mark_unread", "UPDATE conversation SET unread_count = 1
        WHERE tenant_id = $1 AND id = $2 AND unread_count = 0";
    hot UNREAD_BY_USER = "conversation_seen.unread", "INSERT INTO conversation_seen (conversation_id, user_id, tenant_id, seen_count,
            is_marked_unread)
        SELECT id, $1, tenant_id, incoming_count, TRUE FROM conversation WHERE tenant_id = $2 AND id = $3
        ON CONFLICT (conversation_id, user_id) DO UPDATE SET is_marked_unread = TRUE
        WHERE NOT conversation_seen.is_marked_unread";
    hot SEEN = "conversation_seen.of", "SELECT conversation_id, seen_count, is_marked_unread
        FROM {of conversation_seen.conversation_id} WHERE user_id = $1 AND {check}tenant_id = $2";
    hot FORGET = "conversation_seen.forget", "DELETE FROM conversation_seen
        WHERE tenant_id = $1 AND conversation_id IN ({in})";
}

/// Everything so far has been read, by the person who asks and so by the team. Tells whether anything changed.
pub fn mark_read(tx: &mut Tx, scope: &Scope, id: Id<Conversation>) -> Result<bool> {
    let by_team = tx.execute(READ_BY_TEAM, &args![scope.tenant(), id])? > 0;
    let by_user = match user(scope) {
        Some(user) => tx.execute(READ_BY_USER, &args![user, scope.tenant(), id])? > 0,
        None => false,
    };
    Ok(by_team || by_user)
}

/// Shows as unread to the person who asks; asked for by a key, to the team.
pub fn mark_unread(tx: &mut Tx, scope: &Scope, id: Id<Conversation>) -> Result<bool> {
    let changed = match user(scope) {
        Some(user) => tx.execute(UNREAD_BY_USER, &args![user, scope.tenant(), id])?,
        None => tx.execute(UNREAD_BY_TEAM, &args![scope.tenant(), id])?,
    };
    Ok(changed > 0)
}

/// How far the person who reads has looked, and what they marked as unread.
#[derive(Debug, Default)]
pub(super) struct Seen(ById<Conversation, (i64, bool)>);

impl Seen {
    /// Adds the question about conversations with these ids, when a person reads.
    pub(super) fn ask<'a>(&'a mut self, round: &mut Round<'a>, scope: &Scope, ids: &Arc<[Arg]>) {
        let Some(user) = user(scope) else { return };
        round.add(SEEN, &args![user, scope.tenant()], ids, &mut self.0, |row| {
            Ok((row.get(0)?, (row.get(1)?, row.get(2)?)))
        });
    }

    /// What the person has not seen of a conversation.
    pub(super) fn unread(&self, of: &Conversation) -> i64 {
        let (count, is_marked) = self.0.get(&of.id).copied().unwrap_or_default();
        let unseen = of.incoming_count - count.max(of.answered_count);
        unseen.max(i64::from(is_marked))
    }
}

/// Nobody has seen anything of these any more.
pub(crate) fn forget(tx: &mut Tx, scope: &Scope, conversations: &[Id<Conversation>]) -> Result<()> {
    let list: Vec<_> = conversations.iter().map(Arg::from).collect();
    tx.execute_in(FORGET, &args![scope.tenant()], &list).map(drop)
}

/// The person who acts; keys and the installation have no eyes of their own.
pub(crate) fn user(scope: &Scope) -> Option<Id<User>> {
    match scope.actor() {
        Actor::User(id) => Some(id),
        Actor::Key(_) | Actor::System => None,
    }
}
