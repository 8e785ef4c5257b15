//! The Bot API's methods, one topic a file. Each checks its parameters as strictly as Telegram does.

pub mod desk;
mod me;
mod post;
mod send;
mod target;
mod updates;
mod webhook;

use std::sync::Arc;

use crate::{
    answer::{Answer, ApiError, Result},
    bots::Bot,
    params::Params,
    state::Shared,
};

/// What a method works with.
#[derive(Clone, Copy, Debug)]
pub struct Ctx<'a> {
    pub state: &'a Shared,
    pub bot: &'a Arc<Bot>,
    pub params: &'a Params,
}

const NAMES: [&str; 6] = ["getMe", "getUpdates", "setWebhook", "deleteWebhook", "getWebhookInfo", "sendMessage"];

/// A method by its name in any case.
pub fn canonical(name: &str) -> Option<&'static str> {
    NAMES.into_iter().find(|known| known.eq_ignore_ascii_case(name))
}

/// For how many messages a call counts against limits: an album for its items, questions and actions not at all.
pub fn weight(method: &str, params: &Params) -> usize {
    match method {
        "sendMediaGroup" => {
            let items = params.json("media").and_then(Result::ok);
            items.and_then(|media| media.as_array().map(Vec::len)).unwrap_or(1).max(1)
        }
        "sendChatAction" => 0,
        _ if method.starts_with("send") || method.starts_with("edit") => 1,
        "copyMessage" | "forwardMessage" => 1,
        _ => 0,
    }
}

/// Does what a call asks for.
pub async fn dispatch(ctx: &Ctx<'_>, method: &str) -> Result<Answer> {
    match method {
        "getMe" => me::get_me(ctx),
        "getUpdates" => updates::get_updates(ctx).await,
        "setWebhook" => webhook::set(ctx),
        "deleteWebhook" => webhook::delete(ctx),
        "getWebhookInfo" => webhook::info(ctx),
        "sendMessage" => send::message(ctx),
        _ => Err(ApiError::new(404, "Not Found: method not found")),
    }
}
