//! Wrong passwords, counted per address in a short window, so that guessing gets slow. In memory: a restart forgets them,
//! which costs a guesser more than it gives.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use model::{Error, ErrorKind, Result, Timestamp};
use sha2::{Digest, Sha256};

/// Wrong ones in one window.
const WRONG_MAX: u32 = 10;
const WINDOW_MS: i64 = 5 * 60_000;
/// Addresses remembered; beyond that the window of the oldest ends early.
const ADDRESSES_MAX: usize = 10_000;

/// The wrong passwords of late.
#[derive(Debug, Default)]
pub struct Guesses {
    windows: Mutex<HashMap<[u8; 32], Window>>,
}

#[derive(Debug, Clone, Copy)]
struct Window {
    began_at: Timestamp,
    tries: u32,
}

impl Guesses {
    /// Counts a try, or refuses it. It counts before the password is checked, so that tries at the same moment count too.
    pub(super) fn begin(&self, email: &str, now: Timestamp) -> Result<()> {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let key = key(email);
        if !windows.contains_key(&key) && windows.len() >= ADDRESSES_MAX {
            make_room(&mut windows, now);
        }
        let window = windows.entry(key).or_insert(Window { began_at: now, tries: 0 });
        if now.since(window.began_at) >= WINDOW_MS {
            *window = Window { began_at: now, tries: 0 };
        }
        if window.tries >= WRONG_MAX {
            let wait_ms = (window.began_at + WINDOW_MS).since(now);
            return Err(Error::new(
                ErrorKind::RateLimited,
                "too_many_attempts",
                "Too many wrong passwords for this address. Wait a few minutes and try again.",
            )
            .with_retry_after(wait_ms));
        }
        window.tries += 1;
        Ok(())
    }

    /// The password was right: earlier wrong ones are forgotten.
    pub(super) fn forget(&self, email: &str) {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner).remove(&key(email));
    }
}

fn key(email: &str) -> [u8; 32] {
    Sha256::digest(email).into()
}

fn make_room(windows: &mut HashMap<[u8; 32], Window>, now: Timestamp) {
    windows.retain(|_, window| now.since(window.began_at) < WINDOW_MS);
    if windows.len() < ADDRESSES_MAX {
        return;
    }
    let oldest = windows.iter().min_by_key(|(_, window)| window.began_at).map(|(key, _)| *key);
    if let Some(oldest) = oldest {
        windows.remove(&oldest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eleventh_try_waits_for_the_window_to_end() {
        let (guesses, start) = (Guesses::default(), Timestamp::from_ms(1_000));
        for _ in 0..WRONG_MAX {
            guesses.begin("ada@example.org", start).unwrap();
        }
        let refused = guesses.begin("ada@example.org", start + 60_000).unwrap_err();
        assert_eq!(refused.retry_after_ms(), Some(WINDOW_MS - 60_000));
        guesses.begin("bob@example.org", start).unwrap();
        guesses.begin("ada@example.org", start + WINDOW_MS).unwrap();
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let guesses = Guesses::default();
        for index in 0..ADDRESSES_MAX as i64 + 5 {
            guesses.begin(&format!("{index}@example.org"), Timestamp::from_ms(index)).unwrap();
        }
        assert_eq!(guesses.windows.lock().unwrap().len(), ADDRESSES_MAX);
    }
}
