//! Removing timelines with the person they belong to.
//!
//! What came in goes. Of what we sent, id, bot, time and outcome stay, so that counts and limits remain explicable;
//! content, name and chat go.

use model::{
    Id, Result, Scope, Timestamp,
    bot::Bot,
    contact::Contact,
    content::{Content, ContentKind},
    conversation::Conversation,
    message::{Message, Status},
};

use crate::{
    args, columns, contacts,
    db::{Arg, Row, Tx},
    deliveries, search,
};

macro_rules! of_conversations {
    () => {
        "message_id IN (SELECT id FROM message WHERE {check}tenant_id = $1 AND conversation_id IN ({in}))"
    };
}

crate::statements! {
    hot REACTIONS = "reaction.erase", concat!("DELETE FROM reaction WHERE ", of_conversations!());
    hot EDITS = "message_edit.erase", concat!("DELETE FROM message_edit WHERE ", of_conversations!());
    hot NUMBERS = "provider_message.erase", concat!("DELETE FROM provider_message WHERE ", of_conversations!());
    hot NAMES = "reply_name.erase", concat!("DELETE FROM reply_name WHERE ", of_conversations!());
    hot MENTIONS = "mention.erase", concat!("DELETE FROM mention WHERE ", of_conversations!());
    hot OF_BROADCASTS = "message.erase_of_broadcasts", "SELECT id FROM message
        WHERE {check}tenant_id = $1 AND broadcast_id IS NOT NULL AND status IN ('SCHEDULED', 'PENDING')
            AND conversation_id IN ({in})";
    hot OWED = "delivery.erase", concat!("DELETE FROM delivery WHERE state <> 'SENDING' AND ", of_conversations!());
    hot RECEIVED = "message.erase_received", "DELETE FROM message
        WHERE {check}tenant_id = $1 AND status IS NULL AND conversation_id IN ({in})";
    hot SENT = "message.erase_sent", "UPDATE message SET conversation_id = NULL, sequence = 0, chat_id = NULL,
            content = $2, author_name = NULL, reply_to = NULL, error_message = NULL, waiting_for = NULL,
            next_attempt_at = NULL,
            status = CASE WHEN status IN ('SCHEDULED', 'PENDING') THEN 'CANCELLED' ELSE status END
        WHERE {check}tenant_id = $1 AND conversation_id IN ({in})";
    hot HOMELESS = "message.erase_homeless", "SELECT id FROM message
        WHERE bot_id = $1 AND chat_id = $2 AND conversation_id IS NULL AND tenant_id = $3";
    hot HOMELESS_OWED = "delivery.erase_homeless", "DELETE FROM delivery WHERE state <> 'SENDING' AND message_id IN
        (SELECT id FROM message WHERE bot_id = $1 AND chat_id = $2 AND conversation_id IS NULL AND tenant_id = $3)";
    hot SENT_OF = "message.erase_sent_of", "UPDATE message SET chat_id = NULL, content = $2, author_name = NULL,
            reply_to = NULL, error_message = NULL, waiting_for = NULL, next_attempt_at = NULL,
            status = CASE WHEN status IN ('SCHEDULED', 'PENDING') THEN 'CANCELLED' ELSE status END
        WHERE tenant_id = $1 AND id IN ({in})";
    hot SPOKEN = "message.erase_spoken", "UPDATE message SET content = $2, author_id = NULL, author_name = NULL,
            edited_at = NULL
        WHERE tenant_id = $1 AND id IN ({in})";
    hot EDITS_OF = "message_edit.erase_of", "DELETE FROM message_edit WHERE message_id IN ({in})";
    hot REACTIONS_OF = "reaction.erase_of", "DELETE FROM reaction WHERE actor = $1 AND EXISTS (SELECT 1 FROM message
        WHERE message.id = reaction.message_id AND message.tenant_id = $2)";
}

/// What somebody said in groups is erased so many entries at a time.
const SPOKEN_MAX: i64 = 1_000;

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
    tx.execute_in(SENT, &args![scope.tenant(), erased()?], &list).map(drop)
}

/// What is shown in the place of what was said.
fn erased() -> Result<String> {
    let text = Some("Erased on request.".to_owned());
    columns::to_json(&Content { text, detail: Some("erased".into()), ..Content::new(ContentKind::Unsupported) })
}

/// What was sent into a chat of which no conversation knew: what has not left is cancelled.
pub(crate) fn erase_homeless(tx: &mut Tx, scope: &Scope, bot: Id<Bot>, chat_id: i64) -> Result<()> {
    let chat = args![bot, chat_id, scope.tenant()];
    tx.execute(HOMELESS_OWED, &chat)?;
    let found: Vec<Id<Message>> = tx.query(HOMELESS, &chat, |row| row.get(0))?;
    let list: Vec<_> = found.iter().map(Arg::from).collect();
    search::forget(tx, scope.tenant(), &list)?;
    tx.execute_in(SENT_OF, &args![scope.tenant(), erased()?], &list).map(drop)
}

/// What a contact said in groups stays as a place in their timelines, without content and name.
pub(crate) fn erase_spoken(tx: &mut Tx, scope: &Scope, contact: Id<Contact>) -> Result<()> {
    loop {
        let found = contacts::spoken(tx, scope, contact, None, SPOKEN_MAX)?;
        if found.is_empty() {
            return Ok(());
        }
        let list: Vec<_> = found.iter().map(Arg::from).collect();
        search::forget(tx, scope.tenant(), &list)?;
        tx.execute_in(EDITS_OF, &[], &list)?;
        tx.execute_in(SPOKEN, &args![scope.tenant(), erased()?], &list)?;
    }
}

/// Takes back what somebody reacted with.
pub(crate) fn erase_reactions(tx: &mut Tx, scope: &Scope, actor: &str) -> Result<()> {
    tx.execute(REACTIONS_OF, &args![actor, scope.tenant()]).map(drop)
}
