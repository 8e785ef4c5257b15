//! What comes to an entry after it was written: reactions, and further pieces of an album. Edits and deletion belong to
//! [`messages`].

use model::{Id, Result, Scope, Timestamp, content::Content, message::Message};

use crate::{args, columns, db::Tx, messages};

crate::statements! {
    hot EXISTS = "message.exists", "SELECT id FROM message WHERE tenant_id = $1 AND id = $2";
    hot SET_CONTENT = "message.set_content", "UPDATE message SET content = $1 WHERE tenant_id = $2 AND id = $3";
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

/// Replaces what an entry says without a history, as when a further piece of an album comes.
pub fn set_content(tx: &mut Tx, scope: &Scope, message: Id<Message>, content: &Content) -> Result<bool> {
    let is_set = tx.execute(SET_CONTENT, &args![columns::to_json(content)?, scope.tenant(), message])? > 0;
    if let Some(message) = messages::get(tx, scope, message)? {
        messages::index(tx, std::slice::from_ref(&message))?;
    }
    Ok(is_set)
}

/// Sets what a person shows at an entry of the caller's tenant; an empty list takes it back.
pub fn react(tx: &mut Tx, scope: &Scope, message: Id<Message>, reaction: &Reaction) -> Result<bool> {
    let known = tx.query_opt(EXISTS, &args![scope.tenant(), message], |_| Ok(()))?;
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
