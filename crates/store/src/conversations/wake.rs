//! Snoozed conversations open by themselves when their time has come.

use std::collections::BTreeMap;

use model::{
    Id, Ids, Result, Scope, Tenant, Timestamp,
    content::{Content, ContentKind},
    conversation::{Conversation, ConversationStatus, Touch},
    feed::{Change, FeedKind},
    message::{Author, AuthorType, EntryKind, Message},
};

use super::{change, read};
use crate::{args, db::Tx, feed, timeline};

crate::statements! {
    hot DUE = "conversation.due", "SELECT tenant_id, id FROM conversation
        WHERE status = 'SNOOZED' AND snoozed_until <= $1 ORDER BY snoozed_until LIMIT $2";
    hot NEXT = "conversation.next_due", "SELECT snoozed_until FROM conversation
        WHERE status = 'SNOOZED' ORDER BY snoozed_until LIMIT 1";
}

/// Opens the snoozed conversations of all tenants that are due, at most `limit`, and says so in their timelines and
/// the feed. Answers how many; when it is `limit`, there may be more.
pub fn wake(tx: &mut Tx, ids: &dyn Ids, now: Timestamp, limit: i64) -> Result<i64> {
    let due: Vec<(Id<Tenant>, Id<Conversation>)> =
        tx.query(DUE, &args![now, limit], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut changes: BTreeMap<Id<Tenant>, Vec<Change>> = BTreeMap::new();
    let mut woken = 0;
    for (tenant, id) in due {
        let scope = Scope::system(tenant);
        if !change::set_status(tx, &scope, id, ConversationStatus::Open, now)? {
            continue;
        }
        let Some(conversation) = read::get(tx, &scope, id)? else { continue };
        let entry = entry(ids, &conversation, now);
        timeline::append(tx, &scope, &entry, Touch::INTERNAL)?;
        let said = [Change::new(FeedKind::Ticket, id), Change::new(FeedKind::NewMessage, entry.id)];
        changes.entry(tenant).or_default().extend(said);
        woken += 1;
    }
    feed::append_all(tx, &changes, now)?;
    Ok(woken)
}

/// When the next one is due; `None` while none is snoozed.
pub fn next_wake(tx: &mut Tx) -> Result<Option<Timestamp>> {
    tx.query_opt(NEXT, &[], |row| row.get(0))
}

fn entry(ids: &dyn Ids, conversation: &Conversation, now: Timestamp) -> Message {
    let content = Content {
        text: Some("The conversation woke up: its time has come.".into()),
        detail: Some("woken".into()),
        ..Content::new(ContentKind::Service)
    };
    Message {
        id: ids.id(),
        tenant: conversation.tenant,
        conversation: Some(conversation.id),
        sequence: 0,
        kind: EntryKind::Activity,
        direction: None,
        platform: conversation.platform,
        bot: None,
        chat_id: None,
        author: Author { kind: AuthorType::System, id: None, name: None },
        content,
        reply_to: None,
        provider_message_id: None,
        provider_name: None,
        media_group_id: None,
        broadcast: None,
        edited_at: None,
        deleted_at: None,
        created_at: now,
        sending: None,
    }
}
