//! Two contacts that became one are two again: their one timeline is taken apart.

use model::{
    Error, Id, Result, Scope,
    contact::{Contact, merge::back},
    conversation::Conversation,
};
use serde_json::{Map, Value};

use super::{change, open::of_contact, read};
use crate::{args, db::Tx, timeline};

crate::statements! {
    INSERT = "conversation.insert_whole", "INSERT INTO conversation (kind, status, contact_id, platform, bot_id, chat_id,
            assignee, priority, unread_count, last_sequence, last_message_id, last_message_at, snoozed_until, created_at,
            updated_at, incoming_count, answered_count, waiting_since, wakes_on_reply, id, tenant_id, thread, topic_id, title)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, '', NULL,
            NULL)";
    hot UPDATE = "conversation.update_whole", "UPDATE conversation SET kind = $1, status = $2, contact_id = $3,
            platform = $4, bot_id = $5, chat_id = $6, assignee = $7, priority = $8, unread_count = $9,
            last_sequence = $10, last_message_id = $11, last_message_at = $12, snoozed_until = $13, created_at = $14,
            updated_at = $15, incoming_count = $16, answered_count = $17, waiting_since = $18, wakes_on_reply = $19
        WHERE id = $20 AND tenant_id = $21";
}

/// A contact's conversation with its labels.
pub(crate) fn whole_of_contact(tx: &mut Tx, scope: &Scope, contact: Id<Contact>) -> Result<Option<Conversation>> {
    match of_contact(tx, scope, contact)? {
        Some(conversation) => whole(tx, scope, conversation.id),
        None => Ok(None),
    }
}

/// As it stands in its table: what a person who reads has not seen is another number.
fn whole(tx: &mut Tx, scope: &Scope, id: Id<Conversation>) -> Result<Option<Conversation>> {
    read::get(tx, &Scope::system(scope.tenant()), id)
}

/// Restores the conversations `kept` of `into` and `moved` of `from`, which a merge had made `joined`. What was said
/// since goes to whom the chat belongs. The contacts' chats must have been given back before.
pub(crate) fn unmerge(
    tx: &mut Tx,
    scope: &Scope,
    (kept, moved, joined): (Option<&Conversation>, Option<&Conversation>, Option<&Conversation>),
    (into, from): (Id<Contact>, Id<Contact>),
) -> Result<()> {
    let (Some(moved), Some(joined)) = (moved, joined) else { return Ok(()) };
    let Some(current) = whole(tx, scope, joined.id)? else { return Ok(()) };
    let restored = restored(kept.unwrap_or(moved), joined, &current)?;
    let Some(kept) = kept else {
        timeline::give_back(tx, scope, from)?;
        timeline::turn(tx, moved.id)?;
        return write(tx, scope, &restored, false);
    };
    write(tx, scope, moved, true)?;
    timeline::give_back(tx, scope, from)?;
    let came = timeline::part(tx, scope, (kept.id, kept.last_sequence), (moved.id, moved.last_sequence), (into, from))?;
    finish(tx, scope, restored, kept.last_sequence, came.kept)?;
    finish(tx, scope, moved.clone(), moved.last_sequence, came.moved)
}

/// Writes a head over the entries that came since.
fn finish(tx: &mut Tx, scope: &Scope, mut head: Conversation, last_sequence: i64, came: i64) -> Result<()> {
    head.last_sequence = last_sequence + came;
    if came > 0
        && let Some((id, at)) = timeline::last_message(tx, scope, head.id)?
    {
        (head.last_message, head.last_message_at) = (Some(id), at);
    }
    write(tx, scope, &head, false)
}

fn restored(before: &Conversation, after: &Conversation, current: &Conversation) -> Result<Conversation> {
    let fields = back(&fields_of(before)?, &fields_of(after)?, &fields_of(current)?);
    serde_json::from_value(Value::Object(fields))
        .map_err(|error| Error::internal(format!("fields make no conversation: {error}")))
}

fn fields_of(conversation: &Conversation) -> Result<Map<String, Value>> {
    match serde_json::to_value(conversation) {
        Ok(Value::Object(fields)) => Ok(fields),
        _ => Err(Error::internal("a conversation can't be written as fields")),
    }
}

fn write(tx: &mut Tx, scope: &Scope, head: &Conversation, is_new: bool) -> Result<()> {
    let args = args![
        head.kind.as_str(),
        head.status.as_str(),
        head.contact,
        head.platform.as_str(),
        head.bot,
        head.chat_id,
        head.assignee,
        head.priority.as_str(),
        head.unread_count,
        head.last_sequence,
        head.last_message,
        head.last_message_at,
        head.snoozed_until,
        head.created_at,
        head.updated_at,
        head.incoming_count,
        head.answered_count,
        head.waiting_since,
        head.wakes_on_reply,
        head.id,
        scope.tenant(),
    ];
    tx.execute(if is_new { INSERT } else { UPDATE }, &args)?;
    change::set_labels(tx, scope, head.id, &head.labels)
}
