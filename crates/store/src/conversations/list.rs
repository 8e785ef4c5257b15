//! The inbox list, in pages, and its numbers.

use model::{
    Id, Platform, Result, Scope, Timestamp, User,
    bot::Bot,
    contact::Contact,
    conversation::{Conversation, ConversationKind, ConversationStatus, Priority},
};

use super::{
    read::{self, Head},
    row, seen,
};
use crate::{
    args,
    db::{Arg, Row, Sql, Tx},
    page::{Page, Request},
    search,
};

/// What a filter asks of a conversation itself.
macro_rules! plain {
    () => {
        " WHERE conversation.tenant_id = $4
        AND (CAST($5 AS TEXT) IS NULL OR conversation.status = $5)
        AND (conversation.assignee = $6 OR $6 IS NULL)
        AND (CAST($7 AS BOOLEAN) IS NULL OR (conversation.assignee IS NULL) = $7)
        AND (CAST($8 AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM conversation_label
            WHERE conversation_label.tenant_id = $4 AND conversation_label.label = $8
                AND conversation_label.conversation_id = conversation.id))
        AND (CAST($9 AS TEXT) IS NULL OR conversation.platform = $9)
        AND (conversation.bot_id = $10 OR $10 IS NULL)
        AND (CAST($11 AS TEXT) IS NULL OR conversation.kind = $11)
        AND (conversation.contact_id = $12 OR $12 IS NULL)
        AND (CAST($13 AS TEXT) IS NULL OR conversation.priority = $13)
        AND (CAST($14 AS BIGINT) IS NULL OR conversation.waiting_since <= $14)"
    };
}

/// The same with what it asks of the contact's names, and of what has been seen. `$20` is the person who reads, `$21` whether
/// it is one.
macro_rules! filtered {
    () => {
        concat!(
            "conversation JOIN contact ON contact.id = conversation.contact_id
            LEFT JOIN conversation_seen ON conversation_seen.conversation_id = conversation.id
                AND conversation_seen.user_id = $20",
            plain!(),
            "
        AND (CAST($15 AS BOOLEAN) IS NULL OR (CASE WHEN CAST($21 AS BOOLEAN)
                THEN COALESCE(conversation_seen.is_marked_unread, FALSE)
                    OR conversation.incoming_count > conversation.answered_count
                        AND conversation.incoming_count > COALESCE(conversation_seen.seen_count, 0)
                ELSE conversation.unread_count > 0 END) = $15)
        AND (CAST($16 AS TEXT) IS NULL AND CAST($19 AS BIGINT) IS NULL OR (contact.search_text LIKE $16 ESCAPE '\\'
                AND (CAST($17 AS TEXT) IS NULL OR contact.search_text LIKE $17 ESCAPE '\\')
                AND (CAST($18 AS TEXT) IS NULL OR contact.search_text LIKE $18 ESCAPE '\\'))
            OR contact.telegram_chat_id = $19)"
        )
    };
}

crate::pages! {
    /// A tenant's conversations. `waiting_since` upwards is the one that has waited longest first; those that don't wait
    /// come last.
    CONVERSATIONS = "conversation.list",
    select row::conversation_columns!(),
    from concat!("conversation", plain!()),
    unique Id "conversation.id",
    sorts {
        "last_message_at" => Int("conversation.last_message_at"), "created_at" => Unique,
        "waiting_since" => Int("conversation.waiting_order"),
    }
}

crate::pages! {
    /// Those of them that somebody has not seen, or whose contact is looked for, in the same orders.
    LOOKED_FOR = "conversation.list_looked_for",
    select row::conversation_columns!(),
    from filtered!(),
    unique Id "conversation.id",
    sorts {
        "last_message_at" => Int("conversation.last_message_at"), "created_at" => Unique,
        "waiting_since" => Int("conversation.waiting_order"),
    }
}

/// What [`Counts`] counts to at most: a number on a tab need not be exact beyond it, and must not slow down.
const COUNTED_MAX: i64 = 1_000;

macro_rules! counted {
    ($condition:literal) => {
        concat!(
            "(SELECT COUNT(*) FROM (SELECT 1 AS one FROM ",
            filtered!(),
            " AND CAST($1 AS BIGINT) IS NULL AND CAST($2 AS BIGINT) IS NULL ",
            $condition,
            " LIMIT $3) AS counted)"
        )
    };
}

