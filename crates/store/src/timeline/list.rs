//! One timeline in pages.

use model::{Id, Result, Scope, conversation::Conversation, message::Message};

use super::page::Entry;
use crate::{
    args,
    db::{Arg, Tx},
    page::{Page, Position, Request},
};

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
    found.turned(|mut ids| {
        if request.descending {
            ids.reverse();
        }
        super::get_entries(tx, scope, &ids)
    })
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
