//! The methods, each as strict as Telegram is.

mod support;

use std::time::Duration;

use axum::http::Method;
use sandbox::Options;
use serde_json::{Value, json};
use support::{BOT, TestClock, start, start_with};

fn bad(description: &str) -> String {
    format!("Bad Request: {description}")
}

#[tokio::test]
async fn text_must_be_1_to_4096_utf16_units_after_parsing() {
    let sandbox = start().await;
    sandbox.started(7).await;
    let send = async |text: String| sandbox.call("sendMessage", json!({"chat_id": 7, "text": text})).await;
    assert_eq!(send("x".repeat(4096)).await["ok"], true);
    assert_eq!(send("x".repeat(4097)).await["description"], bad("message is too long"));
    assert_eq!(send("😀".repeat(2049)).await["description"], bad("message is too long"));
    assert_eq!(send("x".repeat(32_769)).await["description"], bad("text is too long"));
    assert_eq!(send("  \n ".into()).await["description"], bad("message text is empty"));
    let html = json!({"chat_id": 7, "text": format!("<b>{}</b>", "x".repeat(4096)), "parse_mode": "HTML"});
    assert_eq!(sandbox.call("sendMessage", html).await["ok"], true);
    assert_eq!(sandbox.fails("sendMessage", json!({"text": "x"})).await, bad("chat_id is empty"));
}

