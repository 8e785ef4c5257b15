//! A clock that moves only when the test says so.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use model::{Clock, Sleep, Timestamp};
use tokio::sync::watch;

/// 2026-01-02T03:04:05Z.
const START: Timestamp = Timestamp::from_seconds(1_767_323_045);

/// Stands still until [`advance`](FakeClock::advance) moves it; then everyone whose time has come wakes up.
#[derive(Clone)]
pub struct FakeClock {
    now: watch::Sender<Timestamp>,
    /// How many sleep until a moment.
    sleepers: watch::Sender<BTreeMap<Timestamp, usize>>,
    /// Held over each change of `now`, so that times only grow.
    moving: Arc<Mutex<()>>,
}

impl FakeClock {
    pub fn new() -> Self {
        Self::at(START)
    }

    pub fn at(now: Timestamp) -> Self {
        Self { now: watch::Sender::new(now), sleepers: watch::Sender::default(), moving: Arc::default() }
    }

    /// Moves on by `ms` milliseconds.
    pub fn advance(&self, ms: i64) {
        let _moving = self.lock();
        self.now.send_modify(|now| *now = *now + ms);
    }

    /// The earliest moment for which somebody sleeps.
    pub fn next_wake(&self) -> Option<Timestamp> {
        self.sleepers.borrow().keys().next().copied()
    }

    /// Waits until somebody sleeps, then moves to the earliest moment that somebody sleeps for.
    pub async fn advance_to_next(&self) -> Timestamp {
        let mut sleepers = self.sleepers.subscribe();
        let sleepers = sleepers.wait_for(|sleepers| !sleepers.is_empty()).await;
        let next = sleepers.expect("the clock holds the sender").keys().next().copied().expect("it was not empty");
        let _moving = self.lock();
        self.now.send_modify(|now| *now = next.max(*now));
        next
    }

    fn lock(&self) -> MutexGuard<'_, ()> {
        self.moving.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        *self.now.borrow()
    }

    fn running_ms(&self) -> i64 {
        self.now().as_ms()
    }

    fn sleep_until(&self, at: Timestamp) -> Sleep {
        let mut now = self.now.subscribe();
        let sleeper = Sleeper::new(self.sleepers.clone(), at);
        Box::pin(async move {
            let _sleeper = sleeper;
            if now.wait_for(|now| *now >= at).await.is_err() {
                // The clock is gone, and with it all hope for a later time.
                std::future::pending().await
            }
        })
    }
}

impl Default for FakeClock {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for FakeClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FakeClock({})", self.now())
    }
}

/// Counts one sleeper while it lives.
struct Sleeper {
    sleepers: watch::Sender<BTreeMap<Timestamp, usize>>,
    at: Timestamp,
}

impl Sleeper {
    fn new(sleepers: watch::Sender<BTreeMap<Timestamp, usize>>, at: Timestamp) -> Self {
        sleepers.send_modify(|sleepers| *sleepers.entry(at).or_default() += 1);
        Self { sleepers, at }
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        self.sleepers.send_modify(|sleepers| {
            let count = sleepers.get_mut(&self.at).expect("it was counted when it was made");
            *count -= 1;
            if *count == 0 {
                sleepers.remove(&self.at);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sleepers_wake_when_their_time_has_come() {
        let clock = FakeClock::new();
        let start = clock.now();
        let early = tokio::spawn(clock.sleep_until(start + 10));
        let late = tokio::spawn(clock.sleep_until(start + 20));
        assert_eq!(clock.next_wake(), Some(start + 10));
        assert_eq!(clock.advance_to_next().await, start + 10);
        early.await.unwrap();
        assert_eq!(clock.next_wake(), Some(start + 20));
        clock.advance(15);
        late.await.unwrap();
        assert_eq!((clock.next_wake(), clock.now()), (None, start + 25));
    }
}
