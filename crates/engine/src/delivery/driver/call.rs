//! One call to a channel, and what its answer means.

use std::sync::Arc;

use channels::{telegram, whatsapp};
use model::{delivery::Outcome, message::ErrorCode};
use secrecy::SecretString;
use store::deliveries::Claimed;
use transport::{Answer, Failure};

use super::{Deps, Event, Note, counters};
use crate::nodes::Permit;

/// Through which door a sender's calls leave, with the token that opens it.
#[derive(Debug, Clone)]
pub(super) enum Door {
    Telegram { token: SecretString },
    Whatsapp { token: SecretString, phone_number_id: Arc<str> },
}

/// A call that was claimed, with the lane's fence and the leave to make it.
#[derive(Debug)]
pub(super) struct Granted {
    pub claimed: Claimed,
    pub fence: i64,
    pub door: Door,
    pub permit: Permit,
}

/// Asks the channel to do what was claimed.
pub(super) async fn call(deps: Arc<Deps>, granted: Granted) -> Note {
    let Granted { claimed, fence, door, permit } = granted;
    let key = claimed.key;
    let permit = Arc::new(permit);
    let outcome = match &door {
        Door::Telegram { token } => by_telegram(&deps, &claimed, token, permit).await,
        Door::Whatsapp { token, phone_number_id } => {
            by_whatsapp(&deps, &claimed, (token, phone_number_id), permit).await
        }
    };
    counters::call(outcome.as_ref().map_or("not_allowed", name));
    let event = match outcome {
        Some(outcome) => Event::Answered { key, outcome, at: deps.clock.now() },
        None => Event::NotCalled { key },
    };
    Note::Called((key.bot, fence), Box::new(event))
}

/// `None`: nothing was tried.
async fn by_telegram(deps: &Deps, claimed: &Claimed, token: &SecretString, permit: Arc<Permit>) -> Option<Outcome> {
    let request = match telegram::outgoing::encode(&claimed.outgoing, claimed.chat_id) {
        Ok(request) => request,
        Err(error) => return Some(invalid(&error)),
    };
    match deps.bot_api.call_if(permit, token, &request).await {
        Ok(answer) => Some(telegram::errors::classify(&answer.reply())),
        Err(failure) => failed(failure, ErrorCode::TelegramUnavailable),
    }
}

/// The same over WhatsApp, whose files must be there before the message.
async fn by_whatsapp(
    deps: &Deps,
    claimed: &Claimed,
    (token, phone_number_id): (&SecretString, &str),
    permit: Arc<Permit>,
) -> Option<Outcome> {
    let (bot, chat) = (claimed.key.bot, claimed.chat_id);
    let address = match deps.db.read(move |tx| store::whatsapp::address_of(tx, bot, chat)).await {
        Ok(Some(address)) => address,
        Ok(None) => {
            let message = "Nobody is known under this chat.".to_owned();
            return Some(Outcome::Rejected { code: ErrorCode::ChatNotFound, message });
        }
        Err(error) => {
            let (code, message) = (ErrorCode::ChannelUnavailable, error.message().to_owned());
            return Some(Outcome::Retry { code, message });
        }
    };
    let uploaded = match whatsapp::outgoing::upload(&claimed.outgoing, phone_number_id) {
        None => None,
        Some(request) => match uploaded(deps, token, &request, permit.clone()).await {
            Ok(id) => Some(id),
            Err(outcome) => return outcome,
        },
    };
    let envelope =
        whatsapp::outgoing::Envelope { phone_number_id, to: &address, ours: (claimed.message, claimed.part) };
    let request = match whatsapp::outgoing::encode(&claimed.outgoing, &envelope, uploaded.as_deref()) {
        Ok(request) => request,
        Err(error) => return Some(invalid(&error)),
    };
    match deps.graph_api.call_if(permit, token, &request).await {
        Ok(answer) => Some(whatsapp::errors::classify(&answer.reply())),
        Err(failure) => failed(failure, ErrorCode::ChannelUnavailable),
    }
}

/// Meta's id of a file. A file that did not get there is no message that did.
async fn uploaded(
    deps: &Deps,
    token: &SecretString,
    request: &whatsapp::outgoing::Request,
    permit: Arc<Permit>,
) -> Result<String, Option<Outcome>> {
    let again = |message: String| Some(Outcome::Retry { code: ErrorCode::ChannelUnavailable, message });
    let answer: Answer = match deps.graph_api.call_if(permit, token, request).await {
        Ok(answer) => answer,
        Err(Failure::NotAllowed) => return Err(None),
        Err(failure) => return Err(again(failure.message().to_owned())),
    };
    match whatsapp::management::made(&answer.reply()) {
        whatsapp::errors::Judgement::Ok(id) => Ok(id),
        _ => Err(match whatsapp::errors::classify(&answer.reply()) {
            Outcome::Unknown { message } => again(message),
            outcome => Some(outcome),
        }),
    }
}

fn invalid(error: &model::Error) -> Outcome {
    Outcome::Rejected { code: ErrorCode::PayloadInvalid, message: error.to_string() }
}

/// None: nothing was tried.
fn failed(failure: Failure, unavailable: ErrorCode) -> Option<Outcome> {
    match failure {
        Failure::NeverSent(message) => Some(Outcome::Retry { code: unavailable, message }),
        Failure::Lost(message) | Failure::TimedOut(message) => Some(Outcome::Unknown { message }),
        Failure::NotAllowed => None,
    }
}

fn name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Sent { .. } | Outcome::Accepted { .. } => "sent",
        Outcome::RetryAfter { .. } | Outcome::Throttled { .. } => "throttled",
        Outcome::Retry { .. } => "retry",
        Outcome::Rejected { .. } => "rejected",
        Outcome::Unreachable { .. } => "unreachable",
        Outcome::Migrated { .. } => "migrated",
        Outcome::TokenRevoked { .. } => "token_revoked",
        Outcome::ChannelSuspended { .. } => "suspended",
        Outcome::WindowClosed { .. } => "window_closed",
        Outcome::Unknown { .. } => "unknown",
    }
}
