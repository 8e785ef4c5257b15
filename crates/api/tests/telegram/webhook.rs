//! Deliveries: every case of the contract's table.

use axum::{body::Body, http::Request};
use serde_json::{Value, json};
use testkit::{Answer, TestApp, db_test};
use tokio::task::JoinSet;

use crate::support::{path, registered, secret, start};

const EVENTS: &str = "/telegram/v1/webhook-events/";

/// Posts to a bot's webhook.
async fn deliver(app: &TestApp, bot: &Value, secret: Option<&str>, body: impl Into<Body>) -> Answer {
    let id = bot["id"].as_str().unwrap();
    let mut request = Request::post(format!("/telegram/v1/webhooks/{id}/")).header("content-type", "application/json");
    if let Some(secret) = secret {
        request = request.header("x-telegram-bot-api-secret-token", secret);
    }
    app.anonymous().send(request.body(body.into()).unwrap()).await
}

fn update(id: i64) -> String {
    json!({"update_id": id, "message": {"message_id": id, "date": 0, "chat": {"id": 7}, "text": "hello"}}).to_string()
}

async fn events(app: &TestApp) -> Vec<Value> {
    app.owner().get(EVENTS).await.1["results"].as_array().unwrap().clone()
}

db_test! {
    async fn an_update_is_stored_before_it_is_acknowledged(db) {
        let (app, telegram) = start(db).await;
        let bot = registered(&app).await;
        let answer = deliver(&app, &bot, Some(&secret(&telegram).await), update(5)).await;
        assert_eq!((answer.status, answer.json()), (200, json!({"ok": true})));
        assert_eq!(answer.header("x-request-id").len(), 36);
        let stored = events(&app).await;
        assert_eq!(stored.len(), 1);
        assert_eq!((&stored[0]["update_id"], &stored[0]["event_type"]), (&json!(5), &json!("MESSAGE")));
        assert_eq!((&stored[0]["status"], &stored[0]["bot_app_id"]), (&json!("RECEIVED"), &bot["id"]));
    }

    async fn strangers_are_turned_away(db) {
        let (app, telegram) = start(db).await;
        let bot = registered(&app).await;
        let secret = secret(&telegram).await;
        for wrong in [None, Some(""), Some("wrong"), Some(&secret[1..])] {
            let answer = deliver(&app, &bot, wrong, "not even JSON").await;
            assert_eq!((answer.status, &answer.json()["code"]), (401, &json!("unauthenticated")));
        }
        for id in ["01939d5e-2b7c-7cc3-98c4-dc0c0c07398f", "nonsense"] {
            assert_eq!(deliver(&app, &json!({"id": id}), Some(&secret), update(1)).await.status, 404);
        }
        assert!(events(&app).await.is_empty());
        assert_eq!(app.owner().delete(&path(&bot)).await.0, 204);
        assert_eq!(deliver(&app, &bot, Some(&secret), update(1)).await.status, 404);
    }

    async fn what_is_no_update_is_refused(db) {
        let (app, telegram) = start(db).await;
        let bot = registered(&app).await;
        let secret = secret(&telegram).await;
        for body in ["", "{", "[]", "null", "{}", r#"{"update_id":"5"}"#, r#"{"update_id":5.5}"#, "\u{feff}{\"update_id\":1}"] {
            let answer = deliver(&app, &bot, Some(&secret), body).await;
            assert_eq!((answer.status, &answer.json()["code"]), (400, &json!("invalid_input")), "{body}");
        }
        assert_eq!(deliver(&app, &bot, Some(&secret), vec![0xff, 0xfe]).await.status, 400);
        let large = format!(r#"{{"update_id":1,"x":"{}"}}"#, "x".repeat(1 << 20));
        assert_eq!(deliver(&app, &bot, Some(&secret), large).await.status, 413);
        let fits = format!(r#"{{"update_id":1,"x":"{}"}}"#, "x".repeat((1 << 20) - 22));
        assert_eq!(deliver(&app, &bot, Some(&secret), fits).await.status, 200);
        assert_eq!(events(&app).await.len(), 1);
    }

    async fn strange_updates_are_stored_whole(db) {
        let (app, telegram) = start(db).await;
        let bot = registered(&app).await;
        let secret = secret(&telegram).await;
        let deep = format!(r#"{{"update_id":2,"message":{}1{}}}"#, "[".repeat(50_000), "]".repeat(50_000));
        let strange = [
            r#"{"update_id":1,"novelty":{"chat":{"id":9}},"text":"\u0000\ud800"}"#.to_owned(),
            deep,
            r#"{"update_id":-9223372036854775808,"message":null}"#.to_owned(),
            r#"{"update_id":9223372036854775807,"message":{"chat":{"id":1e999},"date":"never"}}"#.to_owned(),
        ];
        for body in &strange {
            assert_eq!(deliver(&app, &bot, Some(&secret), body.clone()).await.status, 200, "{:.60}", body);
        }
        let stored = events(&app).await;
        assert_eq!(stored.len(), 4);
        assert_eq!(stored[3]["event_type"], "UNKNOWN");
        for (event, body) in stored.iter().rev().zip(&strange) {
            let (status, whole) = app.owner().get(&format!("{EVENTS}{}/", event["id"].as_str().unwrap())).await;
            assert_eq!((status, &whole["update_id"]), (200, &event["update_id"]));
            let payload = whole["payload"].as_str().map(str::to_owned);
            assert!(payload.is_none_or(|text| text == *body), "{whole:.200}");
        }
    }

    async fn the_same_update_is_stored_once(db) {
        let (app, telegram) = start(db).await;
        let bot = registered(&app).await;
        let secret = secret(&telegram).await;
        let app = std::sync::Arc::new(app);
        let mut deliveries = JoinSet::new();
        for _ in 0..200 {
            let (app, bot, secret) = (app.clone(), bot.clone(), secret.clone());
            deliveries.spawn(async move { deliver(&app, &bot, Some(&secret), update(42)).await.status });
        }
        assert_eq!(deliveries.join_all().await, [200; 200]);
        assert_eq!(events(&app).await.len(), 1);
        // Telegram may begin anew with smaller numbers.
        assert_eq!(deliver(&app, &bot, Some(&secret), update(3)).await.status, 200);
        assert_eq!(events(&app).await.len(), 2);
    }

    async fn updates_of_an_inactive_bot_are_ignored(db) {
        let (app, telegram) = start(db).await;
        let bot = registered(&app).await;
        let secret = secret(&telegram).await;
        let (status, off) = app.owner().post(&format!("{}deactivate/", path(&bot)), json!({})).await;
        assert_eq!((status, &off["is_active"], &off["webhook_status"]), (200, &json!(false), &json!("REGISTERED")));
        assert_eq!(deliver(&app, &bot, Some(&secret), update(1)).await.status, 200);
        assert_eq!(app.owner().post(&format!("{}activate/", path(&bot)), json!({})).await.1["is_active"], true);
        assert_eq!(deliver(&app, &bot, Some(&secret), update(2)).await.status, 200);
        let stored = events(&app).await;
        assert_eq!((&stored[0]["status"], &stored[1]["status"]), (&json!("RECEIVED"), &json!("IGNORED")));
    }

    async fn without_its_database_the_webhook_asks_to_come_again(db) {
        let (app, telegram) = start(db).await;
        let bot = registered(&app).await;
        let secret = secret(&telegram).await;
        assert_eq!(deliver(&app, &bot, Some(&secret), update(1)).await.status, 200);
        app.app.db.close().await;
        for _ in 0..2 {
            let answer = deliver(&app, &bot, Some(&secret), update(2)).await;
            assert_eq!((answer.status, answer.header("retry-after")), (503, "1"));
            app.clock.advance(10_000);
        }
    }

    async fn the_address_answers_to_a_get(db) {
        let (app, _telegram) = start(db).await;
        let bot = registered(&app).await;
        let address = format!("/telegram/v1/webhooks/{}", bot["id"].as_str().unwrap());
        for address in [address.clone(), format!("{address}/")] {
            assert_eq!(app.anonymous().get(&address).await, (200, json!({"ok": true})));
            let (status, problem) = app.anonymous().put(&address, json!({})).await;
            assert_eq!((status, &problem["code"]), (405, &json!("method_not_allowed")), "{address}");
        }
    }

    async fn until_telegram_confirms_a_new_secret_both_are_accepted(db) {
        let (app, telegram) = start(db).await;
        let bot = registered(&app).await;
        let old = secret(&telegram).await;
        telegram.pass();
        telegram.fail("setWebhook", json!({"kind": "lost_answer"})).await;
        for mode in ["polling", "webhook"] {
            assert_eq!(app.owner().patch(&path(&bot), json!({"receive_mode": mode})).await.0, 200);
        }
        let new = secret(&telegram).await;
        assert_ne!(old, new);
        for (id, secret) in [(1, &old), (2, &new)] {
            assert_eq!(deliver(&app, &bot, Some(secret), update(id)).await.status, 200);
        }
        telegram.heal().await;
        telegram.pass();
        app.owner().post(&format!("{}register_webhook/", path(&bot)), json!({})).await;
        assert_eq!(deliver(&app, &bot, Some(&new), update(3)).await.status, 200);
        app.clock.advance(1_000);
        assert_eq!(deliver(&app, &bot, Some(&old), update(4)).await.status, 401);
    }
}
