//! Messages that were sent into an unknown chat find their place once the person answers.

use model::{Id, Result, Scope, bot::Bot, conversation::Conversation, message::Message};

use crate::{args, db::Tx};

crate::statements! {
    hot HOMELESS = "message.homeless", "SELECT COUNT(*) FROM message
        WHERE bot_id = $1 AND chat_id = $2 AND conversation_id IS NULL AND tenant_id = $3";
    hot RESERVE = "conversation.reserve", "UPDATE conversation SET last_sequence = last_sequence + $1
        WHERE id = $2 AND tenant_id = $3 RETURNING last_sequence, last_message_id";
    hot PLACE = "message.adopt", "UPDATE message SET conversation_id = $1, sequence = $2 + homeless.place
        FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS place FROM message
            WHERE bot_id = $3 AND chat_id = $4 AND conversation_id IS NULL AND tenant_id = $5) AS homeless
        WHERE message.id = homeless.id";
    hot LAST = "conversation.adopt_last", "UPDATE conversation SET last_message_id = newest.id,
            last_message_at = newest.created_at
        FROM (SELECT id, created_at FROM message WHERE conversation_id = $1 ORDER BY sequence DESC LIMIT 1) AS newest
        WHERE conversation.id = $1 AND conversation.tenant_id = $2";
}

/// Moves a chat's messages without a conversation to the end of this one, in the order in which they were accepted.
/// Answers how many.
pub fn adopt(tx: &mut Tx, scope: &Scope, bot: Id<Bot>, chat_id: i64, conversation: Id<Conversation>) -> Result<i64> {
    let count: i64 = tx.query_one(HOMELESS, &args![bot, chat_id, scope.tenant()], |row| row.get(0))?;
    if count == 0 {
        return Ok(0);
    }
    let (last, newest): (i64, Option<Id<Message>>) =
        tx.query_one(RESERVE, &args![count, conversation, scope.tenant()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    tx.execute(PLACE, &args![conversation, last - count, bot, chat_id, scope.tenant()])?;
    if newest.is_none() {
        tx.execute(LAST, &args![conversation, scope.tenant()])?;
    }
    Ok(count)
}
