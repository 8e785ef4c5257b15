//! Two contacts became one: their conversations become one timeline in time order.

use model::{
    Error, Id, Result, Scope, Timestamp,
    contact::Contact,
    conversation::{Conversation, ConversationStatus},
};

use super::open::of_contact;
use crate::{args, db::Tx, timeline};

crate::statements! {
    hot MOVE = "conversation.move", "UPDATE conversation SET contact_id = $1, updated_at = $2
        WHERE tenant_id = $3 AND id = $4";
    hot JOIN = "conversation.join", "UPDATE conversation SET status = $1, snoozed_until = $2, unread_count = $3,
            last_sequence = $4, last_message_id = $5, last_message_at = $6, platform = $7, bot_id = $8, chat_id = $9,
            assignee = $10, created_at = $11, updated_at = $12, incoming_count = $13, answered_count = $14,
            waiting_since = $15
        WHERE tenant_id = $16 AND id = $17";
    hot MOVE_LABELS = "conversation.merge_labels", "INSERT INTO conversation_label (tenant_id, label, conversation_id)
        SELECT tenant_id, label, $1 FROM conversation_label WHERE tenant_id = $2 AND conversation_id = $3
        ON CONFLICT (tenant_id, label, conversation_id) DO NOTHING";
    hot MOVE_CHATS = "conversation.merge_chats", "UPDATE chat SET conversation_id = $1
        WHERE tenant_id = $2 AND contact_id = $3";
    hot DROP_LABELS = "conversation.drop_labels", "DELETE FROM conversation_label
        WHERE tenant_id = $1 AND conversation_id = $2";
    hot DROP = "conversation.drop", "DELETE FROM conversation WHERE tenant_id = $1 AND id = $2";
}

/// Moves the conversation of `from` to `into`, or joins it with the one that is there. The contacts' chats must have
/// been moved before.
pub fn merge(tx: &mut Tx, scope: &Scope, into: Id<Contact>, from: Id<Contact>, now: Timestamp) -> Result<()> {
    super::move_all(tx, scope, into, from, now)?;
    let Some(other) = of_contact(tx, scope, from)? else { return Ok(()) };
    let kept = match of_contact(tx, scope, into)? {
        Some(kept) => join(tx, scope, kept, other, (into, from), now)?,
        None => {
            tx.execute(MOVE, &args![into, now, scope.tenant(), other.id])?;
            timeline::reattribute(tx, scope, other.id, into, from)?;
            other.id
        }
    };
    tx.execute(MOVE_CHATS, &args![kept, scope.tenant(), into]).map(drop)
}

fn join(
    tx: &mut Tx,
    scope: &Scope,
    kept: Conversation,
    other: Conversation,
    (into, from): (Id<Contact>, Id<Contact>),
    now: Timestamp,
) -> Result<Id<Conversation>> {
    let last_sequence = timeline::interleave(tx, scope, kept.id, other.id)?;
    timeline::reattribute(tx, scope, kept.id, into, from)?;
    tx.execute(MOVE_LABELS, &args![kept.id, scope.tenant(), other.id])?;
    tx.execute(DROP_LABELS, &args![scope.tenant(), other.id])?;
    super::seen::forget(tx, scope, &[other.id])?;
    crate::reply_drafts::merge(tx, scope, kept.id, other.id)?;
    tx.execute(DROP, &args![scope.tenant(), other.id])?;
    let status = joined_status(kept.status, other.status);
    let snoozed_until = match status {
        ConversationStatus::Snoozed => earliest(kept.snoozed_until, other.snoozed_until),
        ConversationStatus::Open | ConversationStatus::Closed => None,
    };
    let last = if other.last_message_at > kept.last_message_at { &other } else { &kept };
    let args = args![
        status.as_str(),
        snoozed_until,
        kept.unread_count + other.unread_count,
        last_sequence,
        last.last_message.or(kept.last_message).or(other.last_message),
        last.last_message_at,
        last.platform.as_str(),
        last.bot,
        last.chat_id,
        kept.assignee.or(other.assignee),
        kept.created_at.min(other.created_at),
        now,
        kept.incoming_count + other.incoming_count,
        kept.answered_count + other.answered_count,
        earliest(kept.waiting_since, other.waiting_since),
        scope.tenant(),
        kept.id,
    ];
    match tx.execute(JOIN, &args)? {
        1 => Ok(kept.id),
        _ => Err(Error::internal("a conversation vanished while it was merged")),
    }
}

/// What needs the team's attention in one of the two still needs it.
fn joined_status(one: ConversationStatus, other: ConversationStatus) -> ConversationStatus {
    use ConversationStatus::{Closed, Open, Snoozed};
    match (one, other) {
        (Open, _) | (_, Open) => Open,
        (Snoozed, _) | (_, Snoozed) => Snoozed,
        (Closed, Closed) => Closed,
    }
}

fn earliest(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other).min()
}
