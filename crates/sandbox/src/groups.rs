//! Groups, supergroups and channels, and who is in them.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Mutex, MutexGuard, RwLock,
        atomic::{AtomicI64, Ordering},
    },
};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::message::{Card, card};

/// Supergroups and channels have ids below this, basic groups above.
const SUPERGROUP_BASE: i64 = -1_000_000_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Group,
    Supergroup,
    Channel,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Supergroup => "supergroup",
            Self::Channel => "channel",
        }
    }
}

/// A member's standing, in Telegram's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Creator,
    Administrator,
    Member,
    Restricted,
    Left,
    Kicked,
}

impl Status {
    pub fn is_inside(self) -> bool {
        !matches!(self, Self::Left | Self::Kicked)
    }

    pub fn is_admin(self) -> bool {
        matches!(self, Self::Creator | Self::Administrator)
    }
}

/// What a group is at the moment.
#[derive(Clone, Debug)]
pub struct Facts {
    pub kind: Kind,
    pub title: String,
    pub username: Option<String>,
    /// People and bots.
    pub members: BTreeMap<i64, Status>,
    pub migrated_to: Option<i64>,
    pub deleted: bool,
    /// Set while ordinary members may not write text.
    pub read_only: bool,
    /// Names of a forum's topics, by the number of the message that opened each.
    pub topics: BTreeMap<i64, String>,
    pub chat: Card,
}

impl Facts {
    pub fn status(&self, member: i64) -> Option<Status> {
        self.members.get(&member).copied()
    }
}

/// A group under its id.
#[derive(Debug)]
pub struct Group {
    pub id: i64,
    facts: Mutex<Facts>,
}

impl Group {
    fn new(id: i64, kind: Kind, title: String, username: Option<String>) -> Self {
        let chat = chat_card(id, kind, &title, username.as_deref());
        let members = BTreeMap::new();
        let facts = Facts {
            kind,
            title,
            username,
            members,
            migrated_to: None,
            deleted: false,
            read_only: false,
            topics: BTreeMap::new(),
            chat,
        };
        Self { id, facts: Mutex::new(facts) }
    }

    pub fn facts(&self) -> MutexGuard<'_, Facts> {
        self.facts.lock().expect("no panic in a group")
    }

    pub fn chat(&self) -> Card {
        self.facts().chat.clone()
    }

    /// Sets somebody's standing and returns what it was.
    pub fn set_status(&self, member: i64, status: Status) -> Status {
        self.facts().members.insert(member, status).unwrap_or(Status::Left)
    }

    /// The group becomes a forum, if it is none yet.
    pub fn be_forum(&self) {
        let mut facts = self.facts();
        let mut chat = chat_card_value(self.id, facts.kind, &facts.title, facts.username.as_deref());
        chat["is_forum"] = json!(true);
        facts.chat = card(&chat);
    }

    pub fn describe(&self) -> Value {
        let facts = self.facts();
        json!({"id": self.id, "type": facts.kind, "title": facts.title, "username": facts.username,
            "members": facts.members.iter().map(|(id, status)| json!({"id": id, "status": status})).collect::<Vec<_>>(),
            "migrated_to": facts.migrated_to, "deleted": facts.deleted, "read_only": facts.read_only,
            "topics": facts.topics.iter().map(|(id, name)| json!({"message_thread_id": id, "name": name})).collect::<Vec<_>>()})
    }
}

fn chat_card(id: i64, kind: Kind, title: &str, username: Option<&str>) -> Card {
    card(&chat_card_value(id, kind, title, username))
}

fn chat_card_value(id: i64, kind: Kind, title: &str, username: Option<&str>) -> Value {
    let mut chat = json!({"id": id, "title": title});
    if let Some(username) = username {
        chat["username"] = json!(username);
    }
    chat["type"] = json!(kind.name());
    chat
}

/// All groups and channels.
#[derive(Debug)]
pub struct Groups {
    by_id: RwLock<HashMap<i64, Arc<Group>>>,
    next: AtomicI64,
}

impl Groups {
    pub fn new() -> Self {
        Self { by_id: RwLock::default(), next: AtomicI64::new(4_000_001) }
    }

    pub fn get(&self, id: i64) -> Option<Arc<Group>> {
        self.by_id.read().expect("no panic among groups").get(&id).cloned()
    }

    pub fn by_username(&self, username: &str) -> Option<Arc<Group>> {
        let by_id = self.by_id.read().expect("no panic among groups");
        let wanted = username.trim_start_matches('@');
        let is_named =
            |group: &&Arc<Group>| group.facts().username.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(wanted));
        by_id.values().find(is_named).cloned()
    }

    pub fn make(&self, id: Option<i64>, kind: Kind, title: String, username: Option<String>) -> Arc<Group> {
        let id = id.unwrap_or_else(|| {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if kind == Kind::Group { -number } else { SUPERGROUP_BASE - number }
        });
        let group = Arc::new(Group::new(id, kind, title, username));
        self.by_id.write().expect("no panic among groups").insert(id, group.clone());
        group
    }

    /// A stand-in for a group nobody made, when every chat id is valid.
    pub fn stand_in(&self, id: i64) -> Arc<Group> {
        let kind = if id < SUPERGROUP_BASE { Kind::Supergroup } else { Kind::Group };
        self.get(id).unwrap_or_else(|| self.make(Some(id), kind, format!("Group {id}"), None))
    }

    pub fn list(&self) -> Vec<Arc<Group>> {
        let mut all: Vec<_> = self.by_id.read().expect("no panic among groups").values().cloned().collect();
        all.sort_unstable_by_key(|group| std::cmp::Reverse(group.id));
        all
    }

    pub fn clear(&self) {
        self.by_id.write().expect("no panic among groups").clear();
    }
}
