//! Everything that a sandbox holds, and the few steps that touch several parts of it.

use std::sync::{Arc, RwLock};

use crate::{
    bots::{Bot, Bots},
    calls::CallLog,
    events::Events,
    faults::Faults,
    files::Files,
    graph::Graph,
    groups::Groups,
    inbox::NewUpdate,
    message::card,
    options::{Limits, Options},
    random::Random,
    rooms::Rooms,
    users::Users,
    webhook::WebhookClient,
};

/// The whole world of one sandbox.
#[derive(Debug)]
pub struct State {
    pub options: Options,
    pub random: Random,
    pub bots: Bots,
    pub users: Users,
    pub groups: Groups,
    pub rooms: Rooms,
    pub files: Files,
    pub calls: CallLog,
    pub faults: Faults,
    pub events: Events,
    pub graph: Graph,
    limits: RwLock<Limits>,
    pub webhooks: WebhookClient,
}

impl State {
    pub fn new(options: Options) -> Self {
        Self {
            random: Random::new(options.seed),
            bots: Bots::default(),
            users: Users::new(),
            groups: Groups::new(),
            rooms: Rooms::new(),
            files: Files::default(),
            calls: CallLog::new(options.call_log_max),
            faults: Faults::default(),
            events: Events::new(),
            graph: Graph::new(options.call_log_max),
            limits: RwLock::new(options.limits),
            webhooks: WebhookClient::new(),
            options,
        }
    }

    pub fn now_us(&self) -> i64 {
        self.options.clock.now_us()
    }

    pub fn now_ms(&self) -> i64 {
        self.now_us() / 1000
    }

    /// Seconds, as messages are dated.
    pub fn now(&self) -> i64 {
        self.now_us() / 1_000_000
    }

    pub fn limits(&self) -> Limits {
        *self.limits.read().expect("no panic in limits")
    }

    pub fn set_limits(&self, limits: Limits) {
        *self.limits.write().expect("no panic in limits") = limits;
        self.bots.list().iter().for_each(|bot| bot.windows.clear());
    }

    /// Seconds of an update's life in milliseconds of ours.
    pub fn scaled_ms(&self, seconds: i64) -> i64 {
        (seconds as f64 * 1000.0 * self.options.time_scale) as i64
    }

    /// Hands an update to a bot.
    pub fn push(&self, bot: &Bot, new: NewUpdate) -> Option<i64> {
        bot.inbox.push(new, self.now_ms(), &self.random)
    }

    /// Hands an update to a bot that lives as long as messages do, 24 hours.
    pub fn push_for_a_day(
        &self,
        bot: &Bot,
        kind: &'static str,
        payload: &impl serde::Serialize,
        queue: crate::inbox::QueueKey,
    ) -> Option<i64> {
        let expires_at_ms = self.now_ms() + self.scaled_ms(24 * 3600);
        self.push(bot, NewUpdate { kind, payload: card(payload), queue, expires_at_ms })
    }

    /// Stops all webhook deliveries.
    pub fn stop(&self) {
        for bot in self.bots.list() {
            if let Some(sender) = bot.inbox.state().sender.take() {
                sender.abort();
            }
        }
        self.graph.stop();
    }

    /// Forgets everything but the options.
    pub fn reset(&self) {
        self.stop();
        self.bots.clear();
        self.users.clear();
        self.groups.clear();
        self.rooms.clear();
        self.files.clear();
        self.calls.clear();
        self.faults.clear(None);
        self.graph.clear();
        self.set_limits(self.options.limits);
        self.events.tell(|| serde_json::json!({"type": "reset"}));
    }
}

/// Shared by every handler.
pub type Shared = Arc<State>;
