//! Removing timelines with the person they belong to.
//!
//! What came in goes. Of what we sent, id, bot, time and outcome stay, so that counts and limits remain explicable;
//! content, name and chat go.

use model::{
    Id, Result, Scope, Timestamp,
    content::{Content, ContentKind},
    conversation::Conversation,
    message::Status,
};

use crate::{
    args, columns,
    db::{Arg, Row, Tx},
    deliveries, search,
};

macro_rules! of_conversations {
    () => {
        "message_id IN (SELECT id FROM message WHERE tenant_id = $1 AND conversation_id IN ({in}))"
    };
}

crate::statements! {
    hot REACTIONS = "reaction.erase", concat!("DELETE FROM reaction WHERE ", of_conversations!());
    hot EDITS = "message_edit.erase", concat!("DELETE FROM message_edit WHERE ", of_conversations!());
    hot NUMBERS = "provider_message.erase", concat!("DELETE FROM provider_message WHERE ", of_conversations!());
    hot NAMES = "reply_name.erase", concat!("DELETE FROM reply_name WHERE ", of_conversations!());
    hot MENTIONS = "mention.erase", concat!("DELETE FROM mention WHERE ", of_conversations!());
    hot OF_BROADCASTS = "message.erase_of_broadcasts", "SELECT id FROM message
        WHERE tenant_id = $1 AND broadcast_id IS NOT NULL AND status IN ('SCHEDULED', 'PENDING')
            AND conversation_id IN ({in})";
    hot OWED = "delivery.erase", concat!("DELETE FROM delivery WHERE state <> 'SENDING' AND ", of_conversations!());
    hot RECEIVED = "message.erase_received", "DELETE FROM message
        WHERE tenant_id = $1 AND status IS NULL AND conversation_id IN ({in})";
    hot SENT = "message.erase_sent", "UPDATE message SET conversation_id = NULL, sequence = 0, chat_id = NULL,
            content = $2, author_name = NULL, reply_to = NULL, error_message = NULL, waiting_for = NULL,
            next_attempt_at = NULL,
            status = CASE WHEN status IN ('SCHEDULED', 'PENDING') THEN 'CANCELLED' ELSE status END
        WHERE tenant_id = $1 AND conversation_id IN ({in})";
}

/// Removes the entries of these conversations. What had not left yet is cancelled.
pub(crate) fn erase(tx: &mut Tx, scope: &Scope, conversations: &[Id<Conversation>], now: Timestamp) -> Result<()> {
    let list: Vec<_> = conversations.iter().map(Arg::from).collect();
    let tenant = args![scope.tenant()];
    let cancelled = |row: &Row<'_>| Ok((row.get(0)?, Status::Cancelled, None));
    // Their broadcasts would wait for them for ever.
    let ended: Vec<_> = tx.query_in(OF_BROADCASTS, &tenant, &list, cancelled)?;
    deliveries::end_recipients(tx, &ended, now)?;
    search::forget_conversations(tx, scope.tenant(), &list)?;
    for statement in [REACTIONS, EDITS, NUMBERS, NAMES, MENTIONS, OWED, RECEIVED] {
        tx.execute_in(statement, &tenant, &list)?;
    }
    let erased = Content { detail: Some("erased".into()), ..Content::new(ContentKind::Unsupported) };
    tx.execute_in(SENT, &args![scope.tenant(), columns::to_json(&erased)?], &list).map(drop)
}
