//! Wake-ups: short texts on named channels, sent by committed transactions. Only a hint to look again, never the data.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::broadcast::{self, error::RecvError};

/// A listener further behind than this hears [`Wake::Missed`] instead.
const BACKLOG_MAX: usize = 1_024;

#[derive(Debug)]
pub(super) struct Notice {
    pub(super) channel: &'static str,
    pub(super) payload: Arc<str>,
}

/// What a listener hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wake {
    Payload(Arc<str>),
    /// Some may have been lost: look at everything. Comes first of all, and after each reconnection.
    Missed,
}

/// One subscription; see [`Db::listen`](super::Db::listen).
#[derive(Debug)]
pub struct Listener {
    wakes: broadcast::Receiver<Wake>,
    /// Keeps the sender alive, so that waiting on a closed database lasts, rather than turning into a busy loop.
    _hub: Hub,
}

impl Listener {
    /// The next wake-up. Cancelling loses nothing.
    pub async fn recv(&mut self) -> Wake {
        match self.wakes.recv().await {
            Ok(wake) => wake,
            Err(RecvError::Lagged(_)) => Wake::Missed,
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

/// The in-process end of all channels.
#[derive(Debug, Clone, Default)]
pub(super) struct Hub {
    channels: Arc<Mutex<HashMap<&'static str, broadcast::Sender<Wake>>>>,
}

impl Hub {
    pub(super) fn subscribe(&self, channel: &'static str) -> Listener {
        Listener { wakes: self.sender(channel).subscribe(), _hub: self.clone() }
    }

    pub(super) fn channels(&self) -> Vec<&'static str> {
        self.channels.lock().unwrap_or_else(PoisonError::into_inner).keys().copied().collect()
    }

    pub(super) fn publish(&self, channel: &str, wake: Wake) {
        let channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = channels.get(channel) {
            // It fails when nobody listens, which is fine.
            let _ = sender.send(wake);
        }
    }

    pub(super) fn publish_all(&self, notices: Vec<Notice>) {
        for notice in notices {
            self.publish(notice.channel, Wake::Payload(notice.payload));
        }
    }

    fn sender(&self, channel: &'static str) -> broadcast::Sender<Wake> {
        let mut channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        channels.entry(channel).or_insert_with(|| broadcast::channel(BACKLOG_MAX).0).clone()
    }
}
