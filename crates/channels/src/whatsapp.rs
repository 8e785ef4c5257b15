//! WhatsApp's Cloud API: what a webhook says, how a message is asked for, and what an answer or a status means.
//!
//! The facts are those of Meta's documentation (<https://developers.facebook.com/docs/whatsapp/cloud-api>), version 25.0
//! of the Graph API. Meta names messages by words of no fixed form; where a number is wanted, [`number_of`] makes one.

pub mod errors;
mod fit;
mod format;
pub mod management;
pub mod outgoing;
pub mod signature;
pub mod template;
pub mod update;
pub mod webhook;

pub use fit::fit;
use model::whatsapp::key_of;

/// The version of the Graph API that is spoken here.
pub const VERSION: &str = "v25.0";

/// The number under which a message of this name is kept.
pub fn number_of(name: &str) -> i64 {
    (key_of(name) & i64::MAX).max(1)
}
