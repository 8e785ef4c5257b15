//! What a bot has put down at the server besides messages: commands, descriptions, fetched files, open button presses.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

/// Per bot; small and rarely touched, so one lock holds it all.
#[derive(Debug, Default)]
pub struct Desk {
    /// Files whose path was asked for by getFile: only those can be downloaded.
    fetched: HashSet<u64>,
    /// Texts by (kind, language): name, description, short description.
    pub texts: HashMap<(&'static str, String), String>,
    /// Commands by (scope, language).
    pub commands: HashMap<(String, String), Value>,
    /// Menu buttons by private chat, 0 for the default one.
    pub menu_buttons: HashMap<i64, Value>,
    /// Button presses that may still be answered, with their time in milliseconds.
    pub presses: HashMap<String, Press>,
}

/// A pressed button that waits for answerCallbackQuery.
#[derive(Clone, Copy, Debug)]
pub struct Press {
    pub user: i64,
    pub chat: i64,
    pub at_ms: i64,
}

impl Desk {
    pub fn has_fetched(&self, number: u64) -> bool {
        self.fetched.contains(&number)
    }

    pub fn fetch(&mut self, number: u64) {
        self.fetched.insert(number);
    }
}
