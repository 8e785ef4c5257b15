//! What only broadcasts have: a pace, turns, holds, rates of their own, and a feeder that makes their rows.

use std::collections::{HashMap, HashSet};

use model::{Id, Rate, Timestamp, broadcast::Broadcast, forecast::CEILING_FULL};

use super::{
    pace::{Pace, slot_us},
    queue::Group,
};

/// The feeder makes rows for about this long ahead, so that a pause takes effect on what is still with it.
pub(super) const FEED_AHEAD_MS: i64 = 10_000;
const FEED_MIN: usize = 16;

#[derive(Debug, Default)]
pub(super) struct Bulk {
    pace: Pace,
    paid_pace: Pace,
    /// The broadcast that was served last.
    pub last: Group,
    pub held: HashSet<Id<Broadcast>>,
    /// One bulk message was begun since a reply waits: no other one may pass it.
    pub has_passed: bool,
    caps: HashMap<Id<Broadcast>, (Rate, Pace)>,
    is_feeding: bool,
    /// More recipients came up while the feeder was at work.
    fed_again: bool,
    has_more: bool,
}

impl Bulk {
    /// When the last one of a broadcast left before is no longer known: it may have been just now.
    pub fn restore(&mut self, held: Vec<Id<Broadcast>>, capped: Vec<(Id<Broadcast>, Rate, bool)>, now: Timestamp) {
        self.held.extend(held);
        for (id, rate, has_sent) in capped {
            let mut pace = Pace::default();
            if has_sent {
                pace.take(now, slot_us(rate, CEILING_FULL), 1);
            }
            self.caps.insert(id, (rate, pace));
        }
        self.has_more = true;
    }

    pub fn cap(&mut self, broadcast: Id<Broadcast>, rate: Option<Rate>) {
        match rate {
            Some(rate) => self.caps.entry(broadcast).or_insert((rate, Pace::default())).0 = rate,
            None => drop(self.caps.remove(&broadcast)),
        }
    }

    /// Messages that are paid for have a pace of their own.
    pub fn pace_of(&mut self, is_paid: bool) -> &mut Pace {
        if is_paid { &mut self.paid_pace } else { &mut self.pace }
    }

    /// When this group may send again by its own rate.
    pub fn cap_opens(&self, group: Group) -> Option<Timestamp> {
        let (_, pace) = self.caps.get(&group?)?;
        Some(pace.opens_at())
    }

    pub fn take_cap(&mut self, group: Group, now: Timestamp, weight: u32) {
        if let Some((rate, pace)) = group.and_then(|id| self.caps.get_mut(&id)) {
            pace.take(now, slot_us(*rate, CEILING_FULL), weight);
        }
    }

    pub fn more_to_feed(&mut self) {
        self.has_more = true;
        self.fed_again = self.is_feeding;
    }

    pub fn fed(&mut self, more: bool) {
        self.is_feeding = false;
        self.has_more = more || self.fed_again;
        self.fed_again = false;
    }

    pub fn is_fed(&self) -> bool {
        !self.is_feeding && !self.has_more
    }

    pub fn may_feed(&self) -> bool {
        !self.is_feeding && self.has_more
    }

    /// How many more rows to ask for, while `waiting` chats can be sent to soon at this rate.
    pub fn feed(&mut self, rate: Rate, waiting: usize, entries_max: usize) -> Option<usize> {
        let ahead = i64::from(rate.count()).saturating_mul(FEED_AHEAD_MS) / rate.window_ms();
        let wanted = usize::try_from(ahead).unwrap_or(FEED_MIN).max(FEED_MIN).min(entries_max);
        // Half of it at least, so that rows are made in chunks.
        if waiting > wanted / 2 {
            return None;
        }
        self.is_feeding = true;
        Some(wanted - waiting)
    }
}
