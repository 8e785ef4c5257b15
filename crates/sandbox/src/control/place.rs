//! Where a person acts: a private chat with a bot, or a group; and who gets to know of it.

use std::sync::Arc;

use serde::Serialize;
use serde_json::{Value, json};

use super::{Refusal, Result, people};
use crate::{
    bots::Bot,
    groups::{Group, Kind},
    inbox::QueueKey,
    message::{Card, Fields, Message, Sender},
    rooms::RoomKey,
    state::State as World,
    users::User,
};

/// A chat from a person's side.
#[derive(Clone, Debug)]
pub enum Place {
    Private { bot: Arc<Bot>, user: Arc<User> },
    Group(Arc<Group>),
}

impl Place {
    /// The group `chat`, or else the private chat of `user` with `bot`.
    pub fn find(state: &World, user: &Arc<User>, bot: Option<i64>, chat: Option<i64>) -> Result<Self> {
        match (chat, bot) {
            (Some(id), _) if id < 0 => group(state, id).map(Self::Group),
            (_, Some(bot)) => Ok(Self::Private { bot: state.bots.ensure(bot), user: user.clone() }),
            _ => Err(Refusal::bad("say where: bot (an id) for a private chat, or chat (a group's id)")),
        }
    }

    pub fn key(&self) -> RoomKey {
        match self {
            Self::Private { bot, user } => RoomKey::Private { bot: bot.id, user: user.id },
            Self::Group(group) => RoomKey::Group(group.id),
        }
    }

    pub fn chat(&self) -> Card {
        match self {
            Self::Private { user, .. } => user.chat(),
            Self::Group(group) => group.chat(),
        }
    }

    pub fn chat_id(&self) -> i64 {
        self.key().chat_id()
    }

    pub fn is_channel(&self) -> bool {
        matches!(self, Self::Group(group) if group.facts().kind == Kind::Channel)
    }

    /// The bots that are there.
    pub fn bots(&self, state: &World) -> Vec<Arc<Bot>> {
        match self {
            Self::Private { bot, .. } => vec![bot.clone()],
            Self::Group(group) => {
                let facts = group.facts();
                let inside = facts.members.iter().filter(|(_, status)| status.is_inside());
                inside.filter_map(|(id, _)| state.bots.get(*id)).collect()
            }
        }
    }

    /// The bots that may hear a message, privacy mode considered.
    fn listeners(&self, state: &World, message: &Message) -> Vec<Arc<Bot>> {
        let Self::Group(group) = self else { return self.bots(state) };
        let mut bots = self.bots(state);
        bots.retain(|bot| hears(bot, group, message));
        bots
    }

    /// Whether this person may write there at all.
    fn check_writer(&self, user: &User) -> Result<()> {
        if user.is_deleted() {
            return Err(Refusal::conflict("this account is deleted"));
        }
        let Self::Group(group) = self else { return Ok(()) };
        let facts = group.facts();
        if facts.deleted || facts.migrated_to.is_some() {
            return Err(Refusal::conflict("this group is no more"));
        }
        let status = facts.status(user.id).filter(|status| status.is_inside());
        match status {
            None => Err(Refusal::conflict("this person is not in that group")),
            Some(status) if facts.kind == Kind::Channel && !status.is_admin() => {
                Err(Refusal::conflict("only administrators post in a channel"))
            }
            Some(_) => Ok(()),
        }
    }
}

pub fn group(state: &World, id: i64) -> Result<Arc<Group>> {
    state.groups.get(id).ok_or_else(|| Refusal::missing(format!("there is no group {id}")))
}

/// With privacy mode on, a bot in a group hears commands, replies to itself, mentions, and service messages.
fn hears(bot: &Bot, group: &Group, message: &Message) -> bool {
    let profile = bot.profile();
    let is_admin = group.facts().status(bot.id).is_some_and(|status| status.is_admin());
    if profile.can_read_all_group_messages || is_admin {
        return true;
    }
    let text = message.field("text").or_else(|| message.field("caption")).and_then(Value::as_str).unwrap_or_default();
    let is_service = message.field("text").is_none() && message.content.iter().any(|(name, _)| name.contains("chat"));
    text.starts_with('/')
        || text.to_lowercase().contains(&format!("@{}", profile.username.to_lowercase()))
        || message.reply_to.as_ref().is_some_and(|reply| reply.from == Some(bot.id))
        || is_service
}

/// A message that somebody writes.
#[derive(Debug, Default)]
pub struct Written {
    pub header: Fields,
    pub content: Fields,
    pub reply_to: Option<i64>,
}

/// Puts a person's message into the chat and tells its bots.
pub fn write(state: &World, place: &Place, user: &User, written: Written) -> Result<Arc<Message>> {
    place.check_writer(user)?;
    let from = (!place.is_channel()).then(|| user.sender());
    let message = put(state, place, from, written)?;
    let kind = if place.is_channel() { "channel_post" } else { "message" };
    for bot in place.listeners(state, &message) {
        state.push_for_a_day(&bot, kind, &*message, QueueKey::Chat(message.chat_id));
    }
    Ok(message)
}

fn put(state: &World, place: &Place, from: Option<Sender>, written: Written) -> Result<Arc<Message>> {
    let (date, chat_id, chat) = (state.now(), place.chat_id(), place.chat());
    let message = state.rooms.with(place.key(), |room| {
        if room.blocked {
            return Err(Refusal::conflict("this person has blocked the bot; unblock it first"));
        }
        let reply_to = match written.reply_to {
            None => None,
            Some(id) => {
                let answered = room.get(id).ok_or_else(|| Refusal::missing(format!("there is no message {id}")))?;
                Some(answered.as_reply())
            }
        };
        room.started = true;
        let Written { header, content, .. } = written;
        let message = Arc::new(Message {
            id: room.next_id(),
            date,
            edit_date: None,
            from,
            chat_id,
            chat,
            reply_to,
            header,
            content,
            reply_markup: None,
            keyboard: None,
            reactions: Vec::new(),
            deleted: false,
        });
        room.push(message.clone(), state.options.messages_per_chat_max);
        Ok(message)
    })?;
    tell(state, place, "message", &message);
    Ok(message)
}

/// Tells those who watch.
pub fn tell(state: &World, place: &Place, what: &str, message: &Message) {
    let bot = match place {
        Place::Private { bot, .. } => Some(bot.id),
        Place::Group(_) => None,
    };
    state.events.tell(|| json!({"type": what, "bot": bot, "chat": message.chat_id, "message": message.for_person()}));
}

/// Hands the same update to every bot of a chat.
pub fn push_all(state: &World, place: &Place, kind: &'static str, payload: &impl Serialize, queue: &QueueKey) {
    for bot in place.bots(state) {
        state.push_for_a_day(&bot, kind, payload, queue.clone());
    }
}

/// Whoever has that id, person or bot, as bots see them.
pub fn somebody(state: &World, id: i64) -> Result<Sender> {
    match state.bots.get(id) {
        Some(bot) => Ok(bot.sender()),
        None => Ok(people::find(state, id)?.sender()),
    }
}
