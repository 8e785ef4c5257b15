//! What each bot knows of a Telegram chat: whether it may write there, and whose chat it is.

use model::{
    Error, Id, Platform, Result, Scope, Timestamp,
    bot::Bot,
    chat::{BusinessChat, Chat, ChatKind, ChatState},
    contact::Contact,
    conversation::Conversation,
    message::ErrorCode,
};

use crate::{
    args, columns,
    db::{Round, Row, Tx, listed},
};

macro_rules! columns {
    () => {
        "SELECT bot_id, chat_id, kind, title, contact_id, conversation_id, state, state_reason, migrated_to, \
         last_inbound_at, opted_out_at, business_connection_id, business_chat_id FROM chat "
    };
}

crate::statements! {
    hot FIND = "chat.find", concat!(columns!(), "WHERE tenant_id = $1 AND bot_id = $2 AND chat_id = $3");
    hot BY_CHAT_ID = "chat.by_chat_id", concat!(columns!(), "WHERE tenant_id = $1 AND chat_id = $2 LIMIT 100");
    hot OF_CONTACT = "chat.of_contact", concat!(columns!(), "WHERE tenant_id = $1 AND contact_id = $2
        ORDER BY CASE WHEN last_inbound_at IS NULL THEN 0 ELSE last_inbound_at END DESC LIMIT 1000");
    hot OF_CONTACTS = "chat.of_contacts", concat!(columns!(), "WHERE tenant_id = $1 AND contact_id IN ({in})");
    hot TALKS = "chat.talks", "SELECT chat.contact_id, chat.bot_id, chat.last_inbound_at
        FROM {of chat.contact_id} JOIN bot ON bot.id = chat.bot_id
        WHERE chat.tenant_id = $1 AND bot.platform = $2 AND bot.removed_at IS NULL AND EXISTS (SELECT 1 FROM bot AS sender
            WHERE sender.tenant_id = $1 AND sender.platform = $2 AND sender.removed_at IS NULL)";
    SEEN = "chat.seen", "INSERT INTO chat (bot_id, chat_id, tenant_id, kind, title, contact_id, conversation_id,
            state, last_inbound_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (bot_id, chat_id) DO UPDATE SET kind = excluded.kind,
            title = COALESCE(excluded.title, chat.title), contact_id = excluded.contact_id,
            conversation_id = excluded.conversation_id, state = excluded.state, state_reason = NULL,
            last_inbound_at = CASE WHEN chat.last_inbound_at > excluded.last_inbound_at
                OR excluded.last_inbound_at IS NULL THEN chat.last_inbound_at ELSE excluded.last_inbound_at END
        WHERE chat.tenant_id = excluded.tenant_id";
    SEEN_BUSINESS = "chat.seen_business", "INSERT INTO chat (bot_id, chat_id, tenant_id, kind, conversation_id, state,
            last_inbound_at, business_connection_id, business_chat_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (bot_id, chat_id) DO UPDATE SET conversation_id = excluded.conversation_id, state = excluded.state,
            state_reason = NULL, last_inbound_at = excluded.last_inbound_at,
            business_connection_id = excluded.business_connection_id
        WHERE chat.tenant_id = excluded.tenant_id";
    ENSURE = "chat.ensure", "INSERT INTO chat (bot_id, chat_id, tenant_id, kind, state)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (bot_id, chat_id) DO NOTHING";
    hot SET_STATE = "chat.set_state", "UPDATE chat SET state = $1, state_reason = $2
        WHERE tenant_id = $3 AND bot_id = $4 AND chat_id = $5 AND (state <> $1 OR state_reason IS DISTINCT FROM $2)";
    hot MIGRATE = "chat.migrate", "UPDATE chat SET state = $1, migrated_to = $2
        WHERE tenant_id = $3 AND bot_id = $4 AND chat_id = $5";
    hot CLAIM = "chat.claim", "UPDATE chat SET contact_id = $1
        WHERE tenant_id = $2 AND chat_id = $3 AND contact_id IS NULL";
    hot HAND_OVER = "chat.hand_over", "UPDATE chat SET contact_id = $1, conversation_id = NULL
        WHERE tenant_id = $2 AND chat_id = $3 AND contact_id = $4";
    hot OPT = "chat.opt", "UPDATE chat SET opted_out_at = $1
        WHERE tenant_id = $2 AND bot_id = $3 AND chat_id = $4 AND (opted_out_at IS NULL) = (CAST($1 AS BIGINT) IS NOT NULL)";
}

/// When a contact wrote to a sender last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Talk {
    pub contact: Id<Contact>,
    pub bot: Id<Bot>,
    pub last_inbound_at: Option<Timestamp>,
}

