//! What Telegram's answer means. [`classify()`] judges the answer to a message, [`Judgement`] that to a call of management.
//!
//! Telegram documents its errors only as sentences, which are matched here by fragments, regardless of case (sources:
//! `fail_query_with_error` in tdlib/telegram-bot-api, and the lists of the public client libraries). What no fragment
//! knows is permanent for 400 and 403, and worth another try for 5xx.

mod classify;
mod judge;
mod reply;
mod scrub;
mod table;

pub use classify::classify;
pub use judge::{File, Judgement, Me, WebhookInfo, done, file, me, updates, webhook_info};
pub use reply::Reply;
pub use scrub::scrub;
