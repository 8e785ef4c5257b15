//! Webhook delivery and getUpdates, by Telegram's rules.

mod support;

use std::time::Duration;

use sandbox::{Clock, Options};
use serde_json::{Value, json};
use support::{BOT, TestClock, receiver, start, start_with, until, willing_receiver};

/// A hundred times faster than life.
fn fast() -> Options {
    Options { time_scale: 0.01, ..Options::default() }
}

fn text(body: &Value) -> &str {
    body["message"]["text"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn an_update_is_posted_with_the_secret_and_acknowledged_by_2xx() {
    let sandbox = start().await;
    let mut hook = willing_receiver().await;
    sandbox.add_user(7).await;
    sandbox.ok("setWebhook", json!({"url": hook.url, "secret_token": "s3cret_-"})).await;
    sandbox.control("/users/7/start", json!({"bot": BOT, "payload": "promo-1"})).await;

    let delivered = hook.next().await;
    assert_eq!(delivered.headers["x-telegram-bot-api-secret-token"], "s3cret_-");
    assert_eq!(delivered.headers["content-type"], "application/json");
    assert!(!delivered.headers.contains_key("user-agent"));
    let message = &delivered.body["message"];
    assert_eq!(message["text"], "/start promo-1");
    assert_eq!(message["entities"], json!([{"offset": 0, "length": 6, "type": "bot_command"}]));
    assert_eq!(
        message["chat"],
        json!({"id": 7, "first_name": "Asha", "last_name": "Rao", "username": "asha", "type": "private"})
    );
    assert_eq!((&message["from"]["id"], &message["from"]["is_bot"]), (&json!(7), &json!(false)));

    let info = async || sandbox.ok("getWebhookInfo", json!({})).await;
    until(async || info().await["pending_update_count"] == 0).await;
    assert_eq!(info().await["url"], hook.url);
}

#[tokio::test]
async fn whatever_is_not_2xx_is_delivered_again_with_the_same_update_id_and_holds_its_queue() {
    let sandbox = start_with(fast()).await;
    let mut failures = [500, 404, 302].into_iter();
    let mut hook = receiver(Box::new(move |body| {
        let status = if text(body) == "one" { failures.next().unwrap_or(200) } else { 200 };
        (status, Vec::new(), String::new())
    }))
    .await;
    sandbox.add_user(7).await;
    sandbox.ok("setWebhook", json!({"url": hook.url})).await;
    sandbox.says(7, "one").await;
    sandbox.says(7, "two").await;

    let mut texts = Vec::new();
    let mut ids = Vec::new();
    for _ in 0..5 {
        let delivered = hook.next().await;
        texts.push(text(&delivered.body).to_owned());
        ids.push(delivered.body["update_id"].as_i64().unwrap());
    }
    assert_eq!(texts, ["one", "one", "one", "one", "two"]);
    assert_eq!(ids[0], ids[3]);
    assert_eq!(ids[4], ids[0] + 1);
    let info = sandbox.ok("getWebhookInfo", json!({})).await;
    assert_eq!(info["last_error_message"], "Wrong response from the webhook: 302 Found");
    assert!(info["last_error_date"].is_i64());
}

#[tokio::test]
async fn another_chat_does_not_wait_for_a_failing_one() {
    let sandbox = start_with(fast()).await;
    let mut hook =
        receiver(Box::new(|body| (if text(body) == "bad" { 500 } else { 200 }, Vec::new(), String::new()))).await;
    sandbox.add_user(7).await;
    sandbox.add_user(8).await;
    sandbox.ok("setWebhook", json!({"url": hook.url})).await;
    sandbox.says(7, "bad").await;
    sandbox.says(8, "good").await;
    while text(&hook.next().await.body) != "good" {}
}

#[tokio::test]
async fn retry_after_is_heard() {
    let sandbox = start_with(fast()).await;
    let mut calls = 0;
    let mut hook = receiver(Box::new(move |_| {
        calls += 1;
        (if calls == 1 { 503 } else { 200 }, vec![("retry-after", "30".into())], String::new())
    }))
    .await;
    sandbox.add_user(7).await;
    sandbox.ok("setWebhook", json!({"url": hook.url})).await;
    sandbox.says(7, "hi").await;
    hook.next().await;
    let first = std::time::Instant::now();
    hook.next().await;
    assert!(first.elapsed() >= Duration::from_millis(280), "30 s at a hundredth");
}

#[tokio::test]
async fn an_update_that_expires_is_given_up_and_lets_the_next_one_go() {
    // A button press lives 150 s: at a thousandth it is tried at 0, 0, 2, 6, 14, 30, 62 ms and perhaps once more.
    let sandbox = start_with(Options { time_scale: 0.001, ..Options::default() }).await;
    let data = |body: &Value| body["callback_query"]["data"].as_str().unwrap_or_default().to_owned();
    let mut hook =
        receiver(Box::new(move |body| (if data(body) == "old" { 500 } else { 200 }, Vec::new(), String::new()))).await;
    sandbox.started(7).await;
    sandbox.ok("setWebhook", json!({"url": hook.url})).await;
    let message = sandbox.ok("sendMessage", json!({"chat_id": 7, "text": "x"})).await["message_id"].clone();
    for pressed in ["old", "new"] {
        let press = json!({"bot": BOT, "message_id": message, "data": pressed, "forged": true});
        sandbox.control("/users/7/press", press).await;
    }
    let mut tries = 0;
    while data(&hook.next().await.body) == "old" {
        tries += 1;
    }
    assert!((3..=9).contains(&tries), "{tries}");
    let info = sandbox.ok("getWebhookInfo", json!({})).await;
    assert_eq!(info["last_error_message"], "Wrong response from the webhook: 500 Internal Server Error");
}

#[tokio::test]
async fn a_webhook_that_stays_gone_is_removed() {
    // 23 hours at a millionth are 83 ms.
    let sandbox = start_with(Options { time_scale: 0.000_001, ..Options::default() }).await;
    let mut hook = receiver(Box::new(|_| (410, Vec::new(), String::new()))).await;
    sandbox.add_user(7).await;
    sandbox.ok("setWebhook", json!({"url": hook.url})).await;
    sandbox.control(&format!("/bots/{BOT}/update"), json!({"message": {"chat": {"id": 7}}})).await;
    hook.next().await;
    until(async || {
        // Something must go on failing: what waited has long expired at this pace.
        sandbox.says(7, "anyone there?").await;
        sandbox.ok("getWebhookInfo", json!({})).await["url"] == ""
    })
    .await;
}

#[tokio::test]
async fn connections_grow_only_while_deliveries_succeed() {
    let sandbox = start_with(fast()).await;
    let mut hook = willing_receiver().await;
    sandbox.ok("setWebhook", json!({"url": hook.url, "max_connections": 5})).await;
    sandbox.control("/users/bulk", json!({"count": 200, "start_with": BOT})).await;
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..200 {
        seen.insert(hook.next().await.body["message"]["chat"]["id"].as_i64().unwrap());
    }
    assert_eq!(seen.len(), 200, "each of them once");
}

#[tokio::test]
async fn a_moved_clock_brings_the_next_try() {
    let clock = TestClock::new();
    let sandbox = start_with(Options { clock: clock.clone(), ..Options::default() }).await;
    let mut failures = 2;
    let mut hook = receiver(Box::new(move |_| {
        failures -= 1;
        (if failures >= 0 { 500 } else { 200 }, vec![("retry-after", "3000".into())], String::new())
    }))
    .await;
    sandbox.add_user(7).await;
    sandbox.ok("setWebhook", json!({"url": hook.url})).await;
    sandbox.says(7, "hi").await;
    for _ in 0..2 {
        hook.next().await;
        let now = clock.now_us() / 1_000_000;
        until(async || sandbox.ok("getWebhookInfo", json!({})).await["last_error_date"] == now).await;
        clock.advance(Duration::from_secs(3000));
    }
    hook.next().await;
    until(async || sandbox.ok("getWebhookInfo", json!({})).await["pending_update_count"] == 0).await;
}

#[tokio::test]
async fn an_unreachable_webhook_says_so_and_keeps_the_updates() {
    let sandbox = start_with(fast()).await;
    sandbox.add_user(7).await;
    sandbox.ok("setWebhook", json!({"url": "http://127.0.0.1:9/hook"})).await;
    sandbox.says(7, "hi").await;
    let info = async || sandbox.ok("getWebhookInfo", json!({})).await;
    until(async || info().await["last_error_message"] == "Connection refused").await;
    assert_eq!(info().await["pending_update_count"], 1);
    sandbox.ok("deleteWebhook", json!({})).await;
    assert_eq!(text(&sandbox.updates().await[0]), "hi", "what a webhook could not have is still there to poll");
}

#[tokio::test]
async fn a_method_call_in_the_answer_is_carried_out() {
    let sandbox = start().await;
    let call = r#"{"method":"sendMessage","chat_id":7,"text":"pong"}"#;
    let mut hook = receiver(Box::new(move |_| (200, Vec::new(), call.into()))).await;
    sandbox.add_user(7).await;
    sandbox.ok("setWebhook", json!({"url": hook.url})).await;
    sandbox.says(7, "ping").await;
    hook.next().await;
    until(async || {
        let seen = sandbox.get(&format!("/sandbox/chats/{BOT}/7/messages")).await;
        seen["messages"].as_array().unwrap().last().unwrap()["text"] == "pong"
    })
    .await;
}

#[tokio::test]
async fn webhook_and_polling_exclude_each_other() {
    let sandbox = start().await;
    let hook = willing_receiver().await;
    let polling = sandbox.fails("getUpdates", json!({"timeout": 30}));
    let setting = async {
        until(async || sandbox.get("/sandbox/calls").await["calls"][0]["method"] == "getUpdates").await;
        sandbox.call("setWebhook", json!({"url": hook.url})).await
    };
    let (ended, set) = tokio::join!(polling, setting);
    assert_eq!(ended, "Conflict: terminated by setWebhook request");
    assert_eq!(set["description"], "Webhook was set");
    assert_eq!(
        sandbox.fails("getUpdates", json!({})).await,
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    );
    assert_eq!(sandbox.call("setWebhook", json!({"url": hook.url})).await["description"], "Webhook is already set");
    let other = format!("{}/other", hook.url);
    assert_eq!(sandbox.fails("setWebhook", json!({"url": other})).await, "Too Many Requests: retry after 1");
    assert_eq!(sandbox.call("deleteWebhook", json!({})).await["description"], "Webhook was deleted");
    assert_eq!(sandbox.call("deleteWebhook", json!({})).await["description"], "Webhook is already deleted");
    assert_eq!(sandbox.updates().await.len(), 0);
}

#[tokio::test]
async fn a_newer_poller_ends_an_older_one() {
    let sandbox = start().await;
    sandbox.add_user(7).await;
    let first = sandbox.fails("getUpdates", json!({"timeout": 30}));
    let second = async {
        until(async || sandbox.get("/sandbox/calls").await["calls"][0]["method"] == "getUpdates").await;
        let polled = sandbox.ok("getUpdates", json!({"timeout": 30}));
        let (polled, _) = tokio::join!(polled, sandbox.says(7, "hello"));
        polled
    };
    let (ended, polled) = tokio::join!(first, second);
    assert!(ended.starts_with("Conflict: terminated by other getUpdates request"), "{ended}");
    assert_eq!(text(&polled[0]), "hello");
}

#[tokio::test]
async fn offsets_confirm_and_limits_hold() {
    let sandbox = start().await;
    sandbox.add_user(7).await;
    for text in ["a", "b", "c"] {
        sandbox.says(7, text).await;
    }
    let two = sandbox.ok("getUpdates", json!({"limit": 2})).await;
    assert_eq!(two.as_array().unwrap().len(), 2);
    let second = two[1]["update_id"].as_i64().unwrap();
    assert_eq!(sandbox.ok("getUpdates", json!({"offset": second})).await.as_array().unwrap().len(), 2);
    let last = sandbox.ok("getUpdates", json!({"offset": -1})).await;
    assert_eq!(text(&last[0]), "c");
    assert_eq!(sandbox.updates().await.len(), 1, "what came before the negative offset is forgotten");
}

#[tokio::test]
async fn strict_servers_judge_the_address() {
    let sandbox = start_with(Options { local_mode: false, ..Options::default() }).await;
    for (params, description) in [
        (json!({"url": "http://example.com/"}), "bad webhook: An HTTPS URL must be provided for webhook"),
        (
            json!({"url": "https://example.com:9000/"}),
            "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        ),
        (json!({"url": "ftp://example.com/"}), "invalid webhook URL specified"),
        (json!({"url": "https://10.0.0.1/"}), "bad webhook: IP address 10.0.0.1 is reserved"),
        (json!({"url": "https://example.com/", "secret_token": "a b"}), "secret token contains unallowed characters"),
        (json!({"url": "https://example.com/", "secret_token": "a".repeat(257)}), "secret token is too long"),
    ] {
        assert_eq!(sandbox.fails("setWebhook", params).await, format!("Bad Request: {description}"));
    }
    sandbox.ok("setWebhook", json!({"url": "https://example.com/", "max_connections": 1000})).await;
    let info = sandbox.ok("getWebhookInfo", json!({})).await;
    assert_eq!(info["max_connections"], 100);
    assert!(info.get("allowed_updates").is_none());
}
