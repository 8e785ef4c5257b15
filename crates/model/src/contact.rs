//! A person that a tenant talks to: one record whatever the channels. Groups get a record too, of another kind.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{Id, Platform, Tenant, Timestamp, User, word::words};

words! {
    /// People, and the group chats and channels that stand in their place in a conversation.
    pub enum ContactKind { Person = "PERSON", Group = "GROUP" }
}

words! {
    /// Where a contact came from first.
    pub enum Source { Manual = "MANUAL", Telegram = "TELEGRAM", Whatsapp = "WHATSAPP", Import = "IMPORT", Api = "API" }
}

words! {
    /// How it was shown that an identity belongs to its contact.
    pub enum Proof {
        /// The channel named the user as the sender.
        Sender = "SENDER",
        /// The user shared their own phone number.
        Phone = "PHONE",
        /// The user opened a signed start link.
        Link = "LINK",
        Import = "IMPORT",
        /// A person of the team said so.
        Manual = "MANUAL",
    }
}

/// A contact's attributes that a tenant names.
pub type Custom = BTreeMap<String, Value>;

/// A person or a group.
#[derive(Debug, Clone, PartialEq)]
pub struct Contact {
    pub id: Id<Contact>,
    pub tenant: Id<Tenant>,
    pub kind: ContactKind,
    pub first_name: String,
    pub last_name: String,
    /// E.164, with the plus sign.
    pub phone: Option<String>,
    pub email: Option<String>,
    pub telegram_chat_id: Option<i64>,
    pub telegram_username: Option<String>,
    pub language_code: Option<String>,
    pub tags: Vec<String>,
    pub source: Source,
    pub custom: Custom,
    pub company_name: Option<String>,
    pub do_not_contact: bool,
    pub lead_status: Option<String>,
    pub lead_score: Option<i64>,
    pub assigned_to_type: Option<String>,
    pub assigned_to_user: Option<Id<User>>,
    pub ticket_status: Option<String>,
    pub identities: Vec<Identity>,
    pub last_seen_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Contact {
    pub fn full_name(&self) -> String {
        [self.first_name.as_str(), self.last_name.as_str()]
            .into_iter()
            .filter(|p| !p.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// What a contact is called on one channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Identity {
    pub platform: Platform,
    /// The channel's own id of the person, for Telegram the user id in decimal.
    pub external_id: String,
    pub username: Option<String>,
    pub proof: Proof,
    pub created_at: Timestamp,
}

/// The form in which names, usernames, phones and search words are compared: lower case, runs of space made one.
pub fn search_form(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}
