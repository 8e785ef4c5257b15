//! Holding progress back: of one broadcast or import at most two events a second, the newest never lost.

use std::collections::HashMap;

use model::{Timestamp, feed::Change};
use store::feed::Entry;

/// The least time between two events about the same object.
const INTERVAL_MS: i64 = 500;

/// How many places a held back event may lag behind. Who resumes is told of all progress within as many places before
/// the one where they left, so that holding back can't make them miss the last event.
pub(super) const LAG_MAX: i64 = 2_048;

/// What was shown of which object when.
#[derive(Debug, Default)]
pub(super) struct Progress(HashMap<Change, Shown>);

#[derive(Debug)]
struct Shown {
    at: Timestamp,
    /// The place of a change that is not shown yet.
    waiting: Option<i64>,
}

impl Progress {
    /// Whether a change may be shown now; if not, it waits.
    pub fn pass(&mut self, entry: &Entry, now: Timestamp) -> bool {
        if !entry.change.kind.is_progress() {
            return true;
        }
        match self.0.get_mut(&entry.change) {
            Some(shown) if now.since(shown.at) < INTERVAL_MS => {
                shown.waiting.get_or_insert(entry.seq);
                false
            }
            _ => {
                self.0.insert(entry.change, Shown { at: now, waiting: None });
                true
            }
        }
    }

    /// The changes that have waited long enough for who has read up to `position`.
    pub fn due(&mut self, now: Timestamp, position: i64) -> Vec<Change> {
        let is_over = |shown: &Shown| now.since(shown.at) >= INTERVAL_MS;
        self.0.retain(|_, shown| shown.waiting.is_some() || !is_over(shown));
        let mut due = Vec::new();
        for (change, shown) in &mut self.0 {
            let Some(waiting) = shown.waiting else { continue };
            if is_over(shown) || position - waiting >= LAG_MAX {
                *shown = Shown { at: now, waiting: None };
                due.push(*change);
            }
        }
        due
    }

    /// When the next one has waited long enough.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.0.values().filter(|shown| shown.waiting.is_some()).map(|shown| shown.at + INTERVAL_MS).min()
    }
}

#[cfg(test)]
mod tests {
    use model::{Id, feed::FeedKind};

    use super::*;

    #[test]
    fn progress_comes_twice_a_second_and_its_last_event_always() {
        let (mut progress, change) =
            (Progress::default(), Change::new(FeedKind::Broadcast, Id::<()>::from_bytes([1; 16])));
        let at = Timestamp::from_ms;
        let mut shown = Vec::new();
        for ms in 0..1_205 {
            let entry = Entry { seq: ms, change, created_at: at(ms) };
            if progress.pass(&entry, at(ms)) || progress.due(at(ms), ms) == [change] {
                shown.push(ms);
            }
        }
        assert_eq!(shown, [0, 500, 1_000]);
        assert_eq!(progress.next_due(), Some(at(1_500)));
        assert_eq!(progress.due(at(1_500), 1_204), [change]);
        assert_eq!(progress.next_due(), None);
    }

    #[test]
    fn a_held_back_event_does_not_lag_further_than_is_looked_back() {
        let (mut progress, change) =
            (Progress::default(), Change::new(FeedKind::Broadcast, Id::<()>::from_bytes([1; 16])));
        let now = Timestamp::from_ms(0);
        let entry = |seq| Entry { seq, change, created_at: now };
        assert!(progress.pass(&entry(1), now));
        assert!(!progress.pass(&entry(2), now));
        assert!(progress.due(now, 1 + LAG_MAX).is_empty());
        assert_eq!(progress.due(now, 2 + LAG_MAX), [change]);
    }
}
