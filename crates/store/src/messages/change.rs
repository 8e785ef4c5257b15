//! What happens to messages after they were written: edits, whose earlier wording is kept, and deletion.

use model::{
    Id, Result, Timestamp,
    content::{Content, Entity},
    message::Message,
};

use crate::{
    args, columns,
    db::{Arg, Tx},
    search,
};

crate::statements! {
    hot CONTENT = "messages.content", "SELECT content, tenant_id, created_at, broadcast_id IS NULL AND kind <> 'activity' FROM message WHERE id = $1";
    KEEP = "messages.keep_revision", "
        INSERT INTO message_edit (message_id, revision, content, edited_at)
        SELECT $1, COALESCE(MAX(revision), 0) + 1, $2, $3 FROM message_edit WHERE message_id = $1";
    hot REPLACE = "messages.replace_content", "UPDATE message SET content = $1, edited_at = $2 WHERE id = $3";
    hot DELETE = "messages.mark_deleted", "UPDATE message SET deleted_at = $1 WHERE id = $2 AND deleted_at IS NULL";
    hot WIPE = "messages.wipe", "UPDATE message SET content = $1 WHERE id = $2";
    hot WIPE_EDITS = "messages.wipe_edits", "DELETE FROM message_edit WHERE message_id = $1";
    hot REVISIONS = "messages.revisions",
        "SELECT content, edited_at FROM message_edit WHERE message_id = $1 ORDER BY revision";
}

/// Puts a new content in a message's place and keeps the old one. An unchanged content changes nothing.
pub fn edit(tx: &mut Tx, message: Id<Message>, content: &Content, edited_at: Timestamp) -> Result<bool> {
    let known = tx.query_opt(CONTENT, &args![message], |row| {
        Ok((row.get::<String>(0)?, row.get(1)?, row.get(2)?, row.get::<bool>(3)?))
    })?;
    let Some((old, tenant, created_at, is_indexed)) = known else { return Ok(false) };
    let new = columns::to_json(content)?;
    if old == new {
        return Ok(false);
    }
    tx.execute(KEEP, &args![message, old, edited_at])?;
    tx.execute(REPLACE, &args![new, edited_at, message])?;
    if is_indexed {
        super::index_content(tx, tenant, message, created_at, content)?;
    }
    Ok(true)
}

/// Puts a new text in a message's place, leaving its media and buttons.
pub fn edit_text(tx: &mut Tx, message: Id<Message>, text: &str, entities: &[Entity], now: Timestamp) -> Result<()> {
    let content: Option<Content> = tx.query_opt(CONTENT, &args![message], |row| columns::json(row, 0))?;
    let Some(mut content) = content else { return Ok(()) };
    content.text = Some(text.to_owned());
    content.entities = entities.to_vec();
    edit(tx, message, &content, now).map(drop)
}

/// Notes that a message no longer exists at its channel.
pub fn mark_deleted(tx: &mut Tx, message: Id<Message>, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(DELETE, &args![now, message])? > 0)
}

/// Takes away what a note of the team said, and all that it said before.
pub fn wipe(tx: &mut Tx, message: &Message, now: Timestamp) -> Result<()> {
    let nothing = Content::new(message.content.kind);
    tx.execute(WIPE, &args![columns::to_json(&nothing)?, message.id])?;
    tx.execute(WIPE_EDITS, &args![message.id])?;
    search::forget(tx, message.tenant, &[Arg::from(message.id)])?;
    mark_deleted(tx, message.id, now).map(drop)
}

/// What stood there before each edit, oldest first, and when it was replaced.
pub fn revisions(tx: &mut Tx, message: Id<Message>) -> Result<Vec<(Content, Timestamp)>> {
    tx.query(REVISIONS, &args![message], |row| Ok((columns::json(row, 0)?, row.get(1)?)))
}
