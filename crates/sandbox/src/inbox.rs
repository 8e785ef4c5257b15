//! Updates waiting for a bot: numbered, filtered, bounded, and taken either by `getUpdates` or by webhook delivery.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

use serde_json::Value;
use tokio::{sync::Notify, task::AbortHandle};

use crate::{message::Card, random::Random, webhook::Webhook};

/// Kinds that a bot gets only when it asks for them by name.
const NOT_BY_DEFAULT: [&str; 3] = ["chat_member", "message_reaction", "message_reaction_count"];
/// Every kind of Bot API 10.4.
pub const KINDS: [&str; 29] = [
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "guest_message",
    "message_reaction",
    "message_reaction_count",
    "inline_query",
    "chosen_inline_result",
    "callback_query",
    "shipping_query",
    "pre_checkout_query",
    "purchased_paid_media",
    "poll",
    "poll_answer",
    "my_chat_member",
    "chat_member",
    "chat_join_request",
    "chat_boost",
    "removed_chat_boost",
    "managed_bot",
    "subscription",
    "stopped_message_generation",
    "widget_query",
    "shared_widget_query",
];

const PENDING_MAX: usize = 100_000;
const PENDING_BYTES_MAX: usize = 128 << 20;
const UPDATE_BYTES_MAX: usize = 512 << 10;
const WEEK_MS: i64 = 7 * 24 * 3600 * 1000;

/// Within one queue updates are delivered one at a time, in order; different queues go in parallel.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum QueueKey {
    Chat(i64),
    /// A person's button presses.
    Callback(i64),
    /// The bot's own standing in a chat.
    Membership(i64),
    /// What a person does about memberships.
    Member(i64),
    Inline(i64),
    Reaction(i64),
    Poll(String),
    Business(i64),
    Other(String),
}

/// An update before it has a number.
#[derive(Debug)]
pub struct NewUpdate {
    pub kind: &'static str,
    pub payload: Card,
    pub queue: QueueKey,
    pub expires_at_ms: i64,
}

/// A numbered update.
#[derive(Debug)]
pub struct Pending {
    /// Order of arrival; unlike `id` it never jumps down.
    pub seq: u64,
    pub id: i64,
    pub body: Box<str>,
    pub queue: QueueKey,
    pub expires_at_ms: i64,
}

/// Updates of one bot.
#[derive(Debug, Default)]
pub struct Inbox {
    state: Mutex<State>,
    /// Told whenever there is something new to take, or the way of taking it has changed.
    pub woken: Notify,
}

/// Guarded by the inbox; only numbers and queues are changed under the lock.
#[derive(Debug, Default)]
pub struct State {
    pub pending: BTreeMap<u64, Arc<Pending>>,
    pub allowed: Option<Vec<String>>,
    pub webhook: Option<Arc<Webhook>>,
    pub sender: Option<AbortHandle>,
    pub webhook_set_at_us: i64,
    /// Counts polls: a newer one ends an older one.
    pub poll: u64,
    /// Updates lost because the queue was full.
    pub lost: u64,
    next_id: i64,
    next_seq: u64,
    last_at_ms: i64,
    bytes: usize,
}

impl Inbox {
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic in an inbox")
    }

    /// Adds an update if the bot wants its kind, and returns its number.
    pub fn push(&self, new: NewUpdate, now_ms: i64, random: &Random) -> Option<i64> {
        let mut state = self.state();
        if !state.wants(new.kind) {
            return None;
        }
        let id = state.take_id(now_ms, random);
        let body = format!("{{\"update_id\":{id},\"{}\":{}}}", new.kind, new.payload);
        let added = state.add(id, body, new.queue, new.expires_at_ms);
        drop(state);
        self.woken.notify_waiters();
        added
    }

    /// Adds any JSON object as an update, whatever the bot wants. It keeps its `update_id` if it has one.
    pub fn push_raw(
        &self,
        mut update: serde_json::Map<String, Value>,
        queue: QueueKey,
        expires_at_ms: i64,
        now_ms: i64,
        random: &Random,
    ) -> Option<i64> {
        let mut state = self.state();
        let given = update.get("update_id").and_then(Value::as_i64);
        let id = given.unwrap_or_else(|| state.take_id(now_ms, random));
        if given.is_none() && !update.contains_key("update_id") {
            update.shift_insert(0, "update_id".into(), id.into());
        }
        let added = state.add(id, Value::Object(update).to_string(), queue, expires_at_ms);
        drop(state);
        self.woken.notify_waiters();
        added
    }
}

impl State {
    fn wants(&self, kind: &str) -> bool {
        match &self.allowed {
            Some(kinds) => kinds.iter().any(|wanted| wanted == kind),
            None => !NOT_BY_DEFAULT.contains(&kind),
        }
    }

