//! New entries: the next sequence of the conversation, the row, and the conversation's head, in one go.

use model::{
    Error, Id, Result, Scope,
    broadcast::Broadcast,
    conversation::Touch,
    message::{Message, OnUnknown, Status, WaitingFor},
};

use super::provider;
use crate::{
    args, columns,
    conversations::{self, Via},
    db::{Arg, Tx},
};

crate::statements! {
    INSERT = "message.insert", "INSERT INTO message (id, tenant_id, conversation_id, sequence, kind, direction, platform,
            bot_id, chat_id, author_type, author_id, author_name, content, reply_to, provider_message_id,
            media_group_id, broadcast_id, created_at, edited_at, deleted_at, status, attempts, error_code,
            error_message, waiting_for, next_attempt_at, scheduled_at, expires_at, sent_at, failed_at, parts,
            parts_sent, on_unknown)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
            $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33)";
}

/// An entry that is about to be written. Its sequence is not looked at: it is given here.
#[derive(Debug, Clone)]
pub struct NewEntry {
    pub message: Message,
    /// Names the album that an incoming piece belongs to.
    pub media_group_id: Option<String>,
    pub broadcast: Option<Id<Broadcast>>,
}

impl From<Message> for NewEntry {
    fn from(message: Message) -> Self {
        Self { message, media_group_id: None, broadcast: None }
    }
}

/// Writes an incoming message, and that the contact used this way last. `None`: it is here already, since a message is
/// identified by (bot, chat, number).
pub fn receive(tx: &mut Tx, scope: &Scope, entry: &NewEntry) -> Result<Option<i64>> {
    let Message { id, bot, chat_id, provider_message_id, platform, .. } = entry.message;
    if let (Some(bot), Some(chat_id), Some(number)) = (bot, chat_id, provider_message_id)
        && !provider::map(tx, bot, chat_id, number, id)?
    {
        return Ok(None);
    }
    write(tx, scope, entry, Touch::INCOMING, Some(Via { platform, bot, chat_id })).map(Some)
}

/// Writes an entry that did not come from the contact. Answers its sequence: 0 without a conversation, when it waits
/// for the person behind the chat to answer.
pub fn append(tx: &mut Tx, scope: &Scope, entry: &NewEntry, touch: Touch) -> Result<i64> {
    write(tx, scope, entry, touch, None)
}

fn write(tx: &mut Tx, scope: &Scope, entry: &NewEntry, touch: Touch, via: Option<Via>) -> Result<i64> {
    let message = &entry.message;
    if message.tenant != scope.tenant() {
        return Err(Error::internal("an entry of another tenant"));
    }
    let sequence = match message.conversation {
        Some(id) => conversations::advance(tx, scope, id, (message.id, message.created_at), touch, via)?,
        None => 0,
    };
    let mut values = Vec::with_capacity(33);
    values.extend(what(entry, sequence)?);
    values.extend(way_out(message));
    tx.execute(INSERT, &values)?;
    Ok(sequence)
}

fn what(entry: &NewEntry, sequence: i64) -> Result<[Arg; 20]> {
    let message = &entry.message;
    Ok(args![
        message.id,
        message.tenant,
        message.conversation,
        sequence,
        message.kind.as_str(),
        message.direction.map(|one| one.as_str()),
        message.platform.as_str(),
        message.bot,
        message.chat_id,
        message.author.kind.as_str(),
        message.author.id.map(|id| id.into_bytes()),
        message.author.name.as_deref(),
        columns::to_json(&message.content)?,
        message.reply_to,
        message.provider_message_id,
        entry.media_group_id.as_deref(),
        entry.broadcast,
        message.created_at,
        message.edited_at,
        message.deleted_at,
    ])
}

fn way_out(message: &Message) -> [Arg; 13] {
    let sending = message.sending.as_ref();
    args![
        sending.map(|one| one.status).map(Status::as_str),
        sending.map_or(0, |one| one.attempts),
        sending.and_then(|one| one.error_code).map(|code| code.as_str()),
        sending.and_then(|one| one.error_message.as_deref()),
        sending.and_then(|one| one.waiting_for).map(WaitingFor::as_str),
        sending.and_then(|one| one.next_attempt_at),
        sending.and_then(|one| one.scheduled_time),
        sending.and_then(|one| one.expires_at),
        sending.and_then(|one| one.sent_at),
        sending.and_then(|one| one.failed_at),
        sending.map_or(0, |one| one.parts),
        sending.map_or(0, |one| one.parts_sent),
        sending.map(|one| one.on_unknown).map(OnUnknown::as_str),
    ]
}
