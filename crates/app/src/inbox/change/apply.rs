//! One act on one conversation: what it writes, and what the timeline and the feed have to say of it.

use model::{
    Actor, Error, Id, Ids, Result, Scope, Timestamp, User,
    content::FieldChange,
    conversation::{Conversation, ConversationStatus, Priority},
    feed::FeedKind,
};
use serde_json::{Value, json};
use store::{
    conversations,
    db::Tx,
    labels,
    tenants::{self, Member},
};

use super::{Act, Assignee, LABELS_MAX, Snooze, too_many};
use crate::inbox::activity::Said;

/// What an act changed.
#[derive(Debug)]
pub(super) struct Done {
    pub kind: FeedKind,
    /// `None`: no news for the timeline.
    pub said: Option<Said>,
}

/// Writes what an act changes; `None` when it was so already.
pub(super) fn apply(
    tx: &mut Tx,
    scope: &Scope,
    ids: &dyn Ids,
    before: &Conversation,
    act: &Act,
    now: Timestamp,
) -> Result<Option<Done>> {
    use ConversationStatus::{Closed, Open};
    let id = before.id;
    match act {
        Act::Assign(assignee) => assign(tx, scope, before, *assignee, now),
        Act::Close => {
            let changed = conversations::set_status(tx, scope, id, Closed, now)?;
            Ok(ticket(changed, || status_said(before, "closed", "closed the conversation".into(), Closed, None)))
        }
        Act::Reopen => {
            let changed = conversations::set_status(tx, scope, id, Open, now)?;
            Ok(ticket(changed, || status_said(before, "reopened", "reopened the conversation".into(), Open, None)))
        }
        Act::Snooze(snooze) => put_aside(tx, scope, before, *snooze, now),
        Act::SetLabels(labels) => label(tx, scope, ids, before, labels.clone(), now),
        Act::AddLabels(added) => {
            let others = added.iter().filter(|label| !before.labels.contains(label));
            label(tx, scope, ids, before, before.labels.iter().chain(others).cloned().collect(), now)
        }
        Act::RemoveLabels(removed) => {
            let kept = before.labels.iter().filter(|label| !removed.contains(label));
            label(tx, scope, ids, before, kept.cloned().collect(), now)
        }
        Act::SetPriority(priority) => prioritise(tx, scope, before, *priority, now),
        // Reading is no news for the timeline, only for the unread counts.
        Act::MarkRead => Ok(silent(conversations::mark_read(tx, scope, id)?)),
        Act::MarkUnread => Ok(silent(before.unread_count == 0 && conversations::mark_unread(tx, scope, id)?)),
    }
}

fn silent(changed: bool) -> Option<Done> {
    changed.then_some(Done { kind: FeedKind::Conversation, said: None })
}

fn ticket(changed: bool, said: impl FnOnce() -> Said) -> Option<Done> {
    changed.then(|| Done { kind: FeedKind::Ticket, said: Some(said()) })
}

fn put_aside(
    tx: &mut Tx,
    scope: &Scope,
    before: &Conversation,
    snooze: Snooze,
    now: Timestamp,
) -> Result<Option<Done>> {
    let Snooze { until, wakes_on_reply } = snooze;
    let changed = conversations::snooze(tx, scope, before.id, (until, wakes_on_reply), now)?;
    let sentence = format!("snoozed the conversation until {until}");
    Ok(ticket(changed, || status_said(before, "snoozed", sentence, ConversationStatus::Snoozed, Some(snooze))))
}

fn status_said(
    before: &Conversation,
    detail: &'static str,
    sentence: String,
    status: ConversationStatus,
    snooze: Option<Snooze>,
) -> Said {
    let sleep = |until: Option<Timestamp>, wakes: bool| until.map(|until| (until, wakes));
    let after = status_value(status, snooze.map(|snooze| (snooze.until, snooze.wakes_on_reply)));
    let before = status_value(before.status, sleep(before.snoozed_until, before.wakes_on_reply));
    Said { detail, sentence, change: FieldChange { field: "status".into(), before, after } }
}

/// A status as activity entries keep it.
pub(super) fn status_value(status: ConversationStatus, sleep: Option<(Timestamp, bool)>) -> Value {
    let (until, wakes) = sleep.unzip();
    json!({"status": status, "snoozed_until": until, "wakes_on_reply": wakes.unwrap_or(true)})
}

fn label(
    tx: &mut Tx,
    scope: &Scope,
    ids: &dyn Ids,
    before: &Conversation,
    mut names: Vec<String>,
    now: Timestamp,
) -> Result<Option<Done>> {
    names.sort();
    if names.len() > LABELS_MAX {
        return Err(too_many());
    }
    if before.labels == names {
        return Ok(None);
    }
    labels::ensure(tx, scope, ids, &names, now)?;
    conversations::set_labels(tx, scope, before.id, &names)?;
    let sentence = match names.as_slice() {
        [] => "removed all labels".to_owned(),
        names => format!("set the labels to {}", names.join(", ")),
    };
    let change = FieldChange { field: "labels".into(), before: json!(before.labels), after: json!(names) };
    Ok(ticket(true, || Said { detail: "labels_changed", sentence, change }))
}

fn prioritise(
    tx: &mut Tx,
    scope: &Scope,
    before: &Conversation,
    priority: Priority,
    now: Timestamp,
) -> Result<Option<Done>> {
    let changed = conversations::set_priority(tx, scope, before.id, priority, now)?;
    let change = FieldChange { field: "priority".into(), before: json!(before.priority), after: json!(priority) };
    let sentence = format!("set the priority to {priority}");
    Ok(ticket(changed, || Said { detail: "priority_changed", sentence, change }))
}

fn assign(
    tx: &mut Tx,
    scope: &Scope,
    before: &Conversation,
    assignee: Assignee,
    now: Timestamp,
) -> Result<Option<Done>> {
    let person = match assignee {
        Assignee::Nobody => None,
        Assignee::Me => Some(me(scope)?),
        Assignee::Person(id) => Some(id),
    };
    let member = person.map(|id| member(tx, scope, id)).transpose()?;
    if !conversations::assign(tx, scope, before.id, person, now)? {
        return Ok(None);
    }
    let (detail, sentence) = match member {
        Some(member) => ("assigned", format!("assigned the conversation to {}", member.name)),
        None => ("unassigned", "assigned the conversation to nobody".to_owned()),
    };
    let change = FieldChange { field: "assignee".into(), before: json!(before.assignee), after: json!(person) };
    Ok(Some(Done { kind: FeedKind::Assignment, said: Some(Said { detail, sentence, change }) }))
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
    let members = tenants::members(tx, scope.tenant())?;
    let member = members.into_iter().find(|member| member.user == id && member.is_active);
    member.ok_or_else(|| Error::field("assignee", "There is no such person in your team."))
}
