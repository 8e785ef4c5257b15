//! Webhook delivery by Telegram's own rules: one queue after another, acknowledged only by 2xx, retried until expiry.

mod client;
mod lanes;
mod sender;

pub use client::WebhookClient;
pub use sender::start;

use std::{
    fmt,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

/// A webhook as a bot set it.
pub struct Webhook {
    /// As it was given.
    pub url: String,
    pub target: url::Url,
    pub secret_token: Option<String>,
    pub max_connections: usize,
    pub ip_address: Option<String>,
    pub has_custom_certificate: bool,
    last_error: Mutex<Option<(i64, String)>>,
    removed: AtomicBool,
}

/// Neither the secret nor the address, which may hold a password, is printed.
impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").field("max_connections", &self.max_connections).finish_non_exhaustive()
    }
}

impl Webhook {
    pub fn new(url: String, target: url::Url, secret_token: Option<String>, max_connections: usize) -> Self {
        Self {
            url,
            target,
            secret_token,
            max_connections,
            ip_address: None,
            has_custom_certificate: false,
            last_error: Mutex::default(),
            removed: AtomicBool::new(false),
        }
    }

    /// Whether setting `other` would change nothing.
    pub fn is_same(&self, other: &Self) -> bool {
        let key = |webhook: &Self| {
            (webhook.url.clone(), webhook.secret_token.clone(), webhook.max_connections, webhook.ip_address.clone())
        };
        key(self) == key(other) && !self.has_custom_certificate && !other.has_custom_certificate
    }

    pub fn last_error(&self) -> Option<(i64, String)> {
        self.last_error.lock().expect("no panic in a webhook").clone()
    }

    fn note_error(&self, now: i64, message: String) {
        *self.last_error.lock().expect("no panic in a webhook") = Some((now, message));
    }

    /// Marks it as given up after days of 410.
    fn remove(&self) {
        self.removed.store(true, Ordering::Relaxed);
    }

    pub fn is_removed(&self) -> bool {
        self.removed.load(Ordering::Relaxed)
    }
}
