//! The one source of chance in a run: everything that happens follows from its seed.

use std::ops::RangeInclusive;

#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5851_F42D_4C95_7F2D)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn within(&mut self, range: RangeInclusive<i64>) -> i64 {
        let span = (range.end() - range.start() + 1).max(1) as u64;
        range.start() + (self.next() % span) as i64
    }

    /// True in `permille` of 1000 cases.
    pub fn chance(&mut self, permille: i64) -> bool {
        permille > 0 && self.within(0..=999) < permille
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[(self.next() % from.len() as u64) as usize]
    }
}
