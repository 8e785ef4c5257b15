//! What happens to an entry after it was written: edits (with their history), reactions, deletion.

use model::{Id, Result, Scope, Timestamp, content::Content, message::Message};

use crate::{args, columns, db::Tx};

crate::statements! {
    hot CONTENT = "message.content", "SELECT content FROM message WHERE tenant_id = $1 AND id = $2";
    KEEP = "message_edit.keep", "INSERT INTO message_edit (message_id, revision, content, edited_at)
        SELECT $1, COALESCE(MAX(revision), 0) + 1, CAST($2 AS TEXT), CAST($3 AS BIGINT)
        FROM message_edit WHERE message_id = $1";
    hot EDIT = "message.edit", "UPDATE message SET content = $1, edited_at = $2 WHERE tenant_id = $3 AND id = $4";
    hot SET_CONTENT = "message.set_content", "UPDATE message SET content = $1 WHERE tenant_id = $2 AND id = $3";
    hot DELETED = "message.mark_deleted", "UPDATE message SET deleted_at = $1
        WHERE tenant_id = $2 AND id = $3 AND deleted_at IS NULL";
    REACT = "reaction.set", "INSERT INTO reaction (message_id, actor, actor_name, emoji, reacted_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (message_id, actor) DO UPDATE SET actor_name = excluded.actor_name, emoji = excluded.emoji,
            reacted_at = excluded.reacted_at";
    hot UNREACT = "reaction.remove", "DELETE FROM reaction WHERE message_id = $1 AND actor = $2";
}

/// What an entry said before an edit.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    pub content: Content,
    /// When it was replaced.
    pub edited_at: Timestamp,
}

/// What one person shows at an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reaction {
    /// The channel's id of the person.
    pub actor: String,
    pub actor_name: Option<String>,
    pub emoji: Vec<String>,
    pub reacted_at: Timestamp,
}

/// Replaces what an entry says and keeps what it said. `false`: it says that already (channels announce edits that
/// change nothing to be seen), or there is no such entry.
pub fn edit(tx: &mut Tx, scope: &Scope, message: Id<Message>, content: &Content, at: Timestamp) -> Result<bool> {
    let args = args![scope.tenant(), message];
    let Some(before) = tx.query_opt(CONTENT, &args, |row| columns::json::<Content>(row, 0))? else {
        return Ok(false);
    };
    if before == *content {
        return Ok(false);
    }
    tx.execute(KEEP, &args![message, columns::to_json(&before)?, at])?;
    Ok(tx.execute(EDIT, &args![columns::to_json(content)?, at, scope.tenant(), message])? > 0)
}

/// Replaces what an entry says without a history, as when a further piece of an album comes.
pub fn set_content(tx: &mut Tx, scope: &Scope, message: Id<Message>, content: &Content) -> Result<bool> {
    Ok(tx.execute(SET_CONTENT, &args![columns::to_json(content)?, scope.tenant(), message])? > 0)
}

/// Marks an entry as deleted at the channel; its content stays for the team. `false`: it was marked before.
pub fn mark_deleted(tx: &mut Tx, scope: &Scope, message: Id<Message>, at: Timestamp) -> Result<bool> {
    Ok(tx.execute(DELETED, &args![at, scope.tenant(), message])? > 0)
}

/// Sets what a person shows at an entry of the caller's tenant; an empty list takes it back.
pub fn react(tx: &mut Tx, scope: &Scope, message: Id<Message>, reaction: &Reaction) -> Result<bool> {
    let known = tx.query_opt(CONTENT, &args![scope.tenant(), message], |_| Ok(()))?;
    if known.is_none() {
        return Ok(false);
    }
    let Reaction { actor, actor_name, emoji, reacted_at } = reaction;
    let changed = if emoji.is_empty() {
        tx.execute(UNREACT, &args![message, actor])?
    } else {
        let args = args![message, actor, actor_name.as_deref(), columns::to_json(emoji)?, *reacted_at];
        tx.execute(REACT, &args)?
    };
    Ok(changed > 0)
}
