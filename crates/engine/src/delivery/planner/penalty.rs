//! What 429s teach: how long whom to leave alone, and how fast bulk may be.

use std::collections::VecDeque;

use model::{
    Timestamp,
    delivery::{Class, Reach},
    forecast::{self, CEILING_FULL},
};

use super::event::Pause;

/// Chats that get a 429 within this time are several chats at once.
const TOGETHER_MS: i64 = 5_000;
/// A wait on bulk that is longer holds the whole bot.
const LONG_MS: i64 = 5_000;
/// Chats remembered for that.
const RECENT_MAX: usize = 16;
/// Bulk never gets slower than this, in thousandths.
const CEILING_MIN: u32 = 16;

#[derive(Debug)]
pub(super) struct Penalty {
    bot_until: Timestamp,
    recent: VecDeque<(Timestamp, i64)>,
    ceiling: u32,
    /// Since when the ceiling stands as it does.
    since: Timestamp,
}

impl Penalty {
    pub fn new() -> Self {
        let zero = Timestamp::from_ms(0);
        Self { bot_until: zero, recent: VecDeque::new(), ceiling: CEILING_FULL, since: zero }
    }

    pub fn restore(&mut self, bot_until: Timestamp, ceiling: Option<u32>, now: Timestamp) {
        self.bot_until = bot_until;
        self.ceiling = ceiling.unwrap_or(CEILING_FULL).clamp(CEILING_MIN, CEILING_FULL);
        self.since = now;
    }

    /// Until when nothing of the bot may leave.
    pub fn bot_until(&self) -> Timestamp {
        self.bot_until
    }

    /// Thousandths of the rate that bulk may use.
    pub fn ceiling(&self, now: Timestamp) -> u32 {
        forecast::recovered(self.ceiling, self.since, now)
    }

    /// A 429 came for `chat`. Answers what to leave alone until when.
    pub fn hit(&mut self, chat: i64, class: Class, at: Timestamp, after_ms: i64) -> Pause {
        let until = at + after_ms.max(1);
        while self.recent.front().is_some_and(|(time, _)| at.since(*time) > TOGETHER_MS) {
            self.recent.pop_front();
        }
        let is_several = self.recent.iter().any(|(_, other)| *other != chat);
        self.slow_down(at);
        self.recent.push_back((at, chat));
        if self.recent.len() > RECENT_MAX {
            self.recent.pop_front();
        }
        let is_bot = is_several || (class == Class::Bulk && after_ms > LONG_MS);
        if is_bot {
            self.bot_until = self.bot_until.max(until);
        }
        Pause { chat_id: (!is_bot).then_some(chat), until, bulk_ceiling: self.ceiling }
    }

    /// The channel says itself whom to leave alone.
    pub fn told(&mut self, chat: i64, reach: Reach, at: Timestamp, after_ms: i64) -> Pause {
        let until = at + after_ms.max(1);
        if reach == Reach::Bot {
            self.slow_down(at);
            self.bot_until = self.bot_until.max(until);
        }
        Pause { chat_id: (reach == Reach::Chat).then_some(chat), until, bulk_ceiling: self.ceiling }
    }

    /// Halves the ceiling, once for all the 429s that come together.
    fn slow_down(&mut self, at: Timestamp) {
        if !self.recent.is_empty() {
            return;
        }
        self.ceiling = (self.ceiling(at) / 2).max(CEILING_MIN);
        self.since = at;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_ms(ms)
    }

    #[test]
    fn one_chat_first_then_the_bot() {
        let mut penalty = Penalty::new();
        assert_eq!(penalty.hit(1, Class::Reply, at(0), 60_000).chat_id, Some(1));
        assert_eq!(penalty.hit(1, Class::Reply, at(100), 3_000).chat_id, Some(1));
        assert_eq!(penalty.bot_until(), at(0));
        assert_eq!(penalty.hit(2, Class::Reply, at(200), 3_000).chat_id, None);
        assert_eq!(penalty.bot_until(), at(3_200));
    }

    #[test]
    fn a_long_wait_on_bulk_holds_the_bot() {
        assert_eq!(Penalty::new().hit(1, Class::Bulk, at(0), 5_000).chat_id, Some(1));
        assert_eq!(Penalty::new().hit(1, Class::Bulk, at(0), 5_001).chat_id, None);
    }

    #[test]
    fn bulk_halves_once_per_burst_and_recovers_slowly() {
        let mut penalty = Penalty::new();
        penalty.hit(1, Class::Bulk, at(0), 1_000);
        penalty.hit(2, Class::Bulk, at(50), 1_000);
        assert_eq!(penalty.ceiling(at(50)), 500);
        assert_eq!(penalty.ceiling(at(60_000)), 600);
        assert_eq!(penalty.ceiling(at(900_000)), 1_000);
    }
}