#[tokio::test]
async fn formatting_becomes_entities_or_telegrams_own_errors() {
    let sandbox = start().await;
    sandbox.started(7).await;
    let send = json!({"chat_id": 7, "text": "😀 <b>a</b> &lt; <a href=\"tg://user?id=7\">me</a> @username", "parse_mode": "html"});
    let sent = sandbox.ok("sendMessage", send).await;
    assert_eq!(sent["text"], "😀 a < me @username");
    let kinds: Vec<_> = sent["entities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (e["type"].clone(), e["offset"].clone(), e["length"].clone()))
        .collect();
    assert_eq!(
        kinds,
        [
            (json!("bold"), json!(3), json!(1)),
            (json!("text_mention"), json!(7), json!(2)),
            (json!("mention"), json!(10), json!(9)),
        ]
    );
    assert_eq!(sent["entities"][1]["user"]["id"], 7);
    for (mode, text, error) in [
        ("HTML", "<div>", "can't parse entities: Unsupported start tag \"div\" at byte offset 0"),
        (
            "MarkdownV2",
            "a.b",
            "can't parse entities: Character '.' is reserved and must be escaped with the preceding '\\'",
        ),
        ("Markdown", "a_b", "can't parse entities: Can't find end of the entity starting at byte offset 1"),
        ("rtf", "x", "unsupported parse_mode"),
    ] {
        let params = json!({"chat_id": 7, "text": text, "parse_mode": mode});
        assert_eq!(sandbox.fails("sendMessage", params).await, bad(error));
    }
    for (offset, length, error) in [
        (0, 9, "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 9"),
        (1, 2, "entity begins in a middle of a UTF-16 symbol at byte offset 0"),
    ] {
        let entities = json!([{"type": "bold", "offset": offset, "length": length}]);
        let params = json!({"chat_id": 7, "text": "😀ab", "entities": entities});
        assert_eq!(sandbox.fails("sendMessage", params).await, bad(error));
    }
}

#[tokio::test]
async fn chats_that_cannot_be_written_to_say_why() {
    let sandbox = start().await;
    let fails = async |chat: i64| sandbox.fails("sendMessage", json!({"chat_id": chat, "text": "hi"})).await;
    sandbox.add_user(7).await;
    assert_eq!(fails(4242).await, bad("chat not found"));
    assert_eq!(fails(-4242).await, bad("chat not found"));
    assert_eq!(fails(BOT).await, "Forbidden: the bot can't send messages to the bot");
    assert_eq!(fails(7).await, "Forbidden: bot can't initiate conversation with a user");
    sandbox.control("/users/7/start", json!({"bot": BOT})).await;
    sandbox.ok("sendMessage", json!({"chat_id": 7, "text": "hi"})).await;
    sandbox.control("/users/7/block", json!({"bot": BOT})).await;
    assert_eq!(fails(7).await, "Forbidden: bot was blocked by the user");
    sandbox.control("/users/7/unblock", json!({"bot": BOT})).await;
    sandbox.ok("sendMessage", json!({"chat_id": 7, "text": "hi"})).await;
    sandbox.raw(Method::DELETE, "/sandbox/users/7", "", "").await.unwrap();
    assert_eq!(fails(7).await, "Forbidden: user is deactivated");
}

#[tokio::test]
async fn groups_kick_end_and_migrate() {
    let sandbox = start().await;
    sandbox.add_user(7).await;
    let group =
        sandbox.control("/groups", json!({"type": "group", "title": "Team", "users": [7], "bots": [BOT]})).await;
    let id = group["id"].as_i64().unwrap();
    let fails = async |chat: i64| sandbox.fails("sendMessage", json!({"chat_id": chat, "text": "hi"})).await;
    sandbox.ok("sendMessage", json!({"chat_id": id, "text": "hi"})).await;

    sandbox
        .raw(Method::PATCH, &format!("/sandbox/groups/{id}"), "application/json", r#"{"read_only":true}"#)
        .await
        .unwrap();
    assert_eq!(fails(id).await, bad("not enough rights to send text messages to the chat"));
    sandbox
        .raw(Method::PATCH, &format!("/sandbox/groups/{id}"), "application/json", r#"{"read_only":false}"#)
        .await
        .unwrap();

    let new = sandbox.control(&format!("/groups/{id}/migrate"), json!({})).await["id"].as_i64().unwrap();
    let answer = sandbox.call("sendMessage", json!({"chat_id": id, "text": "hi"})).await;
    assert_eq!(answer["description"], bad("group chat was upgraded to a supergroup chat"));
    assert_eq!(answer["parameters"], json!({"migrate_to_chat_id": new}));
    sandbox.ok("sendMessage", json!({"chat_id": new, "text": "hi"})).await;

    sandbox.control(&format!("/groups/{new}/members"), json!({"member": BOT, "status": "kicked", "by": 7})).await;
    assert_eq!(fails(new).await, "Forbidden: bot was kicked from the supergroup chat");
    sandbox.control(&format!("/groups/{new}/members"), json!({"member": BOT, "status": "member", "by": 7})).await;
    sandbox.ok("leaveChat", json!({"chat_id": new})).await;
    assert_eq!(fails(new).await, "Forbidden: bot is not a member of the supergroup chat");

    let channel =
        sandbox.control("/groups", json!({"type": "channel", "title": "News", "users": [7], "bots": [BOT]})).await;
    let channel = channel["id"].as_i64().unwrap();
    let post = sandbox.ok("sendMessage", json!({"chat_id": channel, "text": "hi"})).await;
    assert_eq!((&post["from"], &post["sender_chat"]["type"]), (&json!(null), &json!("channel")));
    sandbox.control(&format!("/groups/{channel}/members"), json!({"member": BOT, "status": "member", "by": 7})).await;
    assert_eq!(fails(channel).await, bad("need administrator rights in the channel chat"));
    sandbox.raw(Method::DELETE, &format!("/sandbox/groups/{channel}"), "", "").await.unwrap();
    assert_eq!(fails(channel).await, "Forbidden: the group chat was deleted");
}

#[tokio::test]
async fn keyboards_are_judged_button_by_button() {
    let sandbox = start().await;
    sandbox.started(7).await;
    let send = async |button: Value| {
        let markup = json!({"inline_keyboard": [[button]]});
        sandbox.call("sendMessage", json!({"chat_id": 7, "text": "x", "reply_markup": markup})).await
    };
    let data = |length: usize| json!({"text": "b", "callback_data": "é".repeat(length / 2)});
    assert_eq!(
        send(data(64)).await["result"]["reply_markup"]["inline_keyboard"][0][0]["callback_data"],
        "é".repeat(32)
    );
    assert_eq!(send(data(66)).await["description"], bad("BUTTON_DATA_INVALID"));
    assert_eq!(send(json!({"text": "b", "callback_data": ""})).await["description"], bad("BUTTON_DATA_INVALID"));
    assert_eq!(
        send(json!({"text": "b", "url": "tel:+123"})).await["description"],
        bad("inline keyboard button URL 'tel:+123' is invalid: Unsupported URL protocol")
    );
    assert_eq!(
        send(json!({"text": "b", "url": "http://localhost"})).await["description"],
        bad("inline keyboard button URL 'http://localhost' is invalid: Wrong HTTP URL")
    );
    assert_eq!(send(json!({"text": "b", "url": "example.com"})).await["ok"], true);
    assert_eq!(send(json!({"text": "b", "copy_text": {"text": "x".repeat(256)}})).await["ok"], true);
    assert_eq!(
        send(json!({"text": "b", "copy_text": {"text": ""}})).await["description"],
        bad("BUTTON_COPY_TEXT_INVALID")
    );
    assert_eq!(
        send(json!({"text": "b"})).await["description"],
        bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    );
    let rows = vec![json!([{"text": "b", "callback_data": "x"}]); 101];
    let params = json!({"chat_id": 7, "text": "x", "reply_markup": {"inline_keyboard": rows}});
    assert_eq!(sandbox.fails("sendMessage", params).await, bad("reply markup is too long"));
    let params = json!({"chat_id": 7, "text": "x", "reply_markup": "{"});
    assert_eq!(sandbox.fails("sendMessage", params).await, bad("can't parse reply keyboard markup JSON object"));
    let params = json!({"chat_id": 7, "text": "x", "reply_markup": []});
    assert_eq!(sandbox.fails("sendMessage", params).await, bad("object expected as reply markup"));
    let as_text = json!({"chat_id": 7, "text": "x", "reply_markup": r#"{"inline_keyboard":[[{"text":"b","callback_data":"x"}]]}"#});
    assert!(sandbox.ok("sendMessage", as_text).await["reply_markup"].is_object());
}

#[tokio::test]
async fn replies_need_their_message_unless_told_otherwise() {
    let sandbox = start().await;
    sandbox.started(7).await;
    let first = sandbox.says(7, "question").await["message_id"].clone();
    let reply = json!({"chat_id": 7, "text": "answer", "reply_parameters": {"message_id": first}});
    assert_eq!(sandbox.ok("sendMessage", reply).await["reply_to_message"]["text"], "question");
    let quote =
        |quote: &str| json!({"chat_id": 7, "text": "x", "reply_parameters": {"message_id": first, "quote": quote}});
    assert_eq!(sandbox.ok("sendMessage", quote("est")).await["quote"]["position"], 2);
    assert_eq!(sandbox.fails("sendMessage", quote("EST")).await, bad("QUOTE_TEXT_INVALID"));
    let reply = json!({"chat_id": 7, "text": "answer", "reply_parameters": {"message_id": 999}});
    assert_eq!(sandbox.fails("sendMessage", reply).await, bad("message to be replied not found"));
    let reply = json!({"chat_id": 7, "text": "x", "reply_parameters": {"message_id": 999, "allow_sending_without_reply": true}});
    assert!(sandbox.ok("sendMessage", reply).await.get("reply_to_message").is_none());
}

#[tokio::test]
async fn editing_changes_only_what_differs_and_what_is_ones_own() {
    let sandbox = start().await;
    sandbox.started(7).await;
    let sent = sandbox.ok("sendMessage", json!({"chat_id": 7, "text": "one"})).await;
    let id = &sent["message_id"];
    let edited = sandbox.ok("editMessageText", json!({"chat_id": 7, "message_id": id, "text": "two"})).await;
    assert_eq!((&edited["text"], edited["edit_date"].is_i64()), (&json!("two"), true));
    let same = sandbox.fails("editMessageText", json!({"chat_id": 7, "message_id": id, "text": "two"})).await;
    assert!(same.starts_with("Bad Request: message is not modified: specified new message content"), "{same}");
    let long = json!({"chat_id": 7, "message_id": id, "text": "x".repeat(4097)});
    assert_eq!(sandbox.fails("editMessageText", long).await, bad("MESSAGE_TOO_LONG"));
    let caption = json!({"chat_id": 7, "message_id": id, "caption": "x"});
    assert_eq!(sandbox.fails("editMessageCaption", caption).await, bad("there is no caption in the message to edit"));
    let missing = json!({"chat_id": 7, "message_id": 99, "text": "x"});
    assert_eq!(sandbox.fails("editMessageText", missing).await, bad("message to edit not found"));
    let theirs = sandbox.says(7, "mine").await["message_id"].clone();
    let theirs = json!({"chat_id": 7, "message_id": theirs, "text": "x"});
    assert_eq!(sandbox.fails("editMessageText", theirs).await, bad("message can't be edited"));
    let markup = json!({"chat_id": 7, "message_id": id, "reply_markup": {"inline_keyboard": [[{"text": "b", "callback_data": "x"}]]}});
    assert!(sandbox.ok("editMessageReplyMarkup", markup).await["reply_markup"].is_object());
    assert!(
        sandbox
            .ok("editMessageReplyMarkup", json!({"chat_id": 7, "message_id": id}))
            .await
            .get("reply_markup")
            .is_none()
    );
}

#[tokio::test]
async fn deleting_has_its_time() {
    let clock = TestClock::new();
    let sandbox = start_with(Options { clock: clock.clone(), ..Options::default() }).await;
    sandbox.started(7).await;
    let one = sandbox.ok("sendMessage", json!({"chat_id": 7, "text": "one"})).await["message_id"].clone();
    let two = sandbox.ok("sendMessage", json!({"chat_id": 7, "text": "two"})).await["message_id"].clone();
    sandbox.ok("deleteMessage", json!({"chat_id": 7, "message_id": one})).await;
    assert_eq!(
        sandbox.fails("deleteMessage", json!({"chat_id": 7, "message_id": one})).await,
        bad("message to delete not found")
    );
    sandbox.ok("deleteMessages", json!({"chat_id": 7, "message_ids": [one, 99]})).await;
    clock.advance(Duration::from_secs(48 * 3600 + 1));
    assert_eq!(
        sandbox.fails("deleteMessage", json!({"chat_id": 7, "message_id": two})).await,
        bad("message can't be deleted")
    );
    let many: Vec<i64> = (1..=101).collect();
    assert_eq!(
        sandbox.fails("deleteMessages", json!({"chat_id": 7, "message_ids": many})).await,
        bad("too many message identifiers specified")
    );
}

#[tokio::test]
async fn places_contacts_polls_and_dice() {
    let sandbox = start().await;
    sandbox.started(7).await;
    let venue = json!({"chat_id": 7, "latitude": 1.5, "longitude": -2.5, "title": "Cafe", "address": "Street 1"});
    let venue = sandbox.ok("sendVenue", venue).await;
    assert_eq!(venue["location"], venue["venue"]["location"]);
    assert_eq!(
        sandbox.fails("sendLocation", json!({"chat_id": 7, "latitude": 91, "longitude": 0})).await,
        bad("wrong latitude specified")
    );
    let contact = sandbox.ok("sendContact", json!({"chat_id": 7, "phone_number": "+1", "first_name": "A"})).await;
    assert_eq!(contact["contact"], json!({"phone_number": "+1", "first_name": "A"}));
    let poll =
        |question: usize, options: Value| json!({"chat_id": 7, "question": "q".repeat(question), "options": options});
    let sent = sandbox.ok("sendPoll", poll(300, json!(["a", {"text": "b"}]))).await;
    assert_eq!(sent["poll"]["options"][1]["text"], "b");
    for (params, error) in [
        (poll(301, json!(["a"])), "poll question length must not exceed 300"),
        (poll(0, json!(["a"])), "poll question must be non-empty"),
        (poll(5, json!([])), "poll must have at least 1 option"),
        (poll(5, json!(vec!["a"; 13])), "poll can't have more than 12 options"),
        (poll(5, json!(["a".repeat(101)])), "poll options length must not exceed 100"),
        (poll(5, json!([""])), "poll options must be non-empty"),
    ] {
        assert_eq!(sandbox.fails("sendPoll", params).await, bad(error));
    }
    let dice = sandbox.ok("sendDice", json!({"chat_id": 7, "emoji": "🎯"})).await;
    assert!((1..=6).contains(&dice["dice"]["value"].as_i64().unwrap()));
    assert_eq!(
        sandbox.fails("sendChatAction", json!({"chat_id": 7, "action": "dance"})).await,
        bad("wrong parameter action in request")
    );
    sandbox.ok("sendChatAction", json!({"chat_id": 7, "action": "typing"})).await;
    assert_eq!(sandbox.get(&format!("/sandbox/chats/{BOT}/7/messages")).await["action"], "typing");
}

#[tokio::test]
async fn messages_are_copied_and_forwarded_unless_protected() {
    let sandbox = start().await;
    sandbox.started(7).await;
    sandbox.started(8).await;
    let id = sandbox.says(7, "news").await["message_id"].clone();
    let copied = sandbox.ok("copyMessage", json!({"chat_id": 8, "from_chat_id": 7, "message_id": id})).await;
    assert!(copied["message_id"].is_i64());
    let forwarded = sandbox.ok("forwardMessage", json!({"chat_id": 8, "from_chat_id": 7, "message_id": id})).await;
    assert_eq!((&forwarded["text"], &forwarded["forward_origin"]["sender_user"]["id"]), (&json!("news"), &json!(7)));
    let kept =
        sandbox.ok("sendMessage", json!({"chat_id": 7, "text": "x", "protect_content": true})).await["message_id"]
            .clone();
    let params = json!({"chat_id": 8, "from_chat_id": 7, "message_id": kept});
    assert_eq!(
        sandbox.fails("forwardMessage", params).await,
        bad("message has protected content and can't be forwarded")
    );
    let params = json!({"chat_id": 8, "from_chat_id": 7, "message_id": 99});
    assert_eq!(sandbox.fails("copyMessage", params).await, bad("message to copy not found"));
}

#[tokio::test]
async fn what_a_bot_says_of_itself_is_kept_by_language() {
    let sandbox = start().await;
    sandbox.ok("setMyName", json!({"name": "Helper"})).await;
    assert_eq!(sandbox.ok("getMe", json!({})).await["first_name"], "Helper");
    sandbox.ok("setMyDescription", json!({"description": "Hallo", "language_code": "de"})).await;
    assert_eq!(sandbox.ok("getMyDescription", json!({"language_code": "de"})).await, json!({"description": "Hallo"}));
    assert_eq!(sandbox.ok("getMyDescription", json!({})).await, json!({"description": ""}));
    assert_eq!(
        sandbox.fails("setMyShortDescription", json!({"short_description": "x".repeat(121)})).await,
        bad("short description is too long")
    );
    let commands = json!([{"command": "start", "description": "Begin"}]);
    sandbox.ok("setMyCommands", json!({"commands": commands})).await;
    assert_eq!(sandbox.ok("getMyCommands", json!({})).await, commands);
    sandbox.ok("deleteMyCommands", json!({})).await;
    assert_eq!(sandbox.ok("getMyCommands", json!({})).await, json!([]));
    let wrong = json!({"commands": [{"command": "Start!", "description": "Begin"}]});
    assert_eq!(sandbox.fails("setMyCommands", wrong).await, bad("BOT_COMMAND_INVALID"));
    sandbox.ok("setChatMenuButton", json!({"menu_button": {"type": "commands"}})).await;
    assert_eq!(sandbox.ok("logOut", json!({})).await, json!(true));
}

#[tokio::test]
async fn chats_and_members_can_be_looked_up() {
    let sandbox = start().await;
    sandbox.started(7).await;
    let chat = sandbox.ok("getChat", json!({"chat_id": 7})).await;
    assert_eq!((&chat["type"], &chat["first_name"]), (&json!("private"), &json!("Asha")));
    let group = sandbox
        .control(
            "/groups",
            json!({"type": "supergroup", "title": "Team", "username": "team", "users": [7], "bots": [BOT]}),
        )
        .await;
    let id = &group["id"];
    assert_eq!(sandbox.ok("getChat", json!({"chat_id": "@team"})).await["id"], *id);
    assert_eq!(sandbox.ok("getChatMember", json!({"chat_id": id, "user_id": 7})).await["status"], "creator");
    assert_eq!(sandbox.ok("getChatMember", json!({"chat_id": id, "user_id": BOT})).await["status"], "member");
    assert_eq!(
        sandbox.ok("getUserProfilePhotos", json!({"user_id": 7})).await,
        json!({"total_count": 0, "photos": []})
    );
    let pinned = sandbox.ok("sendMessage", json!({"chat_id": id, "text": "x"})).await["message_id"].clone();
    sandbox.ok("pinChatMessage", json!({"chat_id": id, "message_id": pinned})).await;
    assert_eq!(
        sandbox.fails("pinChatMessage", json!({"chat_id": id, "message_id": 99})).await,
        bad("message to pin not found")
    );
    sandbox
        .ok(
            "setMessageReaction",
            json!({"chat_id": id, "message_id": pinned, "reaction": [{"type": "emoji", "emoji": "👍"}]}),
        )
        .await;
    let wrong = json!({"chat_id": id, "message_id": pinned, "reaction": [{"type": "emoji", "emoji": "x"}]});
    assert_eq!(sandbox.fails("setMessageReaction", wrong).await, bad("REACTION_INVALID"));
}
