//! Lists of entries in pages: one timeline, and all messages of a tenant.

use model::{
    Id, Platform, Result, Scope, Timestamp,
    bot::Bot,
    contact::Contact,
    conversation::Conversation,
    message::{Direction, EntryKind, ErrorCode, Message, Status},
};

use super::page::{Entry, complete};
use crate::{
    args,
    db::{Arg, Tx},
    messages,
    page::{Page, Position, Request},
};

crate::pages! {
    /// A tenant's messages.
    MESSAGES = "message.list",
    select "message.id",
    from concat!("message WHERE message.tenant_id = $4
        AND (CAST($5 AS TEXT) IS NULL OR message.kind = $5)
        AND (CAST($6 AS TEXT) IS NULL OR message.direction = $6)
        AND (CAST($7 AS TEXT) IS NULL OR message.platform = $7)
        AND (CAST($8 AS TEXT) IS NULL OR ", messages::message_status!(), " = $8)
        AND (message.bot_id = $9 OR $9 IS NULL)
        AND (message.conversation_id = $10 OR $10 IS NULL)
        AND (message.conversation_id IN (SELECT id FROM conversation WHERE tenant_id = $4 AND contact_id = $11)
            OR $11 IS NULL)
        AND (CAST($12 AS BIGINT) IS NULL OR message.created_at >= $12)
        AND (CAST($13 AS BIGINT) IS NULL OR message.created_at < $13)
        AND (CAST($14 AS BIGINT) IS NULL OR message.chat_id = $14)
        AND (CAST($15 AS TEXT) IS NULL OR message.error_code = $15)
        AND (CAST($16 AS BIGINT) IS NULL OR message.provider_message_id = $16)"),
    unique Id "message.id",
    sorts { "created_at" => Unique }
}

crate::pages! {
    /// The entries of a conversation. Pages run from the newest to the oldest; within a page, time runs forward.
    TIMELINE = "message.timeline",
    select "message.id",
    from "message WHERE message.tenant_id = $4 AND message.conversation_id = $5",
    unique Int "message.sequence",
    sorts { "sequence" => Unique }
}

/// One page of a timeline, oldest entry first. `next` leads to older pages, `previous` to newer ones.
pub fn timeline(tx: &mut Tx, scope: &Scope, conversation: Id<Conversation>, request: &Request) -> Result<Page<Entry>> {
    let filters = args![scope.tenant(), conversation];
    let found = TIMELINE.page(tx, request, &filters, |row| row.get::<Id<Message>>(0))?;
    let mut messages = super::get_many(tx, scope, &found.rows)?;
    if request.descending {
        messages.reverse();
    }
    Ok(Page { rows: complete(tx, messages)?, next: found.next, previous: found.previous, count: found.count })
}

/// The page of a timeline that has `sequence` in its middle.
pub fn around(
    tx: &mut Tx,
    scope: &Scope,
    conversation: Id<Conversation>,
    sequence: i64,
    size: u32,
) -> Result<Page<Entry>> {
    let half = i64::from(size / 2);
    let newer = super::after(tx, scope, conversation, sequence - 1, i64::from(size) - half + 1)?;
    let older = super::before(tx, scope, conversation, sequence, half + 1)?;
    let (has_older, has_newer) = (older.len() as i64 > half, newer.len() as i64 > i64::from(size) - half);
    let skipped = usize::from(has_older);
    let kept = newer.len() - usize::from(has_newer);
    let rows: Vec<Entry> = older.into_iter().skip(skipped).chain(newer.into_iter().take(kept)).collect();
    let at = |entry: &Entry| Position { unique: Arg::Int(entry.message.sequence), sort: Arg::Null };
    let next = rows.first().filter(|_| has_older).map(at);
    let previous = rows.last().filter(|_| has_newer).map(at);
    Ok(Page { rows, next, previous, count: None })
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

/// One page of the messages that a filter leaves.
pub fn list(tx: &mut Tx, scope: &Scope, filter: &Filter, request: &Request) -> Result<Page<Entry>> {
    let found = MESSAGES.page(tx, request, &filter_args(scope, filter), |row| row.get::<Id<Message>>(0))?;
    let entries = super::get_many(tx, scope, &found.rows)?;
    Ok(Page { rows: complete(tx, entries)?, next: found.next, previous: found.previous, count: found.count })
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
