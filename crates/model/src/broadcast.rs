//! One content for many contacts, and the states it goes through.

mod quiet;
mod steering;
mod zone;

pub use quiet::{DayTime, Quiet, QuietHours};
pub use steering::Steering;
pub use zone::{Moment, Zone};

use crate::{Error, Result, word::words};

/// Only a marker for ids here; the row belongs to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broadcast {}

/// A message that is kept for broadcasts to come; the row belongs to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Template {}

/// A link of a broadcast that counts who follows it; the row belongs to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {}

words! {
    pub enum BroadcastStatus {
        Draft = "DRAFT", Scheduled = "SCHEDULED", Queued = "QUEUED", Sending = "SENDING", Paused = "PAUSED",
        Sent = "SENT", PartiallySent = "PARTIALLY_SENT", Failed = "FAILED", Cancelled = "CANCELLED",
    }
}

words! {
    /// What became of one recipient.
    pub enum RecipientStatus {
        Pending = "PENDING", Queued = "QUEUED", Sent = "SENT", Failed = "FAILED", Blocked = "BLOCKED",
        Skipped = "SKIPPED", Unknown = "UNKNOWN", Cancelled = "CANCELLED",
    }
}

words! {
    /// Why a recipient was skipped.
    pub enum SkipReason {
        NoChat = "no_chat", Blocked = "blocked", DoNotContact = "do_not_contact", ContactDeleted = "contact_deleted",
        RenderError = "render_error", BotInactive = "bot_inactive", OptedOut = "opted_out", NoPhone = "no_phone",
        /// They have not written of late, and the channel lets nothing but templates through then.
        WindowClosed = "window_closed",
        /// The account of the number that would send it has no such template, or it isn't approved.
        NoTemplate = "no_template",
    }
}

words! {
    /// Why the audience leaves a contact out.
    pub enum Exclusion { Listed = "exclude_recipients", Tagged = "exclude_tags", InSegment = "exclude_segment" }
}

impl BroadcastStatus {
    /// Whether nothing more happens by itself.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Sent | Self::PartiallySent | Self::Failed | Self::Cancelled)
    }

    /// Whether it has not begun, so that its content and audience may still change.
    pub const fn is_editable(self) -> bool {
        matches!(self, Self::Draft | Self::Scheduled)
    }

    /// Whether messages may leave.
    pub const fn is_running(self) -> bool {
        matches!(self, Self::Queued | Self::Sending)
    }

    /// Checks a change of state that a person asks for. To be asked for what is already so changes nothing.
    pub fn change(self, to: BroadcastStatus) -> Result<BroadcastStatus> {
        use BroadcastStatus::{Cancelled, Draft, Paused, Queued, Scheduled};
        let allowed = match to {
            Paused | Cancelled => !self.is_final() || self == to,
            Queued | Scheduled => matches!(self, Draft | Scheduled | Paused),
            _ => false,
        };
        if allowed {
            return Ok(to);
        }
        Err(Error::conflict("invalid_state", format!("A broadcast that is {self} can't become {to}.")))
    }
}

/// Numbers of a broadcast's recipients by what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// None until the audience is frozen.
    pub total: Option<i64>,
    pub sent: i64,
    pub failed: i64,
    pub blocked: i64,
    pub skipped: i64,
    pub unknown: i64,
    pub cancelled: i64,
    /// Of those that were sent, as far as the channel tells: a message that was read was delivered, too.
    pub delivered: i64,
    pub read: i64,
}

impl Counts {
    /// Recipients of whom nothing is decided yet.
    pub fn pending(&self) -> i64 {
        self.total.map_or(0, |total| (total - self.ended()).max(0))
    }

    /// Recipients with whom it is over.
    pub fn ended(&self) -> i64 {
        self.sent + self.failed + self.blocked + self.skipped + self.unknown + self.cancelled
    }

    /// The final state once nobody is pending: `SENT` when all that were not skipped were sent, `FAILED` when none was.
    pub fn verdict(&self) -> BroadcastStatus {
        let tried = self.ended() - self.skipped;
        match self.sent {
            0 => BroadcastStatus::Failed,
            sent if sent == tried => BroadcastStatus::Sent,
            _ => BroadcastStatus::PartiallySent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finished_broadcast_stays_finished() {
        for state in BroadcastStatus::ALL.iter().filter(|s| s.is_final()) {
            for to in BroadcastStatus::ALL.iter().filter(|to| *to != state) {
                assert!(state.change(*to).is_err(), "{state} -> {to}");
            }
        }
    }

    #[test]
    fn the_verdict_leaves_skipped_people_out() {
        let counts = Counts { total: Some(5), sent: 3, skipped: 2, ..Counts::default() };
        assert_eq!(counts.verdict(), BroadcastStatus::Sent);
        assert_eq!(Counts { unknown: 1, skipped: 1, ..counts }.verdict(), BroadcastStatus::PartiallySent);
        assert_eq!(Counts { sent: 0, skipped: 5, ..counts }.verdict(), BroadcastStatus::Failed);
    }
}
