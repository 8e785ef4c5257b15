//! The machine's clock and random numbers, and where results are kept: the wiring that the binary has too.

use std::{
    path::PathBuf,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context, Result};
use model::{Clock, Ids, Sleep, Timestamp};
use rand::RngCore;
use uuid::{ContextV7, Uuid};

/// The machine's clock.
#[derive(Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "a benchmark runs by the real clock")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn running_ms(&self) -> i64 {
        self.now().as_ms()
    }

    fn sleep_until(&self, at: Timestamp) -> Sleep {
        let left = u64::try_from(at.since(self.now())).unwrap_or(0);
        Box::pin(tokio::time::sleep(Duration::from_millis(left)))
    }
}

/// UUIDs of version 7 that only grow, and the operating system's random bytes.
#[derive(Debug)]
pub struct SystemIds(Mutex<ContextV7>);

impl SystemIds {
    pub fn new() -> Self {
        Self(Mutex::new(ContextV7::new()))
    }
}

impl Ids for SystemIds {
    fn next(&self) -> Uuid {
        let now = SystemClock.now().as_ms().unsigned_abs();
        let nanos = u32::try_from(now % 1_000 * 1_000_000).unwrap_or(0);
        let context = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Uuid::new_v7(uuid::Timestamp::from_unix(&*context, now / 1_000, nanos))
    }

    #[expect(clippy::disallowed_methods, reason = "keys and secrets are made as the service makes them")]
    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}

/// `target/bench`, on the disk on which everything is built: a temporary folder may be memory only.
pub fn folder() -> Result<PathBuf> {
    let binary = std::env::current_exe().context("this program's own path is not known")?;
    let folder = binary.ancestors().nth(2).context("this program does not stand in a target folder")?.join("bench");
    std::fs::create_dir_all(&folder).with_context(|| format!("can't make {}", folder.display()))?;
    Ok(folder)
}
