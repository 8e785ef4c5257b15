//! At most two calls a second, over all bots of this process.

use std::sync::{Arc, Mutex, PoisonError};

use model::{Clock, Timestamp};

/// From the start of one call to that of the next.
const APART_MS: i64 = 500;

/// Hands out turns, in the order in which they are asked for. Clones share them.
#[derive(Debug, Clone)]
pub(super) struct Pace {
    clock: Arc<dyn Clock>,
    next: Arc<Mutex<Timestamp>>,
}

impl Pace {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        let next = Arc::new(Mutex::new(clock.now()));
        Self { clock, next }
    }

    /// Ends when a call may start. A turn that is not used is lost.
    pub(super) async fn turn(&self) {
        let at = self.take();
        self.clock.sleep_until(at).await;
    }

    fn take(&self) -> Timestamp {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        // A clock that was set back must not keep everybody waiting.
        let at = if next.since(now) > 3_600_000 { now } else { (*next).max(now) };
        *next = at + APART_MS;
        at
    }
}

#[cfg(test)]
mod tests {
    use model::Sleep;

    use super::*;

    #[derive(Debug)]
    struct Still;

    impl Clock for Still {
        fn now(&self) -> Timestamp {
            Timestamp::from_ms(10_000)
        }

        fn running_ms(&self) -> i64 {
            self.now().as_ms()
        }

        fn sleep_until(&self, _: Timestamp) -> Sleep {
            Box::pin(std::future::ready(()))
        }
    }

    #[test]
    fn turns_are_half_a_second_apart() {
        let pace = Pace::new(Arc::new(Still));
        let turns: Vec<_> = (0..3).map(|_| pace.clone().take().as_ms()).collect();
        assert_eq!(turns, [10_000, 10_500, 11_000]);
    }
}
