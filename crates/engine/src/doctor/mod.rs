//! The webhook doctor: sets webhooks whose setting failed, notices those that drifted, removes those of removed bots.
//!
//! One loop over all bots, with no timer or task per bot: the database says who is due, and at most two calls a second
//! leave, whatever the number of bots. Bots with something to mend come first, then those that had deliveries lately.

mod finding;
mod names;
mod numbers;
mod pace;
mod pick;
mod visit;

use std::sync::Arc;

use model::{Clock, Ids};
use store::{Cipher, bots::Hooks, db::Db, wake};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use transport::{BotApi, GraphApi};

use names::Names;
use pace::Pace;
use pick::Picker;
use visit::Visit;

use crate::nodes::Share;

/// Looks under way at the same time: more than two calls a second can start while Telegram is slow.
const VISITS_MAX: usize = 32;

/// How long to wait after trouble with the database.
const PAUSE_MS: i64 = 2_000;

/// How often to look for changes that nobody tells us: other processes write to the same database file.
const LOOK_MS: i64 = 5_000;

/// What the doctor needs. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Doctor {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    pub cipher: Arc<Cipher>,
    pub bot_api: BotApi,
    pub graph_api: GraphApi,
    pub hooks: Hooks,
    /// Public address without a slash at the end.
    pub base_url: String,
    /// One node at a time is the doctor, so that its pace is that of the installation.
    pub share: Share,
}

impl Doctor {
    /// Works until `stop`. A look that is cut short is taken up again by the next process.
    pub async fn run(self, stop: CancellationToken) {
        tokio::select! {
            () = self.work() => {}
            () = stop.cancelled() => {}
        }
    }

    async fn work(&self) {
        let mut changes = self.db.listen(wake::BOT);
        let (pace, names) = (Pace::new(self.clock.clone()), Names::default());
        let mut picker = Picker::default();
        let mut visits = JoinSet::new();
        let mut share = self.share.clone();
        loop {
            share.mine().await;
            while visits.len() >= VISITS_MAX {
                visits.join_next().await;
            }
            while visits.try_join_next().is_some() {}
            pace.turn().await;
            let wait_until = match picker.pick(self).await {
                Ok(Some(id)) => {
                    let visit = Visit::new(self.clone(), id, pace.clone(), names.clone());
                    visits.spawn(visit.make());
                    continue;
                }
                Ok(None) => self.next_due().await,
                Err(error) => Err(error),
            };
            let wait_until = wait_until.unwrap_or_else(|error| {
                tracing::warn!(error = ?error, "The webhook doctor can't read the database; it tries again.");
                Some(self.clock.now() + PAUSE_MS)
            });
            let latest = self.clock.now() + LOOK_MS;
            tokio::select! {
                () = self.clock.sleep_until(wait_until.map_or(latest, |at| at.min(latest))) => {}
                _ = changes.recv() => {}
            }
        }
    }
}
