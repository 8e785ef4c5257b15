//! One rolling window: what is under way, and what was answered within the last window.

use std::collections::VecDeque;

use model::{Rate, Timestamp};

/// When a window has room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opens {
    Now,
    At(Timestamp),
    /// Calls under way fill it: it opens one window after one of them is answered.
    AfterAnswer,
}

impl Opens {
    /// The later of two.
    pub fn and(self, other: Opens) -> Opens {
        match (self, other) {
            (Opens::AfterAnswer, _) | (_, Opens::AfterAnswer) => Opens::AfterAnswer,
            (Opens::At(a), Opens::At(b)) => Opens::At(a.max(b)),
            (Opens::At(at), Opens::Now) | (Opens::Now, Opens::At(at)) => Opens::At(at),
            (Opens::Now, Opens::Now) => Opens::Now,
        }
    }
}

/// At most `rate.count()` places in any `rate.window_ms()`, as the receiver sees it.
///
/// A place is taken before a call leaves and is free again one window after its *answer*: the receiver saw the call
/// some time between the two. A call heavier than the whole window leaves when the window is empty, and keeps it closed
/// for as many windows as it weighs, so that the rate holds over time.
#[derive(Debug, Clone)]
pub struct Window {
    rate: Rate,
    /// Weight of the calls under way.
    open: u64,
    /// Weight of `answered`.
    kept: u64,
    /// When answers came, oldest first, with the weight of their calls.
    answered: VecDeque<(Timestamp, u32)>,
}

impl Window {
    pub fn new(rate: Rate) -> Self {
        Self { rate, open: 0, kept: 0, answered: VecDeque::new() }
    }

    pub fn rate(&self) -> Rate {
        self.rate
    }

    pub fn set_rate(&mut self, rate: Rate) {
        self.rate = rate;
    }

    /// A call is about to leave.
    pub fn take(&mut self, weight: u32) {
        self.open += u64::from(weight);
    }

    /// It did not leave after all.
    pub fn give_back(&mut self, weight: u32) {
        self.open = self.open.saturating_sub(u64::from(weight));
    }

    /// The answer to a call came, or was given up.
    pub fn answer(&mut self, weight: u32, at: Timestamp) {
        self.give_back(weight);
        self.remember(weight, at);
    }

    /// A call of which this window has not known, such as one from before a restart.
    pub fn remember(&mut self, weight: u32, at: Timestamp) {
        self.kept += u64::from(weight);
        let index = self.answered.partition_point(|(other, _)| *other <= at);
        match index.checked_sub(1).and_then(|before| self.answered.get_mut(before)) {
            Some((last, sum)) if *last == at && sum.saturating_add(weight) <= self.rate.count() => *sum += weight,
            _ => self.answered.insert(index, (at, weight)),
        }
    }

    /// When a call of this weight may leave.
    pub fn opens(&mut self, weight: u32, now: Timestamp) -> Opens {
        self.forget(now);
        let mut used = self.open + self.kept;
        if self.fits(used, weight) {
            return Opens::Now;
        }
        for (at, kept) in &self.answered {
            used -= u64::from(*kept);
            if self.fits(used, weight) {
                return Opens::At(self.free_at(*at, *kept));
            }
        }
        Opens::AfterAnswer
    }

    /// Places taken at `at`, if nothing more is taken and nothing under way is answered before.
    pub fn used(&self, at: Timestamp) -> u64 {
        let still = self.answered.iter().rev().take_while(|(answer, weight)| self.free_at(*answer, *weight) > at);
        self.open + still.map(|(_, weight)| u64::from(*weight)).sum::<u64>()
    }

    pub fn is_empty(&mut self, now: Timestamp) -> bool {
        self.forget(now);
        self.open == 0 && self.answered.is_empty()
    }

    fn fits(&self, used: u64, weight: u32) -> bool {
        used == 0 || used + u64::from(weight) <= u64::from(self.rate.count())
    }

    fn forget(&mut self, now: Timestamp) {
        while let Some((at, weight)) = self.answered.front().copied() {
            if self.free_at(at, weight) > now {
                return;
            }
            self.kept -= u64::from(weight);
            self.answered.pop_front();
        }
    }

    /// One millisecond more than the window: times are cut to whole milliseconds, and the limit is exact.
    fn free_at(&self, answered: Timestamp, weight: u32) -> Timestamp {
        let windows = i64::from(weight.div_ceil(self.rate.count()).max(1));
        answered + self.rate.window_ms().saturating_mul(windows) + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_ms(ms)
    }

    #[test]
    fn a_place_is_free_one_window_after_the_answer() {
        let mut window = Window::new(Rate::per_second(2));
        window.take(1);
        window.take(1);
        assert_eq!(window.opens(1, at(0)), Opens::AfterAnswer);
        window.answer(1, at(300));
        assert_eq!(window.opens(1, at(300)), Opens::At(at(1301)));
        assert_eq!(window.opens(1, at(1300)), Opens::At(at(1301)));
        assert_eq!(window.opens(1, at(1301)), Opens::Now);
    }

    #[test]
    fn what_did_not_leave_takes_no_place() {
        let mut window = Window::new(Rate::per_second(1));
        window.take(1);
        window.give_back(1);
        assert_eq!(window.opens(1, at(0)), Opens::Now);
        assert!(window.is_empty(at(0)));
    }

    #[test]
    fn an_album_heavier_than_the_window_leaves_and_pays_for_itself() {
        let mut window = Window::new(Rate::per_second(4));
        window.remember(1, at(0));
        assert_eq!(window.opens(10, at(0)), Opens::At(at(1001)));
        assert_eq!(window.opens(10, at(1001)), Opens::Now);
        window.take(10);
        window.answer(10, at(1100));
        assert_eq!(window.opens(1, at(1100)), Opens::At(at(4101)));
    }

    #[test]
    fn places_are_counted_ahead() {
        let mut window = Window::new(Rate::per_second(5));
        window.remember(2, at(0));
        window.remember(1, at(500));
        window.take(1);
        assert_eq!(window.used(at(600)), 4);
        assert_eq!(window.used(at(1200)), 2);
        assert_eq!(window.used(at(9000)), 1);
    }
}
