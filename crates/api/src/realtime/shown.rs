//! Events as outgoing webhooks send them: the same that listeners get, but for what concerns one person only.

use std::sync::Arc;

use app::{
    App,
    webhooks::{self, Shows},
};
use model::{Result, Scope, feed::FeedKind};
use store::{db::Tx, feed::Entry};

use super::{listener::newest_progress, render};

/// What shows changes to webhooks.
pub fn shows(app: &App) -> Arc<dyn Shows> {
    Arc::new(Shower { app: app.clone() })
}

/// The same, for handlers.
#[derive(Debug, Clone)]
pub(crate) struct Shown(pub Arc<dyn Shows>);

impl Shown {
    pub fn new(app: &App) -> Self {
        Self(shows(app))
    }
}

#[derive(Debug)]
struct Shower {
    app: App,
}

impl Shows for Shower {
    fn events(&self, tx: &mut Tx, scope: &Scope, entries: &[Entry]) -> Result<Vec<webhooks::Shown>> {
        let is_public = |entry: &&Entry| entry.change.only_for.is_none() && entry.change.kind != FeedKind::Endpoint;
        let public: Vec<Entry> = entries.iter().filter(is_public).copied().collect();
        let placed = newest_progress(&public);
        let events = render::events(&self.app, tx, scope, &placed)?;
        let at = |seq: i64| public.iter().find(|entry| entry.seq == seq).map(|entry| entry.created_at);
        let shown = events.into_iter().filter_map(|event| {
            let seq = event.seq?;
            Some(webhooks::Shown { seq, event_type: event.kind, created_at: at(seq)?, about: event.about })
        });
        Ok(shown.collect())
    }
}
