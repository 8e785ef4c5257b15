//! Every refusal that Telegram is known to give, and what it means for a message.

use channels::telegram::errors::{Judgement, Reply, classify, done, file, me, updates, webhook_info};
use model::{
    delivery::Outcome,
    message::ErrorCode::{
        self, BadMarkup, BadMedia, BlockedByUser, BotRemoved, ChatNotFound, ChatNotStarted, MessageTooLong, NoRights,
        PayloadInvalid, ReplyNotFound, TelegramUnavailable, UserDeactivated, WebhookConflict,
    },
};
use serde_json::json;

fn reply(status: u16, body: &[u8]) -> Reply<'_> {
    Reply { status, retry_after: None, body }
}

/// A refusal as the Bot API gives it.
fn refusal(code: u16, description: &str) -> Outcome {
    let body = json!({"ok": false, "error_code": code, "description": description}).to_string();
    classify(&reply(code, body.as_bytes()))
}

fn code_of(outcome: &Outcome) -> Option<ErrorCode> {
    match outcome {
        Outcome::Retry { code, .. } | Outcome::Rejected { code, .. } | Outcome::Unreachable { code, .. } => Some(*code),
        _ => None,
    }
}

#[test]
fn refusals_that_end_a_message() {
    let rows: &[(u16, &str, ErrorCode)] = &[
        (400, "Bad Request: chat not found", ChatNotFound),
        (400, "Bad Request: private chat not found", ChatNotFound),
        (400, "Bad Request: group is deactivated", ChatNotFound),
        (400, "Bad Request: user not found", ChatNotFound),
        (400, "Bad Request: CHANNEL_PRIVATE", ChatNotFound),
        (400, "Bad Request: PEER_ID_INVALID", ChatNotFound),
        (400, "Bad Request: not enough rights to send text messages to the chat", NoRights),
        (400, "Bad Request: not enough rights to send photos to the chat", NoRights),
        (400, "Bad Request: have no rights to send a message", NoRights),
        (400, "Bad Request: CHAT_WRITE_FORBIDDEN", NoRights),
        (400, "Bad Request: CHAT_RESTRICTED", NoRights),
        (400, "Bad Request: need administrator rights in the channel chat", NoRights),
        (400, "Bad Request: CHAT_ADMIN_REQUIRED", NoRights),
        (400, "Bad Request: CHAT_SEND_PLAIN_FORBIDDEN", NoRights),
        (400, "Bad Request: TOPIC_CLOSED", NoRights),
        (400, "Bad Request: VOICE_MESSAGES_FORBIDDEN", NoRights),
        (400, "Bad Request: user restricted receiving of voice note messages", NoRights),
        (400, "Bad Request: ALLOW_PAYMENT_REQUIRED_10", NoRights),
        (400, "Bad Request: BALANCE_TOO_LOW", NoRights),
        (403, "Forbidden: the bot can't send messages to the bot", NoRights),
        (403, "Forbidden: bot can't send messages to bots", NoRights),
        (403, "Forbidden: something new", NoRights),
        (400, "Bad Request: message is too long", MessageTooLong),
        (400, "Bad Request: text is too long", MessageTooLong),
        (400, "Bad Request: message caption is too long", MessageTooLong),
        (400, "Bad Request: MESSAGE_TOO_LONG", MessageTooLong),
        (400, "Bad Request: MEDIA_CAPTION_TOO_LONG", MessageTooLong),
        (400, "Bad Request: can't parse entities: Unsupported start tag \"div\" at byte offset 0", BadMarkup),
        (400, "Bad Request: unsupported parse_mode", BadMarkup),
        (400, "Bad Request: ENTITY_BOUNDS_INVALID", BadMarkup),
        (400, "Bad Request: message text is empty", PayloadInvalid),
        (400, "Bad Request: chat_id is empty", PayloadInvalid),
        (400, "Bad Request: BUTTON_DATA_INVALID", PayloadInvalid),
        (400, "Bad Request: BUTTON_URL_INVALID", PayloadInvalid),
        (400, "Bad Request: BUTTON_TYPE_INVALID", PayloadInvalid),
        (400, "Bad Request: can't parse inline keyboard button: Text buttons are unallowed", PayloadInvalid),
        (400, "Bad Request: reply markup is too long", PayloadInvalid),
        (400, "Bad Request: object expected as reply markup", PayloadInvalid),
        (400, "Bad Request: EFFECT_ID_INVALID", PayloadInvalid),
        (400, "Bad Request: message must be non-empty", PayloadInvalid),
        (400, "Bad Request: something new", PayloadInvalid),
        (400, "Bad Request: there is no photo in the request", BadMedia),
        (400, "Bad Request: there is no document in the request", BadMedia),
        (400, "Bad Request: wrong HTTP URL specified", BadMedia),
        (400, "Bad Request: wrong type of the web page content", BadMedia),
        (400, "Bad Request: wrong file identifier/HTTP URL specified", BadMedia),
        (400, "Bad Request: wrong remote file identifier specified: Wrong string length", BadMedia),
        (400, "Bad Request: invalid file_id", BadMedia),
        (400, "Bad Request: PHOTO_INVALID_DIMENSIONS", BadMedia),
        (400, "Bad Request: IMAGE_PROCESS_FAILED", BadMedia),
        (400, "Bad Request: PHOTO_EXT_INVALID", BadMedia),
        (
            400,
            "Bad Request: file of size 20000000 bytes is too big for a photo; the maximum size is 10485760 bytes",
            BadMedia,
        ),
        (400, "Bad Request: can't use the media of the specified type in the album", BadMedia),
        (400, "Bad Request: failed to send message #2 with the error message \"PHOTO_INVALID_DIMENSIONS\"", BadMedia),
        (400, "Bad Request: message to be replied not found", ReplyNotFound),
        (400, "Bad Request: message thread not found", ReplyNotFound),
        (400, "Bad Request: TOPIC_DELETED", ReplyNotFound),
        (400, "Bad Request: QUOTE_TEXT_INVALID", ReplyNotFound),
        (400, "Bad Request: REPLY_MESSAGE_ID_INVALID", ReplyNotFound),
        (400, "Bad Request: message to edit not found", PayloadInvalid),
        (400, "Bad Request: message can't be edited", PayloadInvalid),
        (400, "Bad Request: message can't be deleted for everyone", PayloadInvalid),
        (400, "Bad Request: MESSAGE_ID_INVALID", PayloadInvalid),
        (400, "Bad Request: there is no text in the message to edit", PayloadInvalid),
        (400, "Bad Request: query is too old and response timeout expired or query ID is invalid", PayloadInvalid),
        (409, "Conflict: terminated by other getUpdates request", WebhookConflict),
        (413, "Request Entity Too Large", BadMedia),
    ];
    for (status, text, code) in rows {
        let expected = Outcome::Rejected { code: *code, message: (*text).into() };
        assert_eq!(refusal(*status, text), expected, "{text}");
        let shouted = refusal(*status, &text.to_uppercase());
        assert_eq!(code_of(&shouted), Some(*code), "case must not matter: {text}");
    }
}

