//! Who may work: the rules of leases, as functions of what was read and of one machine's clock.
//!
//! A node has one lease, for all that it owns: lanes, pollers, duties. It is a row with a *beat* that the node changes
//! every second. No node's calendar is compared with another's. The owner counts its time from *before* it asked for the
//! change; the others count theirs from *after* they saw it, on clocks that also run while a machine is suspended. So
//! whoever is buried by the others has stopped to write before that by its own clock, however wrong the calendars are.
//!
//! The fencing token in every claim and settlement is the last guard: a larger one was given to a later owner, and what
//! shows a smaller one changes nothing.

use std::collections::BTreeMap;

/// How long leases last.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// From a change of the beat to the end.
    pub ttl_ms: i64,
    /// How often an owner changes its beat, and looks at the others'.
    pub renew_ms: i64,
    /// By how much the others wait longer: two machines' seconds are not quite of one length.
    pub grace_ms: i64,
}

impl Default for Terms {
    fn default() -> Self {
        Self { ttl_ms: 6_000, renew_ms: 1_000, grace_ms: 500 }
    }
}

/// A node's own view of its lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Grows when the lease is had again after it had ended: what was permitted before is so no longer.
    epoch: u64,
    deadline_ms: i64,
}

impl Held {
    /// Not yet.
    pub fn none() -> Self {
        Self { epoch: 0, deadline_ms: i64::MIN }
    }

    /// Nobody else is there who could take anything over.
    pub fn for_good() -> Self {
        Self { epoch: 1, deadline_ms: i64::MAX }
    }

    /// The beat was changed. `asked_ms` is the clock *before* that was asked for: the answer may have taken long.
    pub fn renewed(&mut self, asked_ms: i64, clock_ms: i64, terms: Terms) {
        if !self.is_held(clock_ms) {
            self.epoch += 1;
        }
        self.deadline_ms = self.deadline_ms.max(asked_ms.saturating_add(terms.ttl_ms));
    }

    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    pub fn is_held(&self, clock_ms: i64) -> bool {
        clock_ms < self.deadline_ms
    }

    /// Whether what was permitted in `epoch` may still be written to the channel. To be asked right before each write.
    pub fn may_write(&self, epoch: u64, clock_ms: i64) -> bool {
        self.epoch == epoch && self.is_held(clock_ms)
    }
}

/// What a node has seen of the others.
#[derive(Debug, Clone)]
pub struct Watch<N> {
    seen: BTreeMap<N, Seen>,
    looked_at_ms: Option<i64>,
}

/// A beat, and since when it has not changed.
#[derive(Debug, Clone, Copy)]
struct Seen {
    beat: i64,
    since_ms: i64,
}

impl<N: Clone + Ord> Default for Watch<N> {
    fn default() -> Self {
        Self { seen: BTreeMap::new(), looked_at_ms: None }
    }
}

impl<N: Clone + Ord> Watch<N> {
    /// Takes in the others' beats; `clock_ms` is read *after* they were.
    pub fn look(&mut self, beats: impl IntoIterator<Item = (N, i64)>, clock_ms: i64, terms: Terms) {
        // Who was asleep, or could not reach the database, knows nothing of the others: they may have been just so.
        let was_away = self.looked_at_ms.is_none_or(|last| clock_ms - last > terms.ttl_ms / 2);
        self.looked_at_ms = Some(clock_ms);
        let before = std::mem::take(&mut self.seen);
        for (node, beat) in beats {
            let known = before.get(&node).filter(|seen| seen.beat == beat && !was_away);
            let since_ms = known.map_or(clock_ms, |seen| seen.since_ms);
            self.seen.insert(node, Seen { beat, since_ms });
        }
    }

    /// Nodes whose lease has ended, with the beat that they must still have when they are buried.
    pub fn dead(&self, clock_ms: i64, terms: Terms) -> Vec<(N, i64)> {
        let is_dead = |seen: &Seen| clock_ms >= seen.since_ms + terms.ttl_ms + terms.grace_ms;
        self.seen.iter().filter(|(_, seen)| is_dead(seen)).map(|(node, seen)| (node.clone(), seen.beat)).collect()
    }

    /// When the next one may be dead, unless it changes its beat.
    pub fn next_end(&self, terms: Terms) -> Option<i64> {
        self.seen.values().map(|seen| seen.since_ms + terms.ttl_ms + terms.grace_ms).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TERMS: Terms = Terms { ttl_ms: 6_000, renew_ms: 1_000, grace_ms: 500 };

    #[test]
    fn a_node_is_dead_when_its_beat_stood_still_for_longer_than_its_lease() {
        let mut watch = Watch::default();
        for clock in (0..=6_000).step_by(1_000) {
            watch.look([("a", 7), ("b", clock)], clock, TERMS);
            assert_eq!(watch.dead(clock, TERMS), []);
        }
        assert_eq!(watch.next_end(TERMS), Some(6_500));
        assert_eq!(watch.dead(6_499, TERMS), []);
        assert_eq!(watch.dead(6_500, TERMS), [("a", 7)]);
    }

    #[test]
    fn who_was_away_buries_nobody() {
        let mut watch = Watch::default();
        watch.look([("a", 7)], 0, TERMS);
        watch.look([("a", 7)], 20_000, TERMS);
        assert_eq!(watch.dead(20_000, TERMS), []);
        assert_eq!(watch.next_end(TERMS), Some(26_500));
    }

    #[test]
    fn a_suspended_owner_may_not_write() {
        let mut held = Held::none();
        held.renewed(500, 520, TERMS);
        let epoch = held.epoch();
        assert!(held.may_write(epoch, 6_499) && !held.may_write(epoch, 6_500));
    }

    #[test]
    fn what_was_permitted_before_a_gap_stays_forbidden_after_it() {
        let mut held = Held::none();
        held.renewed(0, 10, TERMS);
        let epoch = held.epoch();
        held.renewed(5_000, 5_010, TERMS);
        assert!(held.may_write(epoch, 10_999), "renewed in time");
        held.renewed(11_500, 11_510, TERMS);
        assert!(!held.may_write(epoch, 11_600));
        assert!(held.may_write(held.epoch(), 11_600));
    }

    #[test]
    fn a_late_answer_counts_from_when_it_was_asked_for() {
        let mut held = Held::none();
        held.renewed(0, 5_000, TERMS);
        assert!(!held.may_write(held.epoch(), 6_000));
    }
}
