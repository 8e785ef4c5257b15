//! The sentences of Telegram's refusals and what each means; the first fragment that is found decides.

use model::message::ErrorCode;

/// What a refusal leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// What was asked for is already so.
    AlreadySo,
    /// Worth another try.
    Again(ErrorCode),
    /// Never, for this message.
    Never(ErrorCode),
    /// Never, for this chat.
    Unreachable(ErrorCode),
    /// Nothing of this bot.
    Revoked,
}

use ErrorCode::{
    BadMarkup, BadMedia, BlockedByUser, BotRemoved, ChatNotFound, ChatNotStarted, MessageTooLong, NoRights,
    PayloadInvalid, ReplyNotFound, UserDeactivated,
};
use Meaning::{Again, AlreadySo, Never, Revoked, Unreachable};

/// Fragments in lower case, the more specific before the more general.
const FRAGMENTS: &[(&str, Meaning)] = &[
    // The bot's account.
    ("logged out", Revoked),
    ("frozen_method_invalid", Revoked),
    // Nothing to do.
    ("message is not modified", AlreadySo),
    ("message to delete not found", AlreadySo),
    // The chat.
    ("bot was blocked by the user", Unreachable(BlockedByUser)),
    ("user_is_blocked", Unreachable(BlockedByUser)),
    ("user is deactivated", Unreachable(UserDeactivated)),
    ("input_user_deactivated", Unreachable(UserDeactivated)),
    ("bot can't initiate conversation", Unreachable(ChatNotStarted)),
    ("bot was kicked from", Unreachable(BotRemoved)),
    ("bot is not a member of", Unreachable(BotRemoved)),
    ("chat was deleted", Unreachable(BotRemoved)),
    ("group is deactivated", Never(ChatNotFound)),
    ("chat not found", Never(ChatNotFound)),
    ("user not found", Never(ChatNotFound)),
    ("channel_private", Never(ChatNotFound)),
    ("peer_id_invalid", Never(ChatNotFound)),
    ("upgraded to a supergroup", Never(ChatNotFound)),
    // Rights, privacy, payment.
    ("can't send messages to the bot", Never(NoRights)),
    ("can't send messages to bots", Never(NoRights)),
    ("not enough rights", Never(NoRights)),
    ("have no rights", Never(NoRights)),
    ("need administrator rights", Never(NoRights)),
    ("chat_write_forbidden", Never(NoRights)),
    ("chat_restricted", Never(NoRights)),
    ("chat_admin_required", Never(NoRights)),
    ("chat_send_", Never(NoRights)),
    ("topic_closed", Never(NoRights)),
    ("voice_messages_forbidden", Never(NoRights)),
    ("restricted receiving of", Never(NoRights)),
    ("allow_payment_required", Never(NoRights)),
    ("balance_too_low", Never(NoRights)),
    // Length.
    ("message is too long", Never(MessageTooLong)),
    ("text is too long", Never(MessageTooLong)),
    ("caption is too long", Never(MessageTooLong)),
    ("message_too_long", Never(MessageTooLong)),
    ("media_caption_too_long", Never(MessageTooLong)),
    // Formatting.
    ("can't parse entities", Never(BadMarkup)),
    ("unsupported parse_mode", Never(BadMarkup)),
    ("entity_bounds_invalid", Never(BadMarkup)),
    // What is answered, and where.
    ("message to be replied not found", Never(ReplyNotFound)),
    ("replied message not found", Never(ReplyNotFound)),
    ("message thread not found", Never(ReplyNotFound)),
    ("topic_deleted", Never(ReplyNotFound)),
    ("quote_text_invalid", Never(ReplyNotFound)),
    ("reply_message_id_invalid", Never(ReplyNotFound)),
    // Files: some troubles pass.
    ("file is temporarily unavailable", Again(BadMedia)),
    ("failed to get http url content", Again(BadMedia)),
    ("webpage_curl_failed", Again(BadMedia)),
    ("can't upload file by url", Again(BadMedia)),
    ("group send failed", Again(BadMedia)),
    ("wrong http url specified", Never(BadMedia)),
    ("wrong type of the web page content", Never(BadMedia)),
    ("wrong file identifier", Never(BadMedia)),
    ("wrong remote file identifier", Never(BadMedia)),
    ("invalid file_id", Never(BadMedia)),
    ("photo_invalid_dimensions", Never(BadMedia)),
    ("image_process_failed", Never(BadMedia)),
    ("photo_ext_invalid", Never(BadMedia)),
    ("unsupported extension", Never(BadMedia)),
    ("is too big", Never(BadMedia)),
    ("file must be non-empty", Never(BadMedia)),
    ("can't use the media of the specified type", Never(BadMedia)),
    ("there is no photo", Never(BadMedia)),
    ("there is no video", Never(BadMedia)),
    ("there is no animation", Never(BadMedia)),
    ("there is no audio", Never(BadMedia)),
    ("there is no voice", Never(BadMedia)),
    ("there is no document", Never(BadMedia)),
    ("there is no sticker", Never(BadMedia)),
];

/// What a refusal with this code means.
pub(super) fn meaning(code: i64, description: &str) -> Meaning {
    let lower = description.to_lowercase();
    let found = FRAGMENTS.iter().find(|(fragment, _)| lower.contains(fragment));
    match (found, code) {
        (Some((_, meaning)), _) => *meaning,
        (None, 403) => Never(NoRights),
        (None, 413) => Never(BadMedia),
        (None, 409) => Never(ErrorCode::WebhookConflict),
        (None, 400..500) => Never(PayloadInvalid),
        (None, _) => Again(ErrorCode::TelegramUnavailable),
    }
}
