//! The only randomness of a lane: jitter from a seed, so that a run can be repeated.

/// SplitMix64: small, and good enough to spread retries.
#[derive(Debug, Clone)]
pub(super) struct Seed(u64);

impl Seed {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number from 0 to `max`, both included.
    pub fn up_to(&mut self, max: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let span = u64::try_from(max.max(0)).unwrap_or(0) + 1;
        i64::try_from((z ^ (z >> 31)) % span).unwrap_or(0)
    }
}
