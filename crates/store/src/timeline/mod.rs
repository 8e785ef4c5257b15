//! Timelines: the entries of conversations, their edits and reactions, and the channel's numbers of them.

mod adopt;
mod all;
mod append;
mod change;
mod erase;
mod list;
mod mention;
mod merge;
mod page;
mod part;
mod provider;

pub use adopt::adopt;
pub use all::{Filter, list};
pub use append::{append, receive};
pub use change::{Edit, Reaction, react, set_content};
pub(crate) use erase::{erase, erase_homeless, erase_reactions, erase_spoken};
pub use list::{TIMELINE, around, timeline};
pub use mention::{MENTIONS, mention, mentions, take_name};
pub(crate) use merge::{interleave, reattribute, turn};
pub use page::{Asked, Entry, after, before, get_entries, get_entry, get_many, newest};
pub(crate) use part::{give_back, last_message, part};
pub use provider::{album, by_name, by_provider, last_name, map, map_named, provider_ids};

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
        &all::statements(),
        &list::TIMELINE.statements(),
        page::STATEMENTS,
        part::STATEMENTS,
        provider::STATEMENTS,
    ]
    .concat()
}
