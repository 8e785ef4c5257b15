//! Acting as people by the control API: what their bots get to hear.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod support;

use sandbox::Options;
use serde_json::{Value, json};
use support::{BOT, TestClock, TestSandbox, start, start_with};

/// Everything, also what bots get only when they ask for it.
async fn curious() -> TestSandbox {
    let sandbox = start().await;
    let kinds = [
        "message",
        "edited_message",
        "channel_post",
        "callback_query",
        "message_reaction",
        "my_chat_member",
        "chat_member",
        "poll",
        "poll_answer",
        "business_message",
    ];
    sandbox.ok("getUpdates", json!({"allowed_updates": kinds})).await;
    sandbox.add_user(7).await;
    sandbox
}

/// The one update that waits, as (kind, payload).
async fn heard(sandbox: &TestSandbox) -> (String, Value) {
    let updates = sandbox.take_updates().await;
    assert_eq!(updates.len(), 1, "{updates:?}");
    let (kind, payload) = updates[0].as_object().unwrap().iter().find(|(name, _)| *name != "update_id").unwrap();
    (kind.clone(), payload.clone())
}

#[tokio::test]
async fn every_kind_of_content_can_be_written() {
    let sandbox = curious().await;
    for (content, field) in [
        (json!({"text": "hi #tag"}), "entities"),
        (json!({"photo": true, "caption": "look"}), "caption"),
        (json!({"video": {"duration": 3, "width": 10, "height": 20}}), "video"),
        (json!({"animation": true}), "document"),
        (json!({"audio": {"title": "Song", "performer": "Band"}}), "audio"),
        (json!({"voice": {"duration": 2}}), "voice"),
        (json!({"video_note": true}), "video_note"),
        (json!({"document": {"base64": "aGVsbG8=", "file_name": "a.txt"}}), "document"),
        (json!({"sticker": {"emoji": "👍"}}), "sticker"),
        (json!({"location": {"latitude": 1.0, "longitude": 2.0}}), "location"),
        (json!({"venue": {"location": {"latitude": 1.0, "longitude": 2.0}, "title": "t", "address": "a"}}), "location"),
        (json!({"contact": {"phone_number": "+4912", "first_name": "Someone"}}), "contact"),
        (json!({"poll": {"question": "q", "options": ["a", "b"]}}), "poll"),
        (json!({"dice": {"emoji": "🎲"}}), "dice"),
        (json!({"story": {"id": 1, "chat": {"id": 7, "type": "private"}}}), "story"),
    ] {
        let mut body = content.clone();
        body["bot"] = json!(BOT);
        body["media_group_id"] = json!("album-1");
        sandbox.control("/users/7/send", body).await;
        let (kind, message) = heard(&sandbox).await;
        assert_eq!(kind, "message");
        assert!(message.get(field).is_some(), "{content} → {message}");
        assert_eq!(message["media_group_id"], "album-1");
    }
}

#[tokio::test]
async fn a_shared_number_is_ones_own_and_a_card_is_not() {
    let sandbox = curious().await;
    sandbox.control("/users", json!({"id": 7, "first_name": "Asha", "phone": "+911234"})).await;
    sandbox.control("/users/7/share_phone", json!({"bot": BOT})).await;
    let (_, own) = heard(&sandbox).await;
    assert_eq!(own["contact"], json!({"phone_number": "+911234", "first_name": "Asha", "user_id": 7}));
    let card = json!({"phone_number": "+499", "first_name": "Other", "user_id": 9});
    sandbox.control("/users/7/send", json!({"bot": BOT, "contact": card})).await;
    assert_eq!(heard(&sandbox).await.1["contact"]["user_id"], 9);
}

