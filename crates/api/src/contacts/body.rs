//! A contact as clients send it.

use model::contact::{
    Custom, Source,
    change::{Change, CustomChange},
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    extract::{ReadOnly, TelegramId, nullable},
    ids::UserId,
};

type Text = Option<Option<String>>;

/// Fields of a contact. `null` or an empty text empties a field. Read-only fields of our own answers are ignored.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(super) struct ContactBody {
    #[schema(max_length = 255, example = "Ada")]
    first_name: Option<String>,
    #[schema(max_length = 255, example = "Lovelace")]
    last_name: Option<String>,
    /// An international number; it is kept in E.164.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, example = "+14155550100")]
    phone: Text,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, max_length = 254, example = "ada@example.com")]
    email: Text,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, max_length = 255)]
    company_name: Text,
    /// The Telegram user id. Messages of that user then belong to this contact.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<TelegramId>)]
    telegram_chat_id: Option<Option<TelegramId>>,
    /// With or without the `@`.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    telegram_username: Text,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, max_length = 35, example = "en")]
    language_code: Text,
    /// At most 100 tags of 64 characters.
    tags: Option<Vec<String>>,
    /// At most 100 attributes and 16 KiB. PATCH sets those given, and removes those that are null.
    #[schema(value_type = Option<Object>)]
    custom: Option<Custom>,
    do_not_contact: Option<bool>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, max_length = 64)]
    lead_status: Text,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<i64>)]
    lead_score: Option<Option<i64>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, max_length = 64)]
    assigned_to_type: Text,
    /// A person of the team.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<UserId>)]
    assigned_to_user: Option<Option<UserId>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, max_length = 64)]
    ticket_status: Text,
    /// Where a new contact comes from; `API` or `MANUAL` when left out. It can't be changed later.
    pub(super) source: Option<Source>,
    #[serde(default, rename = "id")]
    #[schema(ignore)]
    _id: ReadOnly,
    #[serde(default, rename = "kind")]
    #[schema(ignore)]
    _kind: ReadOnly,
    #[serde(default, rename = "identities")]
    #[schema(ignore)]
    _identities: ReadOnly,
    #[serde(default, rename = "reachability")]
    #[schema(ignore)]
    _reachability: ReadOnly,
    #[serde(default, rename = "last_seen_at")]
    #[schema(ignore)]
    _last_seen_at: ReadOnly,
    #[serde(default, rename = "created_at")]
    #[schema(ignore)]
    _created_at: ReadOnly,
    #[serde(default, rename = "updated_at")]
    #[schema(ignore)]
    _updated_at: ReadOnly,
}

impl ContactBody {
    /// What is given is set, the rest stays.
    pub(super) fn part(self) -> Change {
        Change {
            first_name: self.first_name,
            last_name: self.last_name,
            phone: self.phone,
            email: self.email,
            company_name: self.company_name,
            telegram_chat_id: self.telegram_chat_id.map(|id| id.map(|TelegramId(id)| id)),
            telegram_username: self.telegram_username,
            language_code: self.language_code,
            tags: self.tags,
            custom: self.custom.map(CustomChange::Merge),
            do_not_contact: self.do_not_contact,
            lead_status: self.lead_status,
            lead_score: self.lead_score,
            assigned_to_type: self.assigned_to_type,
            assigned_to_user: self.assigned_to_user,
            ticket_status: self.ticket_status,
        }
    }

    /// What is not given takes its default.
    pub(super) fn whole(self) -> Change {
        let part = self.part();
        let custom = match part.custom {
            Some(CustomChange::Merge(custom) | CustomChange::Replace(custom)) => custom,
            None => Custom::new(),
        };
        Change {
            first_name: Some(part.first_name.unwrap_or_default()),
            last_name: Some(part.last_name.unwrap_or_default()),
            phone: Some(part.phone.flatten()),
            email: Some(part.email.flatten()),
            company_name: Some(part.company_name.flatten()),
            telegram_chat_id: Some(part.telegram_chat_id.flatten()),
            telegram_username: Some(part.telegram_username.flatten()),
            language_code: Some(part.language_code.flatten()),
            tags: Some(part.tags.unwrap_or_default()),
            custom: Some(CustomChange::Replace(custom)),
            do_not_contact: Some(part.do_not_contact.unwrap_or_default()),
            lead_status: Some(part.lead_status.flatten()),
            lead_score: Some(part.lead_score.flatten()),
            assigned_to_type: Some(part.assigned_to_type.flatten()),
            assigned_to_user: Some(part.assigned_to_user.flatten()),
            ticket_status: Some(part.ticket_status.flatten()),
        }
    }
}
