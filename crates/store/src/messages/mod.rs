//! Messages: entries of timelines, and what became of those that were sent. One row is one [`Message`].
//!
//! Places in a timeline are given by `timeline`, calls that are still owed by `deliveries`.

mod change;

use std::collections::BTreeMap;

pub use change::{edit, edit_text, mark_deleted, revisions, wipe};
use model::{
    Id, Result, Scope, Tenant, Timestamp,
    content::Content,
    message::{Author, EntryKind, Message, Sending, Status},
};

use crate::{
    args, columns,
    db::{Arg, Row, Tx},
    search,
};

/// The status of a row of a table or alias `message`. That a call for it is under way stands in its delivery only: a
/// message that is sent is written twice, not three times.
macro_rules! message_status {
    () => {
        "CASE WHEN message.status = 'PENDING' THEN COALESCE((SELECT delivery.state FROM delivery \
         WHERE delivery.message_id = message.id AND delivery.op = 'SEND' AND delivery.state = 'SENDING' LIMIT 1), \
         'PENDING') ELSE message.status END"
    };
}
pub(crate) use message_status;

/// The columns that [`read`] expects, in its order, of a table or alias `message`.
macro_rules! message_columns {
    () => {
        concat!(
            "message.id, message.tenant_id, message.conversation_id, message.sequence, message.kind, \
             message.direction, message.platform, message.bot_id, message.chat_id, message.author_type, \
             message.author_id, message.author_name, message.content, message.reply_to, message.provider_message_id, \
             message.media_group_id, message.broadcast_id, message.created_at, message.edited_at, message.deleted_at, ",
            $crate::messages::message_status!(),
            ", message.attempts, message.error_code, message.error_message, message.waiting_for, \
             message.next_attempt_at, message.scheduled_at, message.expires_at, message.sent_at, message.failed_at, \
             message.parts, message.parts_sent, message.on_unknown, message.provider_name, message.delivered_at, \
             message.read_at"
        )
    };
}
pub(crate) use message_columns;

/// How many these are.
pub(crate) const COLUMNS: usize = 36;

crate::statements! {
    hot GET = "messages.get", concat!("SELECT ", message_columns!(), " FROM message WHERE tenant_id = $1 AND id = $2");
    INSERT = "messages.insert", "
        INSERT INTO message (id, tenant_id, conversation_id, sequence, kind, direction, platform, bot_id, chat_id,
            author_type, author_id, author_name, content, reply_to, provider_message_id, media_group_id, broadcast_id,
            created_at, edited_at, deleted_at, status, attempts, error_code, error_message, waiting_for,
            next_attempt_at, scheduled_at, expires_at, sent_at, failed_at, parts, parts_sent, on_unknown, provider_name)
        VALUES {rows bytes, bytes, bytes, int, text, text, text, bytes, int,
            text, bytes, text, text, bytes, int, text, bytes,
            int, int, int, text, int, text, text, text,
            int, int, int, int, int, int, int, text, text}";
}

/// A message of the scope's tenant.
pub fn get(tx: &mut Tx, scope: &Scope, id: Id<Message>) -> Result<Option<Message>> {
    tx.query_opt(GET, &args![scope.tenant(), id], read)
}

/// Writes new messages. Their sequences must have been allocated by `timeline` in the same transaction.
pub fn insert(tx: &mut Tx, messages: &[Message]) -> Result<()> {
    let rows: Vec<Vec<Arg>> = messages.iter().map(row).collect::<Result<_>>()?;
    tx.execute_rows(INSERT, &[], &rows)?;
    index(tx, messages)
}

/// Makes messages ones that can be found. Broadcasts say the same to everybody, and what happened by itself was said by
/// nobody: neither is looked for.
pub(crate) fn index(tx: &mut Tx, messages: &[Message]) -> Result<()> {
    let mut documents: BTreeMap<Id<Tenant>, Vec<search::Document>> = BTreeMap::new();
    for message in messages.iter().filter(|m| m.broadcast.is_none() && m.kind != EntryKind::Activity) {
        let document = search::Document {
            object: message.id.as_uuid(),
            at: message.created_at,
            text: message.content.search_text(),
        };
        if !document.text.is_empty() {
            documents.entry(message.tenant).or_default().push(document);
        }
    }
    documents.iter().try_for_each(|(tenant, new)| search::put_new(tx, *tenant, search::Kind::Message, new))
}

