//! The same done to many contacts, in the background: what, and how far it is.

use serde::{Deserialize, Serialize};

use super::{
    Contact,
    change::{Change, tags},
};
use crate::{Actor, Error, Id, Result, Tenant, Timestamp, word::words};

words! {
    pub enum JobStatus { Running = "RUNNING", Completed = "COMPLETED", Cancelled = "CANCELLED", Failed = "FAILED" }
}

/// What is done to each. Stored as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Act {
    Tag { tags: Vec<String> },
    Untag { tags: Vec<String> },
    Set { change: Box<Change> },
    Delete,
}

impl Act {
    /// As it is done, or what is wrong with it.
    pub fn checked(self) -> Result<Self> {
        match self {
            Act::Tag { tags } => Ok(Act::Tag { tags: some(tags)? }),
            Act::Untag { tags } => Ok(Act::Untag { tags: some(tags)? }),
            Act::Set { change } if *change == Change::default() => {
                Err(Error::field("fields", "Enter at least one field."))
            }
            act => Ok(act),
        }
    }

    /// What the activity log calls it.
    pub const fn action(&self) -> &'static str {
        match self {
            Act::Tag { .. } => "contacts.tagged",
            Act::Untag { .. } => "contacts.untagged",
            Act::Set { .. } => "contacts.changed",
            Act::Delete => "contacts.removed",
        }
    }

    /// What is told of it: tags, and the names of fields. What was put into the fields may be about people.
    pub fn words(&self) -> Vec<String> {
        match self {
            Act::Tag { tags } | Act::Untag { tags } => tags.clone(),
            Act::Set { change } => match serde_json::to_value(change) {
                Ok(serde_json::Value::Object(fields)) => sorted(fields.keys().cloned().collect()),
                _ => Vec::new(),
            },
            Act::Delete => Vec::new(),
        }
    }
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names
}

fn some(listed: Vec<String>) -> Result<Vec<String>> {
    let listed = tags(listed).map_err(|error| error.at_field("tags"))?;
    if listed.is_empty() {
        return Err(Error::field("tags", "Enter at least one tag."));
    }
    Ok(listed)
}

/// A job on its way, or at its end.
#[derive(Debug, Clone, PartialEq)]
pub struct ContactJob {
    pub id: Id<ContactJob>,
    pub tenant: Id<Tenant>,
    pub status: JobStatus,
    /// Why it stopped before its end.
    pub status_reason: Option<String>,
    /// Who asked for it.
    pub actor: Actor,
    pub act: Act,
    /// How many there were when it began.
    pub total: i64,
    /// How many were looked at.
    pub done: i64,
    /// How many are different now; of tags, pairs of contact and tag.
    pub changed: i64,
    /// How many could not be changed so.
    pub failed: i64,
    /// The last that was looked at, or the first id that is not meant: they are walked by id, downwards.
    pub below: Option<Id<Contact>>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub finished_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_act_reads_as_it_was_written() {
        let change = Change { lead_status: Some(None), lead_score: Some(Some(4)), ..Change::default() };
        let act = Act::Set { change: Box::new(change) };
        let text = serde_json::to_string(&act).unwrap();
        assert_eq!(text, r#"{"do":"set","change":{"lead_status":null,"lead_score":4}}"#);
        assert_eq!(serde_json::from_str::<Act>(&text).unwrap(), act);
        assert_eq!(act.words(), ["lead_score", "lead_status"]);
        assert!(Act::Set { change: Box::default() }.checked().is_err());
        assert!(Act::Tag { tags: Vec::new() }.checked().is_err());
    }
}
