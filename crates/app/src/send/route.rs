//! Which bot sends to which chat.

use model::{
    Error, ErrorKind, Id, Result, Scope, Timestamp,
    bot::Bot,
    chat::{Chat, ChatKind, ChatState},
    contact::Contact,
    conversation::Conversation,
    message::ErrorCode,
};
use store::{
    chats, contacts, conversations,
    db::Tx,
    senders::{self, Sender},
};

use super::draft::{Draft, To};

/// The way that a message takes.
#[derive(Debug, Clone)]
pub(super) struct Route {
    pub sender: Sender,
    pub chat_id: i64,
    pub is_group: bool,
    pub conversation: Option<Id<Conversation>>,
    /// Why the chat can't be written to now, when it can't.
    pub blocked: Option<ErrorCode>,
}

/// Finds the way, or says what is missing.
pub(super) fn find(tx: &mut Tx, scope: &Scope, draft: &Draft, now: Timestamp) -> Result<Route> {
    let route = match draft.to {
        To::Chat(chat_id) => to_chat(tx, scope, draft.bot, chat_id, now)?,
        To::Contact(contact) => to_contact(tx, scope, draft.bot, contact, now)?,
        To::Conversation(id) => {
            let found = conversations::get(tx, scope, id)?.ok_or_else(|| Error::not_found("conversation"))?;
            // The bot that the contact used last, not the one of the newest chat: they may differ after a merge.
            to_contact(tx, scope, draft.bot.or(found.bot), found.contact, now)?
        }
    };
    check(&route.sender, draft, now)?;
    Ok(route)
}

fn to_chat(tx: &mut Tx, scope: &Scope, bot: Option<Id<Bot>>, chat_id: i64, now: Timestamp) -> Result<Route> {
    let mut chats = chats::by_chat_id(tx, scope, chat_id)?;
    chats.sort_by_key(|chat| chat.last_inbound_at);
    let known = match bot {
        Some(bot) => chats.into_iter().find(|chat| chat.bot == bot),
        None => chats.into_iter().rev().find(|chat| chat.conversation.is_some()),
    };
    let bot = match (bot, &known) {
        (Some(bot), _) => bot,
        (None, Some(chat)) => chat.bot,
        (None, None) => only_bot(tx, scope)?,
    };
    let sender = sender(tx, scope, bot, now)?;
    match known {
        Some(chat) => follow(tx, scope, sender, chat),
        None => Ok(Route {
            sender,
            chat_id,
            is_group: !ChatKind::guess(chat_id).is_private(),
            conversation: None,
            blocked: None,
        }),
    }
}

/// A group that became a supergroup is written to under its new id.
fn follow(tx: &mut Tx, scope: &Scope, sender: Sender, chat: Chat) -> Result<Route> {
    let moved = match (chat.state, chat.migrated_to) {
        (ChatState::Migrated, Some(to)) => chats::find(tx, scope, chat.bot, to)?,
        _ => None,
    };
    Ok(known(sender, &moved.unwrap_or(chat)))
}

fn known(sender: Sender, chat: &Chat) -> Route {
    let blocked = (chat.state == ChatState::Blocked).then(|| chat.state_reason.unwrap_or(ErrorCode::BlockedByUser));
    Route { sender, chat_id: chat.chat_id, is_group: !chat.kind.is_private(), conversation: chat.conversation, blocked }
}

fn to_contact(tx: &mut Tx, scope: &Scope, bot: Option<Id<Bot>>, contact: Id<Contact>, now: Timestamp) -> Result<Route> {
    if !contacts::exists(tx, scope, contact)? {
        return Err(Error::field("contact_id", "No such contact."));
    }
    let chats = chats::of_contact(tx, scope, contact)?;
    let usable = |chat: &&Chat| chat.state != ChatState::Migrated;
    let chosen = match bot {
        Some(bot) => chats.iter().filter(usable).find(|chat| chat.bot == bot),
        None => last_used(tx, scope, &chats, now)?,
    };
    match (chosen, bot) {
        (Some(chat), _) => Ok(known(sender(tx, scope, chat.bot, now)?, chat)),
        (None, Some(bot)) => {
            sender(tx, scope, bot, now)?;
            Err(unreachable(
                "The contact has never written to this bot, and bots can't write first. Ask them to open it and press Start.",
            ))
        }
        (None, None) => Err(unreachable(
            "The contact has never written to one of your bots, and bots can't write first. Ask them to open one and press Start.",
        )),
    }
}

/// The chat of the bot that the contact last wrote to, among bots that still are there.
fn last_used<'a>(tx: &mut Tx, scope: &Scope, chats: &'a [Chat], now: Timestamp) -> Result<Option<&'a Chat>> {
    for chat in chats.iter().filter(|chat| chat.state != ChatState::Migrated) {
        if senders::get(tx, scope, chat.bot, now)?.is_some() {
            return Ok(Some(chat));
        }
    }
    Ok(None)
}

fn only_bot(tx: &mut Tx, scope: &Scope) -> Result<Id<Bot>> {
    match senders::few(tx, scope)?[..] {
        [only] => Ok(only),
        [] => Err(Error::field("bot_app_id", "You have no bot yet. Register one with POST /telegram/v1/bots/.")),
        _ => Err(Error::field(
            "bot_app_id",
            "You have several bots and none has a conversation with this chat. Say which one sends, in bot_app_id.",
        )),
    }
}

fn sender(tx: &mut Tx, scope: &Scope, bot: Id<Bot>, now: Timestamp) -> Result<Sender> {
    senders::get(tx, scope, bot, now)?.ok_or_else(|| Error::field("bot_app_id", "No such bot."))
}

fn unreachable(words: &str) -> Error {
    Error::field("contact_id", words).with_code("contact_unreachable")
}

/// Refuses what the bot can't take on now. What was accepted before waits; new requests are told.
fn check(sender: &Sender, draft: &Draft, now: Timestamp) -> Result<()> {
    if !sender.is_active {
        return Err(Error::conflict("bot_inactive", "This bot is deactivated. Activate it to send."));
    }
    if sender.is_token_revoked {
        return Err(Error::conflict(
            "token_revoked",
            "Telegram refuses this bot's token. Give the bot a new one with PATCH /telegram/v1/bots/{id}/.",
        ));
    }
    let leaves_today = draft.scheduled_time.is_none_or(|at| at < now.next_day());
    if leaves_today && sender.used_today >= sender.daily_limit {
        let words = format!(
            "The bot has sent {} messages today, its daily limit. It goes on at 00:00 UTC.",
            sender.daily_limit
        );
        let wait_ms = now.next_day().since(now);
        return Err(Error::new(ErrorKind::RateLimited, "daily_limit_reached", words).with_retry_after(wait_ms));
    }
    Ok(())
}
