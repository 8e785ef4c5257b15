//! The pair of a bot and a Telegram chat: whether that bot may write there.

use serde::{Deserialize, Serialize};

use crate::{Id, Timestamp, bot::Bot, contact::Contact, conversation::Conversation, message::ErrorCode, word::words};

words! {
    /// Whether a bot may write to a chat. `UNKNOWN`: nobody wrote yet.
    pub enum ChatState { Active = "ACTIVE", Blocked = "BLOCKED", Migrated = "MIGRATED", Unknown = "UNKNOWN" }
}

words! {
    /// Telegram's kinds of chat.
    pub enum ChatKind { Private = "private", Group = "group", Supergroup = "supergroup", Channel = "channel" }
}

impl ChatKind {
    /// Groups have a rate limit of their own, and are not people.
    pub fn is_private(self) -> bool {
        self == ChatKind::Private
    }

    /// What a bare chat id says: people have positive ids, groups and channels negative ones.
    pub fn guess(chat_id: i64) -> Self {
        if chat_id > 0 { ChatKind::Private } else { ChatKind::Group }
    }
}

/// A chat between a person and a business account that a bot answers for. Its messages have numbers of their own, so that
/// it is a chat of its own here, under a number that nobody has at Telegram.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BusinessChat {
    /// By what Telegram knows that the bot may answer for the account.
    pub connection_id: String,
    /// The person's chat at Telegram.
    pub chat_id: i64,
}

/// A business account's permission for a bot to answer for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusinessConnection {
    pub connection_id: String,
    /// Whose account it is.
    pub user_id: i64,
    pub name: String,
    /// `false` once the owner disconnected the bot.
    pub is_enabled: bool,
    pub can_reply: bool,
}

/// A chat as one bot sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Chat {
    pub bot: Id<Bot>,
    pub chat_id: i64,
    pub kind: ChatKind,
    pub title: Option<String>,
    pub contact: Option<Id<Contact>>,
    pub conversation: Option<Id<Conversation>>,
    pub state: ChatState,
    /// Why it can't be written to, when it can't.
    pub state_reason: Option<ErrorCode>,
    pub migrated_to: Option<i64>,
    pub last_inbound_at: Option<Timestamp>,
    /// Since when its person wants no broadcasts from this bot.
    pub opted_out_at: Option<Timestamp>,
    pub business: Option<BusinessChat>,
}

/// A Telegram user as an Update names them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TelegramUser {
    pub id: i64,
    pub is_bot: bool,
    pub first_name: String,
    pub last_name: Option<String>,
    pub username: Option<String>,
    pub language_code: Option<String>,
}

impl TelegramUser {
    pub fn full_name(&self) -> String {
        match &self.last_name {
            Some(last) => format!("{} {last}", self.first_name),
            None => self.first_name.clone(),
        }
    }
}
