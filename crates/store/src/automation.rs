//! What may follow a contact's message by itself: jobs written with the message, and the answers given of late.

use model::{Id, Result, Scope, Tenant, Timestamp, conversation::Conversation, message::Message};

use crate::{args, db::Tx, wake};

crate::statements! {
    PUT = "automation_job.put", "INSERT INTO automation_job (message_id, tenant_id, conversation_id, is_first, tries, due_at)
        VALUES ($1, $2, $3, $4, 0, $5) ON CONFLICT (message_id) DO NOTHING";
    hot DUE = "automation_job.due", "SELECT message_id, tenant_id, conversation_id, is_first, tries FROM automation_job
        WHERE due_at <= $1 ORDER BY due_at LIMIT $2";
    hot TAKE = "automation_job.take", "DELETE FROM automation_job WHERE message_id = $1";
    hot LATER = "automation_job.later", "UPDATE automation_job SET tries = tries + 1, due_at = $1 WHERE message_id = $2";
    ANSWERED = "automation_answer.add", "INSERT INTO automation_answer (conversation_id, answered_at, kind) VALUES ($1, $2, $3)";
    hot COUNT = "automation_answer.count", "SELECT COUNT(*) FROM automation_answer
        WHERE conversation_id = $1 AND answered_at > $2";
    hot LAST = "automation_answer.last", "SELECT MAX(answered_at) FROM automation_answer
        WHERE conversation_id = $1 AND kind = $2";
    hot FORGET = "automation_answer.forget", "DELETE FROM automation_answer WHERE answered_at < $1";
}

/// A message for which something may follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Job {
    pub message: Id<Message>,
    pub tenant: Id<Tenant>,
    pub conversation: Id<Conversation>,
    /// Whether the conversation began with it.
    pub is_first: bool,
    pub tries: i64,
}

/// Writes a job in the transaction of its message.
pub fn put(tx: &mut Tx, job: &Job, now: Timestamp) -> Result<()> {
    tx.execute(PUT, &args![job.message, job.tenant, job.conversation, job.is_first, now])?;
    tx.notify(wake::AUTOMATION, "")
}

pub fn due(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<Job>> {
    tx.query(DUE, &args![now, limit], |row| {
        Ok(Job {
            message: row.get(0)?,
            tenant: row.get(1)?,
            conversation: row.get(2)?,
            is_first: row.get(3)?,
            tries: row.get(4)?,
        })
    })
}

/// Takes a job away; `false` when another has taken it, so that nothing follows twice.
pub fn take(tx: &mut Tx, job: &Job) -> Result<bool> {
    Ok(tx.execute(TAKE, &args![job.message])? > 0)
}

/// Tries a job again at a later time.
pub fn later(tx: &mut Tx, job: &Job, at: Timestamp) -> Result<()> {
    tx.execute(LATER, &args![at, job.message]).map(drop)
}

/// Notes an automatic answer.
pub fn answered(tx: &mut Tx, conversation: Id<Conversation>, kind: &str, now: Timestamp) -> Result<()> {
    tx.execute(ANSWERED, &args![conversation, now, kind]).map(drop)
}

/// How many automatic answers a conversation got since then.
pub fn count_since(tx: &mut Tx, conversation: Id<Conversation>, since: Timestamp) -> Result<i64> {
    tx.query_one(COUNT, &args![conversation, since], |row| row.get(0))
}

/// When a conversation last got an automatic answer of a kind.
pub fn last(tx: &mut Tx, _: &Scope, conversation: Id<Conversation>, kind: &str) -> Result<Option<Timestamp>> {
    tx.query_one(LAST, &args![conversation, kind], |row| row.get(0))
}

/// Forgets answers that no rule reaches back to.
pub fn forget(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.execute(FORGET, &args![before])
}
