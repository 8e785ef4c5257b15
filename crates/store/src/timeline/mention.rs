//! Whom notes name, and the names that clients give to what they send.

use model::{Id, Result, Scope, User, conversation::Conversation, message::Message};

use crate::{
    args,
    conversations::reader,
    db::Tx,
    page::{Page, Request},
};

crate::pages! {
    /// The notes that name a person.
    MENTIONS = "mention.list",
    select "mention.message_id",
    from "mention WHERE mention.tenant_id = $4 AND mention.user_id = $5",
    unique Id "mention.message_id",
    sorts { "created_at" => Unique }
}

crate::statements! {
    MENTION = "mention.add", "INSERT INTO mention (tenant_id, user_id, message_id) VALUES {rows bytes, bytes, bytes}
        ON CONFLICT (tenant_id, user_id, message_id) DO NOTHING";
    hot UNMENTION = "mention.remove", "DELETE FROM mention WHERE message_id = $1";
    NAME = "reply_name.add", "INSERT INTO reply_name (message_id, conversation_id, client_id) VALUES ($1, $2, $3)
        ON CONFLICT (conversation_id, client_id) DO NOTHING";
    hot NAMED = "reply_name.find", "SELECT message_id FROM reply_name WHERE conversation_id = $1 AND client_id = $2";
}

/// Notes who is named in a note, in place of whoever was before.
pub fn mention(tx: &mut Tx, scope: &Scope, note: Id<Message>, people: &[Id<User>]) -> Result<()> {
    tx.execute(UNMENTION, &args![note])?;
    let rows: Vec<_> = people.iter().map(|user| args![scope.tenant(), user, note]).collect();
    tx.execute_rows(MENTION, &[], &rows).map(drop)
}

/// One page of the notes that name the person who asks, the newest first.
pub fn mentions(tx: &mut Tx, scope: &Scope, request: &Request) -> Result<Page<super::Entry>> {
    let found = MENTIONS.page(tx, request, &args![scope.tenant(), reader(scope)], |row| row.get::<Id<Message>>(0))?;
    found.turned(|ids| super::get_entries(tx, scope, &ids))
}

/// Takes a client's name for a message that is about to be written. When it is taken, the message that has it.
pub fn take_name(
    tx: &mut Tx,
    conversation: Id<Conversation>,
    client_id: &str,
    message: Id<Message>,
) -> Result<Option<Id<Message>>> {
    if tx.execute(NAME, &args![message, conversation, client_id])? > 0 {
        return Ok(None);
    }
    tx.query_opt(NAMED, &args![conversation, client_id], |row| row.get(0))
}
