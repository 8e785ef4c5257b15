//! All messages of a tenant, over all conversations.

use model::{
    Id, Platform, Result, Scope, Timestamp,
    bot::Bot,
    contact::Contact,
    conversation::Conversation,
    message::{Direction, EntryKind, Message, Status},
};

use super::page::{Entry, complete};
use crate::{
    args,
    db::{Arg, Tx},
    page::{Page, Request},
};

crate::pages! {
    /// A tenant's messages.
    MESSAGES = "message.list",
    select "message.id",
    from "message WHERE message.tenant_id = $4
        AND (CAST($5 AS TEXT) IS NULL OR message.kind = $5)
        AND (CAST($6 AS TEXT) IS NULL OR message.direction = $6)
        AND (CAST($7 AS TEXT) IS NULL OR message.platform = $7)
        AND (CAST($8 AS TEXT) IS NULL OR message.status = $8)
        AND (message.bot_id = $9 OR $9 IS NULL)
        AND (message.conversation_id = $10 OR $10 IS NULL)
        AND (message.conversation_id IN (SELECT id FROM conversation WHERE tenant_id = $4 AND contact_id = $11)
            OR $11 IS NULL)
        AND (CAST($12 AS BIGINT) IS NULL OR message.created_at >= $12)
        AND (CAST($13 AS BIGINT) IS NULL OR message.created_at < $13)",
    unique Id "message.id",
    sorts { "created_at" => Unique }
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
    ]
    .into()
}
