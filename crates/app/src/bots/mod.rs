//! Bots: registered with a token that Telegram has proven, changed, looked at, removed.
//!
//! No transaction is open while Telegram is asked, and what must follow a call is written before it, so that a crash in
//! between leaves work for the webhook doctor, never a lie.

mod actions;
mod change;
mod menu;
mod register;
mod remove;
mod telegram;
mod webhook;

pub use actions::{Proof, get, prove, register_webhook, webhook_info};
pub use change::{Change, change};
pub use menu::tell_menus;
pub use register::{Register, default_mode, register};
pub use remove::remove;
