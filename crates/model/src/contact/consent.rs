//! Being written to: who agreed to it, who took it back, and what that means for each chat.

use crate::{
    Id, Timestamp,
    bot::Bot,
    chat::{Chat, ChatState},
    contact::{By, Contact},
    message::ErrorCode,
    word::words,
};

words! {
    pub enum ConsentKind { OptedIn = "OPTED_IN", OptedOut = "OPTED_OUT" }
}

/// One entry of a contact's history.
#[derive(Debug, Clone, PartialEq)]
pub struct Consent {
    pub id: Id<Consent>,
    pub contact: Id<Contact>,
    pub kind: ConsentKind,
    pub by: By,
    /// With which bot; `None`: with all.
    pub bot: Option<Id<Bot>>,
    pub chat_id: Option<i64>,
    pub created_at: Timestamp,
}

/// How a tenant treats its contacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Whether `/stop` opts a person out and `/start` in again.
    pub obeys_stop: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { obeys_stop: true }
    }
}

words! {
    /// Whether and why not a bot reaches a contact.
    pub enum Reach {
        Active = "ACTIVE",
        /// They blocked the bot, or it was removed from the group or may not write there.
        Blocked = "BLOCKED",
        Deactivated = "DEACTIVATED",
        /// Telegram lets a bot write only to those who wrote to it first.
        NeverStarted = "NEVER_STARTED",
        /// They never wrote there, but can be written to first, by an approved template.
        TemplateOnly = "TEMPLATE_ONLY",
        /// They said `/stop`: broadcasts leave them out, agents may answer.
        OptedOut = "OPTED_OUT",
    }
}

/// What a chat says of reaching its contact. `None`: it goes by another id now.
pub fn reach(chat: &Chat) -> Option<Reach> {
    Some(match (chat.state, chat.state_reason) {
        (ChatState::Migrated, _) => return None,
        (ChatState::Blocked, Some(ErrorCode::UserDeactivated)) => Reach::Deactivated,
        (ChatState::Blocked, Some(ErrorCode::ChatNotStarted)) => Reach::NeverStarted,
        (ChatState::Blocked, _) => Reach::Blocked,
        _ if chat.opted_out_at.is_some() => Reach::OptedOut,
        (ChatState::Active, _) => Reach::Active,
        (ChatState::Unknown, _) => Reach::NeverStarted,
    })
}

/// What a command from a private chat asks for: `/stop` and `/start`, also with the bot's name or a link's payload.
pub fn asked(text: &str) -> Option<ConsentKind> {
    let word = text.split_whitespace().next()?;
    let command = word.split('@').next().unwrap_or(word).to_ascii_lowercase();
    match command.as_str() {
        "/stop" => Some(ConsentKind::OptedOut),
        "/start" => Some(ConsentKind::OptedIn),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_two_commands_ask_for_something() {
        assert_eq!(asked("/stop"), Some(ConsentKind::OptedOut));
        assert_eq!(asked(" /STOP@my_bot please"), Some(ConsentKind::OptedOut));
        assert_eq!(asked("/start x7Gq2AbC"), Some(ConsentKind::OptedIn));
        for text in ["stop", "/stopper", "please /stop", "", "/"] {
            assert_eq!(asked(text), None, "{text}");
        }
    }
}
