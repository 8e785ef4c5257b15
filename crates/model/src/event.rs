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
