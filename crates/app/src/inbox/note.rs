//! Notes for the team. They have no way out: no bot, no chat, no delivery.

use model::{
    Error, Id, Result, Scope,
    content::Content,
    conversation::{Conversation, Touch},
    feed::{Change, FeedKind},
    message::{EntryKind, Message},
};
use store::{conversations, feed, timeline};

use super::activity;
use crate::App;

const NOTE_CHARS_MAX: usize = 16_384;

/// Writes a note into a conversation's timeline.
pub async fn note(app: &App, scope: &Scope, id: Id<Conversation>, text: &str) -> Result<Message> {
    let (scope, now, ids, text) = (*scope, app.clock.now(), app.ids.clone(), text.trim().to_owned());
    if text.is_empty() {
        return Err(Error::field("text", "The text is empty."));
    }
    if text.chars().count() > NOTE_CHARS_MAX {
        return Err(Error::field("text", format!("Enter at most {NOTE_CHARS_MAX} characters.")));
    }
    app.db
        .write(move |tx| {
            let found = conversations::get(tx, &scope, id)?;
            let conversation = found.ok_or_else(|| Error::not_found("conversation"))?;
            let author = activity::author(tx, &scope)?;
            let content = Content::text(text.clone());
            let mut note = activity::entry(&*ids, &conversation, EntryKind::Note, author, content, now);
            note.sequence = timeline::append(tx, &scope, &note, Touch::INTERNAL)?;
            feed::append(tx, &scope, &[Change::new(FeedKind::NewMessage, note.id)], now)?;
            Ok(note)
        })
        .await
}
