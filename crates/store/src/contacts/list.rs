//! Lists of contacts, in pages.

use model::{
    Id, Result, Scope, Timestamp, User,
    contact::{Contact, ContactKind, Source, segment::Segment},
};

use serde::{Deserialize, Serialize};

use super::{read, rules::piece, segments};
use crate::{
    args,
    db::{Arg, Condition, Piece, Sql, Tx},
    page::{List, Page, Request},
    search,
};

macro_rules! filters {
    () => {
        " AND contact.kind = $5
        AND (CAST($6 AS TEXT) IS NULL AND CAST($9 AS BIGINT) IS NULL OR (contact.search_text LIKE $6 ESCAPE '\\'
                AND (CAST($7 AS TEXT) IS NULL OR contact.search_text LIKE $7 ESCAPE '\\')
                AND (CAST($8 AS TEXT) IS NULL OR contact.search_text LIKE $8 ESCAPE '\\'))
            OR contact.telegram_chat_id = $9)
        AND (CAST($10 AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM contact_tag AS tagged
            WHERE tagged.tenant_id = $4 AND tagged.tag = $10 AND tagged.contact_id = contact.id))
        AND (CAST($11 AS TEXT) IS NULL OR contact.source = $11)
        AND (CAST($12 AS TEXT) IS NULL OR contact.language_code = $12)
        AND (CAST($13 AS BOOLEAN) IS NULL OR contact.do_not_contact = $13)
        AND (CAST($14 AS TEXT) IS NULL OR contact.lead_status = $14)
        AND (CAST($15 AS TEXT) IS NULL OR contact.ticket_status = $15)
        AND (CAST($16 AS TEXT) IS NULL OR contact.assigned_to_type = $16)
        AND (contact.assigned_to_user = $17 OR $17 IS NULL)
        AND (CAST($18 AS TEXT) IS NULL OR contact.phone = $18)
        AND (CAST($19 AS TEXT) IS NULL OR contact.email = $19)
        AND (CAST($20 AS BIGINT) IS NULL OR contact.telegram_chat_id = $20)
        AND (CAST($21 AS TEXT) IS NULL OR lower(contact.telegram_username) = $21)
        AND (CAST($22 AS BIGINT) IS NULL OR contact.created_at >= $22)
        AND (CAST($23 AS BIGINT) IS NULL OR contact.created_at < $23)
        AND (CAST($24 AS BIGINT) IS NULL OR contact.last_seen_at >= $24)
        AND (CAST($25 AS BIGINT) IS NULL OR contact.last_seen_at < $25)
        AND (CAST($26 AS TEXT) IS NULL OR contact.first_name = $26)
        AND (CAST($27 AS TEXT) IS NULL OR contact.last_name = $27)
        AND (CAST($28 AS TEXT) IS NULL OR contact.company_name = $28)
        AND (CAST($29 AS BIGINT) IS NULL OR contact.lead_score = $29)
        AND {where}"
    };
}

crate::pages! {
    /// A tenant's contacts.
    CONTACTS = "contact.list",
    select "contact.id",
    from concat!("contact WHERE contact.tenant_id = $4", filters!()),
    unique Id "contact.id",
    sorts {
        "created_at" => Unique,
        "updated_at" => Int("contact.updated_at"),
        "last_seen_at" => Int("contact.seen_order"),
        "first_name" => Text("contact.first_name"),
    }
}

crate::pages! {
    /// The same through the index of tags, so that a rare tag among a million contacts is found at once.
    TAGGED = "contact.list_tagged",
    select "contact_tag.contact_id",
    from concat!("contact_tag JOIN contact ON contact.id = contact_tag.contact_id
        WHERE contact_tag.tenant_id = $4 AND contact_tag.tag = $10", filters!()),
    unique Id "contact_tag.contact_id",
    sorts { "created_at" => Unique }
}

crate::pages! {
    /// The same through the indexes of what names one or a few contacts.
    EXACT = "contact.list_exact",
    select "contact.id",
    from concat!("(SELECT id FROM contact WHERE tenant_id = $4 AND phone = $18 AND phone IS NOT NULL
            UNION SELECT id FROM contact
                WHERE tenant_id = $4 AND telegram_chat_id = $20 AND telegram_chat_id IS NOT NULL
            UNION SELECT id FROM contact
                WHERE tenant_id = $4 AND lower(telegram_username) = $21 AND telegram_username IS NOT NULL
            ) AS named CROSS JOIN contact WHERE contact.id = named.id AND contact.tenant_id = $4", filters!()),
    unique Id "contact.id",
    sorts {
        "created_at" => Unique,
        "updated_at" => Int("contact.updated_at"),
        "last_seen_at" => Int("contact.seen_order"),
        "first_name" => Text("contact.first_name"),
    }
}

crate::pages! {
    /// The same where the search index found few, which then leads.
    NAMED = "contact.list_named",
    select "contact.id",
    from concat!("contact WHERE {check}contact.tenant_id = $4", filters!()),
    unique Id "contact.id",
    sorts {
        "created_at" => Unique,
        "updated_at" => Int("contact.updated_at"),
        "last_seen_at" => Int("contact.seen_order"),
        "first_name" => Text("contact.first_name"),
    }
}

/// Those whom the search index finds, and whoever has this number as chat id.
const FOUND: Piece = piece!(
    "contact.found",
    postgres "contact.id IN (SELECT object_id FROM search_document WHERE grams @@ CAST(CAST($1 AS TEXT) AS TSQUERY)
        UNION SELECT numbered.id FROM contact AS numbered WHERE numbered.tenant_id = $2
            AND numbered.telegram_chat_id = $3 AND numbered.telegram_chat_id IS NOT NULL)",
    sqlite "contact.id IN (SELECT search_document.object_id
            FROM search_gram CROSS JOIN search_document ON search_document.number = search_gram.rowid
            WHERE search_gram MATCH $1
        UNION SELECT numbered.id FROM contact AS numbered WHERE numbered.tenant_id = $2
            AND numbered.telegram_chat_id = $3 AND numbered.telegram_chat_id IS NOT NULL)"
);

