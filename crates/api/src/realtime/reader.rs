//! Follows one tenant's feed for all who listen in this process.

use std::sync::Arc;

use model::{Id, Result, Scope, Tenant};
use store::feed;
use tokio::sync::{Notify, broadcast};

use super::{
    event::{Event, Said},
    hub::Hub,
    progress::Progress,
    render::{self, Placed},
};

/// Entries that are read and shown at once.
pub(super) const STRETCH_ENTRIES: i64 = 100;
/// How often to look when nobody wakes us: other processes write to the same SQLite file.
const LOOK_MS: i64 = 2_000;

pub(super) struct Reader {
    hub: Hub,
    scope: Scope,
    said: broadcast::Sender<Arc<Said>>,
    woken: Arc<Notify>,
    progress: Progress,
    /// How far the feed was read; `None` before the first look.
    position: Option<i64>,
}

impl Reader {
    pub fn new(hub: Hub, tenant: Id<Tenant>, said: broadcast::Sender<Arc<Said>>, woken: Arc<Notify>) -> Self {
        Self { hub, scope: Scope::system(tenant), said, woken, progress: Progress::default(), position: None }
    }

    /// Reads until nobody listens.
    pub async fn run(mut self) {
        while !self.hub.is_deserted(self.scope.tenant()) {
            match self.step().await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => tracing::warn!(?error, "a feed could not be read now; it is tried again"),
            }
            let clock = &self.hub.app().clock;
            let look_at = clock.now() + LOOK_MS;
            let next = self.progress.next_due().map_or(look_at, |due| due.min(look_at));
            tokio::select! {
                () = self.hub.stop().cancelled() => return,
                () = self.woken.notified() => {}
                () = clock.sleep_until(next) => {}
            }
        }
    }

    /// Reads one stretch and tells of it; whether there may be more.
    async fn step(&mut self) -> Result<bool> {
        let (app, scope) = (self.hub.app().clone(), self.scope);
        let Some(after) = self.position else {
            let head = app.db.read(move |tx| feed::head(tx, &scope)).await?;
            self.position = Some(head);
            // Who caught up before we looked for the first time learns from this that something lies between.
            self.say(head, head, Vec::new());
            return Ok(true);
        };
        let stretch = app.db.read(move |tx| feed::after(tx, &scope, after, STRETCH_ENTRIES)).await?;
        let now = app.clock.now();
        let passing = stretch.entries.iter().filter(|entry| self.progress.pass(entry, now));
        let mut placed: Vec<_> =
            passing.map(|entry| Placed { seq: entry.seq, change: entry.change, is_late: false }).collect();
        let late = self.progress.due(now, stretch.end);
        placed.extend(late.into_iter().map(|change| Placed { seq: stretch.end, change, is_late: true }));
        if placed.is_empty() && stretch.end == after {
            return Ok(false);
        }
        let events = app.db.read({
            let app = app.clone();
            move |tx| render::events(&app, tx, &scope, &placed)
        });
        self.say(after, stretch.end, events.await?);
        self.position = Some(stretch.end);
        Ok(stretch.has_more)
    }

    fn say(&self, after: i64, end: i64, events: Vec<Event>) {
        let events = events.into_iter().map(Arc::new).collect();
        // It fails when nobody listens, which is looked at next.
        let _ = self.said.send(Arc::new(Said::Stretch { after, end, events }));
    }
}
