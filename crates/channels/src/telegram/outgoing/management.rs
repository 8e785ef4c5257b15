//! Calls that are no messages: the bot itself, its webhook, files, and the small courtesies of a chat.

use model::outgoing::Options;
use serde_json::{Value, json};

use super::{Request, markup, params::Params};
use crate::telegram::update::ALLOWED_UPDATES;

/// What a webhook is set to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook<'a> {
    pub url: &'a str,
    pub secret_token: &'a str,
    /// Telegram's own default is 40, its maximum 100.
    pub max_connections: Option<u32>,
    /// Forget what waits at Telegram.
    pub drop_pending_updates: bool,
}

/// Who the token's bot is; also the proof that the token is good.
pub fn get_me() -> Request {
    Params::new().request("getMe")
}

/// Lets Telegram deliver every kind of Update to an address.
pub fn set_webhook(webhook: &Webhook<'_>) -> Request {
    let params = Params::new()
        .with("url", webhook.url)
        .with("secret_token", webhook.secret_token)
        .with_some("max_connections", webhook.max_connections)
        .with("allowed_updates", ALLOWED_UPDATES.to_vec());
    let dropping = webhook.drop_pending_updates.then_some(true);
    params.with_some("drop_pending_updates", dropping).request("setWebhook")
}

/// Stops deliveries; what waits at Telegram stays there.
pub fn delete_webhook() -> Request {
    Params::new().request("deleteWebhook")
}

/// What Telegram says of the webhook.
pub fn get_webhook_info() -> Request {
    Params::new().request("getWebhookInfo")
}

/// Fetches Updates from `offset` on and confirms all before it; waits up to `timeout_seconds` (Telegram's maximum is 50)
/// when there are none.
pub fn get_updates(offset: Option<i64>, limit: u32, timeout_seconds: u32) -> Request {
    Params::new()
        .with_some("offset", offset)
        .with("limit", limit)
        .with("timeout", timeout_seconds)
        .with("allowed_updates", ALLOWED_UPDATES.to_vec())
        .request("getUpdates")
}

/// Asks for the path under which a file can be fetched for an hour.
pub fn get_file(file_id: &str) -> Request {
    Params::new().with("file_id", file_id).request("getFile")
}

/// Ends the waiting sign on a pressed button, perhaps with a notice of at most 200 characters.
pub fn answer_callback_query(callback_query_id: &str, text: Option<&str>) -> Request {
    Params::new().with("callback_query_id", callback_query_id).with_some("text", text).request("answerCallbackQuery")
}

/// Shows for five seconds what the bot does: `typing`, `upload_photo` …
pub fn send_chat_action(chat_id: i64, action: &str, options: &Options) -> Request {
    let topic = options.topic_id.filter(|topic| *topic != 1);
    let chat_id = options.business.as_ref().map_or(chat_id, |business| business.chat_id);
    let mut params = Params::to_chat(chat_id).with("action", action).with_some("message_thread_id", topic);
    markup::set_business(&mut params, options);
    params.request("sendChatAction")
}

/// Sets the bot's reaction to a message, or removes it; bots have one, an emoji.
pub fn set_message_reaction(chat_id: i64, message_id: i64, emoji: Option<&str>) -> Request {
    let reaction: Vec<Value> = emoji.into_iter().map(|emoji| json!({"type": "emoji", "emoji": emoji})).collect();
    Params::to_chat(chat_id).with("message_id", message_id).with("reaction", reaction).request("setMessageReaction")
}

/// Sets the list of commands that people see: names without the slash, and descriptions.
pub fn set_my_commands(commands: &[(&str, &str)]) -> Request {
    let list: Vec<Value> =
        commands.iter().map(|(command, description)| json!({"command": command, "description": description})).collect();
    Params::new().with("commands", list).request("setMyCommands")
}