/// Which contacts are meant. An absent field does not narrow. As JSON, whom a job is about.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// People, unless something else is asked for.
    pub kind: Option<ContactKind>,
    /// Parts of names, phone, e-mail or username, or a whole Telegram chat id.
    pub search: Option<String>,
    pub tag: Option<String>,
    pub source: Option<Source>,
    pub language_code: Option<String>,
    pub do_not_contact: Option<bool>,
    pub lead_status: Option<String>,
    pub ticket_status: Option<String>,
    pub assigned_to_type: Option<String>,
    pub assigned_to_user: Option<Id<User>>,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub telegram_chat_id: Option<i64>,
    pub telegram_username: Option<String>,
    pub created_after: Option<Timestamp>,
    pub created_before: Option<Timestamp>,
    pub last_seen_after: Option<Timestamp>,
    pub last_seen_before: Option<Timestamp>,
    /// The whole name, as it is written.
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub company_name: Option<String>,
    pub lead_score: Option<i64>,
    /// Whom a segment means.
    pub segment: Option<Id<Segment>>,
    /// What else must hold. [`Filter::settled`] puts the segment's rules here.
    #[serde(skip)]
    pub condition: Option<Condition>,
}

impl Filter {
    /// With the rules of its segment as they mean at this time. Do it once, before the first page.
    pub fn settled(mut self, tx: &mut Tx, scope: &Scope, now: Timestamp) -> Result<Self> {
        if let Some(segment) = self.segment {
            self.condition = Some(segments::condition_of(tx, scope, segment, now)?);
        }
        Ok(self)
    }
}

/// One page of the contacts that a filter leaves.
pub fn list(tx: &mut Tx, scope: &Scope, filter: &Filter, request: &Request) -> Result<Page<Contact>> {
    let args = filter_args(scope, filter);
    let (list, condition) = statements_for(tx, scope, filter, request)?;
    let found = list.page_where(tx, request, (&args, condition.as_ref()), |row| row.get(0))?;
    found.turned(|ids| read::get_many(tx, scope, &ids))
}

/// The list that finds them fastest, and what else must hold. All have the same rows in the same order, so a cursor of one
/// fits the others.
fn statements_for(tx: &mut Tx, scope: &Scope, filter: &Filter, request: &Request) -> Result<(List, Option<Condition>)> {
    let condition = filter.condition.clone();
    if filter.phone.is_some() || filter.telegram_chat_id.is_some() || filter.telegram_username.is_some() {
        return Ok((EXACT, condition));
    }
    if let Some(found) = found(tx, scope, filter)? {
        return Ok((NAMED, Some(Condition::All(condition.into_iter().chain([found]).collect()))));
    }
    let list = if filter.tag.is_some() && request.sort == 0 { TAGGED } else { CONTACTS };
    Ok((list, condition))
}

fn found(tx: &mut Tx, scope: &Scope, filter: &Filter) -> Result<Option<Condition>> {
    let Some(typed) = filter.search.as_deref() else { return Ok(None) };
    let asked = search::asked_for_few(tx, scope, search::Kind::Contact, typed)?;
    Ok(asked.map(|asked| Condition::Is(FOUND, args![asked, scope.tenant(), chat_id(typed)].into())))
}

/// A whole number may be somebody's chat id.
fn chat_id(typed: &str) -> Option<i64> {
    typed.trim().parse().ok()
}

fn filter_args(scope: &Scope, filter: &Filter) -> Vec<Arg> {
    let typed = filter.search.as_deref().unwrap_or_default();
    let [one, two, three] = search::patterns(typed);
    args![
        scope.tenant(),
        filter.kind.unwrap_or(ContactKind::Person).as_str(),
        one,
        two,
        three,
        chat_id(typed),
        filter.tag.as_deref(),
        filter.source.map(Source::as_str),
        filter.language_code.as_deref(),
        filter.do_not_contact,
        filter.lead_status.as_deref(),
        filter.ticket_status.as_deref(),
        filter.assigned_to_type.as_deref(),
        filter.assigned_to_user,
        filter.phone.as_deref(),
        filter.email.as_deref(),
        filter.telegram_chat_id,
        filter.telegram_username.as_deref().map(str::to_lowercase),
        filter.created_after,
        filter.created_before,
        filter.last_seen_after,
        filter.last_seen_before,
        filter.first_name.as_deref(),
        filter.last_name.as_deref(),
        filter.company_name.as_deref(),
        filter.lead_score,
    ]
    .into()
}

/// Every statement of the lists.
pub(super) fn statements() -> Vec<Sql> {
    [CONTACTS, TAGGED, EXACT, NAMED].iter().flat_map(List::statements).chain([FOUND.whole]).collect()
}
