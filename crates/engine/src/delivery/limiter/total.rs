//! One limit over all bots of the installation together, shared by all lanes of a process.
//!
//! Lanes ask for places. Who must wait keeps its turn, replies before bulk, so that no bot starves another; a lane
//! that does not come back when its turn is due loses it.

use std::collections::VecDeque;

use model::{Id, Rate, Timestamp, bot::Bot, delivery::Class};

use super::window::{Opens, Window};

/// How long a lane's turn is kept after it was due.
const PATIENCE_MS: i64 = 1_000;
/// When to ask again while calls under way fill the window.
const RECHECK_MS: i64 = 100;
/// Lanes that may wait for a turn; more are told to come back without a turn.
const WAITERS_MAX: usize = 10_000;

/// The answer to a lane that wants to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// The places are taken: answer or give them back.
    Granted,
    /// Ask again then.
    Wait(Timestamp),
}

#[derive(Debug, Clone, Copy)]
struct Waiter {
    bot: Id<Bot>,
    weight: u32,
    expires_at: Timestamp,
}

/// The window of all bots, with the lanes that wait for it.
#[derive(Debug)]
pub struct Total {
    window: Window,
    replies: VecDeque<Waiter>,
    bulk: VecDeque<Waiter>,
}

impl Total {
    pub fn new(rate: Rate) -> Self {
        Self { window: Window::new(rate), replies: VecDeque::new(), bulk: VecDeque::new() }
    }

    pub fn rate(&self) -> Rate {
        self.window.rate()
    }

    /// Takes places for a lane, or gives it a turn.
    pub fn ask(&mut self, bot: Id<Bot>, class: Class, weight: u32, now: Timestamp) -> Ask {
        self.replies.retain(|w| w.expires_at > now);
        self.bulk.retain(|w| w.expires_at > now);
        let wanted = self.ahead(bot, class).saturating_add(weight);
        // What is ahead of a lane may be more than a window: then nobody that far behind goes now.
        let opens = self.window.opens(wanted, now);
        if opens == Opens::Now && (wanted == weight || wanted <= self.window.rate().count()) {
            self.withdraw(bot, class);
            self.window.take(weight);
            return Ask::Granted;
        }
        let again = self.again_at(wanted, now);
        self.wait(class, Waiter { bot, weight, expires_at: again + PATIENCE_MS });
        Ask::Wait(again)
    }

    /// A lane no longer wants to send in this class.
    pub fn withdraw(&mut self, bot: Id<Bot>, class: Class) {
        self.waiters(class).retain(|w| w.bot != bot);
    }

    pub fn give_back(&mut self, weight: u32) {
        self.window.give_back(weight);
    }

    pub fn answer(&mut self, weight: u32, at: Timestamp) {
        self.window.answer(weight, at);
    }

    /// A place that was taken before this process started. At the start, these are the used places of all bots within
    /// the window, and every delivery that is marked `SENDING`, as if its answer came now.
    pub fn remember(&mut self, weight: u32, at: Timestamp) {
        self.window.remember(weight, at);
    }

    fn waiters(&mut self, class: Class) -> &mut VecDeque<Waiter> {
        match class {
            Class::Reply => &mut self.replies,
            Class::Bulk => &mut self.bulk,
        }
    }

    /// The weight of all that go first: earlier turns of the class, and for bulk every waiting reply of other lanes.
    fn ahead(&self, bot: Id<Bot>, class: Class) -> u32 {
        let sum = |waiters: &VecDeque<Waiter>| {
            waiters.iter().take_while(|w| w.bot != bot).fold(0u32, |sum, w| sum.saturating_add(w.weight))
        };
        match class {
            Class::Reply => sum(&self.replies),
            Class::Bulk => self.replies.iter().fold(sum(&self.bulk), |sum, w| sum.saturating_add(w.weight)),
        }
    }

    fn again_at(&mut self, wanted: u32, now: Timestamp) -> Timestamp {
        let count = self.window.rate().count();
        match self.window.opens(wanted.min(count), now) {
            Opens::At(at) => at,
            Opens::Now | Opens::AfterAnswer => now + RECHECK_MS,
        }
    }

    fn wait(&mut self, class: Class, waiter: Waiter) {
        let waiters = self.waiters(class);
        if let Some(known) = waiters.iter_mut().find(|w| w.bot == waiter.bot) {
            *known = waiter;
        } else if waiters.len() < WAITERS_MAX {
            waiters.push_back(waiter);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bot(n: u8) -> Id<Bot> {
        Id::from_bytes([n; 16])
    }

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_ms(ms)
    }

    #[test]
    fn lanes_take_turns_and_replies_go_first() {
        let mut total = Total::new(Rate::per_second(1));
        assert_eq!(total.ask(bot(1), Class::Bulk, 1, at(0)), Ask::Granted);
        total.answer(1, at(10));
        assert_eq!(total.ask(bot(1), Class::Bulk, 1, at(20)), Ask::Wait(at(1011)));
        assert_eq!(total.ask(bot(2), Class::Bulk, 1, at(30)), Ask::Wait(at(1011)));
        assert_eq!(total.ask(bot(3), Class::Reply, 1, at(40)), Ask::Wait(at(1011)));
        assert!(matches!(total.ask(bot(1), Class::Bulk, 1, at(1011)), Ask::Wait(_)), "a reply waits");
        assert_eq!(total.ask(bot(3), Class::Reply, 1, at(1011)), Ask::Granted);
        total.answer(1, at(1020));
        assert!(matches!(total.ask(bot(2), Class::Bulk, 1, at(2021)), Ask::Wait(_)), "bot 1 is first");
        assert_eq!(total.ask(bot(1), Class::Bulk, 1, at(2021)), Ask::Granted);
    }

    #[test]
    fn a_lane_that_does_not_come_back_loses_its_turn() {
        let mut total = Total::new(Rate::per_second(1));
        total.remember(1, at(0));
        assert!(matches!(total.ask(bot(1), Class::Reply, 1, at(0)), Ask::Wait(_)));
        assert!(matches!(total.ask(bot(2), Class::Reply, 1, at(1500)), Ask::Wait(_)));
        assert_eq!(total.ask(bot(2), Class::Reply, 1, at(2500)), Ask::Granted);
    }
}
