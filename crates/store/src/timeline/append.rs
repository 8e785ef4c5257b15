//! New entries: the next sequence of the conversation, the row, and the conversation's head, in one go.

use model::{Error, Result, Scope, conversation::Touch, message::Message};

use super::provider;
use crate::{
    conversations::{self, Via},
    db::Tx,
    messages,
};

/// Writes an incoming message, and that the contact used this way last. `None`: it is here already, since a message is
/// identified by (bot, chat, number).
pub fn receive(tx: &mut Tx, scope: &Scope, message: &Message, touch: Touch) -> Result<Option<i64>> {
    let Message { id, bot, chat_id, provider_message_id, platform, .. } = *message;
    if let (Some(bot), Some(chat_id), Some(number)) = (bot, chat_id, provider_message_id) {
        let is_new = match message.provider_name.as_deref() {
            Some(name) => provider::map_named(tx, (bot, chat_id), (number, name), (id, None))?,
            None => provider::map(tx, bot, chat_id, number, id)?,
        };
        if !is_new {
            return Ok(None);
        }
    }
    write(tx, scope, message, touch, Some(Via { platform, bot, chat_id })).map(Some)
}

/// Writes an entry that did not come from the contact. Answers its sequence: 0 without a conversation, when it waits
/// for the person behind the chat to answer.
pub fn append(tx: &mut Tx, scope: &Scope, message: &Message, touch: Touch) -> Result<i64> {
    write(tx, scope, message, touch, None)
}

fn write(tx: &mut Tx, scope: &Scope, message: &Message, touch: Touch, via: Option<Via>) -> Result<i64> {
    if message.tenant != scope.tenant() {
        return Err(Error::internal("an entry of another tenant"));
    }
    let sequence = match message.conversation {
        Some(id) => conversations::advance(tx, scope, id, (message.id, message.created_at), touch, via)?,
        None => 0,
    };
    messages::insert(tx, &[Message { sequence, ..message.clone() }])?;
    Ok(sequence)
}
