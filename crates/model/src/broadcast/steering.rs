//! How a broadcast is steered: when it may go out, how fast, and when it stops by itself.

use serde::{Deserialize, Serialize};

use super::{
    quiet::{Quiet, QuietHours},
    zone::Zone,
};
use crate::{Rate, Timestamp};

/// What people set.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Steering {
    /// In which schedules without an offset, quiet hours and `{{today_date}}` are meant; None: UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<Zone>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quiet_hours: Option<QuietHours>,
    /// Of this broadcast alone, over all its bots; the limits of the bots hold besides. Kept in a column of its own.
    #[serde(skip)]
    pub rate_limit: Option<Rate>,
    /// So many that failed in a row pause it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_pause_after: Option<u32>,
    /// Each message costs Telegram Stars, and may leave faster than the bot's free rate.
    #[serde(skip_serializing_if = "is_false")]
    pub allow_paid_broadcast: bool,
    /// Links lead over this installation, which counts who follows them.
    #[serde(skip_serializing_if = "is_false")]
    pub track_clicks: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

impl Steering {
    pub fn zone(&self) -> Zone {
        self.time_zone.clone().unwrap_or_else(Zone::utc)
    }

    /// Whether it is quiet, and when that changes; None without quiet hours.
    pub fn quiet(&self, now: Timestamp) -> Option<Quiet> {
        self.quiet_hours.as_ref().map(|hours| hours.at(now))
    }
}
