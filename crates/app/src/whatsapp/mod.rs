//! WhatsApp numbers and templates: registered with a token that Meta has proven, changed, looked at, removed.
//!
//! As with bots, no transaction is open while Meta is asked, and what must follow a call is written before it.

mod actions;
mod change;
mod register;
mod templates;

pub use actions::{Proof, Webhook, get, prove, register_webhook, webhook_info};
pub use change::{Change, change, remove};
pub use register::{Register, register};
pub use templates::{NewTemplate, create_template, delete_template, get_template, sync_templates};
pub(crate) use templates::{offered, sendable};

use std::time::Duration;

use model::{Error, ErrorKind};
use transport::Asked;

use crate::App;

const PATIENCE_MS: u64 = 10_000;

/// How long somebody who waits for an answer of ours waits for Meta's.
fn patience(app: &App) -> Duration {
    Duration::from_millis(app.settings.request_timeout_ms.unsigned_abs().min(PATIENCE_MS))
}

/// Meta gave no usable answer.
fn unreachable<T>(asked: &Asked<T>) -> Error {
    let kind = match asked {
        Asked::Unreachable { is_timeout: true, .. } => ErrorKind::UpstreamTimeout,
        _ => ErrorKind::UpstreamBad,
    };
    let error = Error::new(kind, "whatsapp_unreachable", asked.complaint_of("Meta").unwrap_or_default());
    match asked {
        Asked::RetryAfter { after_ms } => error.with_retry_after(*after_ms),
        _ => error,
    }
}
