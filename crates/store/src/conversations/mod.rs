//! Conversations: the head of each contact's one timeline, as the inbox list shows it.
//!
//! The entries belong to [`timeline`](crate::timeline).

mod change;
mod list;
mod merge;
mod open;
mod read;
mod row;
mod seen;
mod threads;
mod unmerge;
mod wake;

pub use change::{assign, delete_of, set_labels, set_priority, set_status, snooze};
pub use list::{CONVERSATIONS, Counts, Filter, Stats, counts, heads, list, stats};
pub use merge::merge;
pub(crate) use open::advance;
pub use open::{Arrival, Arrived, Via, Within, arrive, of_contact, open_for, open_via};
pub use read::{Head, Parts, get, get_heads, get_many};
pub(crate) use seen::user as reader;
pub use seen::{mark_read, mark_unread};
pub use threads::all_of_contact;
pub(crate) use threads::{give_back, move_all, threads_of};
pub(crate) use unmerge::{unmerge, whole_of_contact};
pub use wake::{next_wake, wake};

use crate::db::Sql;

/// Every statement of the conversations.
pub fn statements() -> Vec<Sql> {
    [
        change::STATEMENTS,
        &list::statements(),
        merge::STATEMENTS,
        open::STATEMENTS,
        read::STATEMENTS,
        seen::STATEMENTS,
        threads::STATEMENTS,
        unmerge::STATEMENTS,
        wake::STATEMENTS,
    ]
    .concat()
}