#[test]
fn refusals_that_close_a_chat() {
    let rows = [
        ("Forbidden: bot was blocked by the user", BlockedByUser),
        ("Forbidden: user is deactivated", UserDeactivated),
        ("Forbidden: bot can't initiate conversation with a user", ChatNotStarted),
        ("Forbidden: bot was kicked from the group chat", BotRemoved),
        ("Forbidden: bot was kicked from the supergroup chat", BotRemoved),
        ("Forbidden: bot was kicked from the channel chat", BotRemoved),
        ("Forbidden: bot is not a member of the channel chat", BotRemoved),
        ("Forbidden: the group chat was deleted", BotRemoved),
    ];
    for (text, code) in rows {
        assert_eq!(refusal(403, text), Outcome::Unreachable { code, message: text.into() });
    }
    assert_eq!(code_of(&refusal(400, "Bad Request: USER_IS_BLOCKED")), Some(BlockedByUser));
    assert_eq!(code_of(&refusal(400, "Bad Request: INPUT_USER_DEACTIVATED")), Some(UserDeactivated));
}

#[test]
fn refusals_after_which_trying_again_helps() {
    let again = [
        (500, "Internal Server Error: restart", TelegramUnavailable),
        (500, "Request aborted", TelegramUnavailable),
        (502, "Bad Gateway", TelegramUnavailable),
        (504, "Gateway Timeout", TelegramUnavailable),
        (599, "something new", TelegramUnavailable),
        (400, "Bad Request: wrong file_id or the file is temporarily unavailable", BadMedia),
        (400, "Bad Request: failed to get HTTP URL content", BadMedia),
        (400, "Bad Request: WEBPAGE_CURL_FAILED", BadMedia),
        (400, "Bad Request: can't upload file by URL", BadMedia),
        (400, "Bad Request: Group send failed", BadMedia),
    ];
    for (status, text, code) in again {
        assert_eq!(refusal(status, text), Outcome::Retry { code, message: text.into() });
    }
}

