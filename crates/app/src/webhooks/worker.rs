//! The worker: turns what the feed tells into deliveries, and brings these out. Every node has one; leases share the work.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use model::{
    Id, Result, Scope, Tenant, Timestamp,
    feed::{Change, FeedKind},
    webhook::{Attempt, Endpoint, GIVE_UP_MS, wait_ms},
};
use serde_json::{Value, json};
use store::{
    activity,
    db::{Listener, Tx},
    feed, wake,
    webhooks::{self, Claimed, Outcome, Signing},
};
use tokio::{select, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::{
    endpoints::deed,
    enqueue::{STRETCH_ENTRIES, Shows, deliveries},
    sign::signatures,
};
use crate::App;

/// Endpoints that are looked at in one go.
const ENDPOINTS_MAX: i64 = 100;
/// Calls to one endpoint at a time from this node, and to all together.
const AT_ONCE_PER_ENDPOINT: usize = 8;
const AT_ONCE_MAX: usize = 64;
/// How long others leave a delivery alone that somebody tries; longer than any call.
const LEASE_MS: i64 = 60_000;
/// How often to look for work when nobody says that there is some.
const LOOK_MS: i64 = 2_000;
/// The feed of a busy installation grows all the time: what has gathered meanwhile is taken at once.
const PAUSE_MS: i64 = 100;
/// How long the log is kept, how often it is shortened, and how much of it at a time.
const LOG_KEPT_MS: i64 = 30 * model::DAY_MS;
const FORGET_EVERY_MS: i64 = 10 * 60_000;
const FORGET_MAX: i64 = 500;

/// Outgoing webhooks of this process.
#[derive(Debug, Clone)]
pub struct Webhooks {
    app: App,
    shows: Arc<dyn Shows>,
    /// Calls under way, by endpoint.
    under_way: Arc<Mutex<HashMap<Id<Endpoint>, usize>>>,
    /// Whose turn it was last.
    last_begun: Option<Id<Endpoint>>,
}

impl Webhooks {
    pub fn new(app: App, shows: Arc<dyn Shows>) -> Self {
        Self { app, shows, under_way: Arc::default(), last_begun: None }
    }

    /// Works until `stop`; calls that are under way then are tried again by whoever comes next.
    pub async fn run(mut self, stop: CancellationToken) {
        let (mut feed, mut own) = (self.app.db.listen(wake::FEED), self.app.db.listen(wake::WEBHOOK));
        let (mut calls, mut forget_at) = (JoinSet::new(), self.app.clock.now());
        while !stop.is_cancelled() {
            let now = self.app.clock.now();
            if now >= forget_at {
                forget_at = now + FORGET_EVERY_MS;
                self.forget().await;
            }
            let next = self.step(&mut calls).await.unwrap_or_else(|error| {
                tracing::error!(error = ?error, "Outgoing webhooks could not be worked on now; it is tried again.");
                None
            });
            let look_at = self.app.clock.now() + LOOK_MS;
            select! {
                () = stop.cancelled() => break,
                () = self.pause(&mut feed, &mut own) => {}
                Some(_) = calls.join_next() => {}
                () = self.app.clock.sleep_until(next.map_or(look_at, |next| next.min(look_at))) => {}
            }
        }
        calls.shutdown().await;
    }

    /// Until somebody says that there is work; what gathers behind the first is taken with it.
    async fn pause(&self, feed: &mut Listener, own: &mut Listener) {
        select! {
            _ = feed.recv() => {}
            _ = own.recv() => {}
        }
        self.app.clock.sleep_until(self.app.clock.now() + PAUSE_MS).await;
    }

    /// Shortens the log.
    async fn forget(&self) {
        let before = self.app.clock.now() - LOG_KEPT_MS;
        loop {
            match self.app.db.write(move |tx| webhooks::prune(tx, before, FORGET_MAX)).await {
                Ok(0) => return,
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(error = ?error, "The log of outgoing webhooks could not be shortened now; it is tried again.");
                    return;
                }
            }
        }
    }

    /// Does all that can be done now, for tests and commands; ends when nothing is due.
    pub async fn run_once(&mut self) -> Result<()> {
        let mut calls = JoinSet::new();
        loop {
            let next = self.step(&mut calls).await?;
            let is_more = next.is_some_and(|at| at <= self.app.clock.now());
            if calls.join_next().await.is_none() && !is_more {
                return Ok(());
            }
        }
    }

    /// Owes what there is to be owed, and begins the calls there is room for. Answers when something is due next.
    async fn step(&mut self, calls: &mut JoinSet<()>) -> Result<Option<Timestamp>> {
        while calls.try_join_next().is_some() {}
        let (is_more, now) = (self.owe().await?, self.app.clock.now());
        let mut due = self.app.db.read(move |tx| webhooks::due_endpoints(tx, now)).await?;
        // Each begins once in a while, so that slow ones don't take all places for ever.
        let behind = due.partition_point(|endpoint| Some(*endpoint) <= self.last_begun);
        due.rotate_left(behind);
        for endpoint in due {
            if calls.len() >= AT_ONCE_MAX {
                break;
            }
            if let Err(error) = self.begin(endpoint, calls).await {
                tracing::error!(webhook_endpoint.id = %endpoint, error = ?error, "A webhook endpoint could not be called.");
            }
            self.last_begun = Some(endpoint);
        }
        if is_more {
            return Ok(Some(now));
        }
        let next = self.app.db.read(webhooks::next_due).await?;
        // What is due and was not begun has no room now: the end of a call is what to wait for.
        Ok(next.filter(|at| *at > now))
    }

    /// Turns one stretch of each feed into deliveries; whether there may be more.
    async fn owe(&self) -> Result<bool> {
        let behind = self.app.db.read(|tx| webhooks::behind(tx, ENDPOINTS_MAX)).await?;
        let mut has_moved = false;
        for (endpoint, position) in behind {
            let this = self.clone();
            has_moved |= self.app.db.write(move |tx| this.owe_one(tx, &endpoint, position)).await?;
        }
        Ok(has_moved)
    }

    /// `false`: another node did it meanwhile.
    fn owe_one(&self, tx: &mut Tx, endpoint: &Endpoint, position: i64) -> Result<bool> {
        let scope = Scope::system(endpoint.tenant);
        // Read before the entries: all up to here is committed, so where there are none, they are forgotten.
        let head = feed::head(tx, &scope)?;
        let stretch = feed::after(tx, &scope, position, STRETCH_ENTRIES)?;
        let end = if stretch.end == position { head } else { stretch.end };
        if !webhooks::note_position(tx, endpoint.id, position, end)? {
            return Ok(false);
        }
        let new = deliveries(&self.app, endpoint, self.shows.events(tx, &scope, &stretch.entries)?);
        webhooks::enqueue(tx, &scope, endpoint.id, &new, self.app.clock.now())?;
        Ok(true)
    }

    async fn begin(&self, endpoint: Id<Endpoint>, calls: &mut JoinSet<()>) -> Result<()> {
        let room =
            AT_ONCE_PER_ENDPOINT.saturating_sub(self.calls_to(endpoint)).min(AT_ONCE_MAX.saturating_sub(calls.len()));
        if room == 0 {
            return Ok(());
        }
        let (cipher, now, limit) = (self.app.cipher.clone(), self.app.clock.now(), i64::try_from(room).unwrap_or(1));
        let write = move |tx: &mut Tx| webhooks::claim(tx, &cipher, endpoint, (now, now + LEASE_MS), limit);
        let Some((signing, claimed)) = self.app.db.write(write).await? else { return Ok(()) };
        let signing = Arc::new(signing);
        for one in claimed {
            let place = Place::take(self.under_way.clone(), endpoint);
            let (this, signing) = (self.clone(), signing.clone());
            calls.spawn(async move {
                if let Err(error) = this.try_one(endpoint, &signing, one).await {
                    tracing::error!(error = ?error, "What came of an outgoing webhook could not be written; it is sent again.");
                }
                drop(place);
            });
        }
        Ok(())
    }

    fn calls_to(&self, endpoint: Id<Endpoint>) -> usize {
        let under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        under_way.get(&endpoint).copied().unwrap_or(0)
    }

    async fn try_one(&self, endpoint: Id<Endpoint>, signing: &Signing, claimed: Claimed) -> Result<()> {
        let app = &self.app;
        let (attempt, asked_ms) = self.call(signing, &claimed).await?;
        let outcome = if attempt.is_good() {
            Outcome::Delivered
        } else {
            let random = u64::from_be_bytes(app.ids.random());
            wait_ms(claimed.attempts, random, asked_ms)
                .map_or(Outcome::Failed, |wait| Outcome::Again(attempt.at + wait))
        };
        let this = self.clone();
        let tenant = signing.tenant;
        app.db
            .write(move |tx| {
                let failing_since = webhooks::settle(tx, endpoint, &claimed, &attempt, outcome)?;
                let reason = reason_to_disable(&attempt, failing_since);
                reason.map_or(Ok(()), |reason| this.disable(tx, (tenant, endpoint), reason, attempt.at))
            })
            .await
    }

    /// Stops sending to an endpoint, and tells those who look after it.
    fn disable(
        &self,
        tx: &mut Tx,
        (tenant, id): (Id<Tenant>, Id<Endpoint>),
        reason: &'static str,
        now: Timestamp,
    ) -> Result<()> {
        let scope = Scope::system(tenant);
        if !webhooks::disable(tx, &scope, id, Some(reason), now)? {
            return Ok(());
        }
        tracing::warn!(webhook_endpoint.id = %id, tenant.id = %tenant, reason, "A webhook endpoint was disabled.");
        if let Some(endpoint) = webhooks::get(tx, &scope, id)? {
            let deed = deed("webhook_endpoint.disabled", &endpoint).changed(&Value::Null, &json!({"reason": reason}));
            activity::record(tx, &scope, &*self.app.ids, &deed, now)?;
        }
        feed::append(tx, &scope, &[Change::new(FeedKind::Endpoint, id)], now)
    }

    /// Makes the call. Besides what came of it: how long the other end asked to wait.
    async fn call(&self, signing: &Signing, claimed: &Claimed) -> Result<(Attempt, Option<i64>)> {
        let app = &self.app;
        let (began, id) = (app.clock.now(), format!("msg_{}", claimed.id.as_uuid().simple()));
        let seconds = began.as_ms().div_euclid(1_000);
        let headers = [
            ("webhook-id", id.clone()),
            ("webhook-timestamp", seconds.to_string()),
            ("webhook-signature", signatures(&signing.secrets, &id, seconds, &claimed.payload)?),
        ];
        let outcome = match app.outbound.check(&signing.url) {
            Ok(url) => app.outbound.post(&url, &headers, Bytes::from(claimed.payload.clone())).await,
            Err(error) => Err(error.message().to_owned()),
        };
        let at = app.clock.now();
        let attempt = Attempt { at, status: None, duration_ms: at.since(began).max(0), error: None, response: None };
        Ok(match outcome {
            Ok(reached) => {
                let attempt = Attempt { status: Some(reached.status), response: Some(reached.excerpt), ..attempt };
                (attempt, reached.retry_after_ms)
            }
            Err(words) => (Attempt { error: Some(words), ..attempt }, None),
        })
    }
}

/// 410 means that nobody wants it any more.
fn reason_to_disable(attempt: &Attempt, failing_since: Option<Timestamp>) -> Option<&'static str> {
    if attempt.status == Some(410) {
        return Some("The endpoint answered 410 Gone.");
    }
    let is_over = failing_since.is_some_and(|since| attempt.at.since(since) >= GIVE_UP_MS);
    is_over.then_some("Nothing has arrived for five days.")
}

/// A place among the calls to an endpoint, free again when it is dropped.
struct Place {
    under_way: Arc<Mutex<HashMap<Id<Endpoint>, usize>>>,
    endpoint: Id<Endpoint>,
}

impl Place {
    fn take(under_way: Arc<Mutex<HashMap<Id<Endpoint>, usize>>>, endpoint: Id<Endpoint>) -> Self {
        *under_way.lock().unwrap_or_else(PoisonError::into_inner).entry(endpoint).or_default() += 1;
        Self { under_way, endpoint }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = under_way.get_mut(&self.endpoint) {
            *count -= 1;
            if *count == 0 {
                under_way.remove(&self.endpoint);
            }
        }
    }
}
