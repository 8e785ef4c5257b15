//! The Bot API's methods, one topic a file. Each checks its parameters as strictly as Telegram does.

mod album;
pub mod callback;
pub mod chat;
pub mod copy;
mod delete;
pub mod desk;
mod edit;
mod file;
mod input;
mod me;
pub mod media;
mod poll;
mod post;
pub mod send;
mod target;
mod texts;
mod updates;
mod webhook;

pub use post::as_int;

use std::sync::Arc;

use crate::{
    answer::{Answer, ApiError, Result},
    bots::Bot,
    files::FileKind,
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

const NAMES: [&str; 53] = [
    "getMe",
    "logOut",
    "close",
    "getUpdates",
    "setWebhook",
    "deleteWebhook",
    "getWebhookInfo",
    "sendMessage",
    "sendPhoto",
    "sendVideo",
    "sendAnimation",
    "sendAudio",
    "sendVoice",
    "sendVideoNote",
    "sendDocument",
    "sendSticker",
    "sendMediaGroup",
    "sendLocation",
    "sendVenue",
    "sendContact",
    "sendPoll",
    "sendDice",
    "sendChatAction",
    "editMessageText",
    "editMessageCaption",
    "editMessageMedia",
    "editMessageReplyMarkup",
    "stopPoll",
    "deleteMessage",
    "deleteMessages",
    "deleteBusinessMessages",
    "copyMessage",
    "forwardMessage",
    "setMessageReaction",
    "answerCallbackQuery",
    "getFile",
    "getUserProfilePhotos",
    "getChat",
    "getChatMember",
    "leaveChat",
    "pinChatMessage",
    "unpinChatMessage",
    "setMyCommands",
    "getMyCommands",
    "deleteMyCommands",
    "setMyName",
    "getMyName",
    "setMyDescription",
    "getMyDescription",
    "setMyShortDescription",
    "getMyShortDescription",
    "setChatMenuButton",
    "getChatMenuButton",
];

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
        "logOut" | "close" => Ok(Answer::yes()),
        "getUpdates" => updates::get_updates(ctx).await,
        "setWebhook" => webhook::set(ctx),
        "deleteWebhook" => webhook::delete(ctx),
        "getWebhookInfo" => webhook::info(ctx),
        "sendMessage" => send::message(ctx),
        "sendPhoto" => media::send(ctx, FileKind::Photo).await,
        "sendVideo" => media::send(ctx, FileKind::Video).await,
        "sendAnimation" => media::send(ctx, FileKind::Animation).await,
        "sendAudio" => media::send(ctx, FileKind::Audio).await,
        "sendVoice" => media::send(ctx, FileKind::Voice).await,
        "sendVideoNote" => media::send(ctx, FileKind::VideoNote).await,
        "sendDocument" => media::send(ctx, FileKind::Document).await,
        "sendSticker" => media::sticker(ctx).await,
        "sendMediaGroup" => album::send(ctx).await,
        "sendLocation" => send::location(ctx),
        "sendVenue" => send::venue(ctx),
        "sendContact" => send::contact(ctx),
        "sendPoll" => poll::send(ctx),
        "sendDice" => send::dice(ctx),
        "sendChatAction" => chat::action(ctx),
        "editMessageText" => edit::text(ctx),
        "editMessageCaption" => edit::caption(ctx),
        "editMessageMedia" => edit::media(ctx).await,
        "editMessageReplyMarkup" => edit::reply_markup(ctx),
        "stopPoll" => edit::stop_poll(ctx),
        "deleteMessage" => delete::one(ctx),
        "deleteMessages" => delete::many(ctx),
        "deleteBusinessMessages" => delete::of_business(ctx),
        "copyMessage" => copy::copy(ctx),
        "forwardMessage" => copy::forward(ctx),
        "setMessageReaction" => chat::react(ctx),
        "answerCallbackQuery" => callback::answer(ctx),
        "getFile" => file::get(ctx),
        "getUserProfilePhotos" => file::profile_photos(ctx),
        "getChat" => chat::get(ctx),
        "getChatMember" => chat::member(ctx),
        "leaveChat" => chat::leave(ctx),
        "pinChatMessage" => chat::pin(ctx, true),
        "unpinChatMessage" => chat::pin(ctx, false),
        "setMyCommands" => texts::set_commands(ctx),
        "getMyCommands" => texts::get_commands(ctx),
        "deleteMyCommands" => texts::delete_commands(ctx),
        "setMyName" => texts::set(ctx, texts::NAME),
        "getMyName" => texts::get(ctx, texts::NAME),
        "setMyDescription" => texts::set(ctx, texts::DESCRIPTION),
        "getMyDescription" => texts::get(ctx, texts::DESCRIPTION),
        "setMyShortDescription" => texts::set(ctx, texts::SHORT_DESCRIPTION),
        "getMyShortDescription" => texts::get(ctx, texts::SHORT_DESCRIPTION),
        "setChatMenuButton" => texts::set_menu_button(ctx),
        "getChatMenuButton" => texts::get_menu_button(ctx),
        _ => Err(ApiError::new(404, "Not Found: method not found")),
    }
}
