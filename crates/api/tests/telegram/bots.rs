//! Registering, reading and removing bots.

use std::sync::Arc;

use model::Role;
use serde_json::{Value, json};
use store::Cipher;
use testkit::{Client, Telegram, TestApp, db_test};

use crate::support::{BOTS, TOKEN, path, registered, start};

/// The owner of the same installation, started anew with a key that has sealed nothing.
fn with_another_key(app: &mut TestApp) -> Client {
    let key = Cipher::generate(&*app.app.ids);
    app.app.cipher = Arc::new(Cipher::from_base64(&key).unwrap());
    app.router = api::router(app.app.clone(), api::Options::default());
    app.with_token(app.owner().token())
}

db_test! {
    async fn a_bot_is_registered_with_its_webhook(db) {
        let (app, telegram) = start(db).await;
        let body = json!({"name": "My Support Bot", "bot_token": TOKEN, "daily_limit": 500, "rate_limit": "30/s"});
        let (status, bot) = app.owner().post(BOTS, body).await;
        assert_eq!(status, 201, "{bot}");
        let id = bot["id"].as_str().unwrap();
        let url = format!("https://jina.test/telegram/v1/webhooks/{id}/");
        let expected = json!({
            "id": id, "bot_app_id": id, "name": "My Support Bot", "bot_user_id": 123456,
            "bot_username": bot["bot_username"], "bot_token": "***ew11", "is_active": true, "daily_limit": 500,
            "messages_sent_today": 0, "rate_limit": "30/s", "effective_rate_limit": "30/s", "receive_mode": "webhook",
            "webhook_url": url, "webhook_status": "REGISTERED", "webhook_error": null,
            "created_at": "2026-01-02T03:04:05.000Z", "updated_at": "2026-01-02T03:04:05.000Z",
        });
        assert_eq!(bot, expected);
        let set = telegram.calls("setWebhook").await;
        assert_eq!((set.len(), &set[0]["url"]), (1, &json!(url)));
        assert_eq!(set[0]["secret_token"].as_str().unwrap().len(), 43);
        assert!(set[0].to_string().contains("message_reaction_count"), "{}", set[0]);
        assert_eq!(app.owner().get(&path(&bot)).await, (200, bot.clone()));
        let (_, list) = app.owner().get(&format!("{BOTS}?search=SUPPORT&is_active=true&count=true")).await;
        assert_eq!((&list["count"], &list["results"]), (&json!(1), &json!([bot])));
        let username = bot["bot_username"].as_str().unwrap().to_uppercase();
        for all in ["name=My+Support+Bot", "bot_user_id=123456", &format!("bot_username=@{username}")] {
            assert_eq!(app.owner().get(&format!("{BOTS}?{all}")).await.1["results"], json!([bot]), "{all}");
        }
        for none in ["search=100%25", "name=My", "bot_user_id=1", "bot_username=x"] {
            assert_eq!(app.owner().get(&format!("{BOTS}?{none}")).await.1["results"], json!([]), "{none}");
        }
    }

    async fn what_is_left_out_has_defaults(db) {
        let (app, _telegram) = start(db).await;
        let bot = registered(&app).await;
        assert_eq!((&bot["daily_limit"], &bot["rate_limit"]), (&json!(1000), &Value::Null));
        assert_eq!(bot["effective_rate_limit"], "30/min");
        assert!(!bot["name"].as_str().unwrap().is_empty());
    }

    async fn a_token_that_telegram_refuses_saves_nothing(db) {
        let (app, telegram) = start(db).await;
        telegram.control("/tokens/reject", json!({"token": TOKEN})).await;
        for token in [TOKEN, "no token", "123456:", ":abc", "***1234", "12:a b"] {
            let (status, problem) = app.owner().post(BOTS, json!({"bot_token": token})).await;
            assert_eq!((status, &problem["code"]), (400, &json!("invalid_bot_token")), "{token}: {problem}");
            assert!(problem["errors"]["bot_token"][0].is_string(), "{problem}");
        }
        assert_eq!(app.owner().get(BOTS).await.1["results"], json!([]));
    }

    async fn a_token_that_no_key_opens_can_be_replaced_and_removed(db) {
        let (mut app, _telegram) = start(db).await;
        // By polling: a webhook that is set twice within a second makes us wait, and this clock stands still.
        let new = json!({"bot_token": TOKEN, "receive_mode": "polling"});
        let (status, bot) = app.owner().post(BOTS, new).await;
        assert_eq!(status, 201, "{bot}");
        let owner = with_another_key(&mut app);
        let (status, problem) = owner.post(&format!("{}test_auth/", path(&bot)), json!({})).await;
        assert_eq!((status, &problem["code"]), (503, &json!("secret_unreadable")), "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains("FIELD_ENCRYPTION_KEY"), "{problem}");
        let (status, changed) = owner.patch(&path(&bot), json!({"bot_token": TOKEN})).await;
        assert_eq!(status, 200, "{changed}");
        let (_, proof) = owner.post(&format!("{}test_auth/", path(&bot)), json!({})).await;
        assert_eq!(proof["ok"], true, "{proof}");
        let owner = with_another_key(&mut app);
        assert_eq!(owner.delete(&path(&bot)).await.0, 204);
        assert_eq!(owner.get(BOTS).await.1["results"], json!([]));
    }

    async fn telegram_in_trouble_saves_nothing(db) {
        let (app, telegram) = start(db).await;
        for fault in [
            json!({"kind": "status", "code": 500, "description": "Internal Server Error: restart"}),
            json!({"kind": "html_502"}),
            json!({"kind": "reset"}),
            json!({"kind": "throttle", "retry_after": 7}),
        ] {
            telegram.fail("getMe", fault.clone()).await;
            let (status, problem) = app.owner().post(BOTS, json!({"bot_token": TOKEN})).await;
            assert_eq!((status, &problem["code"]), (502, &json!("telegram_unreachable")), "{fault}: {problem}");
            telegram.heal().await;
        }
        assert_eq!(app.owner().get(BOTS).await.1["results"], json!([]));
        registered(&app).await;
    }

    async fn nobody_answering_at_all_saves_nothing(db) {
        let app = TestApp::start(db).await;
        let (status, problem) = app.owner().post(BOTS, json!({"bot_token": TOKEN})).await;
        assert_eq!((status, &problem["code"]), (502, &json!("telegram_unreachable")), "{problem}");
        assert!(!problem.to_string().contains("ABC-DEF"), "{problem}");
    }

    async fn a_bot_belongs_to_one_tenant_at_a_time(db) {
        let (app, telegram) = start(db).await;
        let bot = registered(&app).await;
        let other = app.other_tenant().await;
        for client in [app.owner(), other.clone()] {
            let (status, problem) = client.post(BOTS, json!({"bot_token": TOKEN})).await;
            assert_eq!((status, &problem["code"]), (409, &json!("bot_already_registered")), "{problem}");
        }
        assert_eq!(app.owner().delete(&path(&bot)).await.0, 204);
        telegram.pass();
        assert_eq!(other.post(BOTS, json!({"bot_token": TOKEN})).await.0, 201);
    }

    async fn a_webhook_that_cannot_be_set_is_told(db) {
        let (app, telegram) = start(db).await;
        let words = "Bad Request: bad webhook: Failed to resolve host";
        telegram.fail("setWebhook", json!({"kind": "status", "code": 400, "description": words})).await;
        let (status, bot) = app.owner().post(BOTS, json!({"bot_token": TOKEN})).await;
        assert_eq!((status, &bot["webhook_status"], &bot["webhook_error"]), (201, &json!("FAILED"), &json!(words)));

        telegram.heal().await;
        telegram.pass();
        let (status, bot) = app.owner().post(&format!("{}register_webhook/", path(&bot)), json!({})).await;
        assert_eq!((status, &bot["webhook_status"], &bot["webhook_error"]), (200, &json!("REGISTERED"), &Value::Null));
        let set = telegram.calls("setWebhook").await;
        assert_eq!(set[0]["secret_token"], set[1]["secret_token"], "an unconfirmed secret is tried again");
    }

    async fn wrong_input_is_named_by_field(db) {
        let (app, _telegram) = start(db).await;
        for (field, value) in [
            ("daily_limit", json!(0)), ("daily_limit", json!(-1)), ("daily_limit", json!("many")),
            ("daily_limit", json!(1.5)), ("daily_limit", json!(true)), ("daily_limit", json!(1e30)),
            ("rate_limit", json!("fast")), ("rate_limit", json!(30)), ("receive_mode", json!("pigeon")),
            ("name", json!("")), ("name", json!("x".repeat(201))), ("name", json!("a\u{0}b")), ("name", json!(5)),
            ("bot_token", json!(null)), ("bot_token", json!(7)), ("unheard_of", json!(1)), ("id", json!(1)),
        ] {
            let mut body = json!({"bot_token": TOKEN});
            body[field] = value.clone();
            let (status, problem) = app.owner().post(BOTS, body).await;
            assert_eq!(status, 400, "{field} {value}: {problem}");
            assert!(problem["errors"][field][0].is_string(), "{field} {value}: {problem}");
        }
        let (status, problem) = app.owner().post(BOTS, json!({})).await;
        assert_eq!((status, &problem["errors"]["bot_token"]), (400, &json!(["This field is required."])));
    }

    async fn without_https_a_bot_of_telegrams_own_server_polls(db) {
        let app = TestApp::start_with(db, |set| {
            set.telegram_api_base_url = "https://api.telegram.org".to_owned();
        }).await;
        assert!(app.app.bot_api.is_telegram());
        assert_eq!(app::bots::default_mode(&app.app), model::bot::ReceiveMode::Polling);
    }

    async fn a_removed_bot_is_gone_and_its_webhook_too(db) {
        let (app, telegram) = start(db).await;
        let bot = registered(&app).await;
        assert!(!telegram.webhook_url(TOKEN).await.is_empty());
        assert_eq!(app.owner().delete(&path(&bot)).await, (204, Value::Null));
        assert_eq!(telegram.webhook_url(TOKEN).await, "");
        assert_eq!(app.owner().get(&path(&bot)).await.0, 404);
        assert_eq!(app.owner().delete(&path(&bot)).await.0, 404);
        assert_eq!(app.owner().get(BOTS).await.1["results"], json!([]));
    }

    async fn a_bot_is_removed_although_telegram_is_away(db) {
        let (app, telegram) = start(db).await;
        let bot = registered(&app).await;
        telegram.fail("deleteWebhook", json!({"kind": "reset"})).await;
        assert_eq!(app.owner().delete(&path(&bot)).await.0, 204);
        assert_eq!(app.owner().get(&path(&bot)).await.0, 404);
        assert!(!telegram.webhook_url(TOKEN).await.is_empty());
    }

    async fn roles_and_tenants_keep_to_their_own(db) {
        let (app, _telegram) = start(db).await;
        let bot = registered(&app).await;
        let (viewer, agent, other) = (app.as_role(Role::Viewer).await, app.as_role(Role::Agent).await, app.other_tenant().await);
        assert_eq!(viewer.get(&path(&bot)).await.0, 200);
        assert_eq!(agent.patch(&path(&bot), json!({"name": "x"})).await.0, 403);
        assert_eq!(agent.post(BOTS, json!({"bot_token": "7:x"})).await.0, 403);
        assert_eq!(agent.delete(&path(&bot)).await.0, 403);
        for action in ["", "webhook_info/"] {
            assert_eq!(other.get(&format!("{}{action}", path(&bot))).await.0, 404, "{action}");
        }
        for action in ["activate/", "deactivate/", "register_webhook/", "test_auth/"] {
            assert_eq!(agent.post(&format!("{}{action}", path(&bot)), json!({})).await.0, 403, "{action}");
            assert_eq!(other.post(&format!("{}{action}", path(&bot)), json!({})).await.0, 404, "{action}");
        }
        assert_eq!(other.delete(&path(&bot)).await.0, 404);
        assert_eq!(other.patch(&path(&bot), json!("no object")).await.0, 404);
        assert_eq!(app.anonymous().get(&path(&bot)).await.0, 401);
    }

    async fn a_telegram_that_hangs_is_a_time_out(db) {
        let telegram = Telegram::start().await;
        let url = telegram.url.clone();
        let app = TestApp::start_with(db, |set| {
            set.telegram_api_base_url = url;
            set.settings.request_timeout_ms = 100;
        }).await;
        telegram.fail("getMe", json!({"kind": "hang"})).await;
        let (status, problem) = app.owner().post(BOTS, json!({"bot_token": TOKEN})).await;
        assert_eq!((status, &problem["code"]), (504, &json!("telegram_unreachable")), "{problem}");
    }
}