/// A chat from which something just came.
#[derive(Debug, Clone)]
pub struct Seen<'a> {
    pub bot: Id<Bot>,
    pub chat_id: i64,
    pub kind: ChatKind,
    pub title: Option<&'a str>,
    pub contact: Id<Contact>,
    pub conversation: Option<Id<Conversation>>,
    /// `ACTIVE` after anything that a person did; what a membership update says otherwise.
    pub state: ChatState,
    /// When the person wrote; `None` leaves the time as it is.
    pub inbound_at: Option<Timestamp>,
}

/// The chat as `bot` knows it.
pub fn find(tx: &mut Tx, scope: &Scope, bot: Id<Bot>, chat_id: i64) -> Result<Option<Chat>> {
    tx.query_opt(FIND, &args![scope.tenant(), bot, chat_id], read)
}

/// The same chat id as each of the tenant's bots knows it.
pub fn by_chat_id(tx: &mut Tx, scope: &Scope, chat_id: i64) -> Result<Vec<Chat>> {
    tx.query(BY_CHAT_ID, &args![scope.tenant(), chat_id], read)
}

/// A contact's chats; the first is with the bot that the contact last wrote to.
pub fn of_contact(tx: &mut Tx, scope: &Scope, contact: Id<Contact>) -> Result<Vec<Chat>> {
    tx.query(OF_CONTACT, &args![scope.tenant(), contact], read)
}

/// The chats of many contacts, in no order.
pub fn of_contacts(tx: &mut Tx, scope: &Scope, contacts: &[Id<Contact>]) -> Result<Vec<Chat>> {
    let list: Vec<_> = contacts.iter().map(crate::db::Arg::from).collect();
    tx.query_in(OF_CONTACTS, &args![scope.tenant()], &list, read)
}

/// Asks when contacts wrote last to the senders of one channel that still are there. Costs next to nothing where there are
/// none.
pub fn ask_talks<'a>(
    round: &mut Round<'a>,
    scope: &Scope,
    platform: Platform,
    contacts: &[Id<Contact>],
    talks: &'a mut Vec<Talk>,
) {
    round.add(TALKS, &args![scope.tenant(), platform.as_str()], &listed(contacts.iter().copied()), talks, |row| {
        Ok(Talk { contact: row.get(0)?, bot: row.get(1)?, last_inbound_at: row.get(2)? })
    });
}

/// Notes that something came from a chat; makes it when it is new.
pub fn seen(tx: &mut Tx, scope: &Scope, seen: &Seen<'_>) -> Result<()> {
    let args = args![
        seen.bot,
        seen.chat_id,
        scope.tenant(),
        seen.kind.as_str(),
        seen.title,
        seen.contact,
        seen.conversation,
        seen.state.as_str(),
        seen.inbound_at,
    ];
    match tx.execute(SEEN, &args)? {
        1 => Ok(()),
        _ => Err(Error::internal("a chat's bot belongs to another tenant")),
    }
}

/// Notes that something came from a business account's chat; makes it when it is new. It is no contact's chat: nobody is
/// reached through it but in its own conversation.
pub fn seen_business(
    tx: &mut Tx,
    scope: &Scope,
    (bot, chat_id): (Id<Bot>, i64),
    business: &BusinessChat,
    conversation: Id<Conversation>,
    at: Timestamp,
) -> Result<()> {
    let (kind, state) = (ChatKind::Private.as_str(), ChatState::Active.as_str());
    let BusinessChat { connection_id, chat_id: real } = business;
    let args = args![bot, chat_id, scope.tenant(), kind, conversation, state, at, connection_id.as_str(), *real];
    match tx.execute(SEEN_BUSINESS, &args)? {
        1 => Ok(()),
        _ => Err(Error::internal("a chat's bot belongs to another tenant")),
    }
}

