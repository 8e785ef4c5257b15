//! Bots and their tokens. A bot comes to be when its token is first used, or is registered by the control API.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::{Arc, Mutex, RwLock},
};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    answer::{ApiError, Result},
    inbox::Inbox,
    limits::Windows,
    message::{Sender, card},
    methods::desk::Desk,
};

const TOKEN_BYTES_MAX: usize = 80;
const BOT_ID_MAX: i64 = 1 << 54;

/// What getMe tells of a bot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    pub id: i64,
    pub first_name: String,
    pub username: String,
    pub can_join_groups: bool,
    /// Off, only commands, replies and mentions reach the bot in groups.
    pub can_read_all_group_messages: bool,
    pub supports_inline_queries: bool,
}

impl Profile {
    fn new(id: i64) -> Self {
        Self {
            id,
            first_name: format!("Sandbox Bot {id}"),
            username: format!("sandbox_{id}_bot"),
            can_join_groups: true,
            can_read_all_group_messages: true,
            supports_inline_queries: false,
        }
    }

    pub fn as_me(&self) -> Value {
        json!({"id": self.id, "is_bot": true, "first_name": self.first_name, "username": self.username,
            "can_join_groups": self.can_join_groups, "can_read_all_group_messages": self.can_read_all_group_messages,
            "supports_inline_queries": self.supports_inline_queries, "can_connect_to_business": false,
            "has_main_web_app": false, "has_topics_enabled": false})
    }

    fn as_sender(&self) -> Sender {
        let shown = json!({"id": self.id, "is_bot": true, "first_name": self.first_name, "username": self.username});
        Sender { id: self.id, card: card(&shown) }
    }
}

/// One bot with everything that is waiting for it.
pub struct Bot {
    pub id: i64,
    secret: RwLock<Option<String>>,
    profile: RwLock<(Profile, Sender)>,
    pub inbox: Inbox,
    pub windows: Windows,
    pub desk: Mutex<Desk>,
}

impl fmt::Debug for Bot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bot").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Bot {
    fn new(id: i64, secret: Option<String>) -> Self {
        let profile = Profile::new(id);
        let sender = profile.as_sender();
        Self {
            id,
            secret: RwLock::new(secret),
            profile: RwLock::new((profile, sender)),
            inbox: Inbox::default(),
            windows: Windows::default(),
            desk: Mutex::default(),
        }
    }

    pub fn profile(&self) -> Profile {
        self.profile.read().expect("no panic in a profile").0.clone()
    }

    pub fn sender(&self) -> Sender {
        self.profile.read().expect("no panic in a profile").1.clone()
    }

    pub fn change(&self, change: impl FnOnce(&mut Profile)) {
        let mut shown = self.profile.write().expect("no panic in a profile");
        change(&mut shown.0);
        shown.1 = shown.0.as_sender();
    }

    /// True when `secret` is this bot's, which it is when the bot had none yet.
    fn takes(&self, secret: &str) -> bool {
        if let Some(known) = self.secret.read().expect("no panic in a token").as_deref() {
            return known == secret;
        }
        self.secret.write().expect("no panic in a token").get_or_insert_with(|| secret.to_owned()) == secret
    }

    /// From now on only `secret` is valid, as after BotFather's `/revoke`.
    pub fn set_secret(&self, secret: String) {
        *self.secret.write().expect("no panic in a token") = Some(secret);
    }

    pub fn desk(&self) -> std::sync::MutexGuard<'_, Desk> {
        self.desk.lock().expect("no panic at a desk")
    }
}

/// All bots by id, and the tokens that are refused.
#[derive(Default)]
pub struct Bots {
    by_id: RwLock<HashMap<i64, Arc<Bot>>>,
    rejected: RwLock<HashSet<String>>,
}

impl fmt::Debug for Bots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bots").finish_non_exhaustive()
    }
}

impl Bots {
    pub fn get(&self, id: i64) -> Option<Arc<Bot>> {
        self.by_id.read().expect("no panic among bots").get(&id).cloned()
    }

    /// The bot behind a token, or Telegram's 401.
    pub fn authorise(&self, token: &str, accept_any: bool) -> Result<Arc<Bot>> {
        let (id, secret) = split_token(token).ok_or_else(invalid_token)?;
        let unauthorised = || ApiError::new(401, "Unauthorized");
        if self.is_rejected(token) {
            return Err(unauthorised());
        }
        let bot = match self.get(id) {
            Some(bot) => bot,
            None if accept_any => self.ensure(id),
            None => return Err(unauthorised()),
        };
        if bot.takes(secret) { Ok(bot) } else { Err(unauthorised()) }
    }

    fn is_rejected(&self, token: &str) -> bool {
        let rejected = self.rejected.read().expect("no panic among bots");
        !rejected.is_empty() && rejected.contains(token)
    }

    pub fn reject(&self, token: String) {
        self.rejected.write().expect("no panic among bots").insert(token);
    }

    /// The bot of that id, which is made when it isn't known.
    pub fn ensure(&self, id: i64) -> Arc<Bot> {
        let mut by_id = self.by_id.write().expect("no panic among bots");
        by_id.entry(id).or_insert_with(|| Arc::new(Bot::new(id, None))).clone()
    }

    pub fn list(&self) -> Vec<Arc<Bot>> {
        let mut all: Vec<_> = self.by_id.read().expect("no panic among bots").values().cloned().collect();
        all.sort_unstable_by_key(|bot| bot.id);
        all
    }

    pub fn clear(&self) {
        self.by_id.write().expect("no panic among bots").clear();
        self.rejected.write().expect("no panic among bots").clear();
    }
}

/// `digits:rest` as Telegram's own server takes a token apart.
pub fn split_token(token: &str) -> Option<(i64, &str)> {
    if token.starts_with('0') || token.len() > TOKEN_BYTES_MAX || token.contains('/') {
        return None;
    }
    let (id, secret) = token.split_once(':')?;
    let is_number = id.bytes().all(|byte| byte.is_ascii_digit());
    let id = id.parse().ok().filter(|id| is_number && (1..BOT_ID_MAX).contains(id))?;
    Some((id, secret)).filter(|_| !secret.is_empty())
}

fn invalid_token() -> ApiError {
    ApiError::new(401, "Unauthorized: invalid token specified")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_a_number_a_colon_and_a_secret() {
        assert_eq!(split_token("123456:ABC-DEF1234…"), Some((123_456, "ABC-DEF1234…")));
        for wrong in
            ["", "123456", ":abc", "0123:abc", "12a:abc", "-5:abc", "+5:abc", "1:", "1:a/b", "99999999999999999:x"]
        {
            assert_eq!(split_token(wrong), None, "{wrong}");
        }
        assert_eq!(split_token(&format!("1:{}", "x".repeat(79))), None);
    }

    #[test]
    fn the_first_secret_of_a_bot_wins() {
        let bots = Bots::default();
        assert_eq!(bots.authorise("5:first", true).unwrap().id, 5);
        assert_eq!(bots.authorise("5:second", true).unwrap_err(), ApiError::new(401, "Unauthorized"));
        bots.get(5).unwrap().set_secret("third".into());
        assert!(bots.authorise("5:first", true).is_err());
        assert!(bots.authorise("5:third", true).is_ok());
        bots.reject("5:third".into());
        assert!(bots.authorise("5:third", true).is_err());
        assert!(bots.authorise("6:new", false).is_err(), "unknown bots may be refused");
    }
}
