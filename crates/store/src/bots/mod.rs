//! Bots: what their tenant sees of them, their secrets, their webhooks' state, and their polling.
//!
//! Tokens and webhook secrets are encrypted with the bot's id as associated data; nothing here prints them.

pub(crate) mod announce;
pub mod doctor;
mod hooks;
mod list;
pub mod menu;
pub mod polling;
pub(crate) mod row;
mod secrets;
pub mod ticks;
pub mod webhook;
mod write;

pub use hooks::{Hook, Hooks};
pub use list::{BOTS, Filter, Overview, all, get, list};
pub(crate) use secrets::{TOKEN, WEBHOOK_SECRET};
pub use secrets::{clear_token_revoked, mark_token_revoked, seal_token, token};
pub use write::{Changes, NewBot, insert, remove, replace_token, set_receive_mode, update};

use crate::db::Sql;

/// Every statement of this aggregate.
pub fn statements() -> Vec<Sql> {
    [
        announce::STATEMENTS,
        doctor::STATEMENTS,
        hooks::STATEMENTS,
        list::STATEMENTS,
        menu::STATEMENTS,
        polling::STATEMENTS,
        secrets::STATEMENTS,
        ticks::STATEMENTS,
        webhook::STATEMENTS,
        write::STATEMENTS,
        &BOTS.statements(),
    ]
    .concat()
}