pub(crate) fn index_content(
    tx: &mut Tx,
    tenant: Id<Tenant>,
    id: Id<Message>,
    created_at: Timestamp,
    content: &Content,
) -> Result<()> {
    let text = content.search_text();
    if text.is_empty() {
        return Ok(());
    }
    search::put(tx, tenant, (search::Kind::Message, id.as_uuid()), created_at, &text)
}

fn row(m: &Message) -> Result<Vec<Arg>> {
    let sending = m.sending.as_ref();
    Ok(args![
        m.id,
        m.tenant,
        m.conversation,
        m.sequence,
        m.kind.as_str(),
        m.direction.map(|d| d.as_str()),
        m.platform.as_str(),
        m.bot,
        m.chat_id,
        m.author.kind.as_str(),
        m.author.id.map(|id| id.into_bytes()),
        m.author.name.as_deref(),
        columns::to_json(&m.content)?,
        m.reply_to,
        m.provider_message_id,
        m.media_group_id.as_deref(),
        m.broadcast,
        m.created_at,
        m.edited_at,
        m.deleted_at,
        sending.map(|s| s.status.as_str()),
        sending.map_or(0, |s| s.attempts),
        sending.and_then(|s| s.error_code).map(|c| c.as_str()),
        sending.and_then(|s| s.error_message.as_deref()),
        sending.and_then(|s| s.waiting_for).map(|w| w.as_str()),
        sending.and_then(|s| s.next_attempt_at),
        sending.and_then(|s| s.scheduled_time),
        sending.and_then(|s| s.expires_at),
        sending.and_then(|s| s.sent_at),
        sending.and_then(|s| s.failed_at),
        sending.map_or(0, |s| s.parts),
        sending.map_or(0, |s| s.parts_sent),
        sending.map(|s| s.on_unknown.as_str()),
        m.provider_name.as_deref(),
    ]
    .into())
}

/// Reads a row of [`message_columns`].
pub(crate) fn read(row: &Row<'_>) -> Result<Message> {
    Ok(Message {
        id: row.get(0)?,
        tenant: row.get(1)?,
        conversation: row.get(2)?,
        sequence: row.get(3)?,
        kind: columns::word(row, 4)?,
        direction: columns::word_opt(row, 5)?,
        platform: columns::word(row, 6)?,
        bot: row.get(7)?,
        chat_id: row.get(8)?,
        author: Author {
            kind: columns::word(row, 9)?,
            id: row.get::<Option<Id<()>>>(10)?.map(|id| id.as_uuid()),
            name: row.get(11)?,
        },
        content: columns::json(row, 12)?,
        reply_to: row.get(13)?,
        provider_message_id: row.get(14)?,
        provider_name: row.get(33)?,
        media_group_id: row.get(15)?,
        broadcast: row.get(16)?,
        created_at: row.get(17)?,
        edited_at: row.get(18)?,
        deleted_at: row.get(19)?,
        sending: columns::word_opt::<Status>(row, 20)?.map(|status| sending(row, status)).transpose()?,
    })
}

fn sending(row: &Row<'_>, status: Status) -> Result<Sending> {
    Ok(Sending {
        status,
        attempts: row.get(21)?,
        error_code: columns::word_opt(row, 22)?,
        error_message: row.get(23)?,
        // What a try waited for is over when it has begun.
        waiting_for: columns::word_opt(row, 24)?.filter(|_| status != Status::Sending),
        next_attempt_at: row.get::<Option<Timestamp>>(25)?.filter(|_| status != Status::Sending),
        scheduled_time: row.get(26)?,
        expires_at: row.get(27)?,
        sent_at: row.get::<Option<Timestamp>>(28)?,
        failed_at: row.get(29)?,
        parts: row.get(30)?,
        parts_sent: row.get(31)?,
        on_unknown: columns::word(row, 32)?,
        delivered_at: row.get(34)?,
        read_at: row.get(35)?,
    })
}

/// Every statement of these modules.
pub fn statements() -> Vec<crate::db::Sql> {
    [STATEMENTS, change::STATEMENTS].concat()
}