#[tokio::test]
async fn pressing_a_button_asks_the_bot_who_answers_in_time() {
    let clock = TestClock::new();
    let sandbox = start_with(Options { clock: clock.clone(), ..Options::default() }).await;
    sandbox.started(7).await;
    let markup =
        json!({"inline_keyboard": [[{"text": "Yes", "callback_data": "y:1"}, {"text": "Site", "url": "example.com"}]]});
    let sent = sandbox.ok("sendMessage", json!({"chat_id": 7, "text": "?", "reply_markup": markup})).await;
    let press = async |body: Value| {
        let mut body = body;
        body["bot"] = json!(BOT);
        body["message_id"] = sent["message_id"].clone();
        sandbox.control("/users/7/press", body).await
    };
    let pressed = press(json!({"text": "Yes"})).await;
    let (kind, query) = heard(&sandbox).await;
    assert_eq!((kind.as_str(), &query["data"], &query["from"]["id"]), ("callback_query", &json!("y:1"), &json!(7)));
    assert_eq!((&query["id"], &query["message"]["text"]), (&pressed["callback_query_id"], &json!("?")));
    assert_eq!(press(json!({"text": "Site"})).await["url"], "http://example.com/");
    sandbox.ok("answerCallbackQuery", json!({"callback_query_id": query["id"], "text": "ok"})).await;
    let long = json!({"callback_query_id": query["id"], "text": "x".repeat(201)});
    assert_eq!(sandbox.fails("answerCallbackQuery", long).await, "Bad Request: MESSAGE_TOO_LONG");
    clock.advance(std::time::Duration::from_secs(151));
    assert_eq!(
        sandbox.fails("answerCallbackQuery", json!({"callback_query_id": query["id"]})).await,
        "Bad Request: query is too old and response timeout expired or query ID is invalid"
    );
    press(json!({"data": "forged", "forged": true})).await;
    assert_eq!(heard(&sandbox).await.1["data"], "forged");
}

#[tokio::test]
async fn a_reply_keyboard_writes_its_text_or_shares_the_number() {
    let sandbox = start().await;
    sandbox.control("/users", json!({"id": 7, "first_name": "Asha", "phone": "+911234"})).await;
    sandbox.control("/users/7/start", json!({"bot": BOT})).await;
    let keyboard =
        json!({"keyboard": [["Menu"], [{"text": "My number", "request_contact": true}]], "one_time_keyboard": true});
    let sent = sandbox.ok("sendMessage", json!({"chat_id": 7, "text": "?", "reply_markup": keyboard})).await;
    sandbox.take_updates().await;
    for (text, field) in [("Menu", "text"), ("My number", "contact")] {
        sandbox.control("/users/7/press", json!({"bot": BOT, "message_id": sent["message_id"], "text": text})).await;
        assert!(heard(&sandbox).await.1.get(field).is_some());
    }
}

#[tokio::test]
async fn edits_reactions_and_blocks_are_heard() {
    let sandbox = curious().await;
    let id = sandbox.says(7, "helo").await["message_id"].clone();
    sandbox.take_updates().await;
    sandbox.control("/users/7/edit", json!({"bot": BOT, "message_id": id, "text": "hello"})).await;
    let (kind, edited) = heard(&sandbox).await;
    assert_eq!((kind.as_str(), &edited["text"], &edited["message_id"]), ("edited_message", &json!("hello"), &id));
    assert!(edited["edit_date"].is_i64());

    for (reaction, old, new) in [
        (json!("👍"), json!([]), json!([{"type": "emoji", "emoji": "👍"}])),
        (json!(null), json!([{"type": "emoji", "emoji": "👍"}]), json!([])),
    ] {
        sandbox.control("/users/7/react", json!({"bot": BOT, "message_id": id, "reaction": reaction})).await;
        let (kind, payload) = heard(&sandbox).await;
        assert_eq!(kind, "message_reaction");
        assert_eq!((&payload["old_reaction"], &payload["new_reaction"]), (&old, &new));
    }

    sandbox.control("/users/7/block", json!({"bot": BOT})).await;
    let (kind, payload) = heard(&sandbox).await;
    assert_eq!((kind.as_str(), &payload["new_chat_member"]["status"]), ("my_chat_member", &json!("kicked")));
    let refused = sandbox.post("/sandbox/users/7/send", json!({"bot": BOT, "text": "x"})).await;
    assert_eq!(refused.status, 409);
    sandbox.control("/users/7/unblock", json!({"bot": BOT})).await;
    assert_eq!(heard(&sandbox).await.1["new_chat_member"]["status"], "member");
}

