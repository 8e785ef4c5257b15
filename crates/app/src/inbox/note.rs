//! Notes for the team. They have no way out: no bot, no chat, no delivery.

use model::{
    Error, Id, Ids, Result, Scope, Timestamp,
    content::Content,
    conversation::{Conversation, Touch},
    feed::{Change, FeedKind},
    message::{EntryKind, Message},
};
use store::{conversations, db::Tx, feed, timeline};

use super::activity;
use crate::App;

const NOTE_CHARS_MAX: usize = 16_384;

/// Writes a note into a conversation's timeline.
pub async fn note(app: &App, scope: &Scope, id: Id<Conversation>, text: &str) -> Result<Message> {
    let (scope, now, ids, text) = (*scope, app.clock.now(), app.ids.clone(), text.trim().to_owned());
    let text = checked(&text, "text")?;
    app.db
        .write(move |tx| {
            let found = conversations::get(tx, &scope, id)?;
            let conversation = found.ok_or_else(|| Error::not_found("conversation"))?;
            let note = write(tx, &scope, &*ids, &conversation, Content::text(text.clone()), now)?;
            feed::append(tx, &scope, &[Change::new(FeedKind::NewMessage, note.id)], now)?;
            Ok(note)
        })
        .await
}

/// A note's text, if it can be one.
pub(super) fn checked(text: &str, field: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::field(field, "The text is empty."));
    }
    if text.chars().count() > NOTE_CHARS_MAX {
        return Err(Error::field(field, format!("Enter at most {NOTE_CHARS_MAX} characters.")));
    }
    Ok(text.to_owned())
}

/// Writes a note in the caller's transaction.
pub(super) fn write(
    tx: &mut Tx,
    scope: &Scope,
    ids: &dyn Ids,
    conversation: &Conversation,
    content: Content,
    now: Timestamp,
) -> Result<Message> {
    let author = activity::author(tx, scope)?;
    let mut note = activity::entry(ids, conversation, EntryKind::Note, author, content, now);
    note.sequence = timeline::append(tx, scope, &note, Touch::INTERNAL)?;
    Ok(note)
}
