//! `get_message_status`, and a sent message as every tool shows it.

use model::{
    Error, Id, Permission, Result, Timestamp,
    bot::Bot,
    conversation::Conversation,
    message::{Direction, ErrorCode, Message, Status, WaitingFor},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{deliveries, messages};

use super::conversations::may_see;
use crate::{
    caller::Call,
    schema::{Moment, Uuid, Word},
    tool::{About, Effect, Tool},
};

/// The longest wait for an outcome that is granted.
const WAIT_SECONDS_MAX: u32 = 10;

pub(super) fn tools() -> Vec<Tool> {
    let about = About {
        name: "get_message_status",
        title: "Look what became of a message",
        description: "Tells whether a message that was sent here has left, and if not, why it waits or what went wrong. \
            Telegram tells bots neither delivery nor reading, so SENT is the best there is.",
        needs: Permission::Read,
        effect: Effect::Look,
    };
    vec![Tool::new(about, status)]
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct StatusArguments {
    /// The id that send_message or reply_to_conversation gave.
    #[schemars(with = "Uuid")]
    message_id: Id<Message>,
    /// Wait up to this many seconds, at most 10, for the final status. 0 or absent: answer at once.
    #[schemars(range(max = 10))]
    wait_seconds: Option<u32>,
}

/// What became of a message.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct MessageView {
    #[schemars(with = "Uuid")]
    id: Id<Message>,
    /// PENDING has been accepted and leaves when the limits allow. SENT, FAILED, BLOCKED, CANCELLED and EXPIRED are final;
    /// UNKNOWN means that Telegram's answer was lost: it may have arrived.
    #[schemars(with = "Word<Status>")]
    status: Status,
    /// Whether nothing more happens by itself.
    is_final: bool,
    /// Why it has not left yet.
    #[schemars(with = "Option<Word<WaitingFor>>")]
    waiting_for: Option<WaitingFor>,
    #[schemars(with = "Option<Moment>")]
    next_attempt_at: Option<Timestamp>,
    #[schemars(with = "Option<Word<ErrorCode>>")]
    error_code: Option<ErrorCode>,
    /// The channel's own words.
    error_message: Option<String>,
    /// The bot that sends.
    #[schemars(with = "Option<Uuid>")]
    bot_app_id: Option<Id<Bot>>,
    /// The Telegram chat.
    chat_id: Option<i64>,
    /// Null until the person behind an unknown chat answers.
    #[schemars(with = "Option<Uuid>")]
    conversation_id: Option<Id<Conversation>>,
    /// Telegram's number of the message in the chat, once it was sent.
    provider_message_id: Option<i64>,
    /// Calls of Telegram so far, and how many messages a long text makes.
    attempts: i64,
    parts: i64,
    parts_sent: i64,
    #[schemars(with = "Option<Moment>")]
    scheduled_time: Option<Timestamp>,
    #[schemars(with = "Moment")]
    created_at: Timestamp,
    #[schemars(with = "Option<Moment>")]
    sent_at: Option<Timestamp>,
    #[schemars(with = "Option<Moment>")]
    failed_at: Option<Timestamp>,
}

async fn status(call: Call, arguments: StatusArguments) -> Result<MessageView> {
    shown(&call, arguments.message_id, arguments.wait_seconds).await
}

/// How long a caller wants to wait.
pub(super) fn check_wait(seconds: Option<u32>) -> Result<()> {
    match seconds {
        Some(seconds) if seconds > WAIT_SECONDS_MAX => {
            Err(Error::field("wait_seconds", format!("Enter a number from 0 to {WAIT_SECONDS_MAX}.")))
        }
        _ => Ok(()),
    }
}

/// A sent message as it is, or as it is when it is settled or the wait is over.
pub(super) async fn shown(call: &Call, id: Id<Message>, wait_seconds: Option<u32>) -> Result<MessageView> {
    check_wait(wait_seconds)?;
    let Call { app, scope, .. } = call;
    if let Some(seconds) = wait_seconds.filter(|seconds| *seconds > 0) {
        find(call, id).await?;
        app::send::settled(app, scope, id, app.clock.now() + i64::from(seconds) * 1_000).await?;
    }
    find(call, id).await
}

async fn find(call: &Call, id: Id<Message>) -> Result<MessageView> {
    let (scope, rates, now) = (call.scope, call.app.settings.rates(), call.app.clock.now());
    let limits = call.limits.clone();
    let message = call.app.db.read(move |tx| {
        let found = messages::get(tx, &scope, id)?.filter(|one| one.direction == Some(Direction::Outgoing));
        let found = found.filter(|one| may_see(&limits, one));
        let mut message = found.ok_or_else(|| Error::not_found("message among those that were sent"))?;
        deliveries::explain(tx, std::slice::from_mut(&mut message), rates, now)?;
        Ok(message)
    });
    view(message.await?)
}

fn view(message: Message) -> Result<MessageView> {
    let sending = message.sending.ok_or_else(|| Error::not_found("message among those that were sent"))?;
    Ok(MessageView {
        id: message.id,
        status: sending.status,
        is_final: sending.status.is_final(),
        waiting_for: sending.waiting_for,
        next_attempt_at: sending.next_attempt_at,
        error_code: sending.error_code,
        error_message: sending.error_message,
        bot_app_id: message.bot,
        chat_id: message.chat_id,
        conversation_id: message.conversation,
        provider_message_id: message.provider_message_id.filter(|_| message.provider_name.is_none()),
        attempts: sending.attempts,
        parts: sending.parts,
        parts_sent: sending.parts_sent,
        scheduled_time: sending.scheduled_time,
        created_at: message.created_at,
        sent_at: sending.sent_at,
        failed_at: sending.failed_at,
    })
}
