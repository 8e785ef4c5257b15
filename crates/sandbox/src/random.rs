//! Small deterministic randomness (SplitMix64): one seed gives one run. Not for secrets.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    sync::atomic::{AtomicU64, Ordering},
};

const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

/// A generator that many threads may share without a lock.
#[derive(Debug)]
pub struct Random(AtomicU64);

impl Random {
    /// Without a seed, one is taken from the process's own hash keys.
    pub fn new(seed: Option<u64>) -> Self {
        Self(AtomicU64::new(seed.unwrap_or_else(|| RandomState::new().build_hasher().finish())))
    }

    pub fn next(&self) -> u64 {
        mix(self.0.fetch_add(GAMMA, Ordering::Relaxed).wrapping_add(GAMMA))
    }

    /// A number in `low..=high`.
    pub fn between(&self, low: i64, high: i64) -> i64 {
        let span = high.abs_diff(low).saturating_add(1);
        low.saturating_add_unsigned(self.next() % span)
    }
}

/// Spreads the bits of `value`; also used for stable identifiers.
pub fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}
