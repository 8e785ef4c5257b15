//! All messages of a tenant in pages, narrowed by filters.
//!
//! There is a list for each filter that leaves few among millions, with an index of its own to find them by. All but that
//! of a span of time have the same rows in the same order, so a cursor of one fits the others.

use model::{
    Id, Platform, Result, Scope, Timestamp,
    bot::Bot,
    contact::Contact,
    conversation::Conversation,
    message::{Direction, EntryKind, ErrorCode, Message, Status},
};

use super::page::Entry;
use crate::{
    args,
    db::{Arg, Row, Sql, Tx},
    messages,
    page::{List, Page, Position, Request, Start},
};

/// Up to so many calls that are owed, their messages are found through them.
const FEW_OWED: i64 = 10_000;

macro_rules! filters {
    () => {
        concat!(
            " AND (CAST($5 AS TEXT) IS NULL OR message.kind = $5)
        AND (CAST($6 AS TEXT) IS NULL OR message.direction = $6)
        AND (CAST($7 AS TEXT) IS NULL OR message.platform = $7)
        AND (CAST($8 AS TEXT) IS NULL OR ",
            messages::message_status!(),
            " = $8)
        AND (message.bot_id = $9 OR $9 IS NULL)
        AND (message.conversation_id = $10 OR $10 IS NULL)
        AND (message.conversation_id IN (SELECT id FROM conversation WHERE tenant_id = $4 AND contact_id = $11)
            OR $11 IS NULL)
        AND (CAST($12 AS BIGINT) IS NULL OR message.created_at >= $12)
        AND (CAST($13 AS BIGINT) IS NULL OR message.created_at < $13)
        AND (CAST($14 AS BIGINT) IS NULL OR message.chat_id = $14)
        AND (CAST($15 AS TEXT) IS NULL OR message.error_code = $15)
        AND (CAST($16 AS BIGINT) IS NULL OR message.provider_message_id = $16)"
        )
    };
}

crate::pages! {
    /// A tenant's messages.
    MESSAGES = "message.list",
    select "message.id",
    from concat!("message WHERE message.tenant_id = $4", filters!()),
    unique Id "message.id",
    sorts { "created_at" => Unique }
}

crate::pages! {
    /// Those of one chat.
    OF_CHAT = "message.list_of_chat",
    select "message.id",
    from concat!("message WHERE message.tenant_id = $4 AND message.chat_id = $14", filters!()),
    unique Id "message.id",
    sorts { "created_at" => Unique }
}

crate::pages! {
    /// Those of one bot.
    OF_BOT = "message.list_of_bot",
    select "message.id",
    from concat!("message WHERE message.bot_id = $9 AND {check}message.tenant_id = $4", filters!()),
    unique Id "message.id",
    sorts { "created_at" => Unique }
}

crate::pages! {
    /// Those that had a failure.
    WITH_ERROR = "message.list_with_error",
    select "message.id",
    from concat!("message WHERE message.tenant_id = $4 AND message.error_code IS NOT NULL", filters!()),
    unique Id "message.id",
    sorts { "created_at" => Unique }
}

crate::pages! {
    /// Those of one conversation, or of one contact's conversations.
    OF_CONVERSATION = "message.list_of_conversation",
    select "message.id",
    // The tenant is the conversation's; asked of the messages too, it would lead SQLite through all of the tenant's.
    from concat!("(SELECT id FROM conversation WHERE tenant_id = $4 AND id = $10
            UNION SELECT id FROM conversation WHERE tenant_id = $4 AND contact_id = $11) AS meant
        CROSS JOIN message WHERE message.conversation_id = meant.id", filters!()),
    unique Id "message.id",
    sorts { "created_at" => Unique }
}

crate::pages! {
    /// Those that could not be sent.
    FAILED = "message.list_failed",
    select "message.id",
    from concat!("message WHERE message.tenant_id = $4 AND message.failed_at IS NOT NULL", filters!()),
    unique Id "message.id",
    sorts { "created_at" => Unique }
}

crate::pages! {
    /// Those that are still owed, where that is little.
    OWED = "message.list_owed",
    select "message.id",
    from concat!("(SELECT DISTINCT delivery.message_id FROM bot JOIN delivery ON delivery.bot_id = bot.id
            WHERE bot.tenant_id = $4) AS owed
        CROSS JOIN message WHERE message.id = owed.message_id AND message.tenant_id = $4", filters!()),
    unique Id "message.id",
    sorts { "created_at" => Unique }
}

/// Where a span of time begins and ends, in a form that an index is asked by.
macro_rules! since {
    () => {
        " AND message.created_at >= COALESCE(CAST($12 AS BIGINT), -9223372036854775807)"
    };
}
macro_rules! until {
    () => {
        " AND message.created_at < COALESCE(CAST($13 AS BIGINT), 9223372036854775807)"
    };
}

crate::pages! {
    /// Those of a span of time, in the order in which they were written. A page begins at its position, so that only the
    /// other end of the span is asked for: SQLite goes by one bound on each side.
    OF_TIME = "message.list_of_time",
    select "message.id",
    from {
        descending concat!("message WHERE message.tenant_id = $4", since!(), filters!()),
        ascending concat!("message WHERE message.tenant_id = $4", until!(), filters!()),
        counted concat!("message WHERE message.tenant_id = $4", since!(), until!(), filters!()),
    },
    unique Id "message.id",
    sorts { "created_at" => Int("message.created_at") }
}

crate::statements! {
    hot COUNT_OWED = "message.count_owed", "SELECT COUNT(*) FROM (SELECT 1 FROM bot
        JOIN delivery ON delivery.bot_id = bot.id WHERE bot.tenant_id = $1 LIMIT $2) AS owed";
}

