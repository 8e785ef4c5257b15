//! Which sender writes to which chat.

use std::iter;

use model::{
    Error, ErrorKind, Id, Ids, Platform, Result, Scope, Timestamp,
    bot::Bot,
    chat::{Chat, ChatKind, ChatState},
    contact::Contact,
    conversation::{Conversation, ConversationKind},
    message::ErrorCode,
};
use store::{
    chats, contacts,
    conversations::{self, Via},
    db::Tx,
    senders::{self, Sender},
    whatsapp,
};

use super::draft::{Body, Draft, To};

/// Templates that somebody whose text is refused is offered.
const OFFERED_MAX: i64 = 5;

/// The way that a message takes.
#[derive(Debug, Clone)]
pub(super) struct Route {
    pub sender: Sender,
    pub chat_id: i64,
    pub is_group: bool,
    pub conversation: Option<Id<Conversation>>,
    /// When the person wrote last.
    pub last_inbound_at: Option<Timestamp>,
    /// Why the chat can't be written to now, when it can't.
    pub blocked: Option<ErrorCode>,
}

/// Finds the way, or says what is missing.
pub(super) fn find(tx: &mut Tx, ids: &dyn Ids, scope: &Scope, draft: &Draft, now: Timestamp) -> Result<Route> {
    let route = match draft.to {
        To::Chat(phone) if draft.platform == Some(Platform::Whatsapp) => to_phone(tx, ids, scope, draft, phone, now)?,
        To::Chat(chat_id) => to_chat(tx, scope, draft.bot, chat_id, now)?,
        To::Contact(contact) => to_contact(tx, ids, scope, draft, draft.bot, contact, now)?,
        To::Conversation(id) => {
            let found = conversations::get(tx, scope, id)?.ok_or_else(|| Error::not_found("conversation"))?;
            // The bot that the contact used last, not the one of the newest chat: they may differ after a merge.
            let last = found.bot.filter(|_| draft.platform.is_none_or(|wanted| wanted == found.platform));
            to_contact(tx, ids, scope, draft, draft.bot.or(last), found.contact, now)?
        }
    };
    check_platform(&route.sender, draft)?;
    check(&route.sender, draft, now)?;
    check_window(tx, scope, &route, draft, now)?;
    Ok(route)
}

fn to_chat(tx: &mut Tx, scope: &Scope, bot: Option<Id<Bot>>, chat_id: i64, now: Timestamp) -> Result<Route> {
    let mut chats = chats::by_chat_id(tx, scope, chat_id)?;
    chats.sort_by_key(|chat| chat.last_inbound_at);
    let known = match bot {
        Some(bot) => chats.into_iter().find(|chat| chat.bot == bot),
        None => of_telegram(tx, scope, chats, now)?,
    };
    let bot = match (bot, &known) {
        (Some(bot), _) => bot,
        (None, Some(chat)) => chat.bot,
        (None, None) => only(tx, scope, Platform::Telegram)?,
    };
    let sender = sender(tx, scope, bot, now)?;
    if sender.platform != Platform::Telegram {
        return Err(Error::field("bot_app_id", "This is a WhatsApp number. Send with POST /whatsapp/v1/messages/."));
    }
    match known {
        Some(chat) => follow(tx, scope, sender, chat),
        None => Ok(stranger(sender, chat_id, !ChatKind::guess(chat_id).is_private())),
    }
}

/// The chat that was used last, of those that have a conversation. Other channels may have chats of the same number.
fn of_telegram(tx: &mut Tx, scope: &Scope, chats: Vec<Chat>, now: Timestamp) -> Result<Option<Chat>> {
    for chat in chats.into_iter().rev().filter(|chat| chat.conversation.is_some()) {
        match senders::get(tx, scope, chat.bot, now)? {
            Some(sender) if sender.platform != Platform::Telegram => {}
            _ => return Ok(Some(chat)),
        }
    }
    Ok(None)
}

/// A phone number, whether we know somebody by it or not.
fn to_phone(tx: &mut Tx, ids: &dyn Ids, scope: &Scope, draft: &Draft, phone: i64, now: Timestamp) -> Result<Route> {
    let address = phone.to_string();
    let known = contacts::by_identity(tx, scope, Platform::Whatsapp, &address)?;
    let known = match known {
        Some(contact) => Some(contact),
        None => contacts::by_phone(tx, scope, &format!("+{address}"))?.into_iter().next(),
    };
    if let Some(contact) = known {
        return to_contact(tx, ids, scope, draft, draft.bot, contact, now);
    }
    let sender = number(tx, scope, draft.bot, now)?;
    let chat_id = whatsapp::chat_of_many(tx, scope, sender.bot, iter::once(address.as_str()))?;
    chats::ensure(tx, scope, sender.bot, chat_id)?;
    Ok(stranger(sender, chat_id, false))
}

