//! What the key of an agent is limited to. Such a key opens MCP alone, where these limits are kept.

use serde::{Deserialize, Serialize};

use crate::{Id, bot::Bot};

/// The tools of MCP, by name.
pub const TOOLS: [&str; 15] = [
    "send_message",
    "get_message_status",
    "search_contacts",
    "create_contact",
    "update_contact",
    "list_conversations",
    "read_conversation",
    "assign_conversation",
    "reply_to_conversation",
    "create_broadcast",
    "get_broadcast_status",
    "list_broadcasts",
    "cancel_broadcast",
    "list_bots",
    "get_bot_health",
];

/// What a key may do, where, and to whom. What is `None` is not limited.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct KeyLimits {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tools: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bots: Option<Vec<Id<Bot>>>,
    /// Ids at Telegram.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chats: Option<Vec<i64>>,
}

impl KeyLimits {
    pub fn allows_tool(&self, name: &str) -> bool {
        self.tools.as_ref().is_none_or(|tools| tools.iter().any(|tool| tool == name))
    }

    pub fn allows_bot(&self, bot: Id<Bot>) -> bool {
        self.bots.as_ref().is_none_or(|bots| bots.contains(&bot))
    }

    pub fn allows_chat(&self, bot: Id<Bot>, chat_id: i64) -> bool {
        self.allows_bot(bot) && self.chats.as_ref().is_none_or(|chats| chats.contains(&chat_id))
    }

    /// Whether not every bot and chat is within them.
    pub fn are_of_places(&self) -> bool {
        self.bots.is_some() || self.chats.is_some()
    }

    /// The one bot there is, if so.
    pub fn only_bot(&self) -> Option<Id<Bot>> {
        match self.bots.as_deref() {
            Some([only]) => Some(*only),
            _ => None,
        }
    }
}
