//! What an Update says, in our words.

use model::{
    Timestamp,
    chat::{BusinessConnection, ChatKind, TelegramUser},
    content::Content,
};

/// A decoded Update.
#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    pub update_id: i64,
    /// The kind in upper case, or `UNKNOWN`.
    pub kind: &'static str,
    pub fact: Fact,
}

/// The one thing that an Update tells.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// Something new in a chat: also a channel post, a message to a business account, and service messages.
    Message(Box<Incoming>),
    /// A message as it reads now.
    Edited(Box<Incoming>),
    Reactions(Reactions),
    ButtonPressed(ButtonPressed),
    MyChatMember(MyChatMember),
    /// What a business account allows the bot now.
    Business(BusinessConnection),
    /// Messages that a business account lost.
    Deleted(Deleted),
    /// What has no timeline of its own, or can't be read.
    Other(Other),
}

/// Over which way a message came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Chat,
    Channel,
    /// To an account that the bot answers for.
    Business,
    /// A bot was called into a chat where it is no member.
    Guest,
}

/// A chat as an Update names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatFacts {
    pub id: i64,
    pub kind: ChatKind,
    /// A group's or channel's title, or a person's full name.
    pub title: Option<String>,
    pub username: Option<String>,
    pub is_forum: bool,
}

/// Who wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sender {
    User(TelegramUser),
    /// An anonymous administrator or a channel, writing in its own name.
    Chat(ChatFacts),
    /// The Update doesn't say.
    Unnamed,
}

/// A forum's topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    pub id: i64,
    /// When it got this name just now.
    pub name: Option<String>,
    /// What it was called when it was opened.
    pub first_name: Option<String>,
}

/// A message that came in, new or edited.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    pub origin: Origin,
    pub chat: ChatFacts,
    pub sender: Sender,
    /// The author's signature or an administrator's title, where a chat writes in its own name.
    pub signature: Option<String>,
    pub message_id: i64,
    pub date: Option<Timestamp>,
    pub edit_date: Option<Timestamp>,
    pub content: Content,
    /// The message of the same chat that it answers.
    pub reply_to: Option<i64>,
    /// Equal for all messages of an album.
    pub media_group_id: Option<String>,
    pub business_connection_id: Option<String>,
    /// The topic of a forum in which it stands; General is none.
    pub topic: Option<Topic>,
    /// The user name of the inline bot through which it was sent.
    pub via_bot: Option<String>,
    /// The sender's own phone number, as Telegram proves it: the shared card names the sender.
    pub own_phone: Option<String>,
    /// What came with `/start`: empty when the bot was started without a payload.
    pub start_payload: Option<String>,
    pub migrate_to: Option<i64>,
    pub migrate_from: Option<i64>,
}

/// Somebody's reactions to a message, before and after.
#[derive(Debug, Clone, PartialEq)]
pub struct Reactions {
    pub chat: ChatFacts,
    pub message_id: i64,
    pub actor: Sender,
    pub date: Option<Timestamp>,
    /// Emoji; `custom:<id>` for a custom one, `paid` for a star.
    pub old: Vec<String>,
    pub new: Vec<String>,
}

/// A pressed callback button.
#[derive(Debug, Clone, PartialEq)]
pub struct ButtonPressed {
    /// To be answered within seconds, by `answerCallbackQuery`.
    pub callback_query_id: String,
    pub from: TelegramUser,
    /// Absent when the button stood under an inline message.
    pub chat: Option<ChatFacts>,
    pub message_id: Option<i64>,
    pub business_connection_id: Option<String>,
    pub topic: Option<Topic>,
    /// The label of the button, when the message still has it.
    pub label: Option<String>,
    /// Untrusted: a client can send old or invented data.
    pub data: String,
}

/// What the bot may do in a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberStatus {
    Creator,
    Administrator,
    Member,
    Restricted,
    Left,
    /// In a private chat: the person blocked the bot.
    Kicked,
    /// A word that we don't know.
    Unknown,
}

/// The bot's own place in a chat changed.
#[derive(Debug, Clone, PartialEq)]
pub struct MyChatMember {
    pub chat: ChatFacts,
    pub from: Option<TelegramUser>,
    pub date: Option<Timestamp>,
    pub old: MemberStatus,
    pub new: MemberStatus,
    /// Whether the new place lets the bot write: no for a restricted member without that right.
    pub can_write: bool,
    /// A sentence for the timeline.
    pub sentence: String,
}

/// Messages that were deleted from a business account's chat.
#[derive(Debug, Clone, PartialEq)]
pub struct Deleted {
    pub chat: ChatFacts,
    pub message_ids: Vec<i64>,
    pub business_connection_id: Option<String>,
}

/// An Update that is stored and shown plainly.
#[derive(Debug, Clone, PartialEq)]
pub struct Other {
    pub chat: Option<ChatFacts>,
    pub user: Option<TelegramUser>,
    pub date: Option<Timestamp>,
    /// A plain sentence.
    pub summary: String,
    /// Why it couldn't be read, when that is the case.
    pub unreadable: Option<String>,
}
