//! What can be chosen when a sandbox is started.

use std::{sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};

use crate::clock::{Clock, SystemClock};

/// How a sandbox behaves; `Options::default()` is what a developer wants at a desk.
#[derive(Clone, Debug)]
pub struct Options {
    pub clock: Arc<dyn Clock>,
    /// Makes update ids, file ids and retry jitter repeatable.
    pub seed: Option<u64>,
    /// Every chat id is valid and has been started, as benchmarks need it.
    pub open_chats: bool,
    /// Like a local Bot API server: webhooks may use plain http, any port and any address.
    pub local_mode: bool,
    /// Any `digits:rest` is a token of a bot that exists. Without it only registered bots are known.
    pub accept_any_token: bool,
    /// Factor on every duration of webhook delivery (retries, expiry, `Retry-After`); 0.01 makes 2 s last 20 ms.
    pub time_scale: f64,
    /// How long a webhook may take to answer. Not scaled: the receiver is as fast as it is.
    pub webhook_timeout: Duration,
    /// Limits that the sandbox enforces with 429. None by default.
    pub limits: Limits,
    /// Calls kept for inspection; older ones are dropped and counted.
    pub call_log_max: usize,
    /// Messages kept per chat; older ones are forgotten.
    pub messages_per_chat_max: usize,
    pub url_fetch: UrlFetch,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            seed: None,
            open_chats: false,
            local_mode: true,
            accept_any_token: true,
            time_scale: 1.0,
            webhook_timeout: Duration::from_secs(60),
            limits: Limits::default(),
            call_log_max: 200_000,
            messages_per_chat_max: 10_000,
            url_fetch: UrlFetch::Loopback,
        }
    }
}

/// What happens when a bot sends media by URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UrlFetch {
    /// Addresses on this machine are fetched; any other is taken for good and stands for sample bytes.
    Loopback,
    /// Every address is fetched.
    Always,
}

/// At most `count` messages in any rolling window of `window_ms`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    pub count: u32,
    pub window_ms: u64,
}

/// The limits enforced at the receiving end, each answered with 429 when exceeded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// All messages of one bot.
    pub bot: Option<Limit>,
    /// Messages of one bot to one person.
    pub chat: Option<Limit>,
    /// Messages of one bot to one group or channel.
    pub group: Option<Limit>,
}
