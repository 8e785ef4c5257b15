//! Telegram's Bot API: what an Update says, how a message is asked for, and what an answer means.
//!
//! The facts behind this module are those of the Bot API's documentation (<https://core.telegram.org/bots/api>) and of
//! the server behind it (<https://github.com/tdlib/telegram-bot-api>, <https://github.com/tdlib/td>).

pub mod entities;
pub mod errors;
pub mod keyboard;
pub mod outgoing;
pub mod split;
pub mod update;
