//! One call to Telegram, and what its answer means.

use std::sync::Arc;

use channels::telegram::{errors, outgoing};
use model::{delivery::Outcome, message::ErrorCode};
use secrecy::SecretString;
use store::deliveries::Claimed;
use transport::{Answer, Failure};

use super::{Deps, Event, Note};

/// Asks Telegram to do what was claimed.
pub(super) async fn call(deps: Arc<Deps>, token: SecretString, claimed: Claimed) -> Note {
    let outcome = match outgoing::encode(&claimed.outgoing, claimed.chat_id) {
        Ok(request) => match deps.bot_api.call(&token, &request).await {
            Ok(answer) => answered(&answer),
            Err(failure) => failed(&failure),
        },
        Err(error) => Outcome::Rejected { code: ErrorCode::PayloadInvalid, message: error.to_string() },
    };
    metrics::counter!("jina_calls_total", "outcome" => name(&outcome)).increment(1);
    let at = deps.clock.now();
    Note::Event(claimed.key.bot, Box::new(Event::Answered { key: claimed.key, outcome, at }))
}

fn answered(answer: &Answer) -> Outcome {
    errors::classify(&errors::Reply {
        status: answer.status,
        retry_after: answer.retry_after.as_deref(),
        body: &answer.body,
    })
}

fn failed(failure: &Failure) -> Outcome {
    match failure {
        Failure::NeverSent(message) => {
            Outcome::Retry { code: ErrorCode::TelegramUnavailable, message: message.clone() }
        }
        Failure::Lost(message) | Failure::TimedOut(message) => Outcome::Unknown { message: message.clone() },
    }
}

fn name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Sent { .. } => "sent",
        Outcome::RetryAfter { .. } => "throttled",
        Outcome::Retry { .. } => "retry",
        Outcome::Rejected { .. } => "rejected",
        Outcome::Unreachable { .. } => "unreachable",
        Outcome::Migrated { .. } => "migrated",
        Outcome::TokenRevoked { .. } => "token_revoked",
        Outcome::Unknown { .. } => "unknown",
    }
}
