//! What a number calls the people it talks to: phones and user ids on one side, chats on the other. A person with a phone
//! has its digits for a chat id; one without gets an id that no phone has.

use model::{Error, Id, Result, Scope, bot::Bot, whatsapp::is_phone};
use sha2::{Digest, Sha256};

use crate::{args, db::Tx};

/// Above all phone numbers, which have 15 digits at most.
const WITHOUT_PHONE: i64 = 1 << 60;

/// Ids that are tried for a person without a phone.
const TRIES: i64 = 16;

crate::statements! {
    hot CHAT = "chat_address.chat", "SELECT chat_id FROM chat_address WHERE bot_id = $1 AND address = $2 AND tenant_id = $3";
    hot OF_CHAT = "chat_address.of_chat", "SELECT address FROM chat_address
        WHERE bot_id = $1 AND chat_id = $2 ORDER BY address LIMIT 16";
    GIVE = "chat_address.give", "INSERT INTO chat_address (bot_id, address, chat_id, tenant_id) VALUES ($1, $2, $3, $4)
        ON CONFLICT (bot_id, address) DO NOTHING";
    hot FORGET = "chat_address.forget", "DELETE FROM chat_address WHERE bot_id = $1 AND chat_id = $2";
    hot TAKE = "chat_address.take", "DELETE FROM chat_address WHERE bot_id = $1 AND address = $2 AND tenant_id = $3";
}

/// The chat with the person who is called so, if there is one.
pub fn chat_of(tx: &mut Tx, scope: &Scope, bot: Id<Bot>, address: &str) -> Result<Option<i64>> {
    tx.query_opt(CHAT, &args![bot, address, scope.tenant()], |row| row.get(0))
}

/// The chat with the person who has these names, of which the first is the best. All of them lead to it from now on.
pub fn chat_of_many<'a>(
    tx: &mut Tx,
    scope: &Scope,
    bot: Id<Bot>,
    addresses: impl Iterator<Item = &'a str> + Clone,
) -> Result<i64> {
    let mut known = None;
    for address in addresses.clone() {
        known = match known {
            None => chat_of(tx, scope, bot, address)?,
            known => known,
        };
    }
    let chat = match (known, addresses.clone().next()) {
        (Some(chat), _) => chat,
        (None, Some(first)) => fresh(tx, bot, first)?,
        (None, None) => return Err(Error::invalid("A person without phone and user id.")),
    };
    for address in addresses {
        give_address(tx, scope, bot, address, chat)?;
    }
    Ok(chat)
}

/// An id that is nobody's yet.
fn fresh(tx: &mut Tx, bot: Id<Bot>, address: &str) -> Result<i64> {
    let first = match address.parse::<i64>() {
        Ok(phone) if is_phone(address) => phone,
        _ => {
            let digest = Sha256::digest(address);
            let start: [u8; 8] = std::array::from_fn(|index| digest[index]);
            WITHOUT_PHONE | (i64::from_be_bytes(start) & (WITHOUT_PHONE - 1))
        }
    };
    for chat in (0..TRIES).map(|step| first + step) {
        if tx.query(OF_CHAT, &args![bot, chat], |row| row.get::<String>(0))?.is_empty() {
            return Ok(chat);
        }
        // Somebody else has this number by now: the person before goes on under it, the new one gets an id of their own.
        if chat < WITHOUT_PHONE {
            return fresh(tx, bot, &format!("+{address}"));
        }
    }
    Err(Error::internal("no id is left for a chat"))
}

/// Notes that an address leads to a chat, unless it leads somewhere already.
pub fn give_address(tx: &mut Tx, scope: &Scope, bot: Id<Bot>, address: &str, chat: i64) -> Result<()> {
    tx.execute(GIVE, &args![bot, address, chat, scope.tenant()]).map(drop)
}

/// An address leads nowhere any more.
pub fn take_address(tx: &mut Tx, scope: &Scope, bot: Id<Bot>, address: &str) -> Result<()> {
    tx.execute(TAKE, &args![bot, address, scope.tenant()]).map(drop)
}

/// All that a chat's person is called.
pub(crate) fn addresses(tx: &mut Tx, bot: Id<Bot>, chat: i64) -> Result<Vec<String>> {
    tx.query(OF_CHAT, &args![bot, chat], |row| row.get(0))
}

/// Nothing leads to a chat any more.
pub(crate) fn forget_chat(tx: &mut Tx, bot: Id<Bot>, chat: i64) -> Result<()> {
    tx.execute(FORGET, &args![bot, chat]).map(drop)
}

/// How a chat's person is written to: by phone where it is known.
pub fn address_of(tx: &mut Tx, bot: Id<Bot>, chat: i64) -> Result<Option<String>> {
    let addresses: Vec<String> = tx.query(OF_CHAT, &args![bot, chat], |row| row.get(0))?;
    let phone = addresses.iter().find(|address| is_phone(address)).cloned();
    Ok(phone.or_else(|| addresses.into_iter().next()))
}
