//! Contacts: making, changing and removing them, one by one and in bulk, and joining two records of one person.

mod attributes;
mod bulk;
mod consent;
mod edit;
mod erase;
mod export;
pub mod import;
mod jobs;
mod join;
mod link;
mod segments;

pub use attributes::{change_attribute, create_attribute, delete_attribute};
pub use bulk::{Bulk, Counts, IDS_MAX, Target, bulk, settled};
pub use consent::change_settings;
pub use edit::{change, create, delete};
pub use erase::{Erased, erase};
pub use export::{Columns, csv_header, csv_lines, export, pages};
pub use jobs::{ContactJobs, cancel_job, start_job};
pub use join::{Preview, dismiss_duplicate, merge, preview_merge, split, undo_merge};
pub use link::{MadeLink, link};
pub use segments::{change_segment, count_rules, count_segment, create_segment, delete_segment};
