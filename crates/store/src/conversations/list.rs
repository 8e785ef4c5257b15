//! The inbox list, in pages, and its numbers.

use model::{
    Id, Platform, Result, Scope, User,
    bot::Bot,
    contact::Contact,
    conversation::{Conversation, ConversationKind, ConversationStatus},
};

use super::read;
use crate::{
    args,
    db::{Arg, Sql, Tx},
    page::{Page, Request},
    search,
};

crate::pages! {
    /// A tenant's conversations.
    CONVERSATIONS = "conversation.list",
    select "conversation.id",
    from "conversation JOIN contact ON contact.id = conversation.contact_id
        WHERE conversation.tenant_id = $4
        AND (CAST($5 AS TEXT) IS NULL OR conversation.status = $5)
        AND (conversation.assignee = $6 OR $6 IS NULL)
        AND (CAST($7 AS BOOLEAN) IS NULL OR (conversation.assignee IS NULL) = $7)
        AND (CAST($8 AS BOOLEAN) IS NULL OR (conversation.unread_count > 0) = $8)
        AND (CAST($9 AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM conversation_label
            WHERE conversation_label.tenant_id = $4 AND conversation_label.label = $9
                AND conversation_label.conversation_id = conversation.id))
        AND (CAST($10 AS TEXT) IS NULL OR conversation.platform = $10)
        AND (conversation.bot_id = $11 OR $11 IS NULL)
        AND (CAST($12 AS TEXT) IS NULL OR conversation.kind = $12)
        AND (conversation.contact_id = $13 OR $13 IS NULL)
        AND (CAST($14 AS TEXT) IS NULL AND CAST($17 AS BIGINT) IS NULL OR (contact.search_text LIKE $14 ESCAPE '\\'
                AND (CAST($15 AS TEXT) IS NULL OR contact.search_text LIKE $15 ESCAPE '\\')
                AND (CAST($16 AS TEXT) IS NULL OR contact.search_text LIKE $16 ESCAPE '\\'))
            OR contact.telegram_chat_id = $17)",
    unique Id "conversation.id",
    sorts { "last_message_at" => Int("conversation.last_message_at"), "created_at" => Unique }
}

crate::statements! {
    hot STATS = "conversation.stats", "SELECT
            COUNT(*) FILTER (WHERE status = 'OPEN'), COUNT(*) FILTER (WHERE status = 'SNOOZED'),
            COUNT(*) FILTER (WHERE status = 'CLOSED'), COUNT(*) FILTER (WHERE unread_count > 0),
            COUNT(*) FILTER (WHERE status = 'OPEN' AND assignee IS NULL),
            COUNT(*) FILTER (WHERE status = 'OPEN' AND assignee = $2),
            COALESCE(CAST(SUM(unread_count) AS BIGINT), 0)
        FROM conversation WHERE tenant_id = $1";
}

/// Which conversations are meant. An absent field does not narrow.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub status: Option<ConversationStatus>,
    pub assignee: Option<Id<User>>,
    /// `true`: only those of nobody; `false`: only those of somebody.
    pub is_unassigned: Option<bool>,
    pub is_unread: Option<bool>,
    pub label: Option<String>,
    pub platform: Option<Platform>,
    pub bot: Option<Id<Bot>>,
    pub kind: Option<ConversationKind>,
    pub contact: Option<Id<Contact>>,
    /// Parts of the contact's names, phone, e-mail or username, or a whole Telegram chat id.
    pub search: Option<String>,
}

/// How much there is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stats {
    pub open: i64,
    pub snoozed: i64,
    pub closed: i64,
    /// Conversations with something unread.
    pub unread: i64,
    /// Open ones of nobody.
    pub unassigned: i64,
    /// Open ones of the person who asks.
    pub mine: i64,
    pub unread_messages: i64,
}

/// One page of the conversations that a filter leaves.
pub fn list(tx: &mut Tx, scope: &Scope, filter: &Filter, request: &Request) -> Result<Page<Conversation>> {
    let found = CONVERSATIONS.page(tx, request, &filter_args(scope, filter), |row| row.get(0))?;
    let conversations = read::get_many(tx, scope, &found.rows)?;
    Ok(Page { rows: conversations, next: found.next, previous: found.previous, count: found.count })
}

fn filter_args(scope: &Scope, filter: &Filter) -> Vec<Arg> {
    let typed = filter.search.as_deref().unwrap_or_default();
    let [one, two, three] = search::patterns(typed);
    args![
        scope.tenant(),
        filter.status.map(ConversationStatus::as_str),
        filter.assignee,
        filter.is_unassigned,
        filter.is_unread,
        filter.label.as_deref(),
        filter.platform.map(Platform::as_str),
        filter.bot,
        filter.kind.map(ConversationKind::as_str),
        filter.contact,
        one,
        two,
        three,
        typed.trim().parse::<i64>().ok(),
    ]
    .into()
}

/// The numbers of a tenant's inbox, as `me` sees them.
pub fn stats(tx: &mut Tx, scope: &Scope, me: Option<Id<User>>) -> Result<Stats> {
    tx.query_one(STATS, &args![scope.tenant(), me], |row| {
        Ok(Stats {
            open: row.get(0)?,
            snoozed: row.get(1)?,
            closed: row.get(2)?,
            unread: row.get(3)?,
            unassigned: row.get(4)?,
            mine: row.get(5)?,
            unread_messages: row.get(6)?,
        })
    })
}

/// Every statement of the list.
pub(super) fn statements() -> Vec<Sql> {
    [CONVERSATIONS.statements(), STATEMENTS.to_vec()].concat()
}
