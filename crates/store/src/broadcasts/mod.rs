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
pub mod links;
mod list;
pub mod pace;
pub mod results;
pub(crate) mod retry;
mod row;
mod script;
mod summary;
mod sweep;
pub mod templates;
pub mod ticks;
mod write;

pub use attributes::has_attribute;
pub use counts::stop;
pub use freeze::{freeze, is_due};
pub use lanes::{Terms, bots_to_feed, capped, held, terms};
pub use list::{BROADCASTS, Filter, MESSAGES, RECIPIENTS, Recipient, RecipientFilter, list, messages, recipients};
pub use retry::ended;
pub use row::{Audience, Meant, Record};
pub use script::{Script, ScriptMedia, ScriptTemplate, Variant};
pub use summary::{Summary, running, summary};
pub use sweep::{is_sweep_due, sweep, withdraw, withdraw_bot};
pub use write::{delete, get, hold, insert, next_due, running_status, set_status, start_due, update, wake};

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
        links::STATEMENTS,
        &BROADCASTS.statements(),
        &RECIPIENTS.statements(),
        &MESSAGES.statements(),
        pace::STATEMENTS,
        results::STATEMENTS,
        retry::STATEMENTS,
        summary::STATEMENTS,
        sweep::STATEMENTS,
        templates::STATEMENTS,
        ticks::STATEMENTS,
        &templates::TEMPLATES.statements(),
        write::STATEMENTS,
    ]
    .concat()
}