/// Which messages are meant. An absent field does not narrow.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub kind: Option<EntryKind>,
    pub direction: Option<Direction>,
    pub platform: Option<Platform>,
    pub status: Option<Status>,
    pub bot: Option<Id<Bot>>,
    pub conversation: Option<Id<Conversation>>,
    pub contact: Option<Id<Contact>>,
    pub chat_id: Option<i64>,
    pub error_code: Option<ErrorCode>,
    pub provider_message_id: Option<i64>,
    pub created_after: Option<Timestamp>,
    pub created_before: Option<Timestamp>,
}

impl Filter {
    /// The list whose cursors fit what this leaves.
    pub fn list(&self) -> List {
        if self.is_of_time() { OF_TIME } else { MESSAGES }
    }

    /// Whether the time narrows most: of a chat or a contact, and of what failed or is still owed, there is little.
    fn is_of_time(&self) -> bool {
        let is_narrow = self.chat_id.is_some() || self.conversation.is_some() || self.contact.is_some();
        let is_rare = self.status.is_some_and(|status| !status.has_left() && status != Status::Cancelled)
            || self.error_code.is_some();
        (self.created_after.is_some() || self.created_before.is_some()) && !is_narrow && !is_rare
    }
}

/// One page of the messages that a filter leaves.
pub fn list(tx: &mut Tx, scope: &Scope, filter: &Filter, request: &Request) -> Result<Page<Entry>> {
    let args = filter_args(scope, filter);
    let read = |row: &Row| row.get::<Id<Message>>(0);
    let found = match filter.is_of_time() {
        true => page_of_time(tx, filter, request, &args)?,
        false => fastest(tx, scope, filter)?.page(tx, request, &args, read)?,
    };
    found.turned(|ids| super::get_entries(tx, scope, &ids))
}

/// A page of a span of time. The first one begins where the span does, not at the end of all messages.
fn page_of_time(tx: &mut Tx, filter: &Filter, request: &Request, args: &[Arg]) -> Result<Page<Id<Message>>> {
    let read = |row: &Row| row.get(0);
    let edge = if request.descending { filter.created_before } else { filter.created_after };
    let (Start::First, Some(edge)) = (&request.start, edge) else { return OF_TIME.page(tx, request, args, read) };
    // No id is smaller: upwards the edge itself is in the span, downwards it is not.
    let begin = Position { unique: Arg::from([]), sort: edge.into() };
    let page = OF_TIME.page(tx, &Request { start: Start::After(begin), ..request.clone() }, args, read)?;
    Ok(Page { previous: None, ..page })
}

/// The list that finds them fastest.
fn fastest(tx: &mut Tx, scope: &Scope, filter: &Filter) -> Result<List> {
    if filter.chat_id.is_some() {
        return Ok(OF_CHAT);
    }
    if filter.conversation.is_some() || filter.contact.is_some() {
        return Ok(OF_CONVERSATION);
    }
    match filter.status {
        Some(Status::Failed | Status::Blocked | Status::Expired | Status::Unknown) => Ok(FAILED),
        Some(Status::Scheduled | Status::Pending | Status::Sending) if is_little_owed(tx, scope)? => Ok(OWED),
        _ if filter.error_code.is_some() => Ok(WITH_ERROR),
        _ if filter.bot.is_some() => Ok(OF_BOT),
        _ => Ok(MESSAGES),
    }
}

fn is_little_owed(tx: &mut Tx, scope: &Scope) -> Result<bool> {
    let owed: i64 = tx.query_one(COUNT_OWED, &args![scope.tenant(), FEW_OWED + 1], |row| row.get(0))?;
    Ok(owed <= FEW_OWED)
}

fn filter_args(scope: &Scope, filter: &Filter) -> Vec<Arg> {
    args![
        scope.tenant(),
        filter.kind.map(EntryKind::as_str),
        filter.direction.map(Direction::as_str),
        filter.platform.map(Platform::as_str),
        filter.status.map(Status::as_str),
        filter.bot,
        filter.conversation,
        filter.contact,
        filter.created_after,
        filter.created_before,
        filter.chat_id,
        filter.error_code.map(ErrorCode::as_str),
        filter.provider_message_id,
    ]
    .into()
}

/// Every statement of the lists.
pub(super) fn statements() -> Vec<Sql> {
    let lists = [MESSAGES, OF_CHAT, OF_BOT, OF_CONVERSATION, FAILED, WITH_ERROR, OWED, OF_TIME];
    lists.iter().flat_map(List::statements).chain(STATEMENTS.iter().copied()).collect()
}
