//! Faults on demand: rules that make matching calls fail, hang, lose their answer or answer strangely.

use std::sync::{
    RwLock,
    atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// A fault, tagged by `kind`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// 429 with `retry_after` seconds.
    Throttle { retry_after: i64 },
    /// An error answer of any code.
    Status { code: u16, description: String },
    /// What a proxy in front of Telegram answers when nothing is behind it.
    #[serde(rename = "html_502")]
    Html502 {},
    /// Acts, then closes the connection without an answer.
    LostAnswer {},
    /// Closes the connection without acting.
    Reset {},
    /// Acts and answers after a while.
    Slow { ms: u64 },
    /// Never answers; acts first if asked to.
    Hang {
        #[serde(default)]
        act: bool,
    },
    /// Every optional field of the answer is null.
    NullFields {},
    /// Every object of the answer has fields that nobody knows.
    UnknownFields {},
}

impl Fault {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Throttle { .. } => "throttle",
            Self::Status { .. } => "status",
            Self::Html502 {} => "html_502",
            Self::LostAnswer {} => "lost_answer",
            Self::Reset {} => "reset",
            Self::Slow { .. } => "slow",
            Self::Hang { .. } => "hang",
            Self::NullFields {} => "null_fields",
            Self::UnknownFields {} => "unknown_fields",
        }
    }
}

/// Which calls a fault meets, and how often. Absent means any.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Scope {
    pub bot: Option<i64>,
    pub method: Option<String>,
    pub chat_id: Option<i64>,
    /// This many matching calls go through before the first is met.
    pub after: i64,
    /// Ends after so many calls.
    pub times: Option<i64>,
    /// Ends at this time, milliseconds since the epoch.
    pub until: Option<i64>,
}

/// A rule as it was given, with what is left of it.
#[derive(Debug)]
struct Rule {
    id: u64,
    scope: Scope,
    fault: Fault,
    to_skip: AtomicI64,
    left: AtomicI64,
    met: AtomicU64,
}

impl Rule {
    fn covers(&self, bot: i64, method: &str, chat_id: Option<i64>, now_ms: i64) -> bool {
        let scope = &self.scope;
        scope.bot.is_none_or(|id| id == bot)
            && scope.method.as_ref().is_none_or(|name| name.eq_ignore_ascii_case(method))
            && scope.chat_id.is_none_or(|id| Some(id) == chat_id)
            && scope.until.is_none_or(|until| now_ms < until)
    }

    fn take(&self) -> bool {
        if self.to_skip.fetch_sub(1, Ordering::Relaxed) > 0 || self.left.fetch_sub(1, Ordering::Relaxed) <= 0 {
            return false;
        }
        self.met.fetch_add(1, Ordering::Relaxed);
        true
    }
}

/// All rules in force.
#[derive(Debug, Default)]
pub struct Faults {
    rules: RwLock<Vec<Rule>>,
    any: AtomicBool,
    last_id: AtomicU64,
}

impl Faults {
    pub fn add(&self, scope: Scope, fault: Fault) -> u64 {
        let id = self.last_id.fetch_add(1, Ordering::Relaxed) + 1;
        let (to_skip, left) = (AtomicI64::new(scope.after), AtomicI64::new(scope.times.unwrap_or(i64::MAX)));
        let rule = Rule { id, scope, fault, to_skip, left, met: AtomicU64::new(0) };
        self.rules.write().expect("no panic while ruling").push(rule);
        self.any.store(true, Ordering::Release);
        id
    }

    /// The first rule that meets this call; it is used up by one.
    pub fn meet(&self, bot: i64, method: &str, chat_id: Option<i64>, now_ms: i64) -> Option<Fault> {
        if !self.any.load(Ordering::Acquire) {
            return None;
        }
        let rules = self.rules.read().expect("no panic while ruling");
        let met = rules.iter().find(|rule| rule.covers(bot, method, chat_id, now_ms) && rule.take());
        met.map(|rule| rule.fault.clone())
    }

    pub fn list(&self) -> Vec<Value> {
        let rules = self.rules.read().expect("no panic while ruling");
        rules.iter().map(describe).collect()
    }

    /// Removes one rule, or all of them.
    pub fn clear(&self, id: Option<u64>) {
        let mut rules = self.rules.write().expect("no panic while ruling");
        rules.retain(|rule| id.is_some_and(|id| rule.id != id));
        self.any.store(!rules.is_empty(), Ordering::Release);
    }
}

fn describe(rule: &Rule) -> Value {
    let mut shown = Map::new();
    shown.insert("id".into(), rule.id.into());
    for part in [json!(rule.scope), json!(rule.fault)] {
        if let Value::Object(part) = part {
            shown.extend(part);
        }
    }
    shown.insert("met".into(), rule.met.load(Ordering::Relaxed).into());
    Value::Object(shown)
}

/// Fields without which an answer would not be Telegram's at all.
const NEEDED: [&str; 16] = [
    "ok",
    "result",
    "error_code",
    "message_id",
    "date",
    "chat",
    "id",
    "type",
    "is_bot",
    "first_name",
    "url",
    "has_custom_certificate",
    "pending_update_count",
    "file_id",
    "file_unique_id",
    "update_id",
];
/// Optional fields that are added as null where they are absent.
const NULLED: [&str; 8] =
    ["username", "description", "parameters", "edit_date", "reply_markup", "entities", "caption", "last_error_date"];

/// Turns every optional field of an answer into null.
pub fn with_nulls(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (name, field) in object.iter_mut() {
                if NEEDED.contains(&name.as_str()) { with_nulls(field) } else { *field = Value::Null }
            }
            for name in NULLED {
                object.entry(name).or_insert(Value::Null);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(with_nulls),
        _ => {}
    }
}

/// Adds fields of a future version to every object of an answer.
pub fn with_unknown(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.values_mut().for_each(with_unknown);
            object.insert("future_field".into(), json!({"kind": "future", "values": [1, null, {"deep": "er"}]}));
            object.insert("future_flag".into(), json!(true));
        }
        Value::Array(items) => items.iter_mut().for_each(with_unknown),
        _ => {}
    }
}
