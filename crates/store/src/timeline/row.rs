//! How an entry stands in its table.

use model::{
    Result, Scope,
    message::{Author, Message, Sending},
};

use crate::{columns, db::Row};

/// The columns that [`read`] takes, in its order.
macro_rules! message_columns {
    () => {
        "message.id, message.conversation_id, message.sequence, message.kind, message.direction, message.platform, \
         message.bot_id, message.chat_id, message.author_type, message.author_id, message.author_name, \
         message.content, message.reply_to, message.provider_message_id, message.created_at, message.edited_at, \
         message.deleted_at, message.status, message.attempts, message.error_code, message.error_message, \
         message.waiting_for, message.next_attempt_at, message.scheduled_at, message.expires_at, message.sent_at, \
         message.failed_at, message.parts, message.parts_sent, message.on_unknown"
    };
}
pub(super) use message_columns;

pub(super) fn read(row: &Row, scope: &Scope) -> Result<Message> {
    Ok(Message {
        id: row.get(0)?,
        tenant: scope.tenant(),
        conversation: row.get(1)?,
        sequence: row.get(2)?,
        kind: columns::word(row, 3)?,
        direction: columns::word_opt(row, 4)?,
        platform: columns::word(row, 5)?,
        bot: row.get(6)?,
        chat_id: row.get(7)?,
        author: Author {
            kind: columns::word(row, 8)?,
            id: row.get::<Option<[u8; 16]>>(9)?.map(uuid::Uuid::from_bytes),
            name: row.get(10)?,
        },
        content: columns::json(row, 11)?,
        reply_to: row.get(12)?,
        provider_message_id: row.get(13)?,
        created_at: row.get(14)?,
        edited_at: row.get(15)?,
        deleted_at: row.get(16)?,
        sending: read_sending(row)?,
    })
}

/// What is known of the way out; there is none for what was not sent by us.
fn read_sending(row: &Row) -> Result<Option<Sending>> {
    let Some(status) = columns::word_opt(row, 17)? else { return Ok(None) };
    Ok(Some(Sending {
        status,
        attempts: row.get(18)?,
        error_code: columns::word_opt(row, 19)?,
        error_message: row.get(20)?,
        waiting_for: columns::word_opt(row, 21)?,
        next_attempt_at: row.get(22)?,
        scheduled_time: row.get(23)?,
        expires_at: row.get(24)?,
        sent_at: row.get(25)?,
        failed_at: row.get(26)?,
        parts: row.get(27)?,
        parts_sent: row.get(28)?,
        on_unknown: columns::word(row, 29)?,
    }))
}
