//! What a front asks to be sent, before it is checked against any limit of a channel.

use std::sync::Arc;

use model::{
    Id, Platform, Timestamp,
    bot::Bot,
    contact::Contact,
    content::{ContactCard, Location, Media, Poll},
    conversation::Conversation,
    delivery::Class,
    key_limits::KeyLimits,
    message::{Author, Message, OnUnknown},
};
use serde_json::Value;

/// A message to be accepted.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The id that the message gets. If there is one with it already, that one is the answer, and nothing is sent again.
    pub id: Option<Id<Message>>,
    /// What the client calls it: a reply that comes again under the same name in its conversation is not sent again.
    pub client_id: Option<String>,
    pub to: To,
    /// Overrides the choice of the bot.
    pub bot: Option<Id<Bot>>,
    /// Which channel to use; the one that the person used last, unless something is said.
    pub platform: Option<Platform>,
    pub author: Author,
    pub class: Class,
    pub body: Body,
    /// Buttons as the API describes them: a row each, or rows of them.
    pub buttons: Option<Value>,
    pub reply_to: Option<ReplyTo>,
    pub disable_notification: bool,
    pub protect_content: bool,
    /// `Some(false)` switches the preview of links off.
    pub link_preview: Option<bool>,
    pub allow_paid_broadcast: bool,
    pub scheduled_time: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    pub on_unknown: OnUnknown,
    /// Bots and chats that the sender is limited to.
    pub limits: Option<Arc<KeyLimits>>,
}

impl Draft {
    /// A plain message, to be refined.
    pub fn new(to: To, author: Author, body: Body) -> Self {
        Self {
            id: None,
            client_id: None,
            to,
            bot: None,
            platform: None,
            author,
            class: Class::Reply,
            body,
            buttons: None,
            reply_to: None,
            disable_notification: false,
            protect_content: false,
            link_preview: None,
            allow_paid_broadcast: false,
            scheduled_time: None,
            expires_at: None,
            on_unknown: OnUnknown::Retry,
            limits: None,
        }
    }
}

/// Whom a message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// A Telegram chat, or a phone number in digits, which need not be known to us.
    Chat(i64),
    Contact(Id<Contact>),
    Conversation(Id<Conversation>),
}

/// The message that is answered: by Telegram's number in the chat, or by our id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplyTo {
    Number(i64),
    Message(Id<Message>),
}

/// Text as it was written, and in which markup.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Markup {
    pub text: String,
    /// `HTML`, `MarkdownV2`, `Markdown`, `markers` (the composer's), or none.
    pub parse_mode: Option<String>,
}

/// What a message consists of.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    Text(Markup),
    Media {
        media: Media,
        caption: Markup,
    },
    Album {
        items: Vec<Media>,
        caption: Markup,
    },
    Location(Location),
    Contact(ContactCard),
    Poll(Poll),
    /// What the channel approved before; its words are filled in when the sender is known.
    Template {
        name: String,
        language: String,
        variables: Value,
    },
}
