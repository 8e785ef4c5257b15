//! People and groups: their records, identities and tags.
//!
//! It knows nothing of wire formats: who a message came from arrives here as a [`model::chat::TelegramUser`].

/// The oldest people of whom this holds. They are found first: PostgreSQL, which doesn't know how rare a name is, would
/// otherwise look for them through everybody in the order of ids.
macro_rules! oldest_of {
    ($condition:literal, $limit:literal) => {
        concat!(
            "WITH named AS MATERIALIZED (SELECT id FROM contact WHERE tenant_id = $1 AND ",
            $condition,
            ") SELECT id FROM named ORDER BY id LIMIT ",
            $limit
        )
    };
}

pub mod attributes;
mod batch;
mod consent;
pub mod duplicates;
mod erase;
mod identity;
mod journal;
mod links;
mod list;
mod merge;
mod reach;
mod read;
mod recognise;
mod recognise_phone;
mod row;
mod rules;
pub mod segments;
mod tags;
mod undo;
mod write;

pub(crate) use batch::index;
pub use batch::{Keys, Known, insert_many, known};
pub use consent::{CONSENTS, add_consent, consents, opt, set_settings, settings};
pub use erase::{erase, spoken};
pub use identity::{add_identity, by_identity, remove_identity};
pub use journal::{Merge, UNDO_MS, forget_merges, merges, message_counts};
pub use links::{NewLink, add_link, open_link};
pub use list::{CONTACTS, Filter, list};
pub use merge::{merge, merge_with, migrate_group, pair};
pub use reach::{BotReach, reachability};
pub use read::{Asked, by_email, by_phone, by_telegram_chat_id, by_username, exists, get, get_many, missing};
pub use recognise::{Recognised, prove_phone, recognise, recognise_group};
pub use recognise_phone::{recognise_on_whatsapp, rename_on_whatsapp};
pub use row::search_text;
pub use tags::{add_tags, all_tags, remove_tags, set_tags};
pub use undo::undo;
pub use write::{delete, insert, update};

use crate::db::Sql;

/// Every statement of the contacts.
pub fn statements() -> Vec<Sql> {
    [
        attributes::STATEMENTS,
        &attributes::ATTRIBUTES.statements(),
        &rules::statements(),
        segments::STATEMENTS,
        &segments::SEGMENTS.statements(),
        batch::STATEMENTS,
        consent::STATEMENTS,
        &CONSENTS.statements(),
        identity::STATEMENTS,
        links::STATEMENTS,
        &list::statements(),
        erase::STATEMENTS,
        duplicates::STATEMENTS,
        &duplicates::DUPLICATES.statements(),
        journal::STATEMENTS,
        merge::STATEMENTS,
        reach::STATEMENTS,
        read::STATEMENTS,
        recognise::STATEMENTS,
        tags::STATEMENTS,
        undo::STATEMENTS,
        write::STATEMENTS,
    ]
    .concat()
}
