//! Activity entries: who did what to a conversation, in its own timeline.

use model::{
    Actor, Id, Ids, Result, Scope, Timestamp,
    content::{Content, ContentKind, FieldChange},
    conversation::{Conversation, Touch},
    message::{Author, AuthorType, EntryKind, Message},
};
use store::{db::Tx, keys, timeline, users};

/// Who acts, by name.
pub fn author(tx: &mut Tx, scope: &Scope) -> Result<Author> {
    Ok(match scope.actor() {
        Actor::User(id) => {
            let name = users::find(tx, id)?.map(|user| user.name);
            Author { kind: AuthorType::User, id: Some(id.as_uuid()), name }
        }
        Actor::Key(id) => {
            let name = keys::find(tx, scope, id)?.map(|key| key.name);
            Author { kind: AuthorType::Api, id: Some(id.as_uuid()), name }
        }
        Actor::System => Author { kind: AuthorType::System, id: None, name: None },
    })
}

/// What an activity entry says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Said {
    /// For programs.
    pub detail: &'static str,
    /// For people.
    pub sentence: String,
    /// For who wants to undo it.
    pub change: FieldChange,
}

/// Writes an activity entry.
pub(super) fn write(
    tx: &mut Tx,
    scope: &Scope,
    ids: &dyn Ids,
    conversation: &Conversation,
    said: Said,
    now: Timestamp,
) -> Result<Id<Message>> {
    let Said { detail, sentence, change } = said;
    let content = Content {
        text: Some(sentence),
        detail: Some(detail.into()),
        change: Some(Box::new(change)),
        ..Content::new(ContentKind::Service)
    };
    let author = author(tx, scope)?;
    let entry = entry(ids, conversation, EntryKind::Activity, author, content, now);
    timeline::append(tx, scope, &entry, Touch::INTERNAL)?;
    Ok(entry.id)
}

/// An entry for the team only.
pub(super) fn entry(
    ids: &dyn Ids,
    conversation: &Conversation,
    kind: EntryKind,
    author: Author,
    content: Content,
    now: Timestamp,
) -> Message {
    Message {
        id: ids.id(),
        tenant: conversation.tenant,
        conversation: Some(conversation.id),
        sequence: 0,
        kind,
        direction: None,
        platform: conversation.platform,
        // No bot and no chat: there is no way on which it could be sent.
        bot: None,
        chat_id: None,
        author,
        content,
        reply_to: None,
        provider_message_id: None,
        provider_name: None,
        media_group_id: None,
        broadcast: None,
        edited_at: None,
        deleted_at: None,
        created_at: now,
        sending: None,
    }
}
