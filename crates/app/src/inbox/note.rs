//! Notes for the team. They have no way out: no bot, no chat, no delivery.

use model::{
    Error, Id, Ids, Result, Scope, Timestamp, User,
    activity::Deed,
    content::Content,
    conversation::{Conversation, Touch},
    feed::{Change, FeedKind},
    message::{EntryKind, Message},
};
use store::{conversations, db::Tx, feed, messages, tenants, timeline};

use super::activity;
use crate::{
    App,
    send::{Markup, parsed},
};

const NOTE_CHARS_MAX: usize = 16_384;

/// People whom one note names at most.
const MENTIONS_MAX: usize = 50;

/// What a note says, and whom it names.
#[derive(Debug, Clone, Default)]
pub struct NoteText {
    pub text: String,
    pub parse_mode: Option<String>,
    pub mentions: Vec<Id<User>>,
}

impl NoteText {
    /// The note's content; whoever is named must belong to the team.
    fn content(&self, tx: &mut Tx, scope: &Scope) -> Result<Content> {
        let markup = Markup { text: self.text.trim().to_owned(), parse_mode: self.parse_mode.clone() };
        let formatted = parsed(&markup, "text")?;
        checked(&formatted.text, "text")?;
        if self.mentions.len() > MENTIONS_MAX {
            return Err(Error::field("mentions", format!("Name at most {MENTIONS_MAX} people.")));
        }
        if !self.mentions.is_empty() {
            let members = tenants::members(tx, scope.tenant())?;
            if let Some(id) = self.mentions.iter().find(|id| !members.iter().any(|member| member.user == **id)) {
                return Err(Error::field("mentions", format!("{id} is nobody in your team.")));
            }
        }
        let mut mentions: Vec<_> = self.mentions.iter().map(|id| id.as_uuid()).collect();
        mentions.sort();
        mentions.dedup();
        Ok(Content { entities: formatted.entities, mentions, ..Content::text(formatted.text) })
    }
}

/// Writes a note into a conversation's timeline. `id`: the one it gets; if it is there already, that is the answer.
pub async fn note(
    app: &App,
    scope: &Scope,
    id: Option<Id<Message>>,
    conversation: Id<Conversation>,
    written: NoteText,
) -> Result<Message> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            if let Some(known) = id.map(|id| messages::get(tx, &scope, id)).transpose()?.flatten() {
                return Ok(known);
            }
            let found = conversations::get(tx, &scope, conversation)?;
            let conversation = found.ok_or_else(|| Error::not_found("conversation"))?;
            let content = written.content(tx, &scope)?;
            let note = write(tx, &scope, &*ids, &conversation, (id, content), now)?;
            timeline::mention(tx, &scope, note.id, &written.mentions)?;
            store::activity::record(tx, &scope, &*ids, &Deed::new("note.written", "note", note.id), now)?;
            feed::append(tx, &scope, &[Change::new(FeedKind::NewMessage, note.id)], now)?;
            Ok(note)
        })
        .await
}

/// Puts another text in a note's place; what it said before is kept. Only its author may.
pub async fn change_note(app: &App, scope: &Scope, id: Id<Message>, written: NoteText) -> Result<()> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            own(tx, &scope, id)?;
            let content = written.content(tx, &scope)?;
            messages::edit(tx, id, &content, now)?;
            timeline::mention(tx, &scope, id, &written.mentions)?;
            store::activity::record(tx, &scope, &*ids, &Deed::new("note.changed", "note", id), now)?;
            feed::append(tx, &scope, &[Change::new(FeedKind::MessageUpdated, id)], now)
        })
        .await
}

/// Takes away what a note says; that there was one stays visible. Only its author may.
pub async fn delete_note(app: &App, scope: &Scope, id: Id<Message>) -> Result<()> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            let note = own(tx, &scope, id)?;
            messages::wipe(tx, &note, now)?;
            timeline::mention(tx, &scope, id, &[])?;
            store::activity::record(tx, &scope, &*ids, &Deed::new("note.deleted", "note", id), now)?;
            feed::append(tx, &scope, &[Change::new(FeedKind::MessageUpdated, id)], now)
        })
        .await
}

/// The caller's own note, as long as it was not deleted.
fn own(tx: &mut Tx, scope: &Scope, id: Id<Message>) -> Result<Message> {
    let note = messages::get(tx, scope, id)?.filter(|message| message.kind == EntryKind::Note);
    let note = note.ok_or_else(|| Error::not_found("note"))?;
    if activity::author(tx, scope)?.id != note.author.id {
        return Err(Error::forbidden("Only who wrote a note may change it."));
    }
    if note.deleted_at.is_some() {
        return Err(Error::conflict("message_deleted", "The note was deleted."));
    }
    Ok(note)
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
    (id, content): (Option<Id<Message>>, Content),
    now: Timestamp,
) -> Result<Message> {
    let author = activity::author(tx, scope)?;
    let mut note = activity::entry(ids, conversation, EntryKind::Note, author, content, now);
    note.id = id.unwrap_or(note.id);
    note.sequence = timeline::append(tx, scope, &note, Touch::INTERNAL)?;
    Ok(note)
}
