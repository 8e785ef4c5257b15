//! A contact as clients see it.

use model::{
    Platform, Timestamp,
    contact::{Contact, ContactKind, Custom, Identity, Proof, Source},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::ids::{ContactId, UserId};

/// A person that the tenant talks to, or a group chat.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ContactView {
    id: ContactId,
    kind: ContactKind,
    #[schema(example = "Ada")]
    first_name: String,
    #[schema(example = "Lovelace")]
    last_name: String,
    /// E.164.
    #[schema(example = "+14155550100")]
    phone: Option<String>,
    #[schema(example = "ada@example.com")]
    email: Option<String>,
    company_name: Option<String>,
    #[schema(example = 123456789)]
    telegram_chat_id: Option<i64>,
    /// Without the `@`.
    telegram_username: Option<String>,
    #[schema(example = "en")]
    language_code: Option<String>,
    tags: Vec<String>,
    source: Source,
    /// Attributes that the tenant names; usable as variables in broadcasts.
    #[schema(value_type = Object)]
    custom: Custom,
    /// Whether broadcasts leave this contact out.
    do_not_contact: bool,
    lead_status: Option<String>,
    lead_score: Option<i64>,
    assigned_to_type: Option<String>,
    assigned_to_user: Option<UserId>,
    ticket_status: Option<String>,
    /// What the contact is called on each channel.
    identities: Vec<IdentityView>,
    last_seen_at: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// What a contact is called on one channel.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IdentityView {
    platform: Platform,
    /// The channel's own id of the person; for Telegram the user id.
    #[schema(example = "123456789")]
    external_id: String,
    username: Option<String>,
    /// How it was shown that it belongs to this contact.
    proof: Proof,
    created_at: Timestamp,
}

impl From<Identity> for IdentityView {
    fn from(identity: Identity) -> Self {
        let Identity { platform, external_id, username, proof, created_at } = identity;
        Self { platform, external_id, username, proof, created_at }
    }
}

impl From<Contact> for ContactView {
    fn from(contact: Contact) -> Self {
        Self {
            id: contact.id,
            kind: contact.kind,
            first_name: contact.first_name,
            last_name: contact.last_name,
            phone: contact.phone,
            email: contact.email,
            company_name: contact.company_name,
            telegram_chat_id: contact.telegram_chat_id,
            telegram_username: contact.telegram_username,
            language_code: contact.language_code,
            tags: contact.tags,
            source: contact.source,
            custom: contact.custom,
            do_not_contact: contact.do_not_contact,
            lead_status: contact.lead_status,
            lead_score: contact.lead_score,
            assigned_to_type: contact.assigned_to_type,
            assigned_to_user: contact.assigned_to_user,
            ticket_status: contact.ticket_status,
            identities: contact.identities.into_iter().map(IdentityView::from).collect(),
            last_seen_at: contact.last_seen_at,
            created_at: contact.created_at,
            updated_at: contact.updated_at,
        }
    }
}
