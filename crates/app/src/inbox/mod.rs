//! The team inbox: what people of the team do with conversations. Replies go through the one door for sending.
//!
//! Each change is one transaction: the head, an activity entry that says who did what, and the feed.

mod activity;
mod canned;
mod change;
mod drafts;
mod labels;
mod note;
pub mod search;
mod signs;
mod transcript;
mod views;

pub use activity::author;
pub use canned::{CannedText, Rendered, change_canned, create_canned, delete_canned, render_canned, use_canned};
pub use change::{Act, Assignee, BULK_MAX, Snooze, act, act_on_many, act_with_note, undo};
pub(crate) use change::{answered, done};
pub use drafts::{DRAFTS_MAX, keep_draft};
pub use labels::{LabelText, change_label, create_label, delete_label};
pub use note::{NoteText, change_note, delete_note, note};
pub(crate) use signs::show_reading;
pub use signs::{Signs, show_typing, typed_in};
pub use transcript::transcript;

pub use views::{ViewText, change_view, create_view, delete_view};