crate::statements! {
    COUNTS = "conversation.counts", concat!("SELECT ", counted!("AND conversation.assignee = $20"), ", ",
        counted!("AND conversation.assignee IS NULL"), ", ", counted!(""));
    hot STATS = "conversation.stats", "SELECT
            COUNT(*) FILTER (WHERE status = 'OPEN'), COUNT(*) FILTER (WHERE status = 'SNOOZED'),
            COUNT(*) FILTER (WHERE status = 'CLOSED'), COUNT(*) FILTER (WHERE unread > 0),
            COUNT(*) FILTER (WHERE status = 'OPEN' AND assignee IS NULL),
            COUNT(*) FILTER (WHERE status = 'OPEN' AND assignee = $1),
            COALESCE(CAST(SUM(unread) AS BIGINT), 0),
            COUNT(*) FILTER (WHERE status <> 'CLOSED' AND waiting_since IS NOT NULL), MIN(waiting_since)
        FROM (SELECT status, assignee, waiting_since, CASE
                WHEN NOT CAST($2 AS BOOLEAN) THEN unread_count
                WHEN incoming_count > answered_count AND incoming_count > COALESCE(seen_count, 0)
                    THEN incoming_count
                        - CASE WHEN COALESCE(seen_count, 0) > answered_count THEN seen_count ELSE answered_count END
                WHEN is_marked_unread THEN 1 ELSE 0 END AS unread
            FROM conversation LEFT JOIN conversation_seen
                ON conversation_seen.conversation_id = conversation.id AND conversation_seen.user_id = $1
            WHERE conversation.tenant_id = $3) AS counted";
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
    pub priority: Option<Priority>,
    /// Only those that have waited for an answer since then.
    pub waiting_since: Option<Timestamp>,
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
    /// Those whose contact waits for an answer.
    pub waiting: i64,
    /// Since when the one that has waited longest waits.
    pub waiting_longest_since: Option<Timestamp>,
}

/// How many conversations of a filter are whose; each exact below [`Counts::most`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Of the person who asks.
    pub mine: i64,
    /// Of nobody.
    pub unassigned: i64,
    pub all: i64,
    /// A number that is this high may be higher.
    pub most: i64,
}

/// One page of the conversations that a filter leaves.
pub fn list(tx: &mut Tx, scope: &Scope, filter: &Filter, request: &Request) -> Result<Page<Conversation>> {
    heads(tx, scope, filter, request)?.turned(|heads| read::complete(tx, scope, heads))
}

/// The same without what [`Parts`](super::Parts) adds.
pub fn heads(tx: &mut Tx, scope: &Scope, filter: &Filter, request: &Request) -> Result<Page<Head>> {
    let read = |found: &Row| read::head(found, scope);
    if filter.is_unread.is_none() && filter.search.is_none() {
        CONVERSATIONS.page(tx, request, &plain_args(scope, filter), read)
    } else {
        LOOKED_FOR.page(tx, request, &filter_args(scope, filter), read)
    }
}

fn plain_args(scope: &Scope, filter: &Filter) -> Vec<Arg> {
    args![
        scope.tenant(),
        filter.status.map(ConversationStatus::as_str),
        filter.assignee,
        filter.is_unassigned,
        filter.label.as_deref(),
        filter.platform.map(Platform::as_str),
        filter.bot,
        filter.kind.map(ConversationKind::as_str),
        filter.contact,
        filter.priority.map(Priority::as_str),
        filter.waiting_since,
    ]
    .into()
}

fn filter_args(scope: &Scope, filter: &Filter) -> Vec<Arg> {
    let typed = filter.search.as_deref().unwrap_or_default();
    let [one, two, three] = search::patterns(typed);
    let chat_id = typed.trim().parse::<i64>().ok();
    let reader = seen::user(scope);
    let mut args = plain_args(scope, filter);
    args.extend(args![filter.is_unread, one, two, three, chat_id, reader, reader.is_some()]);
    args
}

/// How many conversations a filter leaves, whose ever they are: its own assignee does not count.
pub fn counts(tx: &mut Tx, scope: &Scope, filter: &Filter) -> Result<Counts> {
    let filter = Filter { assignee: None, is_unassigned: None, ..filter.clone() };
    let mut args = vec![Arg::Null, Arg::Null, Arg::Int(COUNTED_MAX)];
    args.extend(filter_args(scope, &filter));
    tx.query_one(COUNTS, &args, |row| {
        Ok(Counts { mine: row.get(0)?, unassigned: row.get(1)?, all: row.get(2)?, most: COUNTED_MAX })
    })
}

/// The numbers of a tenant's inbox, as the person who asks sees them.
pub fn stats(tx: &mut Tx, scope: &Scope) -> Result<Stats> {
    let me = seen::user(scope);
    tx.query_one(STATS, &args![me, me.is_some(), scope.tenant()], |row| {
        Ok(Stats {
            open: row.get(0)?,
            snoozed: row.get(1)?,
            closed: row.get(2)?,
            unread: row.get(3)?,
            unassigned: row.get(4)?,
            mine: row.get(5)?,
            unread_messages: row.get(6)?,
            waiting: row.get(7)?,
            waiting_longest_since: row.get(8)?,
        })
    })
}

/// Every statement of the list.
pub(super) fn statements() -> Vec<Sql> {
    [CONVERSATIONS.statements(), LOOKED_FOR.statements(), STATEMENTS.to_vec()].concat()
}
