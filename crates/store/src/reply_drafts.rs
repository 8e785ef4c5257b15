//! What people of the team began to write: one draft per conversation, person and mode.

use model::{
    Actor, Id, Result, Scope,
    conversation::{Conversation, DraftMode, ReplyDraft},
};

use crate::{
    args, columns,
    db::{Arg, Row, Tx},
};

crate::statements! {
    hot OF = "reply_draft.of", "SELECT conversation_id, mode, text, reply_to, updated_at FROM reply_draft
        WHERE conversation_id = $1 AND actor_id = $2 AND tenant_id = $3 ORDER BY mode";
    hot OWN = "reply_draft.own", "SELECT conversation_id, mode, text, reply_to, updated_at FROM reply_draft
        WHERE tenant_id = $1 AND actor_id = $2 ORDER BY updated_at DESC LIMIT $3";
    PUT = "reply_draft.put", "INSERT INTO reply_draft (conversation_id, actor_id, mode, tenant_id, text, reply_to, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (conversation_id, actor_id, mode) DO UPDATE SET text = excluded.text, reply_to = excluded.reply_to,
            updated_at = excluded.updated_at";
    hot REMOVE = "reply_draft.remove", "DELETE FROM reply_draft WHERE conversation_id = $1 AND actor_id = $2 AND mode = $3";
    hot FORGET = "reply_draft.forget", "DELETE FROM reply_draft WHERE {check}tenant_id = $1 AND conversation_id IN ({in})";
    hot MOVE = "reply_draft.move", "INSERT INTO reply_draft (conversation_id, actor_id, mode, tenant_id, text, reply_to,
            updated_at)
        SELECT $1, actor_id, mode, tenant_id, text, reply_to, updated_at FROM reply_draft
        WHERE conversation_id = $2 AND tenant_id = $3
        ON CONFLICT (conversation_id, actor_id, mode) DO NOTHING";
}

/// Whose drafts the caller's are; the installation writes none.
fn actor(scope: &Scope) -> [u8; 16] {
    match scope.actor() {
        Actor::User(id) => *id.as_bytes(),
        Actor::Key(id) => *id.as_bytes(),
        Actor::System => [0; 16],
    }
}

/// The caller's drafts in a conversation.
pub fn of(tx: &mut Tx, scope: &Scope, conversation: Id<Conversation>) -> Result<Vec<ReplyDraft>> {
    tx.query(OF, &args![conversation, actor(scope), scope.tenant()], read)
}

/// The caller's drafts, the newest first.
pub fn own(tx: &mut Tx, scope: &Scope, limit: i64) -> Result<Vec<ReplyDraft>> {
    tx.query(OWN, &args![scope.tenant(), actor(scope), limit], read)
}

pub fn put(tx: &mut Tx, scope: &Scope, draft: &ReplyDraft) -> Result<()> {
    let ReplyDraft { conversation, mode, text, reply_to, updated_at } = draft;
    let args = args![conversation, actor(scope), mode.as_str(), scope.tenant(), text, *reply_to, *updated_at];
    tx.execute(PUT, &args).map(drop)
}

pub fn remove(tx: &mut Tx, scope: &Scope, conversation: Id<Conversation>, mode: DraftMode) -> Result<bool> {
    Ok(tx.execute(REMOVE, &args![conversation, actor(scope), mode.as_str()])? > 0)
}

/// Drafts of everybody in conversations that are no more.
pub(crate) fn forget(tx: &mut Tx, scope: &Scope, conversations: &[Id<Conversation>]) -> Result<()> {
    let list: Vec<_> = conversations.iter().map(Arg::from).collect();
    tx.execute_in(FORGET, &args![scope.tenant()], &list).map(drop)
}

/// Drafts go along when a conversation becomes part of another, unless there is one already.
pub(crate) fn merge(tx: &mut Tx, scope: &Scope, into: Id<Conversation>, from: Id<Conversation>) -> Result<()> {
    tx.execute(MOVE, &args![into, from, scope.tenant()])?;
    forget(tx, scope, &[from])
}

fn read(row: &Row) -> Result<ReplyDraft> {
    Ok(ReplyDraft {
        conversation: row.get(0)?,
        mode: columns::word(row, 1)?,
        text: row.get(2)?,
        reply_to: row.get(3)?,
        updated_at: row.get(4)?,
    })
}
