//! What the team does to a conversation: assign, close, reopen, snooze, label, mark as read.

use model::{
    Actor, Error, Id, Result, Scope, Timestamp, User,
    contact::change::tag,
    conversation::{Conversation, ConversationStatus, Priority},
    feed::{Change, FeedKind},
};
use store::{
    conversations,
    db::Tx,
    feed,
    tenants::{self, Member},
};

use super::activity;
use crate::App;

const LABELS_MAX: usize = 50;

/// One thing to do to a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    Assign(Assignee),
    Close,
    Reopen,
    SnoozeUntil(Timestamp),
    SetLabels(Vec<String>),
    SetPriority(Priority),
    MarkRead,
}

/// Whom a conversation is given to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assignee {
    Nobody,
    /// Who asks.
    Me,
    Person(Id<User>),
}

/// What an act changed, for the timeline and the feed; `None` when it was so already.
type Done = Option<(FeedKind, Option<(&'static str, String)>)>;

/// Does it and answers with the conversation as it then is. Doing it twice changes and announces nothing.
pub async fn act(app: &App, scope: &Scope, id: Id<Conversation>, act: Act) -> Result<Conversation> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    let act = checked(act, now)?;
    app.db
        .write(move |tx| {
            let before = found(conversations::get(tx, &scope, id)?)?;
            if let Some((kind, activity)) = apply(tx, &scope, &before, &act, now)? {
                let mut changes = vec![Change::new(kind, id)];
                if let Some(said) = activity {
                    let entry = activity::write(tx, &scope, &*ids, &before, said, now)?;
                    changes.push(Change::new(FeedKind::NewMessage, entry));
                }
                feed::append(tx, &scope, &changes, now)?;
            }
            found(conversations::get(tx, &scope, id)?)
        })
        .await
}

fn found(conversation: Option<Conversation>) -> Result<Conversation> {
    conversation.ok_or_else(|| Error::not_found("conversation"))
}

/// What can be judged without the conversation.
fn checked(act: Act, now: Timestamp) -> Result<Act> {
    match act {
        Act::SnoozeUntil(until) if until <= now => Err(Error::field("until", "Enter a time in the future.")),
        Act::SetLabels(labels) => {
            let labels: Result<Vec<_>> = labels.iter().map(|label| tag(label)).collect();
            let mut labels = labels.map_err(|error| error.at_field("labels"))?;
            labels.sort();
            labels.dedup();
            if labels.len() > LABELS_MAX {
                return Err(Error::field("labels", format!("Enter at most {LABELS_MAX} labels.")));
            }
            Ok(Act::SetLabels(labels))
        }
        act => Ok(act),
    }
}

fn apply(tx: &mut Tx, scope: &Scope, before: &Conversation, act: &Act, now: Timestamp) -> Result<Done> {
    use ConversationStatus::{Closed, Open};
    let id = before.id;
    match act {
        Act::Assign(assignee) => assign(tx, scope, before, *assignee, now),
        Act::Close => {
            let changed = conversations::set_status(tx, scope, id, Closed, now)?;
            Ok(ticket(changed, "closed", || "closed the conversation".into()))
        }
        Act::Reopen => {
            let changed = conversations::set_status(tx, scope, id, Open, now)?;
            Ok(ticket(changed, "reopened", || "reopened the conversation".into()))
        }
        Act::SnoozeUntil(until) => {
            let changed = conversations::snooze(tx, scope, id, *until, now)?;
            Ok(ticket(changed, "snoozed", || format!("snoozed the conversation until {until}")))
        }
        Act::SetLabels(labels) => {
            let changed = before.labels != *labels;
            if changed {
                conversations::set_labels(tx, scope, id, labels)?;
            }
            let sentence = || match labels.as_slice() {
                [] => "removed all labels".into(),
                labels => format!("set the labels to {}", labels.join(", ")),
            };
            Ok(ticket(changed, "labels_changed", sentence))
        }
        Act::SetPriority(priority) => {
            let changed = conversations::set_priority(tx, scope, id, *priority, now)?;
            Ok(ticket(changed, "priority_changed", || format!("set the priority to {priority}")))
        }
        // Reading is no news for the timeline, only for the unread counts.
        Act::MarkRead => Ok(conversations::mark_read(tx, scope, id)?.then_some((FeedKind::Ticket, None))),
    }
}

fn ticket(changed: bool, detail: &'static str, sentence: impl FnOnce() -> String) -> Done {
    changed.then(|| (FeedKind::Ticket, Some((detail, sentence()))))
}

fn assign(tx: &mut Tx, scope: &Scope, before: &Conversation, assignee: Assignee, now: Timestamp) -> Result<Done> {
    let person = match assignee {
        Assignee::Nobody => None,
        Assignee::Me => Some(me(scope)?),
        Assignee::Person(id) => Some(id),
    };
    let member = person.map(|id| member(tx, scope, id)).transpose()?;
    if !conversations::assign(tx, scope, before.id, person, now)? {
        return Ok(None);
    }
    let said = match member {
        Some(member) => ("assigned", format!("assigned the conversation to {}", member.name)),
        None => ("unassigned", "assigned the conversation to nobody".to_owned()),
    };
    Ok(Some((FeedKind::Assignment, Some(said))))
}

fn me(scope: &Scope) -> Result<Id<User>> {
    match scope.actor() {
        Actor::User(id) => Ok(id),
        Actor::Key(_) | Actor::System => {
            Err(Error::field("assignee", "An API key is no person. Enter the id of somebody in your team."))
        }
    }
}

fn member(tx: &mut Tx, scope: &Scope, id: Id<User>) -> Result<Member> {
    let member = tenants::members(tx, scope.tenant())?.into_iter().find(|member| member.user == id);
    member.ok_or_else(|| Error::field("assignee", "There is no such person in your team."))
}