/// Makes a chat that we are about to write to without having heard from it, unless there is one.
pub fn ensure(tx: &mut Tx, scope: &Scope, bot: Id<Bot>, chat_id: i64) -> Result<()> {
    let kind = ChatKind::guess(chat_id);
    let args = args![bot, chat_id, scope.tenant(), kind.as_str(), ChatState::Unknown.as_str()];
    tx.execute(ENSURE, &args).map(drop)
}

/// Sets whether a chat can be written to, and why not. Tells whether that is news.
pub fn set_state(
    tx: &mut Tx,
    scope: &Scope,
    bot: Id<Bot>,
    chat_id: i64,
    state: ChatState,
    reason: Option<ErrorCode>,
) -> Result<bool> {
    let reason = reason.map(ErrorCode::as_str);
    let changed = tx.execute(SET_STATE, &args![state.as_str(), reason, scope.tenant(), bot, chat_id])?;
    Ok(changed > 0)
}

/// A group became a supergroup: the old chat points to the new one, which takes over its contact and conversation.
/// Both messages about a migration lead here, so doing it twice changes nothing.
pub fn migrate(tx: &mut Tx, scope: &Scope, bot: Id<Bot>, from: i64, to: i64) -> Result<()> {
    let state = ChatState::Migrated.as_str();
    tx.execute(MIGRATE, &args![state, to, scope.tenant(), bot, from])?;
    let Some(old) = find(tx, scope, bot, from)? else { return ensure(tx, scope, bot, to) };
    let Some(contact) = old.contact else { return ensure(tx, scope, bot, to) };
    let moved = Seen {
        bot,
        chat_id: to,
        kind: ChatKind::Supergroup,
        title: old.title.as_deref(),
        contact,
        conversation: old.conversation,
        state: ChatState::Active,
        inbound_at: old.last_inbound_at,
    };
    seen(tx, scope, &moved)
}

/// The tenant's chats with this id that are nobody's yet are this contact's.
pub fn claim(tx: &mut Tx, scope: &Scope, chat_id: i64, contact: Id<Contact>) -> Result<()> {
    tx.execute(CLAIM, &args![contact, scope.tenant(), chat_id]).map(drop)
}

/// The chats with this id go over from one contact to another, whose conversation begins with the next message.
pub fn hand_over(tx: &mut Tx, scope: &Scope, chat_id: i64, from: Id<Contact>, to: Id<Contact>) -> Result<()> {
    tx.execute(HAND_OVER, &args![to, scope.tenant(), chat_id, from]).map(drop)
}

/// Opts a chat out of broadcasts as of a time, or in again. Tells whether that is news.
pub fn opt(tx: &mut Tx, scope: &Scope, bot: Id<Bot>, chat_id: i64, out_at: Option<Timestamp>) -> Result<bool> {
    Ok(tx.execute(OPT, &args![out_at, scope.tenant(), bot, chat_id])? > 0)
}

fn read(row: &Row) -> Result<Chat> {
    Ok(Chat {
        bot: row.get(0)?,
        chat_id: row.get(1)?,
        kind: columns::word(row, 2)?,
        title: row.get(3)?,
        contact: row.get(4)?,
        conversation: row.get(5)?,
        state: columns::word(row, 6)?,
        state_reason: columns::word_opt(row, 7)?,
        migrated_to: row.get(8)?,
        last_inbound_at: row.get(9)?,
        opted_out_at: row.get(10)?,
        business: match (row.get(11)?, row.get(12)?) {
            (Some(connection_id), Some(chat_id)) => Some(BusinessChat { connection_id, chat_id }),
            _ => None,
        },
    })
}
