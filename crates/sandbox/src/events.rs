//! What the page watches live. Nothing is formatted while nobody watches.

use serde_json::Value;
use tokio::sync::broadcast;

/// A watcher that lags by more than this many events is told to read everything anew.
const BACKLOG_MAX: usize = 4096;

/// A fan-out of small events.
#[derive(Debug)]
pub struct Events(broadcast::Sender<Value>);

impl Events {
    pub fn new() -> Self {
        Self(broadcast::Sender::new(BACKLOG_MAX))
    }

    pub fn tell(&self, event: impl FnOnce() -> Value) {
        if self.0.receiver_count() > 0 {
            // An error only means that the last watcher has just left.
            drop(self.0.send(event()));
        }
    }

    pub fn watch(&self) -> broadcast::Receiver<Value> {
        self.0.subscribe()
    }
}
