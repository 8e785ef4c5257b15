//! Messages by chat. A private chat is one room per (bot, person), a group is one room for all of its bots.
//! Rooms are spread over many locks, so that calls to different chats don't wait for each other.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
};

use crate::{message::Message, random::mix};

const SHARDS: usize = 64;

/// Names a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RoomKey {
    Private { bot: i64, user: i64 },
    Group(i64),
}

impl RoomKey {
    /// The chat's id as bots call it.
    pub fn chat_id(self) -> i64 {
        match self {
            Self::Private { user, .. } => user,
            Self::Group(id) => id,
        }
    }

    fn shard(self) -> usize {
        let (bot, chat) = match self {
            Self::Private { bot, user } => (bot, user),
            Self::Group(id) => (0, id),
        };
        mix(mix(bot.cast_unsigned()) ^ chat.cast_unsigned()) as usize % SHARDS
    }
}

/// One chat's messages, numbered from 1 as Telegram numbers those of a supergroup. Private chats do the same here,
/// so that whoever takes a message id for unique over chats finds out soon.
#[derive(Debug, Default)]
pub struct Room {
    /// The person has written to the bot, or joined with it.
    pub started: bool,
    /// The person has blocked the bot.
    pub blocked: bool,
    pub pinned: Option<i64>,
    /// Inline buttons pressed and chat actions come and go; the last action is shown while fresh.
    pub action: Option<(String, i64)>,
    last_id: i64,
    messages: VecDeque<Arc<Message>>,
}

impl Room {
    pub fn next_id(&mut self) -> i64 {
        self.last_id += 1;
        self.last_id
    }

    pub fn push(&mut self, message: Arc<Message>, keep: usize) {
        self.messages.push_back(message);
        if self.messages.len() > keep {
            self.messages.pop_front();
        }
    }

    fn index(&self, id: i64) -> Option<usize> {
        self.messages.binary_search_by_key(&id, |message| message.id).ok()
    }

    /// A message that is still there.
    pub fn get(&self, id: i64) -> Option<&Arc<Message>> {
        self.index(id).map(|index| &self.messages[index]).filter(|message| !message.deleted)
    }

    pub fn get_mut(&mut self, id: i64) -> Option<&mut Message> {
        let index = self.index(id)?;
        Some(Arc::make_mut(&mut self.messages[index])).filter(|message| !message.deleted)
    }

    /// The newest `limit` messages, oldest first, without those deleted.
    pub fn newest(&self, limit: usize) -> Vec<Arc<Message>> {
        let mut newest: Vec<_> = self.messages.iter().rev().filter(|message| !message.deleted).take(limit).collect();
        newest.reverse();
        newest.into_iter().cloned().collect()
    }
}

/// All rooms.
#[derive(Debug)]
pub struct Rooms(Vec<Mutex<HashMap<RoomKey, Room>>>);

impl Rooms {
    pub fn new() -> Self {
        Self((0..SHARDS).map(|_| Mutex::default()).collect())
    }

    fn shard(&self, key: RoomKey) -> MutexGuard<'_, HashMap<RoomKey, Room>> {
        self.0[key.shard()].lock().expect("no panic in a room")
    }

    /// Works on a room, which comes to be when it is first named.
    pub fn with<T>(&self, key: RoomKey, work: impl FnOnce(&mut Room) -> T) -> T {
        work(self.shard(key).entry(key).or_default())
    }

    /// Looks into a room if there is one.
    pub fn peek<T>(&self, key: RoomKey, look: impl FnOnce(&Room) -> T) -> Option<T> {
        self.shard(key).get(&key).map(look)
    }

    /// The private chats of one person, as (bot, started, blocked, last message id).
    pub fn of_user(&self, user: i64) -> Vec<(i64, bool, bool, i64)> {
        let mut found = Vec::new();
        for shard in &self.0 {
            for (key, room) in shard.lock().expect("no panic in a room").iter() {
                if let RoomKey::Private { bot, user: id } = key
                    && *id == user
                {
                    found.push((*bot, room.started, room.blocked, room.last_id));
                }
            }
        }
        found.sort_unstable();
        found
    }

    /// Deletes what a bot sent in the name of a business account.
    pub fn delete_of_business(&self, bot: i64, connection: &str, ids: &[i64]) {
        for shard in &self.0 {
            let mut rooms = shard.lock().expect("no panic in a room");
            let of_bot =
                rooms.iter_mut().filter(|(key, _)| matches!(key, RoomKey::Private { bot: of, .. } if *of == bot));
            for (_, room) in of_bot {
                for id in ids {
                    let Some(message) = room.get_mut(*id) else { continue };
                    if message.header_field("business_connection_id").is_some_and(|of| of == connection) {
                        message.deleted = true;
                    }
                }
            }
        }
    }

    pub fn clear(&self) {
        self.0.iter().for_each(|shard| shard.lock().expect("no panic in a room").clear());
    }
}
