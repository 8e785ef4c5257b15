//! One call to Telegram, and what its answer means.

use std::sync::Arc;

use channels::telegram::{errors, outgoing};
use model::{delivery::Outcome, message::ErrorCode};
use secrecy::SecretString;
use store::deliveries::Claimed;
use transport::{Answer, Failure};

use super::{Deps, Event, Note};
use crate::nodes::Permit;

/// A call that was claimed, with the lane's fence and the leave to make it.
#[derive(Debug)]
pub(super) struct Granted {
    pub claimed: Claimed,
    pub fence: i64,
    pub token: SecretString,
    pub permit: Permit,
}

/// Asks Telegram to do what was claimed.
pub(super) async fn call(deps: Arc<Deps>, granted: Granted) -> Note {
    let Granted { claimed, fence, token, permit } = granted;
    let key = claimed.key;
    let outcome = match outgoing::encode(&claimed.outgoing, claimed.chat_id) {
        Ok(request) => match deps.bot_api.call_if(Arc::new(permit), &token, &request).await {
            Ok(answer) => Some(answered(&answer)),
            Err(failure) => failed(&failure),
        },
        Err(error) => Some(Outcome::Rejected { code: ErrorCode::PayloadInvalid, message: error.to_string() }),
    };
    metrics::counter!("jina_calls_total", "outcome" => outcome.as_ref().map_or("not_allowed", name)).increment(1);
    let event = match outcome {
        Some(outcome) => Event::Answered { key, outcome, at: deps.clock.now() },
        None => Event::NotCalled { key },
    };
    Note::Called((key.bot, fence), Box::new(event))
}

fn answered(answer: &Answer) -> Outcome {
    errors::classify(&errors::Reply {
        status: answer.status,
        retry_after: answer.retry_after.as_deref(),
        body: &answer.body,
    })
}

/// None: nothing was tried.
fn failed(failure: &Failure) -> Option<Outcome> {
    match failure {
        Failure::NeverSent(message) => {
            Some(Outcome::Retry { code: ErrorCode::TelegramUnavailable, message: message.clone() })
        }
        Failure::Lost(message) | Failure::TimedOut(message) => Some(Outcome::Unknown { message: message.clone() }),
        Failure::NotAllowed => None,
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
