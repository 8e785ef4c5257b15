//! Drives the deliveries of one webhook: loads updates, opens as many connections as Telegram would, settles outcomes.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures::{StreamExt, future::BoxFuture, stream::FuturesUnordered};

use super::{
    Webhook,
    client::Delivery,
    lanes::{After, Lanes},
};
use crate::{
    bots::Bot,
    gateway,
    inbox::{Pending, QueueKey},
    state::Shared,
};

/// With nothing to wait for, only being woken matters.
const IDLE: Duration = Duration::from_secs(3600);
const CLOCK_LOOK: Duration = Duration::from_millis(100);
/// Without a success in this time only one connection is used.
const TRUST_S: f64 = 10.0;
/// At most this many new connections in each half second.
const NEW_CONNECTIONS: usize = 10;
const NEW_CONNECTIONS_S: f64 = 0.5;
/// A webhook that answers 410 for so long is removed.
const GONE_S: f64 = 23.0 * 3600.0;

/// Starts delivering a bot's updates to its webhook, in place of what was delivering before.
pub fn start(state: &Shared, bot: &Arc<Bot>, webhook: Arc<Webhook>) {
    let sender = Sender {
        state: state.clone(),
        bot: bot.clone(),
        webhook,
        lanes: Lanes::default(),
        in_flight: FuturesUnordered::new(),
        connections: 1,
        grown_at: Instant::now(),
        trusted_at: None,
        gone_since: None,
    };
    let task = tokio::spawn(sender.run());
    if let Some(previous) = bot.inbox.state().sender.replace(task.abort_handle()) {
        previous.abort();
    }
}

struct Sender {
    state: Shared,
    bot: Arc<Bot>,
    webhook: Arc<Webhook>,
    lanes: Lanes,
    in_flight: FuturesUnordered<BoxFuture<'static, (Arc<Pending>, Delivery)>>,
    connections: usize,
    grown_at: Instant,
    trusted_at: Option<Instant>,
    gone_since: Option<Instant>,
}

impl Sender {
    async fn run(mut self) {
        let (state, bot) = (self.state.clone(), self.bot.clone());
        while !self.webhook.is_removed() {
            // Ask to be woken before looking: an update queued between the two would otherwise wait.
            let woken = bot.inbox.woken.notified();
            tokio::pin!(woken);
            woken.as_mut().enable();
            self.load();
            self.begin();
            let pause = self.pause(state.now_ms());
            tokio::select! {
                () = &mut woken => {}
                Some((update, delivery)) = self.in_flight.next() => self.settle(&update, delivery),
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    fn scaled(&self, seconds: f64) -> Duration {
        Duration::try_from_secs_f64(seconds * self.state.options.time_scale).unwrap_or(Duration::MAX)
    }

    /// Loads at most twice as many updates as there may be connections.
    fn load(&mut self) {
        let room = (2 * self.webhook.max_connections).saturating_sub(self.lanes.loaded());
        let inbox = self.bot.inbox.state();
        let new: Vec<_> = inbox.pending.range(self.lanes.cursor() + 1..).take(room).map(|(_, u)| u.clone()).collect();
        drop(inbox);
        new.into_iter().for_each(|update| self.lanes.load(update));
    }

    fn begin(&mut self) {
        self.grow();
        while self.in_flight.len() < self.connections {
            let Some(update) = self.lanes.next(self.state.now_ms()) else { return };
            let (client, webhook) = (self.state.webhooks.clone(), self.webhook.clone());
            let timeout = self.state.options.webhook_timeout;
            self.in_flight.push(Box::pin(async move {
                let body = Bytes::copy_from_slice(update.body.as_bytes());
                let delivery = client.deliver(&webhook, body, timeout).await;
                (update, delivery)
            }));
        }
    }

    /// How many connections may be used now.
    fn grow(&mut self) {
        let is_trusted = self.trusted_at.is_some_and(|at| at.elapsed() < self.scaled(TRUST_S));
        if !is_trusted {
            self.connections = 1;
        } else if self.lanes.has_ready() && self.grown_at.elapsed() >= self.scaled(NEW_CONNECTIONS_S) {
            self.connections = (self.connections + NEW_CONNECTIONS).min(self.webhook.max_connections);
            self.grown_at = Instant::now();
        }
    }

    fn pause(&self, now_ms: i64) -> Duration {
        let until = |due_ms: i64| Duration::from_millis(u64::try_from(due_ms - now_ms).unwrap_or(0));
        // The clock may be one that tests move, so a due time is never slept up to in one go.
        let until_due = self.lanes.due_ms().map_or(IDLE, |due_ms| until(due_ms).min(CLOCK_LOOK));
        let is_growing = self.lanes.has_ready() && self.connections < self.webhook.max_connections;
        let until_grown = if is_growing { self.scaled(NEW_CONNECTIONS_S) } else { IDLE };
        until_due.min(until_grown).max(Duration::from_millis(1))
    }

    fn settle(&mut self, update: &Pending, delivery: Delivery) {
        match delivery {
            Delivery::Acknowledged(call) => {
                self.trusted_at = Some(Instant::now());
                self.gone_since = None;
                self.bot.inbox.state().remove(update.seq);
                self.lanes.settle(&update.queue);
                if let Some(call) = call {
                    let (state, bot) = (self.state.clone(), self.bot.clone());
                    tokio::spawn(async move { gateway::call_from_webhook(&state, &bot, call).await });
                }
            }
            Delivery::Failed { message, retry_after_s, is_gone } => {
                self.webhook.note_error(self.state.now(), message);
                self.note_gone(is_gone);
                self.fail(&update.queue, i64::try_from(retry_after_s).unwrap_or(i64::MAX));
            }
        }
    }

    fn fail(&mut self, queue: &QueueKey, retry_after_s: i64) {
        let (now_ms, scale) = (self.state.now_ms(), self.state.options.time_scale);
        let after = self.lanes.fail(queue, retry_after_s, now_ms, scale, &self.state.random);
        if let After::Dropped(seq) = after {
            self.bot.inbox.state().remove(seq);
        }
    }

    fn note_gone(&mut self, is_gone: bool) {
        if !is_gone {
            self.gone_since = None;
            return;
        }
        if self.gone_since.get_or_insert_with(Instant::now).elapsed() >= self.scaled(GONE_S) {
            self.webhook.remove();
            self.bot.inbox.state().webhook = None;
        }
    }
}
