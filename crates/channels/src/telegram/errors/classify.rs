//! The answer to a message, as one of the outcomes on which the planner acts.

use model::{delivery::Outcome, message::ErrorCode};

use super::{
    reply::{Failure, Reply, Said, said},
    table::{Meaning, meaning},
};
use crate::json::Value;

/// What the answer to a message means. Only for answers that are complete: a broken one is [`Outcome::Unknown`] already.
pub fn classify(reply: &Reply<'_>) -> Outcome {
    match said(reply) {
        Said::Done(result) => Outcome::Sent { provider_message_ids: message_ids(result.as_ref()) },
        Said::Wait { after_ms } => Outcome::RetryAfter { after_ms },
        // Success, but in no words that we can read: the message may well be there.
        Said::Failed(failure) if (200..300).contains(&failure.code) => {
            Outcome::Unknown { message: failure.description }
        }
        Said::Failed(failure) => refused(failure),
    }
}

fn refused(failure: Failure) -> Outcome {
    let Failure { code, description: message, migrate_to_chat_id, is_bot_api } = failure;
    if let Some(chat_id) = migrate_to_chat_id {
        return Outcome::Migrated { chat_id };
    }
    match code {
        401 | 404 | 421 if is_bot_api => return Outcome::TokenRevoked { message },
        // A page of some proxy says nothing about the message.
        400..500 if !is_bot_api && code != 413 => {
            return Outcome::Retry { code: ErrorCode::TelegramUnavailable, message };
        }
        500.. => return Outcome::Retry { code: ErrorCode::TelegramUnavailable, message },
        _ => {}
    }
    match meaning(code, &message) {
        Meaning::AlreadySo => Outcome::Sent { provider_message_ids: Vec::new() },
        Meaning::Again(code) => Outcome::Retry { code, message },
        Meaning::Never(code) => Outcome::Rejected { code, message },
        Meaning::Unreachable(code) => Outcome::Unreachable { code, message },
        Meaning::Revoked => Outcome::TokenRevoked { message },
    }
}

/// The ids of the new messages: of one, of an album's, or none where the result is only `true`.
fn message_ids(result: Option<&Value<'_>>) -> Vec<i64> {
    let id = |value: &Value<'_>| value.as_object()?.integer("message_id");
    match result {
        Some(Value::Array(items)) => items.iter().filter_map(id).collect(),
        Some(value) => id(value).into_iter().collect(),
        None => Vec::new(),
    }
}
