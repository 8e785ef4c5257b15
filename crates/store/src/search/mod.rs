//! Searching: an index of runs of characters over messages and contacts, and patterns for lists that have no index.
//!
//! The index holds hashes of runs, tenant and kind, not words: one way for every script and both engines, and one
//! tenant's searches never walk through another's texts. What it finds are candidates; readers look at the text itself.

mod backlog;
mod find;
mod index;
mod names;
mod patterns;

pub use backlog::{catch_up, is_behind};
pub(crate) use find::asked_for_few;
pub use find::{Candidate, candidates, of_conversations, start};
pub(crate) use index::{Document, forget, forget_conversations, put, put_new};
pub(crate) use names::{with_words, word_is_in, words_are_in};
pub(crate) use patterns::patterns;

use crate::db::Sql;

/// What is searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Message,
    Contact,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Kind::Message => "MESSAGE",
            Kind::Contact => "CONTACT",
        }
    }
}

/// Every statement of the search.
pub fn statements() -> Vec<Sql> {
    [backlog::STATEMENTS, find::STATEMENTS, index::STATEMENTS].concat()
}
