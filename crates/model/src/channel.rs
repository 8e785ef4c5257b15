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
    /// Whether it has messages that it approved before, filled with variables.
    pub has_templates: bool,
    /// How often it wants to be told that somebody writes, so that it goes on showing it; `None`: it shows no such thing.
    pub typing_again_ms: Option<i64>,
    /// Whether it shows people that their messages were read, once it is told so.
    pub shows_reading: bool,
    /// Whether what was sent can be changed and taken back.
    pub has_edits: bool,
    /// Whether broadcasts may be faster for money.
    pub has_paid_broadcasts: bool,
    /// How fast one sender may be, unless its tenant or the installation says otherwise; `None`: the installation says.
    pub sender_rate: Option<Rate>,
    /// How fast one person may be written to; `None`: the installation says.
    pub chat_rate: Option<Rate>,
}

const TELEGRAM: Capabilities = Capabilities {
    has_receipts: false,
    window_ms: None,
    may_write_first: false,
    has_templates: false,
    // It is shown for five seconds.
    typing_again_ms: Some(4_000),
    shows_reading: false,
    has_edits: true,
    has_paid_broadcasts: true,
    sender_rate: None,
    chat_rate: None,
};

const WHATSAPP: Capabilities = Capabilities {
    has_receipts: true,
    window_ms: Some(24 * 3_600_000),
    may_write_first: true,
    has_templates: true,
    // It is shown for 25 seconds, unless a message ends it.
    typing_again_ms: Some(10_000),
    shows_reading: true,
    has_edits: false,
    has_paid_broadcasts: false,
    sender_rate: Some(Rate::per_second(80)),
    // One in six seconds, and up to 45 at once that are paid back by waiting.
    chat_rate: Some(Rate::new(45, 45 * 6_000)),
};

impl Platform {
    /// As people write it.
    pub const fn title(self) -> &'static str {
        match self {
            Platform::Telegram => "Telegram",
            Platform::Whatsapp => "WhatsApp",
        }
    }

    /// What its people call a sender that goes by `username` there.
    pub fn sender_name(self, username: &str) -> String {
        match self {
            Platform::Telegram => format!("@{username}"),
            Platform::Whatsapp => username.to_owned(),
        }
    }

    /// What this channel can do.
    pub const fn capabilities(self) -> &'static Capabilities {
        match self {
            Platform::Telegram => &TELEGRAM,
            Platform::Whatsapp => &WHATSAPP,
        }
    }
}
