//! `send_message`: to whom an agent means, by the one door for sending.

use app::send::{self, Body, Draft, Markup, To};
use model::{Error, Id, Permission, Platform, Result, Timestamp, bot::Bot, contact::Contact};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::message::{MessageView, check_wait, shown};
use crate::{
    argument::ChatId,
    caller::Call,
    schema::{Moment, Uuid},
    tool::{About, Effect, Tool},
};

pub(super) fn tools() -> Vec<Tool> {
    let about = About {
        name: "send_message",
        title: "Send a message",
        description: "Sends a text to one person or group over a Telegram bot or a WhatsApp number. Name the recipient by exactly one of to, \
            phone, chat_id and contact_id. Bots can only write to people who have written to them before, and numbers \
            only within 24 hours of the person's last message: after that the error window_closed names templates, which \
            people of the team send. The answer comes \
            as soon as the message is accepted, usually with the status PENDING: it is not lost from then on, so don't send \
            it again. Set wait_seconds to see the outcome in the same answer.",
        needs: Permission::Converse,
        effect: Effect::Send,
    };
    vec![Tool::new(about, send_message)]
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SendArguments {
    /// A contact id, the @username of a known contact, a contact's phone number as +E.164, or the bare digits of a Telegram
    /// chat id.
    to: Option<String>,
    /// The phone number of a known contact, for example +14155550100.
    phone: Option<String>,
    /// A Telegram chat id; it need not be known here.
    chat_id: Option<ChatId>,
    /// A contact's id, as search_contacts gives it.
    #[schemars(with = "Option<Uuid>")]
    contact_id: Option<Id<Contact>>,
    /// The text. Over 4096 characters it goes out as several messages, in order.
    text: String,
    /// TELEGRAM, which is the default, or WHATSAPP. Over WHATSAPP a chat id is a phone number in digits.
    #[schemars(extend("default" = "TELEGRAM"))]
    channel: Option<String>,
    /// Markup of the text: HTML, MarkdownV2 or Markdown. Absent: plain text.
    parse_mode: Option<String>,
    /// The bot that sends, as list_bots gives it. Absent: the one that the contact last wrote to.
    #[schemars(with = "Option<Uuid>")]
    bot_app_id: Option<Id<Bot>>,
    /// Buttons under the text, a row each, or rows of them. Each is {"type": "URL", "text", "url"} or
    /// {"type": "QUICK_REPLY", "text", "callback_data"}.
    #[schemars(with = "Option<Vec<Value>>")]
    buttons: Option<Value>,
    /// Let it arrive without a sound.
    disable_notification: Option<bool>,
    /// Leave at this time, not now.
    #[schemars(with = "Option<Moment>")]
    scheduled_time: Option<Timestamp>,
    /// Wait up to this many seconds, at most 10, for the final status. 0 or absent: answer at once.
    #[schemars(range(max = 10))]
    wait_seconds: Option<u32>,
}

async fn send_message(call: Call, arguments: SendArguments) -> Result<MessageView> {
    let platform = channel("channel", arguments.channel.as_deref())?;
    check_wait(arguments.wait_seconds)?;
    let wait_seconds = arguments.wait_seconds;
    let to = recipient(&call, &arguments).await?;
    let bot = arguments.bot_app_id.or(call.limits.only_bot());
    super::approval::pass(&call, None, &arguments.text).await?;
    let body = Body::Text(Markup { text: arguments.text, parse_mode: arguments.parse_mode });
    let draft = Draft {
        bot,
        platform: Some(platform),
        limits: Some(call.limits.clone()),
        buttons: arguments.buttons,
        disable_notification: arguments.disable_notification.unwrap_or(false),
        scheduled_time: arguments.scheduled_time,
        ..Draft::new(to, call.author.clone(), body)
    };
    let message = send::send(&call.app, &call.scope, draft).await?;
    shown(&call, message.id, wait_seconds).await
}

/// The channel that is meant.
pub(super) fn channel(argument: &str, channel: Option<&str>) -> Result<Platform> {
    let wrong = |_| Error::field(argument, "Enter TELEGRAM or WHATSAPP.");
    channel.map_or(Ok(Platform::Telegram), |name| name.trim().to_ascii_uppercase().parse().map_err(wrong))
}

/// Who was not found is answered with those who might be meant: not for a key that may not see them all.
fn hidden(call: &Call, error: Error) -> Error {
    match call.limits.are_of_places() {
        true => Error::field("to", "Nobody, or not only one, is called that. Give chat_id or contact_id."),
        false => error,
    }
}

async fn recipient(call: &Call, arguments: &SendArguments) -> Result<To> {
    let Call { app, scope, .. } = call;
    let SendArguments { to, phone, chat_id, contact_id, .. } = arguments;
    match (to, phone, chat_id, contact_id) {
        (Some(to), None, None, None) => send::address(app, scope, to).await.map_err(|error| hidden(call, error)),
        (None, Some(phone), None, None) => send::by_phone(app, scope, phone).await.map_err(|error| hidden(call, error)),
        (None, None, Some(ChatId(chat)), None) => Ok(To::Chat(*chat)),
        (None, None, None, Some(contact)) => Ok(To::Contact(*contact)),
        (None, None, None, None) => {
            Err(Error::field("to", "Name the recipient by one of to, phone, chat_id and contact_id."))
        }
        _ => Err(Error::field("to", "Name the recipient by only one of to, phone, chat_id and contact_id.")),
    }
}
