//! Business accounts that bots may answer for, and the numbers under which their chats stand here.

use model::{
    Id, Result, Scope, Timestamp,
    bot::Bot,
    chat::{BusinessChat, BusinessConnection},
    contact::Contact,
};
use sha2::{Digest, Sha256};

use crate::{args, db::Tx};

/// Above every id that Telegram gives, which have 52 bits.
const OURS: i64 = 1 << 60;

crate::statements! {
    PUT = "business_connection.put", "INSERT INTO business_connection (bot_id, connection_id, tenant_id, user_id, name,
            is_enabled, can_reply, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (bot_id, connection_id) DO UPDATE SET name = excluded.name, is_enabled = excluded.is_enabled,
            can_reply = excluded.can_reply, updated_at = excluded.updated_at
        WHERE business_connection.tenant_id = excluded.tenant_id";
    hot GET = "business_connection.get", "SELECT connection_id, user_id, name, is_enabled, can_reply
        FROM business_connection WHERE bot_id = $1 AND connection_id = $2 AND tenant_id = $3";
    hot CHATS_OF = "business_chat.of_contact", "SELECT chat.bot_id, chat.business_chat_id
        FROM conversation JOIN chat ON chat.conversation_id = conversation.id AND chat.business_chat_id IS NOT NULL
        WHERE conversation.tenant_id = $1 AND conversation.contact_id = $2 AND conversation.thread > ''";
    hot FORGET = "business_connection.forget", "DELETE FROM business_connection WHERE tenant_id = $1 AND user_id = $2";
}

/// Notes what an account allows now.
pub fn put(tx: &mut Tx, scope: &Scope, bot: Id<Bot>, known: &BusinessConnection, now: Timestamp) -> Result<()> {
    let BusinessConnection { connection_id, user_id, name, is_enabled, can_reply } = known;
    let args =
        args![bot, connection_id.as_str(), scope.tenant(), *user_id, name.as_str(), *is_enabled, *can_reply, now];
    tx.execute(PUT, &args).map(drop)
}

/// What an account allows, if we heard of it: Telegram told of those that connected before the bot was ours to nobody.
pub fn get(tx: &mut Tx, scope: &Scope, bot: Id<Bot>, connection_id: &str) -> Result<Option<BusinessConnection>> {
    tx.query_opt(GET, &args![bot, connection_id, scope.tenant()], |row| {
        Ok(BusinessConnection {
            connection_id: row.get(0)?,
            user_id: row.get(1)?,
            name: row.get(2)?,
            is_enabled: row.get(3)?,
            can_reply: row.get(4)?,
        })
    })
}

/// The number under which a business account's chat stands here: the same after the account was connected anew, where we
/// know whose it is.
pub fn chat_id(connection: Option<&BusinessConnection>, chat: &BusinessChat) -> i64 {
    let account = match connection {
        Some(known) => known.user_id.to_string(),
        None => chat.connection_id.clone(),
    };
    let digest = Sha256::digest(format!("{account}/{}", chat.chat_id));
    let start: [u8; 8] = std::array::from_fn(|index| digest[index]);
    OURS | (i64::from_be_bytes(start) & (OURS - 1))
}

/// The chats at Telegram in which a contact writes to business accounts.
pub fn chats_of(tx: &mut Tx, scope: &Scope, contact: Id<Contact>) -> Result<Vec<(Id<Bot>, i64)>> {
    tx.query(CHATS_OF, &args![scope.tenant(), contact], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Forgets the accounts of a Telegram user.
pub(crate) fn forget(tx: &mut Tx, scope: &Scope, user_id: i64) -> Result<()> {
    tx.execute(FORGET, &args![scope.tenant(), user_id]).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chat_keeps_its_number_when_the_account_connects_anew() {
        let chat = |connection: &str, chat_id| BusinessChat { connection_id: connection.into(), chat_id };
        let known = |connection: &str, user_id| BusinessConnection {
            connection_id: connection.into(),
            user_id,
            name: String::new(),
            is_enabled: true,
            can_reply: true,
        };
        let first = chat_id(Some(&known("a", 7)), &chat("a", 77));
        assert_eq!(first, chat_id(Some(&known("b", 7)), &chat("b", 77)));
        assert_ne!(first, chat_id(Some(&known("a", 7)), &chat("a", 78)));
        assert_ne!(first, chat_id(Some(&known("a", 8)), &chat("a", 77)));
        assert_ne!(chat_id(None, &chat("a", 77)), chat_id(None, &chat("b", 77)));
        assert!(first >= OURS);
    }
}
