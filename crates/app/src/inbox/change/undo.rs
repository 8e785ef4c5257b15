//! Taking back what an activity entry tells of, as long as nobody has changed it since.

use model::{
    Error, Id, Result, Scope, Timestamp,
    content::FieldChange,
    conversation::{Conversation, ConversationStatus},
    feed::Change,
    message::{EntryKind, Message},
};
use serde::Deserialize;
use serde_json::{Value, json};
use store::{conversations, feed, messages};

use super::{Act, Assignee, Snooze, apply::status_value, done, found};
use crate::App;

/// Puts back what stood there before the activity, and answers with the conversation as it then is.
pub async fn undo(app: &App, scope: &Scope, id: Id<Conversation>, entry: Id<Message>) -> Result<Conversation> {
    let (scope, now, ids) = (*scope, app.clock.now(), app.ids.clone());
    app.db
        .write(move |tx| {
            let current = found(conversations::get(tx, &scope, id)?)?;
            let entry = messages::get(tx, &scope, entry)?.filter(|entry| entry.conversation == Some(id));
            let change = entry.filter(|entry| entry.kind == EntryKind::Activity).and_then(|entry| entry.content.change);
            let change = change.ok_or_else(|| Error::field("entry", "This is no activity that can be undone."))?;
            if shown(&current, &change.field) != change.after {
                let words = "Somebody has changed this since, so it can't be undone any more.";
                return Err(Error::conflict("changed_since", words));
            }
            let changes: Vec<Change> = done(tx, &scope, &*ids, &current, &back(&change, now)?, now)?;
            feed::append(tx, &scope, &changes, now)?;
            found(conversations::get(tx, &scope, id)?)
        })
        .await
}

/// A field as activity entries keep it.
fn shown(current: &Conversation, field: &str) -> Value {
    match field {
        "status" => status_value(current.status, current.snoozed_until.map(|until| (until, current.wakes_on_reply))),
        "assignee" => json!(current.assignee),
        "labels" => json!(current.labels),
        "priority" => json!(current.priority),
        _ => Value::Null,
    }
}

/// The act that puts a field back.
fn back(change: &FieldChange, now: Timestamp) -> Result<Act> {
    #[derive(Deserialize)]
    struct Status {
        status: ConversationStatus,
        snoozed_until: Option<Timestamp>,
        wakes_on_reply: bool,
    }
    let before = change.before.clone();
    let act = match change.field.as_str() {
        "status" => serde_json::from_value(before).map(|was: Status| match (was.status, was.snoozed_until) {
            (ConversationStatus::Closed, _) => Act::Close,
            (ConversationStatus::Snoozed, Some(until)) if until > now => {
                Act::Snooze(Snooze { until, wakes_on_reply: was.wakes_on_reply })
            }
            _ => Act::Reopen,
        }),
        "assignee" => serde_json::from_value::<Option<_>>(before)
            .map(|was| Act::Assign(was.map_or(Assignee::Nobody, Assignee::Person))),
        "labels" => serde_json::from_value(before).map(Act::SetLabels),
        _ => serde_json::from_value(before).map(Act::SetPriority),
    };
    act.map_err(|error| Error::internal("an activity of an unknown form").with_source(error))
}
