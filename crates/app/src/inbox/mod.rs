//! The team inbox: what people of the team do with conversations. Replies go through the one door for sending.
//!
//! Each change is one transaction: the head, an activity entry that says who did what, and the feed.

mod activity;
mod canned;
mod change;
mod labels;
mod note;
pub mod search;
mod typing;
mod views;

pub use activity::author;
pub use canned::{CannedText, change_canned, create_canned, delete_canned};
pub use change::{Act, Assignee, BULK_MAX, Snooze, act, act_on_many, act_with_note, undo};
pub use labels::{LabelText, change_label, create_label, delete_label};
pub use note::note;
pub use views::{ViewText, change_view, create_view, delete_view};
pub use typing::{TypingBudget, show_typing, typed_in};
