//! Forgets what has been kept as long as the operator wants it kept, in small batches with pauses between them.

use std::sync::Arc;

use model::{Clock, DAY_MS, Id, Result, Tenant, Timestamp};
use store::{
    contact_jobs,
    db::{Db, Tx},
    retention,
};
use tokio_util::sync::CancellationToken;

use crate::nodes::Share;

/// How often to look.
const EVERY_MS: i64 = 10 * 60_000;
/// Rows of one batch, so that the writer is never held for long.
const BATCH: i64 = 500;
/// Between two batches: whoever waits for the database comes first.
const PAUSE_MS: i64 = 20;
/// Tenants whose feeds are looked at in one go.
const TENANTS: i64 = 200;
/// Links and sessions that ended this long ago interest nobody.
const EXPIRED_KEPT_MS: i64 = 7 * DAY_MS;

/// How long things are kept, in days; 0: for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    pub event_days: u32,
    pub held_days: u32,
    pub feed_days: u32,
    pub recipient_days: u32,
    pub import_row_days: u32,
}

/// What keeps the tables from growing without end.
#[derive(Debug)]
pub struct Retention {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub kept: Kept,
    /// One node at a time forgets.
    pub share: Share,
}

impl Retention {
    /// Works until `stop`.
    pub async fn run(mut self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.share.mine() => {}
            }
            let next_at = self.clock.now() + EVERY_MS;
            tokio::select! {
                () = stop.cancelled() => return,
                done = self.forget() => match done {
                    Ok(0) => {}
                    Ok(rows) => tracing::info!(rows, "Old rows were forgotten."),
                    Err(error) => tracing::warn!(?error, "What is old could not be forgotten now; it is tried again."),
                },
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.clock.sleep_until(next_at) => {}
            }
        }
    }

    /// Forgets all that is old; tells how many rows that were.
    pub async fn forget(&self) -> Result<u64> {
        let now = self.clock.now();
        let mut rows = 0;
        if let Some(before) = before(now, self.kept.event_days) {
            rows += self.events(before).await?;
        }
        if let Some(before) = before(now, self.kept.held_days) {
            rows += self.batches(move |tx| retention::held(tx, before, BATCH)).await?;
        }
        if let Some(before) = before(now, self.kept.recipient_days) {
            rows += self.batches(move |tx| retention::recipients(tx, before, now, BATCH)).await?;
        }
        if let Some(before) = before(now, self.kept.import_row_days) {
            rows += self.batches(move |tx| retention::refused_rows(tx, before, BATCH)).await?;
            rows += self.batches(move |tx| contact_jobs::forget(tx, before, BATCH)).await?;
        }
        if let Some(before) = before(now, self.kept.feed_days) {
            rows += self.feeds(before).await?;
        }
        let expired = now - EXPIRED_KEPT_MS;
        rows += self.batches(move |tx| retention::expired(tx, expired, BATCH)).await?;
        Ok(rows)
    }

    async fn events(&self, before: Timestamp) -> Result<u64> {
        let (mut rows, mut after) = (0, 0);
        loop {
            let batch = move |tx: &mut Tx| retention::events(tx, after, before, BATCH);
            let (forgotten, next) = self.db.write(batch).await?;
            rows += forgotten;
            let Some(next) = next else { return Ok(rows) };
            after = next;
            self.pause().await;
        }
    }

    async fn feeds(&self, before: Timestamp) -> Result<u64> {
        let (mut rows, mut after): (u64, Id<Tenant>) = (0, Id::from_bytes([0; 16]));
        loop {
            // Read before it is written: most tenants have nothing to forget.
            let tenants = self.db.read(move |tx| retention::feeds(tx, after, before, TENANTS)).await?;
            let Some((last, _)) = tenants.last() else { return Ok(rows) };
            after = *last;
            for (tenant, _) in tenants.into_iter().filter(|(_, is_due)| *is_due) {
                rows += self.batches(move |tx| retention::feed(tx, tenant, before, BATCH)).await?;
            }
        }
    }

    /// Runs batches until one finds nothing.
    async fn batches<F>(&self, batch: F) -> Result<u64>
    where
        F: Fn(&mut Tx) -> Result<u64> + Copy + Send + 'static,
    {
        let mut rows = 0;
        loop {
            match self.db.write(batch).await? {
                0 => return Ok(rows),
                forgotten => rows += forgotten,
            }
            self.pause().await;
        }
    }

    async fn pause(&self) {
        self.clock.sleep_until(self.clock.now() + PAUSE_MS).await;
    }
}

fn before(now: Timestamp, days: u32) -> Option<Timestamp> {
    (days > 0).then(|| now - i64::from(days) * DAY_MS)
}
