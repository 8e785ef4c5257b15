//! The only crate that knows SQL: the engine layer in [`db`], and one module per aggregate.
//!
//! It knows nothing of HTTP, of Telegram, or of what a use case may do.

pub mod activity;
pub mod automation;
pub mod bots;
pub mod broadcasts;
pub mod business;
pub mod callback_data;
pub mod canned_responses;
pub mod chats;
mod cipher;
mod columns;
pub mod contact_jobs;
pub mod contacts;
pub mod conversations;
pub mod db;
pub mod deliveries;
pub mod events;
pub mod feed;
pub mod idempotency;
pub mod imports;
pub mod inbox_views;
pub mod keys;
pub mod labels;
pub mod mails;
pub mod members;
pub mod messages;
mod migrations;
pub mod nodes;
pub mod page;
pub mod probe;
pub mod reply_drafts;
pub mod retention;
pub mod search;
pub mod second_steps;
pub mod secrets;
pub mod senders;
pub mod sessions;
pub mod settings;
pub mod tenants;
pub mod tickets;
pub mod timeline;
pub mod users;
pub mod wake;
pub mod webhooks;
pub mod whatsapp;

pub use cipher::{Cipher, UNREADABLE};
use db::Sql;
pub use migrations::schema_fingerprint;

/// Every statement of every module, for the test that prepares them all on both engines.
pub fn statements() -> Vec<Sql> {
    let modules: &[&[Sql]] = &[
        activity::STATEMENTS,
        automation::STATEMENTS,
        business::STATEMENTS,
        canned_responses::STATEMENTS,
        callback_data::STATEMENTS,
        chats::STATEMENTS,
        feed::STATEMENTS,
        idempotency::STATEMENTS,
        inbox_views::STATEMENTS,
        keys::STATEMENTS,
        labels::STATEMENTS,
        mails::STATEMENTS,
        members::STATEMENTS,
        nodes::STATEMENTS,
        second_steps::STATEMENTS,
        senders::STATEMENTS,
        settings::STATEMENTS,
        sessions::STATEMENTS,
        probe::STATEMENTS,
        retention::STATEMENTS,
        secrets::STATEMENTS,
        reply_drafts::STATEMENTS,
        tenants::STATEMENTS,
        tickets::STATEMENTS,
        users::STATEMENTS,
    ];
    let mut all = modules.concat();
    all.extend(activity::ACTIVITY.statements());
    all.extend(bots::statements());
    all.extend(broadcasts::statements());
    all.extend(canned_responses::RESPONSES.statements());
    all.extend(contact_jobs::statements());
    all.extend(contacts::statements());
    all.extend(conversations::statements());
    all.extend(deliveries::statements());
    all.extend(events::statements());
    all.extend(imports::statements());
    all.extend(inbox_views::VIEWS.statements());
    all.extend(labels::LABELS.statements());
    all.extend(messages::statements());
    all.extend(search::statements());
    all.extend(timeline::statements());
    all.extend(webhooks::statements());
    all.extend(whatsapp::statements());
    all.extend(keys::LIST.statements());
    all.extend(members::MEMBERS.statements());
    all.extend(members::INVITES.statements());
    all
}
