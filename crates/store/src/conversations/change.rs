//! What the team does to a conversation's head. Each tells whether anything changed, so that nothing is announced twice.

use model::{
    Id, Result, Scope, Timestamp, User,
    contact::Contact,
    conversation::{Conversation, ConversationStatus, Priority},
};

use crate::{
    args,
    db::{Arg, Tx},
};

crate::statements! {
    hot SET_STATUS = "conversation.set_status", "UPDATE conversation SET status = $1, snoozed_until = $2, wakes_on_reply = $3, updated_at = $4,
            waiting_since = CASE WHEN $1 = 'CLOSED' THEN NULL ELSE waiting_since END
        WHERE tenant_id = $5 AND id = $6
            AND (status <> $1 OR snoozed_until IS DISTINCT FROM $2 OR wakes_on_reply <> $3)";
    hot ASSIGN = "conversation.assign", "UPDATE conversation SET assignee = $1, updated_at = $2
        WHERE tenant_id = $3 AND id = $4 AND assignee IS DISTINCT FROM $1";
    hot SET_PRIORITY = "conversation.set_priority", "UPDATE conversation SET priority = $1, updated_at = $2
        WHERE tenant_id = $3 AND id = $4 AND priority <> $1";
    hot CLEAR_LABELS = "conversation.clear_labels", "DELETE FROM conversation_label
        WHERE tenant_id = $1 AND conversation_id = $2";
    ADD_LABELS = "conversation.add_labels", "INSERT INTO conversation_label (tenant_id, label, conversation_id)
        VALUES {rows bytes, text, bytes} ON CONFLICT (tenant_id, label, conversation_id) DO NOTHING";
    hot OF_CONTACTS = "conversation.of_contacts", "SELECT id FROM conversation
        WHERE tenant_id = $1 AND contact_id IN ({in})";
    hot FORGET_LABELS = "conversation.forget_labels", "DELETE FROM conversation_label
        WHERE {check}tenant_id = $1 AND conversation_id IN ({in})";
    // They are nobody's chats with a bot, so that nothing else would find them.
    hot FORGET_BUSINESS = "conversation.forget_business", "DELETE FROM chat
        WHERE {check}tenant_id = $1 AND business_chat_id IS NOT NULL AND conversation_id IN ({in})";
    hot DELETE = "conversation.delete", "DELETE FROM conversation WHERE {check}tenant_id = $1 AND id IN ({in})";
}

/// Opens or closes.
pub fn set_status(
    tx: &mut Tx,
    scope: &Scope,
    id: Id<Conversation>,
    status: ConversationStatus,
    now: Timestamp,
) -> Result<bool> {
    let none = None::<Timestamp>;
    Ok(tx.execute(SET_STATUS, &args![status.as_str(), none, true, now, scope.tenant(), id])? > 0)
}

/// Puts aside until a time, or until the contact writes.
pub fn snooze(
    tx: &mut Tx,
    scope: &Scope,
    id: Id<Conversation>,
    (until, wakes_on_reply): (Timestamp, bool),
    now: Timestamp,
) -> Result<bool> {
    let status = ConversationStatus::Snoozed.as_str();
    Ok(tx.execute(SET_STATUS, &args![status, until, wakes_on_reply, now, scope.tenant(), id])? > 0)
}

/// Gives to a person of the team, or to nobody.
pub fn assign(
    tx: &mut Tx,
    scope: &Scope,
    id: Id<Conversation>,
    assignee: Option<Id<User>>,
    now: Timestamp,
) -> Result<bool> {
    Ok(tx.execute(ASSIGN, &args![assignee, now, scope.tenant(), id])? > 0)
}

pub fn set_priority(
    tx: &mut Tx,
    scope: &Scope,
    id: Id<Conversation>,
    priority: Priority,
    now: Timestamp,
) -> Result<bool> {
    Ok(tx.execute(SET_PRIORITY, &args![priority.as_str(), now, scope.tenant(), id])? > 0)
}

/// Replaces the labels of a conversation that exists.
pub fn set_labels(tx: &mut Tx, scope: &Scope, id: Id<Conversation>, labels: &[String]) -> Result<()> {
    tx.execute(CLEAR_LABELS, &args![scope.tenant(), id])?;
    let rows: Vec<_> = labels.iter().map(|label| args![scope.tenant(), label, id]).collect();
    tx.execute_rows(ADD_LABELS, &[], &rows).map(drop)
}

/// Removes contacts' conversations with their timelines.
pub fn delete_of(tx: &mut Tx, scope: &Scope, contacts: &[Id<Contact>], now: Timestamp) -> Result<()> {
    let contacts: Vec<_> = contacts.iter().map(Arg::from).collect();
    let tenant = args![scope.tenant()];
    let ids: Vec<Id<Conversation>> = tx.query_in(OF_CONTACTS, &tenant, &contacts, |row| row.get(0))?;
    crate::timeline::erase(tx, scope, &ids, now)?;
    super::seen::forget(tx, scope, &ids)?;
    crate::reply_drafts::forget(tx, scope, &ids)?;
    let ids: Vec<_> = ids.iter().map(Arg::from).collect();
    tx.execute_in(FORGET_LABELS, &tenant, &ids)?;
    tx.execute_in(FORGET_BUSINESS, &tenant, &ids)?;
    tx.execute_in(DELETE, &tenant, &ids).map(drop)
}
