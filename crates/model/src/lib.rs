//! The nouns and rules of Jina Connect: ids, times, contacts, messages, broadcasts, permissions, rates, templates.
//!
//! Nothing here does I/O, is async, or knows SQL, HTTP or a provider's wire format. Time, randomness and ids come in
//! through [`Clock`] and [`Ids`].

pub mod access;
pub mod activity;
pub mod bot;
pub mod broadcast;
pub mod channel;
pub mod chat;
mod clock;
pub mod contact;
pub mod content;
pub mod conversation;
pub mod delivery;
mod error;
pub mod event;
pub mod feed;
pub mod forecast;
mod id;
pub mod key_limits;
pub mod message;
pub mod outgoing;
pub mod phone;
mod rate;
pub mod search;
pub mod settings;
pub mod template;
pub mod webhook;
pub mod whatsapp;
mod word;

pub use access::{Actor, Caller, Origin, Permission, Role, Scope};
pub use clock::{Clock, DAY_MS, Sleep, Timestamp};
pub use error::{Error, ErrorKind, FieldErrors, Result};
pub use id::{ById, Id, Ids};
pub use rate::Rate;

/// One customer of the installation. Only a marker for [`Id`]: the row itself belongs to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tenant {}

/// A person who signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum User {}

/// An API key of a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApiKey {}

/// An invitation to a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invite {}

/// A letter that is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mail {}

/// A browser in which somebody is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebSession {}

word::words! {
    /// A channel over which people write.
    pub enum Platform { Telegram = "TELEGRAM", Whatsapp = "WHATSAPP" }
}