    /// The next number; a random one at first and after a week of silence.
    fn take_id(&mut self, now_ms: i64, random: &Random) -> i64 {
        if self.next_id == 0 || now_ms - self.last_at_ms >= WEEK_MS {
            self.next_id = random.between(2_000_001, 1_000_000_000);
        }
        self.last_at_ms = now_ms;
        self.next_id += 1;
        self.next_id - 1
    }

    fn add(&mut self, id: i64, body: String, queue: QueueKey, expires_at_ms: i64) -> Option<i64> {
        let is_full = self.pending.len() >= PENDING_MAX || self.bytes + body.len() > PENDING_BYTES_MAX;
        if is_full || body.len() > UPDATE_BYTES_MAX {
            self.lost += 1;
            return None;
        }
        self.bytes += body.len();
        self.next_seq += 1;
        let seq = self.next_seq;
        let pending = Pending { seq, id, body: body.into(), queue, expires_at_ms };
        self.pending.insert(seq, Arc::new(pending));
        Some(id)
    }

    /// Forgets an update that was taken, or that nobody will take any more.
    pub fn remove(&mut self, seq: u64) {
        if let Some(update) = self.pending.remove(&seq) {
            self.bytes -= update.body.len();
        }
    }

    pub fn drop_pending(&mut self) {
        self.pending.clear();
        self.bytes = 0;
    }

    pub fn drop_expired(&mut self, now_ms: i64) {
        let expired: Vec<u64> =
            self.pending.values().filter(|update| update.expires_at_ms <= now_ms).map(|update| update.seq).collect();
        expired.into_iter().for_each(|seq| self.remove(seq));
    }

    /// Confirms what came before `offset`; a negative one keeps only the last `-offset`.
    pub fn confirm(&mut self, offset: i64) {
        let confirmed: Vec<u64> = if offset >= 0 {
            self.pending.values().filter(|update| update.id < offset).map(|update| update.seq).collect()
        } else {
            let keep = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
            let forget = self.pending.len().saturating_sub(keep);
            self.pending.keys().take(forget).copied().collect()
        };
        confirmed.into_iter().for_each(|seq| self.remove(seq));
    }
}

/// The kinds asked for by `allowed_updates`: `None` keeps what was asked before, `Some(None)` is the default.
pub fn parse_allowed(list: Option<&Value>) -> Option<Option<Vec<String>>> {
    let names = list?.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_ascii_lowercase);
    let mut known: Vec<String> = names.filter(|name| KINDS.contains(&name.as_str())).collect();
    known.dedup();
    Some(Some(known).filter(|known| !known.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::card;

    fn update(kind: &'static str) -> NewUpdate {
        NewUpdate { kind, payload: card(&1), queue: QueueKey::Chat(1), expires_at_ms: 1000 }
    }

    #[test]
    fn unwanted_kinds_take_no_number() {
        let (inbox, random) = (Inbox::default(), Random::new(Some(1)));
        let first = inbox.push(update("message"), 0, &random).unwrap();
        assert!((2_000_001..=1_000_000_000).contains(&first));
        assert_eq!(inbox.push(update("message_reaction"), 0, &random), None);
        assert_eq!(inbox.push(update("callback_query"), 0, &random), Some(first + 1));
        inbox.state().allowed = Some(vec!["message_reaction".into()]);
        assert_eq!(inbox.push(update("message"), 0, &random), None);
        assert_eq!(inbox.push(update("message_reaction"), 0, &random), Some(first + 2));
    }

    #[test]
    fn a_week_of_silence_starts_the_numbers_anew() {
        let (inbox, random) = (Inbox::default(), Random::new(Some(7)));
        let first = inbox.push(update("message"), 0, &random).unwrap();
        assert_eq!(inbox.push(update("message"), WEEK_MS - 1, &random), Some(first + 1));
        assert_ne!(inbox.push(update("message"), 2 * WEEK_MS, &random), Some(first + 2));
    }

    #[test]
    fn negative_offsets_keep_the_last() {
        let (inbox, random) = (Inbox::default(), Random::new(Some(7)));
        for _ in 0..5 {
            inbox.push(update("message"), 0, &random);
        }
        inbox.state().confirm(-2);
        assert_eq!(inbox.state().pending.len(), 2);
        let next = inbox.state().pending.values().next().unwrap().id;
        inbox.state().confirm(next + 1);
        assert_eq!(inbox.state().pending.len(), 1);
        inbox.state().drop_expired(1000);
        assert_eq!(inbox.state().pending.len(), 0);
    }

    #[test]
    fn unknown_names_only_mean_the_default() {
        assert_eq!(parse_allowed(None), None);
        assert_eq!(parse_allowed(Some(&serde_json::json!([]))), Some(None));
        assert_eq!(parse_allowed(Some(&serde_json::json!(["nonsense"]))), Some(None));
        assert_eq!(parse_allowed(Some(&serde_json::json!(["Message", "x"]))), Some(Some(vec!["message".into()])));
    }
}
