//! Calls of management: one question, and the network's troubles among the answers.

use std::time::Duration;

use channels::telegram::{
    errors::{Judgement, Reply, scrub},
    outgoing::Request,
};
use secrecy::SecretString;

use crate::{BotApi, Failure};

/// What became of a question to the Bot API. Its words never contain the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked<T> {
    Ok(T),
    /// Telegram said no, in these words.
    Refused {
        code: i64,
        description: String,
    },
    /// Telegram wants to be left alone for a while.
    RetryAfter {
        after_ms: i64,
    },
    /// No usable answer.
    Unreachable {
        description: String,
        is_timeout: bool,
    },
}

impl<T> Asked<T> {
    /// Whether Telegram says that the token is none of its.
    pub fn is_token_refused(&self) -> bool {
        matches!(self, Asked::Refused { code: 401 | 404 | 421, .. })
    }

    /// The same answer with its value made another.
    pub fn map<U>(self, with: impl FnOnce(T) -> U) -> Asked<U> {
        match self {
            Asked::Ok(value) => Asked::Ok(with(value)),
            Asked::Refused { code, description } => Asked::Refused { code, description },
            Asked::RetryAfter { after_ms } => Asked::RetryAfter { after_ms },
            Asked::Unreachable { description, is_timeout } => Asked::Unreachable { description, is_timeout },
        }
    }

    /// Why Telegram gave no good answer, for people.
    pub fn complaint(&self) -> Option<String> {
        self.complaint_of("Telegram")
    }

    /// Why somebody gave no good answer, for people.
    pub fn complaint_of(&self, whom: &str) -> Option<String> {
        match self {
            Asked::Ok(_) => None,
            Asked::Refused { description, .. } => Some(description.clone()),
            Asked::RetryAfter { after_ms } => {
                Some(format!("Too Many Requests: {whom} asks to wait for {} s.", (after_ms + 999) / 1_000))
            }
            Asked::Unreachable { description, .. } => Some(format!("{whom} can't be reached: {description}")),
        }
    }
}

impl BotApi {
    /// Asks a question and reads the answer with `read`, one of the readers in `channels::telegram::errors`.
    pub async fn ask<T>(
        &self,
        token: &SecretString,
        request: &Request,
        limit: Duration,
        read: impl FnOnce(&Reply<'_>) -> Judgement<T>,
    ) -> Asked<T> {
        let answer = match self.call_within(token, request, limit).await {
            Ok(answer) => answer,
            Err(failure) => {
                let is_timeout = matches!(failure, Failure::TimedOut(_));
                return Asked::Unreachable { description: scrub(failure.message()), is_timeout };
            }
        };
        match read(&answer.reply()) {
            Judgement::Ok(value) => Asked::Ok(value),
            Judgement::Refused { code, description } => Asked::Refused { code, description },
            Judgement::RetryAfter { after_ms } => Asked::RetryAfter { after_ms },
            Judgement::Unreachable { description } => {
                Asked::Unreachable { description, is_timeout: answer.status == 504 }
            }
        }
    }
}
