//! A contact as clients see it.

use model::{
    Platform, Timestamp,
    contact::{By, Contact, ContactKind, Custom, Identity, Proof, Source, consent::Reach},
    message::AuthorType,
};
use serde::Serialize;
use store::contacts::BotReach;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ids::{BotId, ContactId, UserId};

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
    /// Through which bots and numbers the contact can be reached; only where one contact is asked for. At most 50.
    #[serde(skip_serializing_if = "Option::is_none")]
    reachability: Option<Vec<ReachView>>,
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
    proven_at: Timestamp,
    /// Who showed it; null for what is older than this note.
    proven_by: Option<ByView>,
    created_at: Timestamp,
}

/// Who did something: the contact, a person of the team, an API key, or the installation itself.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ByView {
    #[serde(rename = "type")]
    kind: AuthorType,
    #[schema(value_type = Option<String>, format = Uuid)]
    id: Option<Uuid>,
}

impl From<By> for ByView {
    fn from(By { kind, id }: By) -> Self {
        Self { kind, id }
    }
}

/// Whether one bot or number reaches the contact.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReachView {
    /// The bot or number.
    bot_app_id: BotId,
    platform: Platform,
    /// Null where they never met.
    #[schema(example = 123456789)]
    chat_id: Option<i64>,
    state: Reach,
    opted_out_at: Option<Timestamp>,
    /// When they last wrote there.
    last_inbound_at: Option<Timestamp>,
    /// Until when they can be written to freely, on channels that limit it; it may have passed. After that, and where it is null
    /// over WhatsApp, only an approved template goes through.
    open_until: Option<Timestamp>,
}

impl From<BotReach> for ReachView {
    fn from(way: BotReach) -> Self {
        let open_until = way.open_until();
        let BotReach { bot, platform, state, chat } = way;
        Self {
            open_until,
            bot_app_id: bot,
            platform,
            chat_id: chat.as_ref().map(|chat| chat.chat_id),
            state,
            opted_out_at: chat.as_ref().and_then(|chat| chat.opted_out_at),
            last_inbound_at: chat.and_then(|chat| chat.last_inbound_at),
        }
    }
}

impl From<Identity> for IdentityView {
    fn from(identity: Identity) -> Self {
        let Identity { platform, external_id, username, proof, proven_at, proven_by, created_at } = identity;
        let proven_by = proven_by.map(ByView::from);
        Self { platform, external_id, username, proof, proven_at, proven_by, created_at }
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
            reachability: None,
            last_seen_at: contact.last_seen_at,
            created_at: contact.created_at,
            updated_at: contact.updated_at,
        }
    }
}

impl ContactView {
    pub(super) fn reached(contact: Contact, through: Vec<BotReach>) -> Self {
        let through = through.into_iter().map(ReachView::from).collect();
        Self { reachability: Some(through), ..Self::from(contact) }
    }
}
