//! The people who can be acted: their profiles, as bots get to see them.

use std::{
    collections::HashMap,
    sync::{
        Arc, RwLock,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::message::{Card, Sender, card};

/// Ids of people made without one start here, far from anything that tests like to pick.
const FIRST_ID: i64 = 700_000_001;

/// A person's account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    pub id: i64,
    pub first_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_premium: bool,
}

impl Profile {
    fn as_sender(&self) -> Value {
        let mut shown = json!({"id": self.id, "is_bot": false, "first_name": self.first_name});
        let optional =
            [("last_name", &self.last_name), ("username", &self.username), ("language_code", &self.language_code)];
        for (name, value) in optional {
            if let Some(value) = value {
                shown[name] = json!(value);
            }
        }
        if self.is_premium {
            shown["is_premium"] = json!(true);
        }
        shown
    }

    fn as_chat(&self) -> Value {
        let mut shown = json!({"id": self.id, "first_name": self.first_name});
        for (name, value) in [("last_name", &self.last_name), ("username", &self.username)] {
            if let Some(value) = value {
                shown[name] = json!(value);
            }
        }
        shown["type"] = json!("private");
        shown
    }
}

#[derive(Debug)]
struct Shown {
    profile: Profile,
    sender: Card,
    chat: Card,
}

impl From<Profile> for Shown {
    fn from(profile: Profile) -> Self {
        Self { sender: card(&profile.as_sender()), chat: card(&profile.as_chat()), profile }
    }
}

/// A person, alive or with the account deleted.
#[derive(Debug)]
pub struct User {
    pub id: i64,
    shown: RwLock<Shown>,
    deleted: AtomicBool,
}

impl User {
    pub fn profile(&self) -> Profile {
        self.shown.read().expect("no panic in a profile").profile.clone()
    }

    pub fn change(&self, change: impl FnOnce(&mut Profile)) {
        let mut profile = self.profile();
        change(&mut profile);
        profile.id = self.id;
        *self.shown.write().expect("no panic in a profile") = profile.into();
    }

    pub fn sender(&self) -> Sender {
        let card = self.shown.read().expect("no panic in a profile").sender.clone();
        Sender { id: self.id, card }
    }

    /// The private chat with this person, as bots see it.
    pub fn chat(&self) -> Card {
        self.shown.read().expect("no panic in a profile").chat.clone()
    }

    pub fn is_deleted(&self) -> bool {
        self.deleted.load(Ordering::Relaxed)
    }

    pub fn delete(&self) {
        self.deleted.store(true, Ordering::Relaxed);
    }
}

/// Everybody.
#[derive(Debug)]
pub struct Users {
    by_id: RwLock<HashMap<i64, Arc<User>>>,
    next_id: AtomicI64,
}

impl Users {
    pub fn new() -> Self {
        Self { by_id: RwLock::default(), next_id: AtomicI64::new(FIRST_ID) }
    }

    pub fn get(&self, id: i64) -> Option<Arc<User>> {
        self.by_id.read().expect("no panic among users").get(&id).cloned()
    }

    /// Makes a person; without an id they get the next free one. An existing person takes the new profile.
    pub fn put(&self, mut profile: Profile) -> Arc<User> {
        let mut by_id = self.by_id.write().expect("no panic among users");
        while profile.id == 0 {
            let id = self.next_id.fetch_add(1, Ordering::Relaxed);
            profile.id = if by_id.contains_key(&id) { 0 } else { id };
        }
        let user = by_id.entry(profile.id).or_insert_with(|| {
            let shown = RwLock::new(profile.clone().into());
            Arc::new(User { id: profile.id, shown, deleted: AtomicBool::new(false) })
        });
        user.change(|known| *known = profile);
        user.clone()
    }

    /// A stand-in for somebody nobody made, when every chat id is valid.
    pub fn stand_in(&self, id: i64) -> Arc<User> {
        if let Some(user) = self.get(id) {
            return user;
        }
        self.put(Profile { id, first_name: format!("User {id}"), ..Profile::default() })
    }

    pub fn count(&self) -> usize {
        self.by_id.read().expect("no panic among users").len()
    }

    /// At most `limit` people by id.
    pub fn list(&self, after: i64, limit: usize) -> Vec<Arc<User>> {
        let by_id = self.by_id.read().expect("no panic among users");
        let mut found: Vec<_> = by_id.values().filter(|user| user.id > after).cloned().collect();
        found.sort_unstable_by_key(|user| user.id);
        found.truncate(limit);
        found
    }

    pub fn clear(&self) {
        self.by_id.write().expect("no panic among users").clear();
        self.next_id.store(FIRST_ID, Ordering::Relaxed);
    }
}
