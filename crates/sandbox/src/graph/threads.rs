//! One number, one person: their messages, the customer-service window, the rate between the two.

use std::collections::VecDeque;

use serde::Serialize;
use serde_json::{Value, json};

use super::world::World;

/// A person's message opens the window for so long.
pub const WINDOW_MS: i64 = 24 * 3600 * 1000;
/// One message in so many seconds …
const PAIR_S: i64 = 6;
/// … of which so many may be borrowed.
const PAIR_BURST: i64 = 45;

/// What one number and one person wrote to each other.
#[derive(Debug, Default)]
pub struct Thread {
    pub messages: VecDeque<Message>,
    pub window_until_ms: i64,
    pub typing_until_ms: i64,
    pub stopped_marketing: bool,
    /// When the pair would have been even again, had it always kept the pace.
    paid_until_ms: i64,
}

/// How far a message of the business got. Order matters: it only moves forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Accepted,
    Held,
    Sent,
    Delivered,
    Read,
    Failed,
}

impl Status {
    pub fn read(name: &str) -> Option<Self> {
        Some(match name {
            "sent" => Self::Sent,
            "delivered" => Self::Delivered,
            "read" | "played" => Self::Read,
            "failed" => Self::Failed,
            _ => return None,
        })
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Held => "held",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed => "failed",
        }
    }
}

/// A message as the phone shows it.
#[derive(Clone, Debug, Serialize)]
pub struct Message {
    pub id: String,
    /// Written by the person, not by the business.
    pub is_own: bool,
    pub at_ms: i64,
    #[serde(rename = "type")]
    pub kind: String,
    /// The object under the type's name.
    pub content: Value,
    /// A template with its variables filled in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shown: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    pub status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<i64>,
    #[serde(skip)]
    pub opaque: Option<String>,
    /// What its delivery costs: `service`, `marketing` …
    #[serde(skip)]
    pub category: String,
    /// The message was addressed by business-scoped id.
    #[serde(skip)]
    pub by_user_id: bool,
    pub reaction_of_person: Option<String>,
    pub reaction_of_business: Option<String>,
}

impl Message {
    pub fn new(id: String, is_own: bool, at_ms: i64, kind: &str, content: Value) -> Self {
        Self {
            id,
            is_own,
            at_ms,
            kind: kind.to_owned(),
            content,
            shown: None,
            reply_to: None,
            status: Status::Accepted,
            error: None,
            opaque: None,
            category: "service".into(),
            by_user_id: false,
            reaction_of_person: None,
            reaction_of_business: None,
        }
    }
}

impl Thread {
    /// Takes one message's place between the two, or says that there is none.
    pub fn take_pair(&mut self, now_ms: i64) -> bool {
        let paid = self.paid_until_ms.max(now_ms) + PAIR_S * 1000;
        let fits = paid - now_ms <= PAIR_BURST * PAIR_S * 1000;
        if fits {
            self.paid_until_ms = paid;
        }
        fits
    }

    pub fn find(&mut self, id: &str) -> Option<&mut Message> {
        self.messages.iter_mut().rev().find(|message| message.id == id)
    }

    pub fn show(&self, limit: usize, now_ms: i64) -> Value {
        let skipped = self.messages.len().saturating_sub(limit);
        let messages: Vec<_> = self.messages.iter().skip(skipped).collect();
        json!({"messages": messages, "window_until_ms": self.window_until_ms,
            "is_window_open": self.window_until_ms > now_ms, "is_typing": self.typing_until_ms > now_ms,
            "stopped_marketing": self.stopped_marketing})
    }
}

impl World {
    /// Adds a message to a thread; the oldest goes when there are more than `max`.
    pub fn add_message(&mut self, number: &str, wa_id: &str, message: Message, max: usize) {
        self.places.insert(message.id.clone(), (number.to_owned(), wa_id.to_owned()));
        let thread = self.thread(number, wa_id);
        thread.messages.push_back(message);
        if thread.messages.len() > max
            && let Some(oldest) = thread.messages.pop_front()
        {
            self.places.remove(&oldest.id);
        }
    }

    pub fn message(&mut self, id: &str) -> Option<&mut Message> {
        let place = self.places.get(id)?;
        self.threads.get_mut(place)?.find(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_borrows_forty_five_and_then_keeps_the_pace() {
        let mut thread = Thread::default();
        assert_eq!((0..100).filter(|_| thread.take_pair(1_000_000)).count(), 45);
        assert!(!thread.take_pair(1_005_999));
        assert!(thread.take_pair(1_006_000));
        assert!(!thread.take_pair(1_006_000));
    }
}
