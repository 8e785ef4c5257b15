//! Two timelines become one. Each keeps its inner order, whatever the clocks said; between them, time decides.

use model::{Id, Result, Scope, contact::Contact, conversation::Conversation};

use crate::{args, db::Tx};

crate::statements! {
    // Negative first, so that no number is taken twice on the way.
    hot INTERLEAVE = "message.interleave", "UPDATE message SET conversation_id = $1, sequence = -merged.place
        FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY reached_at, conversation_id, sequence) AS place
            FROM (SELECT id, conversation_id, sequence,
                    MAX(created_at) OVER (PARTITION BY conversation_id ORDER BY sequence) AS reached_at
                FROM message WHERE conversation_id IN ($1, $2) AND tenant_id = $3) AS timed) AS merged
        WHERE message.id = merged.id";
    hot TURN = "message.turn", "UPDATE message SET sequence = -sequence WHERE conversation_id = $1 AND sequence < 0";
    hot LAST = "message.last_sequence", "SELECT COALESCE(MAX(sequence), 0) FROM message WHERE conversation_id = $1";
    hot REATTRIBUTE = "message.reattribute", "UPDATE message SET author_id = $1
        WHERE conversation_id = $2 AND tenant_id = $3 AND author_type = 'CONTACT' AND author_id = $4";
}

/// Moves all entries of `from` into `into` and numbers them anew. Answers the last number.
pub(crate) fn interleave(tx: &mut Tx, scope: &Scope, into: Id<Conversation>, from: Id<Conversation>) -> Result<i64> {
    tx.execute(INTERLEAVE, &args![into, from, scope.tenant()])?;
    turn(tx, into)?;
    tx.query_one(LAST, &args![into], |row| row.get(0))
}

/// The entries that `from` wrote are from now on `into`'s.
pub(crate) fn reattribute(
    tx: &mut Tx,
    scope: &Scope,
    conversation: Id<Conversation>,
    into: Id<Contact>,
    from: Id<Contact>,
) -> Result<()> {
    tx.execute(REATTRIBUTE, &args![into, conversation, scope.tenant(), from]).map(drop)
}

/// Gives the entries that were numbered below 0 on the way their numbers.
pub(crate) fn turn(tx: &mut Tx, conversation: Id<Conversation>) -> Result<()> {
    tx.execute(TURN, &args![conversation]).map(drop)
}
