//! One call to a channel, ready to be encoded: what a delivery carries. Stored as JSON with a version.

use serde::{Deserialize, Serialize};

use crate::{
    chat::BusinessChat,
    content::{Button, ContactCard, Entity, Location, Media, Poll},
    delivery::DeliveryOp,
};

/// What one delivery asks the channel to do. A message over the channel's limits becomes several of these, in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outgoing {
    /// Version of this form, so that rows of an older release can still be read.
    #[serde(default = "version")]
    pub v: u8,
    pub op: Op,
    #[serde(default, skip_serializing_if = "Options::is_default")]
    pub options: Options,
}

const fn version() -> u8 {
    1
}

impl Outgoing {
    pub fn new(op: Op) -> Self {
        Self { v: version(), op, options: Options::default() }
    }

    /// How many messages of the daily limit and places of the rate limits it takes.
    pub fn weight(&self) -> u32 {
        match &self.op {
            Op::Album { items, .. } => u32::try_from(items.len()).unwrap_or(u32::MAX),
            _ => 1,
        }
    }

    /// What it does to its message.
    pub fn delivery_op(&self) -> DeliveryOp {
        match self.op {
            Op::EditText { .. } => DeliveryOp::Edit,
            Op::Delete { .. } => DeliveryOp::Delete,
            Op::React { .. } => DeliveryOp::React,
            _ => DeliveryOp::Send,
        }
    }

    /// Whether it counts against the daily limit: only new messages do.
    pub fn is_new_message(&self) -> bool {
        self.delivery_op() == DeliveryOp::Send
    }
}

/// The act itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Op {
    Text {
        text: String,
        entities: Vec<Entity>,
    },
    Media {
        media: Media,
        caption: String,
        entities: Vec<Entity>,
    },
    /// Two to ten pieces that show as one; the caption stands on the first.
    Album {
        items: Vec<Media>,
        caption: String,
        entities: Vec<Entity>,
    },
    Location {
        location: Location,
    },
    Contact {
        contact: ContactCard,
    },
    Poll {
        poll: Poll,
    },
    /// A message that the channel approved before, with its variables filled in.
    Template {
        name: String,
        language: String,
        /// As the channel takes them.
        components: serde_json::Value,
    },
    /// Changes the text or caption of the channel's message `provider_message_id`.
    EditText {
        provider_message_id: i64,
        text: String,
        entities: Vec<Entity>,
        is_caption: bool,
    },
    /// Shows an emoji at the channel's message `provider_message_id`, or takes it away.
    React {
        provider_message_id: i64,
        /// The same where the channel names messages by words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        emoji: Option<String>,
        /// Who of the team does it; the channel sees only the bot.
        by: Option<String>,
    },
    /// Removes these messages of the channel.
    Delete {
        provider_message_ids: Vec<i64>,
    },
}

/// What goes with a new message.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Options {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Vec<Button>>,
    /// The channel's id of the message that is answered; sent with "allow sending without".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<i64>,
    /// The same where the channel names messages by words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic_id: Option<i64>,
    /// The business account that it is sent for, and the chat there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub business: Option<BusinessChat>,
    #[serde(skip_serializing_if = "is_false")]
    pub disable_notification: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub protect_content: bool,
    /// `Some(false)` switches the preview off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link_preview: Option<bool>,
    /// Telegram's paid broadcast, up to 1000 messages a second.
    #[serde(skip_serializing_if = "is_false")]
    pub allow_paid_broadcast: bool,
}

impl Options {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !value
}
