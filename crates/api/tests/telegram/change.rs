//! Changing bots, and the actions on them.

use serde_json::{Value, json};
use testkit::db_test;

use crate::support::{BOTS, TOKEN, path, registered, secret, start};

const NEW_TOKEN: &str = "123456:ABC-NEW1234ghIkl-zyx57W2v1u123ew99";

db_test! {
    async fn a_part_is_changed_and_the_rest_stays(db) {
        let (app, _telegram) = start(db).await;
        let bot = registered(&app).await;
        let change = json!({"name": "Shop", "daily_limit": 5, "rate_limit": "2/s", "bot_token": "***ew11"});
        let (status, changed) = app.owner().patch(&path(&bot), change).await;
        assert_eq!(status, 200, "{changed}");
        let mut expected = bot.clone();
        expected["name"] = json!("Shop");
        expected["daily_limit"] = json!(5);
        expected["rate_limit"] = json!("2/s");
        expected["effective_rate_limit"] = json!("2/s");
        assert_eq!(changed, expected);
        let (_, changed) = app.owner().patch(&path(&bot), json!({"rate_limit": null})).await;
        assert_eq!((&changed["rate_limit"], &changed["name"]), (&Value::Null, &json!("Shop")));
        assert_eq!(app.owner().patch(&path(&bot), json!({})).await.0, 200);
    }

    async fn our_own_answer_can_be_put_back(db) {
        let (app, telegram) = start(db).await;
        let bot = registered(&app).await;
        assert_eq!(app.owner().put(&path(&bot), bot.clone()).await, (200, bot.clone()));
        assert_eq!(app.owner().patch(&path(&bot), bot.clone()).await, (200, bot.clone()));
        assert_eq!(telegram.calls("getMe").await.len(), 1);
        assert_eq!(telegram.calls("setWebhook").await.len(), 1);
    }

    async fn what_a_put_leaves_out_takes_its_default(db) {
        let (app, _telegram) = start(db).await;
        let bot = registered(&app).await;
        let change = json!({"daily_limit": 5, "rate_limit": "2/s", "is_active": false, "receive_mode": "polling"});
        assert_eq!(app.owner().patch(&path(&bot), change).await.0, 200);
        let (status, changed) = app.owner().put(&path(&bot), json!({"name": "Bare"})).await;
        assert_eq!(status, 200, "{changed}");
        assert_eq!((&changed["daily_limit"], &changed["rate_limit"]), (&json!(1000), &Value::Null));
        assert_eq!((&changed["is_active"], &changed["receive_mode"]), (&json!(true), &json!("polling")));
        let (status, problem) = app.owner().put(&path(&bot), json!({})).await;
        assert_eq!((status, &problem["errors"]["name"]), (400, &json!(["This field is required."])));
    }

    async fn wrong_changes_change_nothing(db) {
        let (app, _telegram) = start(db).await;
        let bot = registered(&app).await;
        for (field, value) in [
            ("daily_limit", json!(0)), ("daily_limit", json!("9")), ("daily_limit", json!(null)), ("name", json!("")),
            ("name", json!(null)), ("is_active", json!("yes")), ("rate_limit", json!("9/day")), ("colour", json!("red")),
            ("receive_mode", json!(null)), ("bot_token", json!("nonsense")),
        ] {
            let (status, problem) = app.owner().patch(&path(&bot), json!({field: value})).await;
            assert_eq!(status, 400, "{field}: {problem}");
            assert!(problem["errors"][field][0].is_string(), "{field}: {problem}");
        }
        assert_eq!(app.owner().get(&path(&bot)).await.1, bot);
        let nowhere = format!("{BOTS}01939d5e-2b7c-7cc3-98c4-dc0c0c07398f/");
        assert_eq!(app.owner().patch(&nowhere, json!({"daily_limit": 0})).await.0, 404);
        assert_eq!(app.owner().put(&nowhere, json!([])).await.0, 404);
        assert_eq!(app.owner().put(&format!("{BOTS}nonsense/"), json!({})).await.0, 404);
    }

    async fn a_new_token_must_be_of_the_same_bot(db) {
        let (app, telegram) = start(db).await;
        let bot = registered(&app).await;
        let (status, problem) = app.owner().patch(&path(&bot), json!({"bot_token": "777:another-bot"})).await;
        assert_eq!((status, &problem["code"]), (400, &json!("invalid_bot_token")), "{problem}");
        telegram.control("/bots/123456/revoke", json!({"new_token": NEW_TOKEN})).await;
        let (_, proof) = app.owner().post(&format!("{}test_auth/", path(&bot)), json!({})).await;
        assert_eq!((&proof["ok"], &proof["error_code"]), (&json!(false), &json!(401)), "{proof}");
        assert_eq!(app.owner().get(&path(&bot)).await.1["webhook_error"], proof["error_message"]);

        telegram.pass();
        let old = secret(&telegram).await;
        let (status, changed) = app.owner().patch(&path(&bot), json!({"bot_token": NEW_TOKEN})).await;
        assert_eq!((status, &changed["bot_token"]), (200, &json!("***ew99")), "{changed}");
        assert_eq!((&changed["webhook_status"], &changed["webhook_error"]), (&json!("REGISTERED"), &Value::Null));
        assert_ne!(secret(&telegram).await, old);
        let (_, proof) = app.owner().post(&format!("{}test_auth/", path(&bot)), json!({})).await;
        assert_eq!((&proof["ok"], &proof["bot_user_id"]), (&json!(true), &json!(123456)), "{proof}");
    }

    async fn the_receive_mode_is_switched_both_ways(db) {
        let (app, telegram) = start(db).await;
        let bot = registered(&app).await;
        let (_, polling) = app.owner().patch(&path(&bot), json!({"receive_mode": "polling"})).await;
        assert_eq!((&polling["webhook_status"], &polling["webhook_url"]), (&json!("NONE"), &Value::Null), "{polling}");
        let (status, problem) = app.owner().post(&format!("{}register_webhook/", path(&bot)), json!({})).await;
        assert_eq!((status, &problem["code"]), (409, &json!("bot_polls")));
        telegram.pass();
        let (_, hooked) = app.owner().patch(&path(&bot), json!({"receive_mode": "webhook"})).await;
        assert_eq!((&hooked["webhook_status"], &hooked["webhook_url"]), (&json!("REGISTERED"), &bot["webhook_url"]));
        assert_eq!(telegram.calls("setWebhook").await.len(), 2);
    }

    async fn the_webhook_is_compared_with_telegrams(db) {
        let (app, telegram) = start(db).await;
        let bot = registered(&app).await;
        let (status, info) = app.owner().get(&format!("{}webhook_info/", path(&bot))).await;
        assert_eq!((status, &info["in_sync"]), (200, &json!(true)), "{info}");
        assert_eq!(info["telegram"]["url"], bot["webhook_url"]);
        assert_eq!(info["ours"]["url"], bot["webhook_url"]);
        telegram.bot(TOKEN, "deleteWebhook", json!({})).await;
        let (_, info) = app.owner().get(&format!("{}webhook_info/", path(&bot))).await;
        assert_eq!(info["in_sync"], false, "{info}");
        telegram.fail("getWebhookInfo", json!({"kind": "html_502"})).await;
        assert_eq!(app.owner().get(&format!("{}webhook_info/", path(&bot))).await.0, 502);
    }
}
