//! Contacts: making, changing and removing them, one by one and in bulk, and joining two records of one person.

mod bulk;
mod edit;
mod export;
pub mod import;
mod join;
mod link;

pub use bulk::{Bulk, Counts, IDS_MAX, Target, bulk};
pub use edit::{change, create, delete};
pub use export::{csv_header, csv_lines, export, pages};
pub use join::{merge, split};
pub use link::{MadeLink, link};
