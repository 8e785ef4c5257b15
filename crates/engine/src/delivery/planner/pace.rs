//! Even distances between bulk messages, in microseconds, so that high rates lose nothing to rounding.

use model::{Rate, Timestamp, forecast::CEILING_FULL};

/// Below this distance a timer is too coarse: lost time up to this much may be made good.
const FINE_US: i64 = 20_000;

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pace {
    next_us: i64,
}

impl Pace {
    /// Not before this.
    pub fn opens_at(self) -> Timestamp {
        Timestamp::from_ms(self.next_us.div_euclid(1_000) + i64::from(self.next_us.rem_euclid(1_000) > 0))
    }

    pub fn take(&mut self, now: Timestamp, slot_us: i64, weight: u32) {
        let now_us = now.as_ms().saturating_mul(1_000);
        let credit = if slot_us < FINE_US { FINE_US } else { 0 };
        let from = if self.next_us < now_us - credit { now_us } else { self.next_us };
        self.next_us = from.saturating_add(slot_us.saturating_mul(i64::from(weight.max(1))));
    }

    /// What was taken last did not leave.
    pub fn give_back(&mut self, slot_us: i64, weight: u32) {
        self.next_us = self.next_us.saturating_sub(slot_us.saturating_mul(i64::from(weight.max(1))));
    }
}

/// The distance between two at this rate and ceiling.
pub(super) fn slot_us(rate: Rate, ceiling: u32) -> i64 {
    let full = rate.window_ms().saturating_mul(1_000).div_ceil_positive(i64::from(rate.count()));
    full.saturating_mul(i64::from(CEILING_FULL)).div_ceil_positive(i64::from(ceiling.max(1)))
}

/// How many may be on their way into a claiming transaction at once: one, unless slots are shorter than such a
/// transaction takes. When a reply comes up meanwhile, all but one of them are recalled.
pub(super) fn claims_max(slot_us: i64) -> usize {
    usize::try_from(FINE_US / slot_us.max(1)).unwrap_or(1).max(1)
}

trait DivCeil {
    fn div_ceil_positive(self, by: Self) -> Self;
}

impl DivCeil for i64 {
    fn div_ceil_positive(self, by: i64) -> i64 {
        self / by + i64::from(self % by > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_even_and_slow_down_with_the_ceiling() {
        assert_eq!(slot_us(Rate::per_minute(30), CEILING_FULL), 2_000_000);
        assert_eq!(slot_us(Rate::per_minute(30), 500), 4_000_000);
        assert_eq!((claims_max(2_000_000), claims_max(2_000)), (1, 10));
    }

    #[test]
    fn a_late_start_does_not_shorten_the_next_slot() {
        let mut pace = Pace::default();
        pace.take(Timestamp::from_ms(10_000), 2_000_000, 1);
        assert_eq!(pace.opens_at(), Timestamp::from_ms(12_000));
        pace.take(Timestamp::from_ms(12_015), 2_000_000, 1);
        assert_eq!(pace.opens_at(), Timestamp::from_ms(14_015));
    }
}
