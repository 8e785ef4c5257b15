//! One Telegram Update as it arrived.

use crate::{Id, Tenant, Timestamp, bot::Bot, word::words};

words! {
    /// Where an event is on its way. `FAILED` is tried again; `DEAD` waits for a person.
    pub enum EventStatus {
        Received = "RECEIVED", Processed = "PROCESSED", Failed = "FAILED", Dead = "DEAD", Ignored = "IGNORED",
    }
}

/// How often an event is tried before it is `DEAD`; waits double from a second to a minute.
pub const TRIES_MAX: i64 = 10;

/// An Update with its fate.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub id: Id<Event>,
    pub tenant: Id<Tenant>,
    pub bot: Id<Bot>,
    pub update_id: i64,
    /// The Update's kind in upper case, `UNKNOWN` for kinds that we don't know.
    pub event_type: String,
    pub status: EventStatus,
    pub retry_count: i64,
    pub error_message: Option<String>,
    pub processed_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

/// When an event is tried again after `tries` failures; `None` when it is given up.
pub fn retry_at(tries: i64, now: Timestamp) -> Option<Timestamp> {
    let wait_ms = 1_000_i64 << tries.saturating_sub(1).clamp(0, 6);
    (tries < TRIES_MAX).then(|| now + wait_ms.min(60_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_from_a_second_to_a_minute() {
        let now = Timestamp::from_ms(0);
        let waits: Vec<_> = (1..=TRIES_MAX).map(|tries| retry_at(tries, now).map(|at| at.since(now) / 1_000)).collect();
        assert_eq!(waits, [Some(1), Some(2), Some(4), Some(8), Some(16), Some(32), Some(60), Some(60), Some(60), None]);
    }
}
