//! What the team does to a conversation: assign, close, reopen, snooze, label, mark as read; one, or many at once.

mod apply;
mod undo;

use model::{
    Actor, Error, Id, Ids, Result, Scope, Timestamp, User,
    activity::Deed,
    contact::change::tag,
    content::Content,
    conversation::{Conversation, Priority},
    feed::{Change, FeedKind},
};
use store::{conversations, db::Tx, feed, settings};

use super::{activity, note, show_reading};
use crate::App;
use apply::{Done, apply};
pub use undo::undo;

pub(super) const LABELS_MAX: usize = 50;

/// Conversations that one request changes at most.
pub const BULK_MAX: usize = 200;

/// One thing to do to a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    Assign(Assignee),
    Close,
    Reopen,
    Snooze(Snooze),
    SetLabels(Vec<String>),
    AddLabels(Vec<String>),
    RemoveLabels(Vec<String>),
    SetPriority(Priority),
    MarkRead,
    MarkUnread,
}

/// Whom a conversation is given to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assignee {
    Nobody,
    /// Who asks.
    Me,
    Person(Id<User>),
}

/// How long a conversation is put aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Snooze {
    pub until: Timestamp,
    /// Whether it opens before, when the contact writes.
    pub wakes_on_reply: bool,
}

/// Does it and answers with the conversation as it then is. Doing it twice changes and announces nothing.
pub async fn act(app: &App, scope: &Scope, id: Id<Conversation>, act: Act) -> Result<Conversation> {
    act_with_note(app, scope, id, act, None).await
}

/// The same, with a word for the team.
pub async fn act_with_note(
    app: &App,
    scope: &Scope,
    id: Id<Conversation>,
    act: Act,
    note: Option<&str>,
) -> Result<Conversation> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    let act = checked(act, now)?;
    let note = note.map(|text| note::checked(text, "note")).transpose()?;
    let is_reading = act == Act::MarkRead;
    let after = app
        .db
        .write(move |tx| {
            let before = found(conversations::get(tx, &scope, id)?)?;
            let mut changes = done(tx, &scope, &*ids, &before, &act, now)?;
            if let Some(text) = &note {
                let written = note::write(tx, &scope, &*ids, &before, (None, Content::text(text.clone())), now)?;
                changes.push(Change::new(FeedKind::NewMessage, written.id));
            }
            feed::append(tx, &scope, &changes, now)?;
            found(conversations::get(tx, &scope, id)?)
        })
        .await?;
    if is_reading {
        show_reading(app, &scope, &after).await?;
    }
    Ok(after)
}

/// Does the same to many, in one transaction. Answers which of them there are, and whether each changed.
pub async fn act_on_many(
    app: &App,
    scope: &Scope,
    conversations: &[Id<Conversation>],
    act: Act,
) -> Result<Vec<(Id<Conversation>, Option<bool>)>> {
    if conversations.is_empty() || conversations.len() > BULK_MAX {
        return Err(Error::field("ids", format!("Enter 1 to {BULK_MAX} conversations.")));
    }
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    let (act, mut wanted) = (checked(act, now)?, conversations.to_vec());
    // In one order for everybody, so that two such requests can't lock each other out.
    wanted.sort();
    wanted.dedup();
    app.db
        .write(move |tx| {
            let (mut changes, mut outcomes) = (Vec::new(), Vec::new());
            for id in &wanted {
                let Some(before) = conversations::get(tx, &scope, *id)? else {
                    outcomes.push((*id, None));
                    continue;
                };
                let made = done(tx, &scope, &*ids, &before, &act, now)?;
                outcomes.push((*id, Some(!made.is_empty())));
                changes.extend(made);
            }
            feed::append(tx, &scope, &changes, now)?;
            Ok(outcomes)
        })
        .await
}

/// Does it in the caller's transaction; what the feed has to say of it is nothing when nothing changed.
pub(crate) fn done(
    tx: &mut Tx,
    scope: &Scope,
    ids: &dyn Ids,
    before: &Conversation,
    act: &Act,
    now: Timestamp,
) -> Result<Vec<Change>> {
    let Some(Done { kind, said }) = apply(tx, scope, ids, before, act, now)? else { return Ok(Vec::new()) };
    let mut changes = vec![Change::new(kind, before.id)];
    if let Some(said) = said {
        let deed = Deed::new(action(said.detail), "conversation", before.id);
        let deed = deed.changed(&said.change.before, &said.change.after);
        store::activity::record(tx, scope, ids, &deed, now)?;
        let entry = activity::write(tx, scope, ids, before, said, now)?;
        changes.push(Change::new(FeedKind::NewMessage, entry));
    }
    Ok(changes)
}

fn action(detail: &str) -> &'static str {
    match detail {
        "closed" => "conversation.closed",
        "reopened" => "conversation.reopened",
        "snoozed" => "conversation.snoozed",
        "labels_changed" => "conversation.labels_changed",
        "priority_changed" => "conversation.priority_changed",
        "assigned" => "conversation.assigned",
        _ => "conversation.unassigned",
    }
}

/// A person has answered: they have read it, and where the tenant wants it, a conversation of nobody is theirs now.
pub(crate) fn answered(
    tx: &mut Tx,
    scope: &Scope,
    ids: &dyn Ids,
    id: Id<Conversation>,
    now: Timestamp,
) -> Result<Vec<Change>> {
    if !matches!(scope.actor(), Actor::User(_)) {
        return Ok(Vec::new());
    }
    conversations::mark_read(tx, scope, id)?;
    let conversation = found(conversations::get(tx, scope, id)?)?;
    if conversation.assignee.is_some() || !settings::get(tx, scope)?.inbox.assign_on_reply {
        return Ok(Vec::new());
    }
    done(tx, scope, ids, &conversation, &Act::Assign(Assignee::Me), now)
}

fn found(conversation: Option<Conversation>) -> Result<Conversation> {
    conversation.ok_or_else(|| Error::not_found("conversation"))
}

/// What can be judged without the conversation.
fn checked(act: Act, now: Timestamp) -> Result<Act> {
    match act {
        Act::Snooze(Snooze { until, .. }) if until <= now => Err(Error::field("until", "Enter a time in the future.")),
        Act::SetLabels(labels) => Ok(Act::SetLabels(words(&labels)?)),
        Act::AddLabels(labels) => Ok(Act::AddLabels(words(&labels)?)),
        Act::RemoveLabels(labels) => Ok(Act::RemoveLabels(words(&labels)?)),
        act => Ok(act),
    }
}

fn words(labels: &[String]) -> Result<Vec<String>> {
    let labels: Result<Vec<_>> = labels.iter().map(|label| tag(label)).collect();
    let mut labels = labels.map_err(|error| error.at_field("labels"))?;
    labels.sort();
    labels.dedup();
    if labels.len() > LABELS_MAX {
        return Err(too_many());
    }
    Ok(labels)
}

fn too_many() -> Error {
    Error::field("labels", format!("Enter at most {LABELS_MAX} labels."))
}
