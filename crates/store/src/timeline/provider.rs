//! The channel's own numbers of our entries. Telegram numbers messages per chat and bot; where a channel names them by
//! words, the number is made of the name.

use model::{Id, Result, Scope, bot::Bot, content::Content, conversation::Conversation, message::Message};

use crate::{args, columns, db::Tx};

crate::statements! {
    MAP = "provider_message.map", "INSERT INTO provider_message (bot_id, chat_id, provider_message_id, message_id)
        VALUES ($1, $2, $3, $4) ON CONFLICT (bot_id, chat_id, provider_message_id) DO NOTHING";
    MAP_NAMED = "provider_message.map_named", "
        INSERT INTO provider_message (bot_id, chat_id, provider_message_id, message_id, name, part)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (bot_id, chat_id, provider_message_id) DO NOTHING";
    hot BY_NAME = "provider_message.by_name", "SELECT message.id
        FROM provider_message JOIN message ON message.id = provider_message.message_id
        WHERE provider_message.bot_id = $1 AND provider_message.name = $2 AND provider_message.name IS NOT NULL
            AND message.tenant_id = $3";
    hot LAST_NAME = "provider_message.last_name", "SELECT provider_name FROM message
        WHERE conversation_id = $1 AND tenant_id = $2 AND bot_id = $3 AND direction = 'INCOMING'
            AND provider_name IS NOT NULL
        ORDER BY sequence DESC LIMIT 1";
    hot FIND = "provider_message.find", "SELECT message.id
        FROM provider_message JOIN message ON message.id = provider_message.message_id
        WHERE provider_message.bot_id = $1 AND provider_message.chat_id = $2
            AND provider_message.provider_message_id = $3 AND message.tenant_id = $4";
    hot OF_MESSAGE = "provider_message.of_message", "SELECT provider_message.provider_message_id
        FROM provider_message JOIN message ON message.id = provider_message.message_id
        WHERE provider_message.message_id = $1 AND message.tenant_id = $2
        ORDER BY provider_message.provider_message_id";
    hot ALBUM = "message.album", "SELECT id, content FROM message
        WHERE conversation_id = $1 AND media_group_id = $2 AND media_group_id IS NOT NULL AND tenant_id = $3
        ORDER BY sequence LIMIT 1";
}

/// Notes that a channel's message is (a part of) an entry. `false`: that number was noted before.
pub fn map(tx: &mut Tx, bot: Id<Bot>, chat_id: i64, number: i64, message: Id<Message>) -> Result<bool> {
    Ok(tx.execute(MAP, &args![bot, chat_id, number, message])? > 0)
}

/// As [`map`], of a message that the channel names by words; and which part of ours it is.
pub fn map_named(
    tx: &mut Tx,
    (bot, chat_id): (Id<Bot>, i64),
    (number, name): (i64, &str),
    (message, part): (Id<Message>, Option<i64>),
) -> Result<bool> {
    Ok(tx.execute(MAP_NAMED, &args![bot, chat_id, number, message, name, part])? > 0)
}

/// The entry of which (a part) goes by this name.
pub fn by_name(tx: &mut Tx, scope: &Scope, bot: Id<Bot>, name: &str) -> Result<Option<Id<Message>>> {
    tx.query_opt(BY_NAME, &args![bot, name, scope.tenant()], |row| row.get(0))
}

/// What the channel calls the last message that a contact sent to this bot.
pub fn last_name(tx: &mut Tx, scope: &Scope, conversation: Id<Conversation>, bot: Id<Bot>) -> Result<Option<String>> {
    tx.query_opt(LAST_NAME, &args![conversation, scope.tenant(), bot], |row| row.get(0))
}

/// The entry that a channel's message is (a part of).
pub fn by_provider(tx: &mut Tx, scope: &Scope, bot: Id<Bot>, chat_id: i64, number: i64) -> Result<Option<Id<Message>>> {
    tx.query_opt(FIND, &args![bot, chat_id, number, scope.tenant()], |row| row.get(0))
}

/// The channel's numbers of an entry's parts, in order.
pub fn provider_ids(tx: &mut Tx, scope: &Scope, message: Id<Message>) -> Result<Vec<i64>> {
    tx.query(OF_MESSAGE, &args![message, scope.tenant()], |row| row.get(0))
}

/// The entry of an album of which a piece has come already.
pub fn album(
    tx: &mut Tx,
    scope: &Scope,
    conversation: Id<Conversation>,
    media_group_id: &str,
) -> Result<Option<(Id<Message>, Content)>> {
    let args = args![conversation, media_group_id, scope.tenant()];
    tx.query_opt(ALBUM, &args, |row| Ok((row.get(0)?, columns::json(row, 1)?)))
}
