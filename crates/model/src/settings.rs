//! What a tenant sets: one typed value, every part of which has a default.
//!
//! Stored as JSON. Reading is tolerant of what an older or newer release wrote; [`TenantSettings::patched`] is strict with
//! what people write.

mod automation;
mod hours;
mod patch;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use automation::{
    Answer, AssignmentRule, Automation, AwayMessage, BotCommand, Decision, Greeting, Heard, KeywordMatch, KeywordRule,
};
pub use hours::{BusinessHours, SnoozePreset, Span, Weekday};

use crate::User;

/// The settings of a tenant.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct TenantSettings {
    pub business_hours: BusinessHours,
    pub inbox: InboxSettings,
    pub automation: Automation,
    pub mcp: McpSettings,
    pub activity: ActivitySettings,
}

/// Switches of the team inbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct InboxSettings {
    /// A message from the contact opens a closed conversation.
    pub reopen_on_reply: bool,
    /// Who answers a conversation of nobody has it from then on.
    pub assign_on_reply: bool,
    /// New conversations go round among the people of the team.
    pub round_robin: bool,
    /// Who takes part in the round; empty: everybody with the role AGENT.
    #[schema(value_type = Vec<uuid::Uuid>)]
    pub round_robin_members: Vec<crate::Id<User>>,
    /// After this many minutes a waiting contact is shown as late.
    #[schema(minimum = 1, maximum = 10080)]
    pub wait_target_minutes: i64,
}

impl Default for InboxSettings {
    fn default() -> Self {
        Self {
            reopen_on_reply: true,
            assign_on_reply: false,
            round_robin: false,
            round_robin_members: Vec::new(),
            wait_target_minutes: 60,
        }
    }
}

/// What AI agents may do.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct McpSettings {
    /// What an agent writes to a contact waits as a draft until a person of the team approves it.
    pub drafts_need_approval: bool,
}

/// The activity log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ActivitySettings {
    /// Entries are kept for this many days.
    #[schema(minimum = 30, maximum = 3650)]
    pub retention_days: i64,
}

impl Default for ActivitySettings {
    fn default() -> Self {
        Self { retention_days: 365 }
    }
}
