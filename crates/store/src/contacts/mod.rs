//! People and groups: their records, identities and tags.
//!
//! It knows nothing of wire formats: who a message came from arrives here as a [`model::chat::TelegramUser`].

mod identity;
mod links;
mod list;
mod merge;
mod read;
mod recognise;
mod row;
mod tags;
mod write;

pub use identity::{add_identity, by_identity, remove_identity};
pub use links::{NewLink, add_link, open_link};
pub use list::{CONTACTS, Filter, list};
pub use merge::{merge, migrate_group};
pub use read::{by_email, by_phone, by_telegram_chat_id, by_username, exists, get, get_many, missing};
pub use recognise::{Recognised, prove_phone, recognise, recognise_group};
pub use row::search_text;
pub use tags::{add_tags, all_tags, remove_tags, set_tags};
pub(crate) use write::index_again;
pub use write::{delete, insert, set_do_not_contact, update};

use crate::db::Sql;

/// Every statement of the contacts.
pub fn statements() -> Vec<Sql> {
    [
        identity::STATEMENTS,
        links::STATEMENTS,
        &list::statements(),
        merge::STATEMENTS,
        read::STATEMENTS,
        recognise::STATEMENTS,
        tags::STATEMENTS,
        write::STATEMENTS,
    ]
    .concat()
}
