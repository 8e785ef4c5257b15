//! How a broadcast stands in its table.

use model::{
    Id, Platform, Result, Tenant, Timestamp,
    bot::Bot,
    broadcast::{Broadcast, BroadcastStatus, Counts, Quiet, Steering},
    contact::segment::Segment,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::script::Script;
use crate::{columns, db::Row};

/// The columns that [`read`] takes, in its order.
macro_rules! broadcast_columns {
    () => {
        "broadcast.id, broadcast.tenant_id, broadcast.name, broadcast.platform, broadcast.status, \
         broadcast.status_reason, broadcast.content, broadcast.audience, broadcast.bot_id, broadcast.created_by, \
         broadcast.scheduled_at, broadcast.started_at, broadcast.finished_at, broadcast.is_frozen, broadcast.total, \
         broadcast.sent, broadcast.failed, broadcast.blocked, broadcast.skipped, broadcast.unknown, \
         broadcast.cancelled, broadcast.created_at, broadcast.updated_at, broadcast.steering, broadcast.rate_limit, \
         broadcast.paused_from, broadcast.is_quiet, broadcast.quiet_change_at, broadcast.delivered, broadcast.read"
    };
}
pub(super) use broadcast_columns;

/// A broadcast with where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    pub id: Id<Broadcast>,
    pub tenant: Id<Tenant>,
    pub name: String,
    pub platform: Platform,
    pub status: BroadcastStatus,
    /// Why it ended as it did, where that is not plain.
    pub status_reason: Option<String>,
    pub script: Script,
    pub audience: Audience,
    pub steering: Steering,
    /// The bot that sends; None: to each contact the one that they last wrote to.
    pub bot: Option<Id<Bot>>,
    /// The user or key that made it.
    pub created_by: Option<Uuid>,
    pub scheduled_at: Option<Timestamp>,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
    /// What it was when it was paused.
    pub paused_from: Option<BroadcastStatus>,
    /// With quiet hours, once it has started: how it is, and when that changes.
    pub quiet: Option<Quiet>,
    pub is_frozen: bool,
    pub counts: Counts,
    /// Recipients found so far; the total once the audience is frozen.
    pub found: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Record {
    /// Recipients found so far of whom nothing is decided yet.
    pub fn pending(&self) -> i64 {
        (self.found - self.counts.ended()).max(0)
    }
}

/// For whom it is: the contacts listed one by one (rows of their own), and those with one of the tags, or all people.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Audience {
    #[serde(rename = "all")]
    pub is_all: bool,
    pub tags: Vec<String>,
    pub exclude_tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segment: Option<Meant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclude_segment: Option<Meant>,
}

impl Audience {
    /// Whether it means people besides those who are listed one by one.
    pub fn names_somebody(&self) -> bool {
        self.is_all || !self.tags.is_empty() || self.segment.is_some()
    }
}

/// A segment, with the rules that it had when it was named: they stand in when it is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meant {
    pub id: Id<Segment>,
    #[serde(default)]
    pub rules: Value,
}

pub(super) fn read(row: &Row<'_>) -> Result<Record> {
    let is_frozen: bool = row.get(13)?;
    let found: i64 = row.get(14)?;
    Ok(Record {
        id: row.get(0)?,
        tenant: row.get(1)?,
        name: row.get(2)?,
        platform: columns::word(row, 3)?,
        status: columns::word(row, 4)?,
        status_reason: row.get(5)?,
        script: columns::json(row, 6)?,
        audience: columns::json(row, 7)?,
        steering: Steering { rate_limit: columns::word_opt(row, 24)?, ..columns::json(row, 23)? },
        bot: row.get(8)?,
        created_by: row.get::<Option<Id<()>>>(9)?.map(|id| id.as_uuid()),
        scheduled_at: row.get(10)?,
        started_at: row.get(11)?,
        finished_at: row.get(12)?,
        paused_from: columns::word_opt(row, 25)?,
        quiet: quiet(row)?,
        is_frozen,
        counts: Counts {
            total: is_frozen.then_some(found),
            sent: row.get(15)?,
            failed: row.get(16)?,
            blocked: row.get(17)?,
            skipped: row.get(18)?,
            unknown: row.get(19)?,
            cancelled: row.get(20)?,
            delivered: row.get(28)?,
            read: row.get(29)?,
        },
        found,
        created_at: row.get(21)?,
        updated_at: row.get(22)?,
    })
}

fn quiet(row: &Row<'_>) -> Result<Option<Quiet>> {
    let is_quiet = row.get(26)?;
    Ok(row.get::<Option<Timestamp>>(27)?.map(|changes_at| Quiet { is_quiet, changes_at }))
}
