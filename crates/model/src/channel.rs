//! What a channel can do. Whoever must treat channels differently asks for one of these, never for a channel's name.

use crate::{Platform, Rate};

/// What holds for everything that goes over a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// It tells of delivery and reading, and of failures after it accepted a message. What became of a call whose answer
    /// was lost is then told too, so that such a message is not sent again blindly.
    pub has_receipts: bool,
    /// How long after a person wrote they may be written to freely; after that only by a template. `None`: always.
    pub window_ms: Option<i64>,
    /// Whether somebody may be written to who never wrote, by a template.
    pub may_write_first: bool,
    /// Whether it shows that somebody writes, without saying more by that.
    pub has_typing: bool,
    /// Whether what was sent can be changed and taken back.
    pub has_edits: bool,
    /// How fast one sender may be, unless its tenant or the installation says otherwise; `None`: the installation says.
    pub sender_rate: Option<Rate>,
    /// How fast one person may be written to; `None`: the installation says.
    pub chat_rate: Option<Rate>,
}

const TELEGRAM: Capabilities = Capabilities {
    has_receipts: false,
    window_ms: None,
    may_write_first: false,
    has_typing: true,
    has_edits: true,
    sender_rate: None,
    chat_rate: None,
};

const WHATSAPP: Capabilities = Capabilities {
    has_receipts: true,
    window_ms: Some(24 * 3_600_000),
    may_write_first: true,
    // It marks all messages as read, whether somebody has read them or not.
    has_typing: false,
    has_edits: false,
    sender_rate: Some(Rate::per_second(80)),
    // One in six seconds, and up to 45 at once that are paid back by waiting.
    chat_rate: Some(Rate::new(45, 45 * 6_000)),
};

impl Platform {
    /// What this channel can do.
    pub const fn capabilities(self) -> &'static Capabilities {
        match self {
            Platform::Telegram => &TELEGRAM,
            Platform::Whatsapp => &WHATSAPP,
        }
    }
}
