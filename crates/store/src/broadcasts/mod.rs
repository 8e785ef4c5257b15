//! Broadcasts: one content for many contacts, its recipients, and where it stands.

mod lanes;

pub use lanes::{bots_to_feed, held, status};

use crate::db::Sql;

/// Every statement of these modules.
pub fn statements() -> Vec<Sql> {
    [lanes::STATEMENTS].concat()
}
