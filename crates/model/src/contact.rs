//! A person that a tenant talks to: one record whatever the channels. Groups get a record too, of another kind.

pub mod attribute;
pub mod change;
pub mod consent;
pub mod import;
pub mod job;
pub mod merge;
pub mod segment;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::{Actor, Id, Platform, Tenant, Timestamp, User, message::AuthorType, word::words};

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

/// A person or a group. As JSON, which the way back from a merge is kept in, it has all but its identities.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
    #[serde(skip)]
    pub identities: Vec<Identity>,
    pub last_seen_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Contact {
    /// A contact of whom nothing is known yet.
    pub fn new(id: Id<Contact>, tenant: Id<Tenant>, kind: ContactKind, source: Source, now: Timestamp) -> Self {
        Self {
            id,
            tenant,
            kind,
            first_name: String::new(),
            last_name: String::new(),
            phone: None,
            email: None,
            telegram_chat_id: None,
            telegram_username: None,
            language_code: None,
            tags: Vec::new(),
            source,
            custom: Custom::new(),
            company_name: None,
            do_not_contact: false,
            lead_status: None,
            lead_score: None,
            assigned_to_type: None,
            assigned_to_user: None,
            ticket_status: None,
            identities: Vec::new(),
            last_seen_at: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// Takes over what `other`, the same person, has and this record lacks. Tags and identities stay apart: they are
    /// rows of their own. Who opted out in either record has opted out.
    pub fn absorb(&mut self, other: Contact, now: Timestamp) {
        if self.first_name.is_empty() && self.last_name.is_empty() {
            (self.first_name, self.last_name) = (other.first_name, other.last_name);
        }
        fill(&mut self.phone, other.phone);
        fill(&mut self.email, other.email);
        fill(&mut self.company_name, other.company_name);
        fill(&mut self.telegram_chat_id, other.telegram_chat_id);
        fill(&mut self.telegram_username, other.telegram_username);
        fill(&mut self.language_code, other.language_code);
        fill(&mut self.lead_status, other.lead_status);
        fill(&mut self.lead_score, other.lead_score);
        if self.assigned_to_user.is_none() && self.assigned_to_type.is_none() {
            (self.assigned_to_type, self.assigned_to_user) = (other.assigned_to_type, other.assigned_to_user);
        }
        fill(&mut self.ticket_status, other.ticket_status);
        for (key, value) in other.custom {
            self.custom.entry(key).or_insert(value);
        }
        self.do_not_contact |= other.do_not_contact;
        self.last_seen_at = self.last_seen_at.max(other.last_seen_at);
        self.created_at = self.created_at.min(other.created_at);
        self.updated_at = now;
    }

    pub fn full_name(&self) -> String {
        [self.first_name.as_str(), self.last_name.as_str()]
            .into_iter()
            .filter(|p| !p.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }
}

fn fill<T>(place: &mut Option<T>, value: Option<T>) {
    if place.is_none() {
        *place = value;
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
    pub proven_at: Timestamp,
    /// Who showed it; `None` when that was not noted, before it was.
    pub proven_by: Option<By>,
    pub created_at: Timestamp,
}

/// Who did something to a contact's record: the contact, a person of the team, a key, or the installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct By {
    pub kind: AuthorType,
    pub id: Option<Uuid>,
}

impl By {
    pub fn contact(id: Id<Contact>) -> Self {
        Self { kind: AuthorType::Contact, id: Some(id.as_uuid()) }
    }
}

impl From<Actor> for By {
    fn from(actor: Actor) -> Self {
        match actor {
            Actor::User(id) => Self { kind: AuthorType::User, id: Some(id.as_uuid()) },
            Actor::Key(id) => Self { kind: AuthorType::Api, id: Some(id.as_uuid()) },
            Actor::System => Self { kind: AuthorType::System, id: None },
        }
    }
}

/// The form in which names, usernames, phones and search words are compared: lower case, runs of space made one.
pub fn search_form(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}
