//! A message as it is stored, and how bots see it.

use std::sync::Arc;

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Value, value::RawValue};

/// Top-level fields of a message, in the order in which they are shown.
pub type Fields = Vec<(&'static str, Value)>;

/// JSON that is shared by all messages it stands in: a sender, a chat.
pub type Card = Arc<RawValue>;

pub fn card(value: &impl Serialize) -> Card {
    serde_json::value::to_raw_value(value).expect("our own cards have string keys only").into()
}

/// Who wrote a message.
#[derive(Clone, Debug)]
pub struct Sender {
    pub id: i64,
    pub card: Card,
}

/// The message that another one answers, without its own `reply_to_message`.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Who wrote it.
    pub from: Option<i64>,
    pub shown: Card,
}

/// One message of one chat.
#[derive(Clone, Debug)]
pub struct Message {
    pub id: i64,
    /// Seconds since the epoch.
    pub date: i64,
    pub edit_date: Option<i64>,
    /// Nobody in a channel.
    pub from: Option<Sender>,
    pub chat_id: i64,
    pub chat: Card,
    pub reply_to: Option<Reply>,
    /// What is said of the message: where it was forwarded from, its album, its protection.
    pub header: Fields,
    /// What it says: text, media, place, poll …
    pub content: Fields,
    /// The inline keyboard, which bots see, too.
    pub reply_markup: Option<Value>,
    /// The reply keyboard (or its removal), which only the person sees.
    pub keyboard: Option<Value>,
    pub reactions: Vec<(i64, Vec<Value>)>,
    pub deleted: bool,
}

impl Message {
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.content.iter().find(|(field, _)| *field == name).map(|(_, value)| value)
    }

    pub fn header_field(&self, name: &str) -> Option<&Value> {
        self.header.iter().find(|(field, _)| *field == name).map(|(_, value)| value)
    }

    pub fn is_by_bot(&self, bot: i64) -> bool {
        self.from.as_ref().is_some_and(|from| from.id == bot)
    }

    /// This message as the target of a reply.
    pub fn as_reply(&self) -> Reply {
        Reply { from: self.from.as_ref().map(|from| from.id), shown: card(&Shown { message: self, with_reply: false }) }
    }

    /// What the person sees: also keyboards and reactions.
    pub fn for_person(&self) -> Value {
        let mut shown = serde_json::to_value(self).expect("our own messages have string keys only");
        if let Some(keyboard) = &self.keyboard {
            shown["keyboard"] = keyboard.clone();
        }
        if !self.reactions.is_empty() {
            let reactions = self.reactions.iter().map(|(id, list)| serde_json::json!({"from": id, "reactions": list}));
            shown["reactions"] = reactions.collect();
        }
        shown
    }
}

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Shown { message: self, with_reply: true }.serialize(serializer)
    }
}

struct Shown<'a> {
    message: &'a Message,
    with_reply: bool,
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let message = self.message;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("message_id", &message.id)?;
        if let Some(from) = &message.from {
            map.serialize_entry("from", &from.card)?;
        } else {
            map.serialize_entry("sender_chat", &message.chat)?;
        }
        map.serialize_entry("chat", &message.chat)?;
        map.serialize_entry("date", &message.date)?;
        if let Some(edit_date) = message.edit_date {
            map.serialize_entry("edit_date", &edit_date)?;
        }
        for (name, value) in &message.header {
            map.serialize_entry(name, value)?;
        }
        if let Some(reply) = message.reply_to.as_ref().filter(|_| self.with_reply) {
            map.serialize_entry("reply_to_message", &reply.shown)?;
        }
        for (name, value) in &message.content {
            map.serialize_entry(name, value)?;
        }
        if let Some(markup) = &message.reply_markup {
            map.serialize_entry("reply_markup", markup)?;
        }
        map.end()
    }
}