/// The number that is meant, or the only one.
fn number(tx: &mut Tx, scope: &Scope, bot: Option<Id<Bot>>, now: Timestamp) -> Result<Sender> {
    let bot = bot.map_or_else(|| only(tx, scope, Platform::Whatsapp), Ok)?;
    let sender = sender(tx, scope, bot, now)?;
    if sender.platform == Platform::Whatsapp {
        Ok(sender)
    } else {
        Err(Error::field("number_id", "This is no WhatsApp number."))
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
    Route {
        sender,
        chat_id: chat.chat_id,
        is_group: !chat.kind.is_private(),
        conversation: chat.conversation,
        last_inbound_at: chat.last_inbound_at,
        blocked,
    }
}

fn stranger(sender: Sender, chat_id: i64, is_group: bool) -> Route {
    Route { sender, chat_id, is_group, conversation: None, last_inbound_at: None, blocked: None }
}

fn to_contact(
    tx: &mut Tx,
    ids: &dyn Ids,
    scope: &Scope,
    draft: &Draft,
    bot: Option<Id<Bot>>,
    contact: Id<Contact>,
    now: Timestamp,
) -> Result<Route> {
    if !contacts::exists(tx, scope, contact)? {
        return Err(Error::field("contact_id", "No such contact."));
    }
    let chats = chats::of_contact(tx, scope, contact)?;
    let usable = |chat: &&Chat| chat.state != ChatState::Migrated;
    let chosen = match bot {
        Some(bot) => chats.iter().filter(usable).find(|chat| chat.bot == bot),
        None => last_used(tx, scope, draft.platform, &chats, now)?,
    };
    if let Some(chat) = chosen {
        let sender = sender(tx, scope, chat.bot, now)?;
        // A conversation that was taken apart begins anew where the person is written to first.
        let is_homeless = chat.conversation.is_none() && sender.platform.capabilities().may_write_first;
        if !is_homeless {
            return Ok(known(sender, chat));
        }
    }
    if let Some(route) = first_words(tx, ids, scope, (draft, bot), contact, now)? {
        return Ok(route);
    }
    Err(unreachable(match (draft.platform, bot) {
        (Some(Platform::Whatsapp), _) => {
            "The contact has no phone number, and has never written to one of your WhatsApp numbers."
        }
        (_, Some(_)) => {
            "The contact has never written to this bot, and bots can't write first. Ask them to open it and press Start."
        }
        (_, None) => {
            "The contact has never written to one of your bots, and bots can't write first. Ask them to open one and press Start."
        }
    }))
}

/// The way to a contact who never wrote, over a channel on which one may write first, by their phone number.
fn first_words(
    tx: &mut Tx,
    ids: &dyn Ids,
    scope: &Scope,
    (draft, bot): (&Draft, Option<Id<Bot>>),
    contact: Id<Contact>,
    now: Timestamp,
) -> Result<Option<Route>> {
    let sender = match (bot, draft.platform) {
        (Some(bot), _) => Some(sender(tx, scope, bot, now)?),
        (None, Some(Platform::Whatsapp)) => Some(number(tx, scope, None, now)?),
        (None, _) => None,
    };
    let Some(sender) = sender.filter(|sender| sender.platform.capabilities().may_write_first) else { return Ok(None) };
    let Some(person) = contacts::get(tx, scope, contact)? else { return Ok(None) };
    let names = person.identities.iter().filter(|one| one.platform == sender.platform);
    let phone = person.phone.as_deref().map(|phone| phone.trim_start_matches('+').to_owned());
    let mut addresses: Vec<String> = names.map(|one| one.external_id.clone()).collect();
    addresses.sort_by_key(|address| !model::whatsapp::is_phone(address));
    addresses.extend(phone.filter(|_| addresses.is_empty()));
    if addresses.is_empty() {
        return Ok(None);
    }
    let chat_id = whatsapp::chat_of_many(tx, scope, sender.bot, addresses.iter().map(String::as_str))?;
    let via = Via { platform: sender.platform, bot: Some(sender.bot), chat_id: Some(chat_id) };
    let (conversation, _) = conversations::open_via(tx, scope, ids, contact, ConversationKind::Person, via, now)?;
    let seen = chats::Seen {
        bot: sender.bot,
        chat_id,
        kind: ChatKind::Private,
        title: None,
        contact,
        conversation: Some(conversation.id),
        state: ChatState::Unknown,
        inbound_at: None,
    };
    chats::seen(tx, scope, &seen)?;
    Ok(Some(Route { conversation: Some(conversation.id), ..stranger(sender, chat_id, false) }))
}

/// The chat of the sender that the contact last wrote to, among senders that still are there.
fn last_used<'a>(
    tx: &mut Tx,
    scope: &Scope,
    platform: Option<Platform>,
    chats: &'a [Chat],
    now: Timestamp,
) -> Result<Option<&'a Chat>> {
    for chat in chats.iter().filter(|chat| chat.state != ChatState::Migrated) {
        let sender = senders::get(tx, scope, chat.bot, now)?;
        if sender.is_some_and(|sender| platform.is_none_or(|wanted| sender.platform == wanted)) {
            return Ok(Some(chat));
        }
    }
    Ok(None)
}

