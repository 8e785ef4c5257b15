//! The team inbox: what people of the team do with conversations. Replies go through the one door for sending.
//!
//! Each change is one transaction: the head, an activity entry that says who did what, and the feed.

mod activity;
mod canned;
mod change;
mod note;
pub mod search;

pub use activity::author;
pub use canned::{CannedText, change_canned, create_canned, delete_canned};
pub use change::{Act, Assignee, act};
pub use note::note;
