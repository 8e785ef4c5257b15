//! Timelines: the entries of conversations, their edits and reactions, and the channel's numbers of them.

mod adopt;
mod append;
mod change;
mod erase;
mod list;
mod mention;
mod merge;
mod page;
mod provider;

pub use adopt::adopt;
pub use append::{append, receive};
pub use change::{Edit, Reaction, react, set_content};
pub(crate) use erase::erase;
pub use list::{Filter, MESSAGES, TIMELINE, around, list, timeline};
pub use mention::{MENTIONS, mention, mentions, take_name};
pub(crate) use merge::{interleave, reattribute};
pub use page::{Entry, after, before, complete, get_entry, get_many, newest};
pub use provider::{album, by_provider, map, provider_ids};

use crate::db::Sql;

/// Every statement of the timelines.
pub fn statements() -> Vec<Sql> {
    [
        adopt::STATEMENTS,
        change::STATEMENTS,
        erase::STATEMENTS,
        mention::STATEMENTS,
        merge::STATEMENTS,
        &mention::MENTIONS.statements(),
        &list::MESSAGES.statements(),
        &list::TIMELINE.statements(),
        page::STATEMENTS,
        provider::STATEMENTS,
    ]
    .concat()
}
