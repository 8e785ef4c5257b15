//! Ids and random bytes from a seed, so that a test's output is the same each time.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use model::Ids;
use uuid::Uuid;

/// 2026-01-01T00:00:00Z: every id looks as if made then.
const MADE_AT_MS: u64 = 1_767_225_600_000;

#[derive(Debug)]
pub struct SeededIds {
    made: AtomicU64,
    random: Mutex<SplitMix>,
}

impl SeededIds {
    pub fn new(seed: u64) -> Self {
        Self { made: AtomicU64::new(0), random: Mutex::new(SplitMix(seed)) }
    }
}

impl Default for SeededIds {
    fn default() -> Self {
        Self::new(1)
    }
}

impl Ids for SeededIds {
    fn next(&self) -> Uuid {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let mut bytes = [0; 10];
        self.fill(&mut bytes);
        // The 12 bits after the time; they roll over into the time.
        bytes[..2].copy_from_slice(&((number & 0xfff) as u16).to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(MADE_AT_MS + (number >> 12), &bytes).into_uuid()
    }

    fn fill(&self, bytes: &mut [u8]) {
        let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in bytes.chunks_mut(8) {
            let word = random.next().to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
    }
}

/// Sebastiano Vigna's SplitMix64; good enough for tests, and the same for ever.
#[derive(Debug)]
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow_and_repeat_with_the_seed() {
        let (one, other) = (SeededIds::new(7), SeededIds::new(7));
        let made: Vec<Uuid> = (0..5_000).map(|_| one.next()).collect();
        assert!(made.is_sorted() && made.iter().all(|id| id.get_version_num() == 7));
        assert!(made.iter().all(|id| *id == other.next()));
    }
}
