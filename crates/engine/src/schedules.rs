//! What happens when its time has come: scheduled messages queue up, snoozed conversations wake, and what nobody needs
//! any more is forgotten.

use std::sync::Arc;

use model::{Clock, Ids, Result, Scope, Timestamp};
use store::{
    activity, automation, bots, contacts, conversations,
    db::{Db, Tx},
    deliveries, events, search, settings, tenants,
};
use tokio_util::sync::CancellationToken;

use crate::nodes::Share;

/// How often to look: a scheduled message leaves at most this late.
const LOOK_MS: i64 = 1_000;

/// How often to forget.
const FORGET_EVERY_MS: i64 = 10 * 60_000;

/// How often to note how many messages wait.
const SAMPLE_EVERY_MS: i64 = 60_000;

/// Senders whose waiting messages are noted at a time, so that the writer is never held for long.
const SAMPLED_MAX: usize = 500;

/// Places in windows are remembered for longer than the longest window, an hour, can reach back.
const USES_KEPT_MS: i64 = 2 * 3_600_000;

/// Automatic answers are remembered for longer than the longest pause between two, a week.
const ANSWERS_KEPT_MS: i64 = 8 * model::DAY_MS;

/// What is done at a time, so that the writer is never held for long.
const BATCH_MAX: i64 = 500;

/// The schedules of an installation.
#[derive(Debug)]
pub struct Schedules {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    /// One node at a time keeps them.
    pub share: Share,
}

impl Schedules {
    /// Works until `stop`.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut forget_at = self.clock.now();
        let mut sample_at = forget_at;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.share.mine() => {}
            }
            let now = self.clock.now();
            if let Err(error) = self.due(now).await {
                tracing::error!(error = ?error, "What is due could not be done now; it is tried again.");
            }
            if now >= forget_at {
                forget_at = now + FORGET_EVERY_MS;
                if let Err(error) = self.forget(now).await {
                    tracing::warn!(error = ?error, "What is old could not be forgotten now; it is tried again.");
                }
            }
            if now >= sample_at {
                sample_at = now + SAMPLE_EVERY_MS;
                if let Err(error) = self.sample(now).await {
                    tracing::warn!(error = ?error, "How much waits could not be noted now; it is tried again.");
                }
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.clock.sleep_until(now + LOOK_MS) => {}
            }
        }
    }

    async fn due(&self, now: Timestamp) -> Result<()> {
        // Looked at before it is written: an idle installation writes nothing.
        let is_due = self.db.read(move |tx| deliveries::is_scheduled_due(tx, now)).await?;
        if is_due {
            self.db.write(move |tx| deliveries::promote_scheduled(tx, now, BATCH_MAX)).await?;
        }
        let next_wake = self.db.read(conversations::next_wake).await?;
        if next_wake.is_some_and(|at| at <= now) {
            let ids = self.ids.clone();
            self.db.write(move |tx| conversations::wake(tx, &*ids, now, BATCH_MAX)).await?;
        }
        self.catch_up().await
    }

    /// What was there before the search index, and what stored Updates say of people who are gone.
    async fn catch_up(&self) -> Result<()> {
        if self.db.read(events::is_erasure_due).await? {
            self.db.write(events::erase_some).await?;
        }
        if self.db.read(search::is_behind).await? {
            self.db.write(|tx| search::catch_up(tx, BATCH_MAX)).await?;
        }
        Ok(())
    }

    /// For the charts of senders.
    async fn sample(&self, now: Timestamp) -> Result<()> {
        let waiting = self.db.read(bots::ticks::waiting).await?;
        for some in waiting.chunks(SAMPLED_MAX) {
            let some = some.to_vec();
            self.db.write(move |tx| bots::ticks::note_waiting(tx, &some, now)).await?;
        }
        Ok(())
    }

    async fn forget(&self, now: Timestamp) -> Result<()> {
        self.db.write(move |tx| deliveries::forget_uses(tx, now - USES_KEPT_MS).map(drop)).await?;
        self.db.write(move |tx| bots::ticks::forget(tx, now).map(drop)).await?;
        self.db.write(move |tx| automation::forget(tx, now - ANSWERS_KEPT_MS).map(drop)).await?;
        self.db.write(move |tx| contacts::forget_merges(tx, now, BATCH_MAX).map(drop)).await?;
        self.db.write(move |tx| forget_activity(tx, now)).await
    }
}

/// Each tenant says how long its activity log is kept.
fn forget_activity(tx: &mut Tx, now: Timestamp) -> Result<()> {
    for tenant in tenants::all(tx)? {
        let scope = Scope::system(tenant.id);
        let days = settings::get(tx, &scope)?.activity.retention_days;
        activity::prune(tx, &scope, now - days * model::DAY_MS)?;
    }
    Ok(())
}
