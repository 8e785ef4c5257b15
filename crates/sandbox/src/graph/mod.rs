//! A Graph API for WhatsApp beside the Bot API, under `/graph/{version}/`: numbers, messages, media, templates and
//! subscriptions for programs, and people's WhatsApp phones for the control API (`/sandbox/graph/…`).
//!
//! It is as strict as WhatsApp is, and shares nothing with the product's own encoder and decoder.

mod access;
mod calls;
mod control;
mod deliver;
mod error;
mod faults;
mod gateway;
mod hooks;
mod inbound;
mod interactive;
mod media;
mod messages;
mod numbers;
mod object;
mod outgoing;
mod receipts;
mod request;
mod subscriptions;
mod template_rules;
mod template_send;
mod templates;
mod threads;
mod world;

pub use control::router as control;
pub use gateway::router;

use std::sync::{Mutex, MutexGuard};

use self::{calls::CallLog, faults::Faults, hooks::Hooks, world::World};

/// Everything of WhatsApp that a sandbox holds.
#[derive(Debug)]
pub struct Graph {
    world: Mutex<World>,
    faults: Faults,
    calls: CallLog,
    hooks: Hooks,
}

impl Graph {
    pub fn new(call_log_max: usize) -> Self {
        Self {
            world: Mutex::default(),
            faults: Faults::default(),
            calls: CallLog::new(call_log_max),
            hooks: Hooks::default(),
        }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().expect("no panic in the world of WhatsApp")
    }

    /// Ends all webhook deliveries.
    pub fn stop(&self) {
        self.hooks.stop();
    }

    pub fn clear(&self) {
        self.stop();
        *self.world() = World::default();
        self.faults.clear();
        self.calls.clear();
    }
}
