//! How a conversation stands in its table.

use model::{Result, Scope, conversation::Conversation};

use crate::{columns, db::Row};

/// The columns that [`read`] takes, in its order.
macro_rules! conversation_columns {
    () => {
        "conversation.id, conversation.kind, conversation.status, conversation.contact_id, conversation.platform, \
         conversation.bot_id, conversation.chat_id, conversation.assignee, conversation.priority, \
         conversation.unread_count, conversation.last_sequence, conversation.last_message_id, \
         conversation.last_message_at, conversation.snoozed_until, conversation.created_at, conversation.updated_at, \
         conversation.incoming_count, conversation.answered_count, conversation.waiting_since, \
         conversation.wakes_on_reply, conversation.thread, conversation.topic_id, conversation.title"
    };
}
pub(super) use conversation_columns;

/// A conversation without its labels.
pub(super) fn read(row: &Row, scope: &Scope) -> Result<Conversation> {
    Ok(Conversation {
        id: row.get(0)?,
        tenant: scope.tenant(),
        kind: columns::word(row, 1)?,
        status: columns::word(row, 2)?,
        contact: row.get(3)?,
        platform: columns::word(row, 4)?,
        bot: row.get(5)?,
        chat_id: row.get(6)?,
        assignee: row.get(7)?,
        labels: Vec::new(),
        priority: columns::word(row, 8)?,
        unread_count: row.get(9)?,
        last_sequence: row.get(10)?,
        last_message: row.get(11)?,
        last_message_at: row.get(12)?,
        snoozed_until: row.get(13)?,
        created_at: row.get(14)?,
        updated_at: row.get(15)?,
        incoming_count: row.get(16)?,
        answered_count: row.get(17)?,
        waiting_since: row.get(18)?,
        wakes_on_reply: row.get(19)?,
        thread: row.get(20)?,
        topic_id: row.get(21)?,
        title: row.get(22)?,
    })
}
