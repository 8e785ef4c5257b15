//! The real clock and the real source of ids: the only places where the machine's own are read.

use std::{sync::Mutex, time::Duration};

use model::{Clock, Ids, Sleep, Timestamp};
use rand::RngCore;
use uuid::{ContextV7, Uuid};

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl SystemClock {
    /// Nanoseconds since 1970, for traces.
    #[expect(clippy::disallowed_methods, reason = "this is the one real clock")]
    pub fn now_ns() -> u128 {
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_nanos()
    }
}

/// A clock that was set forward is noticed within this.
const LOOK: Duration = Duration::from_secs(1);

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one real clock")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn running_ms(&self) -> i64 {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        time.tv_sec.saturating_mul(1_000).saturating_add(time.tv_nsec / 1_000_000)
    }

    fn sleep_until(&self, at: Timestamp) -> Sleep {
        Box::pin(async move {
            loop {
                let left = at.since(SystemClock.now());
                let Ok(left @ 1..) = u64::try_from(left) else { return };
                tokio::time::sleep(Duration::from_millis(left).min(LOOK)).await;
            }
        })
    }
}

/// UUIDs of version 7 that only grow within this process, and the operating system's random bytes.
#[derive(Debug)]
pub struct SystemIds {
    context: Mutex<ContextV7>,
}

impl SystemIds {
    pub fn new() -> Self {
        Self { context: Mutex::new(ContextV7::new()) }
    }
}

impl Ids for SystemIds {
    fn next(&self) -> Uuid {
        let now = SystemClock.now().as_ms().max(0).unsigned_abs();
        let nanos = u32::try_from(now % 1_000 * 1_000_000).unwrap_or(0);
        let context = self.context.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Uuid::new_v7(uuid::Timestamp::from_unix(&*context, now / 1_000, nanos))
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one real source of randomness")]
    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}
