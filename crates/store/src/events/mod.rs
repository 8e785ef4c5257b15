//! Updates as they arrived: stored once by (bot, update_id), taken in order, kept with their fate.
//!
//! It knows an Update's number, kind and place in an order, not what the Update says: that is `channels`' business.

mod erase;
mod id;
mod inbox;
mod insert;
mod list;
mod open;

pub(crate) use erase::want_erased;
pub use erase::{erase_some, is_erasure_due};
pub use id::{id_of, seq_of};
pub use inbox::Inbox;
pub use insert::{NewEvent, insert};
pub use list::{EVENTS, Filter, Retry, Window, get, list, of_chats, payload, retry};
pub use open::{
    Open, backlog, is_open_before, mark_failed, mark_processed, mark_processed_with, take_open, take_open_of,
};

use crate::db::Sql;

/// Every statement of this aggregate.
pub fn statements() -> Vec<Sql> {
    [erase::STATEMENTS, insert::STATEMENTS, open::STATEMENTS, list::STATEMENTS, &EVENTS.statements()].concat()
}
