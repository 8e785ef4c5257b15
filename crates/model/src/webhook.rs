//! Outgoing webhooks: a tenant's own systems hear of changes, in the Standard Webhooks format.

use crate::{Id, Tenant, Timestamp, word::words};

words! {
    /// What became of a delivery. `FAILED`: no more tries by itself; it can be sent again by hand.
    pub enum DeliveryStatus { Pending = "PENDING", Delivered = "DELIVERED", Failed = "FAILED" }
}

/// Where a tenant wants to hear of changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Endpoint {
    pub id: Id<Endpoint>,
    pub tenant: Id<Tenant>,
    pub url: String,
    pub description: String,
    /// Empty: all.
    pub event_types: Vec<String>,
    pub is_enabled: bool,
    /// Why it was disabled, when it was not by hand.
    pub disabled_reason: Option<String>,
    /// Since when nothing has arrived.
    pub failing_since: Option<Timestamp>,
    /// Until when the secret before the present one signs as well.
    pub old_secret_until: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Endpoint {
    pub fn wants(&self, event_type: &str) -> bool {
        self.event_types.is_empty() || self.event_types.iter().any(|wanted| wanted == event_type)
    }
}

/// One event on its way to one endpoint. Its id is the same over all tries.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    pub id: Id<Delivery>,
    pub endpoint: Id<Endpoint>,
    pub event_type: String,
    /// The event's place in the feed; `None` for a test.
    pub seq: Option<i64>,
    pub status: DeliveryStatus,
    pub attempts: i64,
    /// When it is tried next.
    pub due_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub delivered_at: Option<Timestamp>,
}

/// One try, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub at: Timestamp,
    /// None: there was no answer.
    pub status: Option<u16>,
    pub duration_ms: i64,
    /// Why there was no answer.
    pub error: Option<String>,
    /// The beginning of the answer.
    pub response: Option<String>,
}

impl Attempt {
    pub fn is_good(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

/// The waits between tries: from seconds, for a restart at the other end, to hours, for a weekend.
const WAITS_MS: [i64; 8] =
    [5_000, 60_000, 5 * 60_000, 30 * 60_000, 2 * HOUR_MS, 5 * HOUR_MS, 10 * HOUR_MS, 10 * HOUR_MS];
const HOUR_MS: i64 = 3_600_000;
/// Waits are spread over a fifth, so that a receiver that comes back does not get everything at once.
const JITTER_PARTS: i64 = 5;

/// An endpoint at which nothing has arrived for so long is disabled.
pub const GIVE_UP_MS: i64 = 5 * crate::DAY_MS;

/// How long to wait after the `attempts`-th try failed; `None`: it was the last. `asked_ms`: what the other end asked for.
pub fn wait_ms(attempts: i64, random: u64, asked_ms: Option<i64>) -> Option<i64> {
    let wait = *WAITS_MS.get(usize::try_from(attempts - 1).ok()?)?;
    let spread = wait / JITTER_PARTS;
    let jitter = i64::try_from(random % spread.unsigned_abs().max(1)).unwrap_or(0);
    Some((wait + jitter).max(asked_ms.unwrap_or(0).min(10 * HOUR_MS)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_from_seconds_to_hours_and_end() {
        let waits: Vec<_> = (1..=9).map(|attempts| wait_ms(attempts, 0, None)).collect();
        assert_eq!(waits[0], Some(5_000));
        assert_eq!(waits[7], Some(10 * HOUR_MS));
        assert_eq!(waits[8], None);
        assert!(waits[..8].is_sorted());
        assert_eq!(wait_ms(1, 999, None), Some(5_999));
        assert_eq!(wait_ms(1, 1_000, None), Some(5_000));
        assert_eq!(wait_ms(1, 0, Some(30_000)), Some(30_000));
        assert_eq!(wait_ms(1, 0, Some(i64::MAX)), Some(10 * HOUR_MS));
        assert_eq!(wait_ms(0, 0, None), None);
    }
}
