//! The only crate that knows SQL: the engine layer in [`db`], and one module per aggregate.
//!
//! It knows nothing of HTTP, of Telegram, or of what a use case may do.

pub mod db;
mod migrations;

use db::Sql;

/// Every statement of every module, for the test that prepares them all on both engines.
pub fn statements() -> Vec<Sql> {
    [].concat()
}
