//! Broadcasts: one content for many contacts, its recipients, and where it stands.
//!
//! A broadcast begins as a row with an audience. `freeze` turns contacts into recipients in chunks, the feeder turns
//! recipients into messages (`feeding`), and settling their deliveries ends them (`counts`).

mod attributes;
pub mod audience;
pub(crate) mod counts;
pub mod feeding;
mod freeze;
mod lanes;
mod list;
pub mod pace;
pub(crate) mod retry;
mod row;
mod sweep;
mod write;

pub use attributes::has_attribute;
pub use freeze::freeze;
pub use lanes::{bots_to_feed, held, status};
pub use list::{BROADCASTS, Filter, MESSAGES, RECIPIENTS, Recipient, RecipientFilter, list, messages, recipients};
pub use retry::retry;
pub use row::{Audience, Record, Script, ScriptMedia};
pub use sweep::{sweep, withdraw, withdraw_bot};
pub use write::{delete, get, hold, insert, running_status, set_status, start_due, update};

use crate::db::Sql;

/// Every statement of these modules.
pub fn statements() -> Vec<Sql> {
    [
        attributes::STATEMENTS,
        audience::STATEMENTS,
        counts::STATEMENTS,
        feeding::STATEMENTS,
        freeze::STATEMENTS,
        lanes::STATEMENTS,
        &BROADCASTS.statements(),
        &RECIPIENTS.statements(),
        &MESSAGES.statements(),
        pace::STATEMENTS,
        retry::STATEMENTS,
        sweep::STATEMENTS,
        write::STATEMENTS,
    ]
    .concat()
}
