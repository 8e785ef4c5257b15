//! From rows of the feed to deliveries: as they come, and once more for a range of time.

use std::{fmt, sync::Arc};

use model::{
    Error, Id, Result, Scope, Timestamp,
    contact::Contact,
    webhook::{Delivery, Endpoint},
};
use serde_json::{Map, Value, json};
use store::{
    activity,
    db::Tx,
    feed::{self, Entry},
    webhooks::{self, NewDelivery},
};

use super::endpoints::{deed, enabled};
use crate::App;

/// Entries of a feed in one transaction.
pub(super) const STRETCH_ENTRIES: i64 = 100;
/// Events that one replay sends.
const REPLAY_MAX: usize = 10_000;
/// By how much the clocks of two nodes may differ.
const CLOCK_SKEW_MS: i64 = 60_000;

/// An event as it is shown to a tenant's own systems.
#[derive(Debug, Clone)]
pub struct Shown {
    pub seq: i64,
    pub event_type: &'static str,
    pub created_at: Timestamp,
    pub about: Map<String, Value>,
}

/// Shows changes as the API does. The API knows how; the server registers it here.
pub trait Shows: fmt::Debug + Send + Sync {
    /// The events of a stretch of a feed that everybody of the tenant may see.
    fn events(&self, tx: &mut Tx, scope: &Scope, entries: &[Entry]) -> Result<Vec<Shown>>;
}

/// What is sent: the envelope of Standard Webhooks.
pub(super) fn body(event_type: &str, at: Timestamp, about: &impl serde::Serialize) -> String {
    json!({"type": event_type, "timestamp": at, "data": about}).to_string()
}

/// Deliveries of those events that the endpoint wants.
pub(super) fn deliveries(app: &App, endpoint: &Endpoint, shown: Vec<Shown>) -> Vec<NewDelivery> {
    let wanted = shown.into_iter().filter(|event| endpoint.wants(event.event_type));
    let delivery = |event: Shown| {
        let (contact, mut about) = (contact(&event.about), event.about);
        about.insert("tenant_id".to_owned(), json!(endpoint.tenant));
        about.insert("sequence".to_owned(), event.seq.into());
        NewDelivery {
            id: app.ids.id(),
            event_type: event.event_type.to_owned(),
            seq: Some(event.seq),
            contact,
            payload: body(event.event_type, event.created_at, &about),
        }
    };
    wanted.map(delivery).collect()
}

/// The contact whom an event is about: who spoke, else whose conversation it is, or whose record.
fn contact(about: &Map<String, Value>) -> Option<Id<Contact>> {
    let at = |path: &[&str]| {
        let (first, rest) = path.split_first()?;
        rest.iter().try_fold(about.get(*first)?, |value, name| value.get(name))?.as_str()
    };
    let spoke = at(&["message", "author", "type"]) == Some("CONTACT");
    let speaker = at(&["message", "author", "id"]).filter(|_| spoke);
    speaker.or_else(|| at(&["conversation", "contact", "id"])).or_else(|| at(&["contact_id"]))?.parse().ok()
}

/// Owes one delivery anew, under the same id.
pub async fn resend(app: &App, scope: &Scope, id: Id<Delivery>) -> Result<Delivery> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            let known = webhooks::get_delivery(tx, &scope, id)?.ok_or_else(|| Error::not_found("delivery"))?;
            let endpoint = enabled(webhooks::get(tx, &scope, known.endpoint)?)?;
            webhooks::resend(tx, &scope, id, now)?;
            activity::record(tx, &scope, &*ids, &deed("webhook_endpoint.resent", &endpoint), now)?;
            tx.notify(store::wake::WEBHOOK, "")?;
            webhooks::get_delivery(tx, &scope, id)?.ok_or_else(|| Error::not_found("delivery"))
        })
        .await
}

/// What a replay did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replayed {
    pub events: usize,
    /// Whether that is all of the range; else it was too much for one replay.
    pub is_complete: bool,
}

/// Owes an endpoint once more what happened in a range of time, as far as the feed is kept: what it had under the same ids,
/// what it missed as it is now.
pub async fn replay(
    app: &App,
    scope: &Scope,
    shows: &Arc<dyn Shows>,
    id: Id<Endpoint>,
    (from, until): (Timestamp, Timestamp),
) -> Result<Replayed> {
    if until <= from {
        return Err(Error::field("until", "Enter a time after since."));
    }
    let (by, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    let begin = move |tx: &mut Tx| {
        let endpoint = enabled(webhooks::get(tx, &by, id)?)?;
        let range = json!({"since": from, "until": until});
        let deed = deed("webhook_endpoint.replayed", &endpoint).changed(&Value::Null, &range);
        activity::record(tx, &by, &*ids, &deed, now)?;
        Ok((endpoint, feed::before(tx, &by, from)?))
    };
    let (endpoint, mut position) = app.db.write(begin).await?;
    let replay = Replay { app: app.clone(), shows: shows.clone(), endpoint: Arc::new(endpoint), range: (from, until) };
    let mut events = 0;
    loop {
        let step = replay.clone();
        let (end, owed, has_more) = app.db.write(move |tx| step.stretch(tx, position)).await?;
        (position, events) = (end, events + owed);
        if !has_more || events >= REPLAY_MAX {
            return Ok(Replayed { events, is_complete: !has_more });
        }
    }
}

#[derive(Clone)]
struct Replay {
    app: App,
    shows: Arc<dyn Shows>,
    endpoint: Arc<Endpoint>,
    range: (Timestamp, Timestamp),
}

impl Replay {
    /// Owes what one stretch has of the range. Answers where the next one begins, how many events it were, and whether
    /// there may be more.
    fn stretch(&self, tx: &mut Tx, position: i64) -> Result<(i64, usize, bool)> {
        let (scope, (from, until)) = (Scope::system(self.endpoint.tenant), self.range);
        let stretch = feed::after(tx, &scope, position, STRETCH_ENTRIES)?;
        // Times run with places but for the difference of two nodes' clocks.
        let is_over = stretch.entries.last().is_some_and(|entry| entry.created_at.since(until) > CLOCK_SKEW_MS);
        let is_in = |entry: &Entry| (from..until).contains(&entry.created_at);
        let entries: Vec<Entry> = stretch.entries.into_iter().filter(is_in).collect();
        let new = deliveries(&self.app, &self.endpoint, self.shows.events(tx, &scope, &entries)?);
        webhooks::enqueue(tx, &scope, self.endpoint.id, &new, self.app.clock.now())?;
        Ok((stretch.end, new.len(), stretch.has_more && !is_over))
    }
}
