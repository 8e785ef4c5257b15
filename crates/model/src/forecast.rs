//! How fast a bot's queue gets shorter: what 429s taught, and when all that waits now will have left.

use crate::{DAY_MS, Rate, Timestamp};

/// Where broadcasts may use the whole rate, in thousandths.
pub const CEILING_FULL: u32 = 1_000;

/// Without a 429 the ceiling rises by one step per this time.
const RECOVER_MS: i64 = 30_000;
const RECOVER_STEP: u32 = 50;

/// The part of the rate that broadcasts may use now, after a 429 lowered it to `ceiling` at `since`.
pub fn recovered(ceiling: u32, since: Timestamp, now: Timestamp) -> u32 {
    let steps = now.since(since).max(0) / RECOVER_MS;
    let risen = u32::try_from(steps).unwrap_or(u32::MAX).saturating_mul(RECOVER_STEP);
    ceiling.saturating_add(risen).min(CEILING_FULL)
}

/// What a bot's queue holds, and what holds it back.
#[derive(Debug, Clone, Copy)]
pub struct Queue {
    pub replies: i64,
    /// Recipients that are not messages yet among them.
    pub broadcasts: i64,
    pub rate: Rate,
    /// Thousandths of the rate.
    pub ceiling: u32,
    pub paused_until: Option<Timestamp>,
    /// What the daily limit leaves today, and gives on each day after.
    pub room_today: i64,
    pub daily_limit: i64,
}

impl Queue {
    /// When all that waits will have left, if nothing is added, everybody can be reached, and no 429 comes. `None`:
    /// nothing waits.
    pub fn empty_at(&self, now: Timestamp) -> Option<Timestamp> {
        let total = self.replies.saturating_add(self.broadcasts);
        if total <= 0 {
            return None;
        }
        let start = self.paused_until.map_or(now, |until| until.max(now));
        let room = self.room_today.clamp(0, total);
        let left = total - room;
        if left == 0 {
            return Some(start + self.lasts_ms(self.replies, self.broadcasts));
        }
        let per_day = self.daily_limit.max(1);
        let (days, rest) = ((left - 1) / per_day, (left - 1) % per_day + 1);
        let last_day = start.next_day().as_ms().saturating_add(days.saturating_mul(DAY_MS));
        // Replies are long gone by then, unless they are all there is.
        let broadcasts = rest.min(self.broadcasts);
        Some(Timestamp::from_ms(last_day) + self.lasts_ms(rest - broadcasts, broadcasts))
    }

    fn lasts_ms(&self, replies: i64, broadcasts: i64) -> i64 {
        let (count, window) = (i64::from(self.rate.count()), self.rate.window_ms());
        let whole = replies.saturating_mul(window) / count;
        let paced = broadcasts.saturating_mul(window) / count;
        whole.saturating_add(paced.saturating_mul(i64::from(CEILING_FULL)) / i64::from(self.ceiling.max(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_ms(10 * DAY_MS + 1_000);

    fn queue(replies: i64, broadcasts: i64) -> Queue {
        let (rate, ceiling) = (Rate::per_second(10), CEILING_FULL);
        Queue { replies, broadcasts, rate, ceiling, paused_until: None, room_today: 1_000, daily_limit: 1_000 }
    }

    #[test]
    fn what_waits_leaves_at_the_pace_of_now() {
        assert_eq!(queue(0, 0).empty_at(NOW), None);
        assert_eq!(queue(10, 100).empty_at(NOW), Some(NOW + 11_000));
        assert_eq!(Queue { ceiling: 500, ..queue(10, 100) }.empty_at(NOW), Some(NOW + 21_000));
        assert_eq!(Queue { paused_until: Some(NOW + 500), ..queue(10, 0) }.empty_at(NOW), Some(NOW + 1_500));
    }

    #[test]
    fn what_a_day_has_no_room_for_leaves_on_a_later_one() {
        let day = |n: i64| NOW.day_start() + n * DAY_MS;
        assert_eq!(queue(0, 1_010).empty_at(NOW), Some(day(1) + 1_000));
        assert_eq!(queue(0, 3_000).empty_at(NOW), Some(day(2) + 100_000));
        assert_eq!(Queue { room_today: 0, ..queue(5, 0) }.empty_at(NOW), Some(day(1) + 500));
    }

    #[test]
    fn the_ceiling_rises_slowly_to_the_whole_rate() {
        let after = |ms| recovered(500, NOW, NOW + ms);
        assert_eq!([0, 29_999, 30_000, 60_000, 900_000].map(after), [500, 500, 550, 600, 1_000]);
    }

    #[test]
    fn huge_numbers_end_at_the_end_of_time() {
        let huge = Queue { rate: Rate::new(1, 3_600_000), daily_limit: 1, ..queue(i64::MAX, i64::MAX) };
        assert!(huge.empty_at(NOW).is_some());
    }
}
