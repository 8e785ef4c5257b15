//! A contact's conversations besides the one over all channels: topics of a forum, chats of business accounts.

use model::{Id, Result, Scope, Timestamp, contact::Contact, conversation::Conversation};

use crate::{
    args,
    db::{Arg, Tx},
    timeline,
};

crate::statements! {
    hot ALL = "conversation.all_of_contact", "SELECT id FROM conversation
        WHERE tenant_id = $1 AND contact_id = $2 ORDER BY thread";
    hot THREADS = "conversation.threads", "SELECT id FROM conversation
        WHERE tenant_id = $1 AND contact_id = $2 AND thread > ''";
    hot MOVE = "conversation.move_threads", "UPDATE conversation SET contact_id = $1, updated_at = $2
        WHERE tenant_id = $3 AND contact_id = $4 AND thread > ''";
    hot BACK = "conversation.threads_back", "UPDATE conversation SET contact_id = $1
        WHERE tenant_id = $2 AND contact_id = $3 AND id IN ({in})";
}

/// Every conversation of a contact; the one over all channels comes first.
pub fn all_of_contact(tx: &mut Tx, scope: &Scope, contact: Id<Contact>) -> Result<Vec<Id<Conversation>>> {
    tx.query(ALL, &args![scope.tenant(), contact], |row| row.get(0))
}

/// Those besides the one over all channels.
pub(crate) fn threads_of(tx: &mut Tx, scope: &Scope, contact: Id<Contact>) -> Result<Vec<Id<Conversation>>> {
    tx.query(THREADS, &args![scope.tenant(), contact], |row| row.get(0))
}

/// Those go over to another contact. Each is of one chat, so that no two of them are the same one.
pub(crate) fn move_all(tx: &mut Tx, scope: &Scope, into: Id<Contact>, from: Id<Contact>, now: Timestamp) -> Result<()> {
    let threads = threads_of(tx, scope, from)?;
    if threads.is_empty() {
        return Ok(());
    }
    for thread in threads {
        timeline::reattribute(tx, scope, thread, into, from)?;
    }
    tx.execute(MOVE, &args![into, now, scope.tenant(), from]).map(drop)
}

/// These go from `into` to `from`.
pub(crate) fn give_back(
    tx: &mut Tx,
    scope: &Scope,
    threads: &[Id<Conversation>],
    (into, from): (Id<Contact>, Id<Contact>),
) -> Result<()> {
    for thread in threads {
        timeline::reattribute(tx, scope, *thread, from, into)?;
    }
    let list: Vec<Arg> = threads.iter().map(Arg::from).collect();
    tx.execute_in(BACK, &args![from, scope.tenant(), into], &list).map(drop)
}
