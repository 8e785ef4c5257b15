//! Which contacts are meant: the parameters of the list, and the `filter` of bulk actions.

use model::{
    Error, Result, Timestamp,
    contact::{ContactKind, Source},
    phone,
};
use serde::Deserialize;
use store::contacts::Filter;
use utoipa::{IntoParams, ToSchema};

use crate::{
    extract::TelegramId,
    ids::{SegmentId, UserId},
};

const SEARCH_CHARS_MAX: usize = 200;

/// What must hold of the contacts that are meant.
#[derive(Debug, Default, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ContactFilter {
    /// Parts of names, phone number, e-mail address or username, or a whole Telegram chat id.
    #[param(max_length = 200)]
    search: Option<String>,
    /// People, unless groups are asked for.
    kind: Option<ContactKind>,
    tag: Option<String>,
    /// The same as `tag`.
    tags: Option<String>,
    /// The whole name, as it is written. For parts: `search`.
    first_name: Option<String>,
    last_name: Option<String>,
    company_name: Option<String>,
    source: Option<Source>,
    language_code: Option<String>,
    do_not_contact: Option<bool>,
    lead_status: Option<String>,
    lead_score: Option<i64>,
    ticket_status: Option<String>,
    assigned_to_type: Option<String>,
    assigned_to_user: Option<UserId>,
    phone: Option<String>,
    email: Option<String>,
    #[param(value_type = Option<i64>)]
    telegram_chat_id: Option<TelegramId>,
    /// With or without the `@`.
    telegram_username: Option<String>,
    /// Made at this time or later.
    created_after: Option<Timestamp>,
    /// Made before this time.
    created_before: Option<Timestamp>,
    /// Seen at this time or later.
    last_seen_after: Option<Timestamp>,
    /// Last seen before this time.
    last_seen_before: Option<Timestamp>,
    /// Whom this segment means.
    segment: Option<SegmentId>,
}

impl ContactFilter {
    pub(super) fn read(self) -> Result<Filter> {
        let search = self.search.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        if search.as_ref().is_some_and(|text| text.chars().count() > SEARCH_CHARS_MAX) {
            return Err(Error::field("search", format!("Enter at most {SEARCH_CHARS_MAX} characters.")));
        }
        let phone = self.phone.map(|text| phone::e164(&text)).transpose().map_err(|error| error.at_field("phone"))?;
        Ok(Filter {
            kind: self.kind,
            search,
            tag: self.tag.or(self.tags),
            first_name: self.first_name,
            last_name: self.last_name,
            company_name: self.company_name,
            source: self.source,
            language_code: self.language_code,
            do_not_contact: self.do_not_contact,
            lead_status: self.lead_status,
            lead_score: self.lead_score,
            ticket_status: self.ticket_status,
            assigned_to_type: self.assigned_to_type,
            assigned_to_user: self.assigned_to_user,
            phone,
            email: self.email,
            telegram_chat_id: self.telegram_chat_id.map(|TelegramId(id)| id),
            telegram_username: self.telegram_username.map(|name| name.trim_start_matches('@').to_owned()),
            created_after: self.created_after,
            created_before: self.created_before,
            last_seen_after: self.last_seen_after,
            last_seen_before: self.last_seen_before,
            segment: self.segment,
            condition: None,
        })
    }
}