#[test]
fn refusals_of_the_bot_itself() {
    let texts = [
        (401, "Unauthorized"),
        (401, "Unauthorized: invalid token specified"),
        (401, "Unauthorized: invalid api-id/api-hash"),
        (404, "Not Found"),
        (404, "Not Found: method not found"),
        (400, "Logged out"),
        (421, "Misdirected Request: unallowed token specified"),
        (400, "Bad Request: FROZEN_METHOD_INVALID"),
    ];
    for (status, text) in texts {
        assert_eq!(refusal(status, text), Outcome::TokenRevoked { message: text.into() });
    }
    assert!(matches!(classify(&reply(404, b"Not Found")), Outcome::TokenRevoked { .. }));
}

#[test]
fn a_wait_is_as_long_as_telegram_says() {
    let wait =
        |body: &str, header: Option<&str>| classify(&Reply { status: 429, retry_after: header, body: body.as_bytes() });
    let after_ms = |after_ms| Outcome::RetryAfter { after_ms };
    let body = r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 7","parameters":{"retry_after":7}}"#;
    assert_eq!(wait(body, None), after_ms(7_000));
    assert_eq!(wait(body, Some("9")), after_ms(9_000));
    assert_eq!(
        wait(r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 12"}"#, None),
        after_ms(12_000)
    );
    assert_eq!(wait("<html>slow down</html>", Some(" 3 ")), after_ms(3_000));
    assert_eq!(wait("", None), after_ms(5_000));
    let huge = r#"{"ok":false,"error_code":429,"parameters":{"retry_after":4294967296}}"#;
    assert_eq!(wait(huge, None), after_ms(4_294_967_296_000));
    let absurd = r#"{"ok":false,"error_code":429,"parameters":{"retry_after":1e300}}"#;
    assert_eq!(wait(absurd, None), after_ms(i64::MAX));
    let negative = r#"{"ok":false,"error_code":429,"parameters":{"retry_after":-1}}"#;
    assert_eq!(wait(negative, None), after_ms(1_000));
}

#[test]
fn a_group_that_became_a_supergroup_is_followed() {
    let body = r#"{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat","parameters":{"migrate_to_chat_id":-1001234567890}}"#;
    assert_eq!(classify(&reply(400, body.as_bytes())), Outcome::Migrated { chat_id: -1_001_234_567_890 });
}

#[test]
fn what_is_already_so_is_a_success() {
    let done = Outcome::Sent { provider_message_ids: Vec::new() };
    let unchanged = "Bad Request: message is not modified: specified new message content and reply markup are exactly the \
                     same as a current content and reply markup of the message";
    assert_eq!(refusal(400, unchanged), done);
    assert_eq!(refusal(400, "Bad Request: message to delete not found"), done);
}

#[test]
fn a_success_names_the_new_messages() {
    let sent = |body: &str| classify(&reply(200, body.as_bytes()));
    let ids = |ids: &[i64]| Outcome::Sent { provider_message_ids: ids.to_vec() };
    assert_eq!(sent(r#"{"ok":true,"result":{"message_id":5,"novelty":null,"chat":{"id":1}}}"#), ids(&[5]));
    assert_eq!(sent(r#"{"ok":true,"result":[{"message_id":5},{"message_id":6}]}"#), ids(&[5, 6]));
    assert_eq!(sent(r#"{"ok":true,"result":true}"#), ids(&[]));
}

#[test]
fn an_answer_that_is_not_the_bot_apis() {
    let html = b"<html><head><title>502 Bad Gateway</title></head></html>";
    assert!(matches!(classify(&reply(502, html)), Outcome::Retry { code: TelegramUnavailable, .. }));
    assert!(matches!(classify(&reply(404, html)), Outcome::Retry { .. }), "a proxy's page revokes no token");
    assert!(matches!(classify(&reply(302, b"")), Outcome::Retry { .. }));
    for body in [&b""[..], b"{", b"{\"ok\":true", b"<html>", b"null", b"{}", b"[1]", b"\xff\xfe", b"{\"ok\":\"true\"}"]
    {
        assert!(matches!(classify(&reply(200, body)), Outcome::Unknown { .. }), "{}", String::from_utf8_lossy(body));
    }
    let quoting = b"<p>no route to /bot123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1/sendMessage</p>";
    assert!(!format!("{:?}", classify(&reply(502, quoting))).contains("AAHd"));
}

#[test]
fn calls_of_management_are_judged() {
    let bot = r#"{"ok":true,"result":{"id":123456,"is_bot":true,"first_name":"Shop","username":"shop_bot"}}"#;
    let Judgement::Ok(bot) = me(&reply(200, bot.as_bytes())) else { panic!("a bot") };
    assert_eq!((bot.id, bot.username.as_str()), (123_456, "shop_bot"));

    let refused = me(&reply(401, br#"{"ok":false,"error_code":401,"description":"Unauthorized"}"#));
    assert!(refused.is_token_refused());
    assert!(matches!(me(&reply(502, b"<html>")), Judgement::Unreachable { .. }));
    assert!(matches!(me(&reply(200, br#"{"ok":true,"result":7}"#)), Judgement::Unreachable { .. }));
    assert!(!me(&reply(404, b"<html>no such host</html>")).is_token_refused(), "a proxy's page refuses no token");

    let too_fast = br#"{"ok":false,"error_code":429,"description":"x","parameters":{"retry_after":1}}"#;
    assert_eq!(done(&reply(429, too_fast)), Judgement::RetryAfter { after_ms: 1_000 });

    let info = br#"{"ok":true,"result":{"url":"","has_custom_certificate":false,"pending_update_count":3}}"#;
    let Judgement::Ok(info) = webhook_info(&reply(200, info)) else { panic!("the webhook's state") };
    assert_eq!((info.pending_update_count, info.allowed_updates), (3, None));

    let path = br#"{"ok":true,"result":{"file_id":"a","file_unique_id":"b","file_path":"photos/1.jpg"}}"#;
    let Judgement::Ok(found) = file(&reply(200, path)) else { panic!("a file") };
    assert_eq!(found.file_path.as_deref(), Some("photos/1.jpg"));

    let list = br#"{"ok":true,"result":[{"update_id":1, "x":"\ud800"},{"update_id":2}]}"#;
    let Judgement::Ok(list) = updates(&reply(200, list)) else { panic!("updates") };
    assert_eq!(list[0], br#"{"update_id":1, "x":"\ud800"}"#);
    assert_eq!(list.len(), 2);
}