#[tokio::test]
async fn groups_tell_their_bots_what_happens() {
    let sandbox = curious().await;
    sandbox.control("/users", json!({"id": 8, "first_name": "Ben"})).await;
    let group =
        sandbox.control("/groups", json!({"type": "group", "title": "Team", "users": [7, 8], "bots": [BOT]})).await;
    let id = group["id"].as_i64().unwrap();
    let kinds: Vec<_> = sandbox.take_updates().await;
    assert_eq!(kinds[0]["my_chat_member"]["new_chat_member"]["status"], "member");
    assert_eq!(kinds[1]["message"]["new_chat_members"][0]["id"], BOT);

    sandbox.control("/users/8/send", json!({"chat": id, "text": "hi all"})).await;
    let (_, message) = heard(&sandbox).await;
    assert_eq!(
        (&message["chat"]["id"], &message["chat"]["title"], &message["from"]["id"]),
        (&json!(id), &json!("Team"), &json!(8))
    );

    sandbox.control("/bots", json!({"token": support::TOKEN, "can_read_all_group_messages": false})).await;
    sandbox.control("/users/8/send", json!({"chat": id, "text": "not for bots"})).await;
    sandbox.control("/users/8/send", json!({"chat": id, "text": "/help"})).await;
    assert_eq!(heard(&sandbox).await.1["text"], "/help");

    sandbox.control(&format!("/groups/{id}/members"), json!({"member": 8, "status": "left"})).await;
    assert_eq!(heard(&sandbox).await.1["left_chat_member"]["id"], 8);
    let new = sandbox.control(&format!("/groups/{id}/migrate"), json!({})).await["id"].clone();
    let updates = sandbox.take_updates().await;
    assert_eq!(updates[0]["message"]["migrate_to_chat_id"], new);
    assert_eq!(updates[1]["message"]["migrate_from_chat_id"], id);
}

#[tokio::test]
async fn channels_business_votes_and_raw_updates() {
    let sandbox = curious().await;
    let channel =
        sandbox.control("/groups", json!({"type": "channel", "title": "News", "users": [7], "bots": [BOT]})).await;
    sandbox.take_updates().await;
    sandbox.control("/users/7/send", json!({"chat": channel["id"], "text": "post"})).await;
    assert_eq!(heard(&sandbox).await.0, "channel_post");

    sandbox.control("/users/7/send", json!({"bot": BOT, "text": "buy", "business": {"connection_id": "bc1"}})).await;
    let (kind, message) = heard(&sandbox).await;
    assert_eq!((kind.as_str(), &message["business_connection_id"]), ("business_message", &json!("bc1")));

    sandbox.control("/users/7/start", json!({"bot": BOT})).await;
    let poll = json!({"chat_id": 7, "question": "q", "options": ["a", "b"], "is_anonymous": false});
    let poll = sandbox.ok("sendPoll", poll).await;
    sandbox.take_updates().await;
    sandbox.control("/users/7/vote", json!({"bot": BOT, "message_id": poll["message_id"], "options": [1]})).await;
    let updates = sandbox.take_updates().await;
    assert_eq!(updates[0]["poll"]["options"][1]["voter_count"], 1);
    assert_eq!(updates[1]["poll_answer"]["option_ids"], json!([1]));

    let path = format!("/bots/{BOT}/update");
    let given = sandbox.control(&path, json!({"update_id": 5, "tomorrows_kind": {"x": [null]}})).await;
    assert_eq!(given["update_id"], 5);
    assert_eq!(heard(&sandbox).await, ("tomorrows_kind".into(), json!({"x": [null]})));
}

#[tokio::test]
async fn many_people_start_at_once() {
    let sandbox = start().await;
    let made = sandbox.control("/users/bulk", json!({"count": 150, "start_with": BOT})).await;
    assert_eq!(made["ids"].as_array().unwrap().len(), 150);
    assert_eq!(sandbox.take_updates().await.len(), 100);
    assert_eq!(sandbox.take_updates().await.len(), 50);
    let last = made["ids"][149].clone();
    sandbox.ok("sendMessage", json!({"chat_id": last, "text": "hi"})).await;
    assert_eq!(sandbox.get("/sandbox/users?limit=2").await["users"].as_array().unwrap().len(), 2);
    sandbox.control("/reset", json!({})).await;
    assert_eq!(sandbox.get("/sandbox/users").await["count"], 0);
}

#[tokio::test]
async fn a_revoked_token_gives_way_to_a_new_one() {
    let sandbox = start().await;
    sandbox.ok("getMe", json!({})).await;
    let new = sandbox.control(&format!("/bots/{BOT}/revoke"), json!({})).await["token"].as_str().unwrap().to_owned();
    assert_eq!(sandbox.fails("getMe", json!({})).await, "Unauthorized");
    assert_eq!(sandbox.get(&format!("/bot{new}/getMe")).await["ok"], true);
}
