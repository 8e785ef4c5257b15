//! One timeline becomes two again. New places are negative on the way, so that no number is taken twice.

use model::{Id, Result, Scope, Timestamp, contact::Contact, conversation::Conversation, message::Message};

use super::turn;
use crate::{args, db::Tx};

crate::statements! {
    hot GIVE_BACK = "message.give_back", "UPDATE message SET conversation_id = noted.conversation_id,
            sequence = -noted.sequence, author_id = noted.author_id
        FROM (SELECT message_id, conversation_id, sequence, author_id FROM contact_merge_entry
            WHERE from_id = $1) AS noted
        WHERE message.id = noted.message_id AND message.tenant_id = $2 AND message.conversation_id IS NOT NULL";
    hot PART = "message.part", "UPDATE message SET conversation_id = $1, sequence = -($2 + fresh.place),
            author_id = CASE WHEN author_type = 'CONTACT' AND author_id = $3 THEN $4 ELSE author_id END
        FROM (SELECT entry.id, ROW_NUMBER() OVER (ORDER BY entry.sequence) AS place FROM message AS entry
            WHERE entry.conversation_id = $5 AND entry.sequence > 0 AND EXISTS (SELECT 1 FROM chat
                WHERE chat.bot_id = entry.bot_id AND chat.chat_id = entry.chat_id AND chat.tenant_id = $6
                    AND chat.contact_id = $4)) AS fresh
        WHERE message.id = fresh.id";
    hot STAY = "message.stay", "UPDATE message SET sequence = -($1 + fresh.place)
        FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY sequence) AS place FROM message
            WHERE conversation_id = $2 AND sequence > 0 AND tenant_id = $3) AS fresh
        WHERE message.id = fresh.id";
    hot LAST_MESSAGE = "message.last_message", "SELECT id, created_at FROM message
        WHERE conversation_id = $1 AND tenant_id = $2 AND kind = 'message' ORDER BY sequence DESC LIMIT 1";
}

/// How many entries came since the merge, to each side.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Came {
    pub kept: i64,
    pub moved: i64,
}

/// The entries that a merge noted go back to their places; those are negative until [`turn`].
pub(crate) fn give_back(tx: &mut Tx, scope: &Scope, from: Id<Contact>) -> Result<()> {
    tx.execute(GIVE_BACK, &args![from, scope.tenant()]).map(drop)
}

/// The entries that are left in the kept conversation came since: those from chats of `from` go to the moved one's end,
/// the others to the kept one's end.
pub(crate) fn part(
    tx: &mut Tx,
    scope: &Scope,
    (kept, kept_last): (Id<Conversation>, i64),
    (moved, moved_last): (Id<Conversation>, i64),
    (into, from): (Id<Contact>, Id<Contact>),
) -> Result<Came> {
    let gone = tx.execute(PART, &args![moved, moved_last, into, from, kept, scope.tenant()])?;
    let stayed = tx.execute(STAY, &args![kept_last, kept, scope.tenant()])?;
    turn(tx, kept)?;
    turn(tx, moved)?;
    let count = |rows: u64| i64::try_from(rows).unwrap_or(i64::MAX);
    Ok(Came { kept: count(stayed), moved: count(gone) })
}

/// The newest message of a conversation.
pub(crate) fn last_message(
    tx: &mut Tx,
    scope: &Scope,
    conversation: Id<Conversation>,
) -> Result<Option<(Id<Message>, Timestamp)>> {
    tx.query_opt(LAST_MESSAGE, &args![conversation, scope.tenant()], |row| Ok((row.get(0)?, row.get(1)?)))
}