fn only(tx: &mut Tx, scope: &Scope, platform: Platform) -> Result<Id<Bot>> {
    let (field, none, several) = match platform {
        Platform::Telegram => (
            "bot_app_id",
            "You have no bot yet. Register one with POST /telegram/v1/bots/.",
            "You have several bots and none has a conversation with this chat. Say which one sends, in bot_app_id.",
        ),
        Platform::Whatsapp => (
            "number_id",
            "You have no WhatsApp number yet. Register one with POST /whatsapp/v1/numbers/.",
            "You have several WhatsApp numbers. Say which one sends, in number_id.",
        ),
    };
    match senders::few(tx, scope, platform)?[..] {
        [only] => Ok(only),
        [] => Err(Error::field(field, none)),
        _ => Err(Error::field(field, several)),
    }
}

fn sender(tx: &mut Tx, scope: &Scope, bot: Id<Bot>, now: Timestamp) -> Result<Sender> {
    senders::get(tx, scope, bot, now)?.ok_or_else(|| Error::field("bot_app_id", "No such bot."))
}

fn unreachable(words: &str) -> Error {
    Error::field("contact_id", words).with_code("contact_unreachable")
}

/// Whoever names both a sender and a channel must mean the same.
fn check_platform(sender: &Sender, draft: &Draft) -> Result<()> {
    match draft.platform {
        Some(wanted) if wanted != sender.platform => {
            let words = format!("This one writes over {}, not over {wanted}.", sender.platform);
            Err(Error::field("bot_app_id", words))
        }
        _ => Ok(()),
    }
}

/// Refuses what the sender can't take on now. What was accepted before waits; new requests are told.
fn check(sender: &Sender, draft: &Draft, now: Timestamp) -> Result<()> {
    if !sender.is_active {
        return Err(Error::conflict("bot_inactive", "This bot is deactivated. Activate it to send."));
    }
    if sender.is_token_revoked {
        let words = match sender.platform {
            Platform::Telegram => {
                "Telegram refuses this bot's token. Give the bot a new one with PATCH /telegram/v1/bots/{id}/."
            }
            Platform::Whatsapp => {
                "Meta refuses this number's token. Give it a new one with PATCH /whatsapp/v1/numbers/{id}/."
            }
        };
        return Err(Error::conflict("token_revoked", words));
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

/// Outside of a channel's window only a template goes through, and the channel would say so late.
fn check_window(tx: &mut Tx, scope: &Scope, route: &Route, draft: &Draft, now: Timestamp) -> Result<()> {
    let Some(window_ms) = route.sender.platform.capabilities().window_ms else { return Ok(()) };
    let leaves_at = draft.scheduled_time.unwrap_or(now).max(now);
    let is_open = route.last_inbound_at.is_some_and(|at| leaves_at.since(at) < window_ms);
    if is_open || matches!(draft.body, Body::Template { .. }) {
        return Ok(());
    }
    let offered = match whatsapp::get(tx, scope, route.sender.bot, now)? {
        Some(found) => whatsapp::approved(tx, scope, &found.number.waba_id, OFFERED_MAX)?,
        None => Vec::new(),
    };
    let words = format!(
        "The person has not written for 24 hours: only a template can be sent. {}",
        crate::whatsapp::offered(&offered)
    );
    Err(Error::conflict("window_closed", words))
}
