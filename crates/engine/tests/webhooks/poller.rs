//! The poller: fetching Updates for bots without a webhook.

use engine::poller::Poller;
use serde_json::{Value, json};
use testkit::{TestApp, db_test};

use crate::support::{Running, TOKEN, alone, path, registered, says, start, stored, until};

fn poller(app: &TestApp) -> Running {
    let poller = Poller {
        db: app.app.db.clone(),
        clock: app.app.clock.clone(),
        cipher: app.app.cipher.clone(),
        bot_api: app.app.bot_api.clone(),
        share: alone(app, "poll"),
    };
    Running::start(|stop| poller.run(stop))
}

db_test! {
    async fn updates_are_fetched_once_and_a_restart_repeats_none(db) {
        let (app, telegram) = start(db).await;
        let bot = registered(&app, "polling").await;
        assert_eq!((&bot["webhook_status"], &bot["receive_mode"]), (&json!("NONE"), &json!("polling")));
        let running = poller(&app);
        for count in 1..=3 {
            says(&telegram, "hello").await;
            until(&app, "it is fetched", async || stored(&app).await.len() == count).await;
        }
        drop(running);
        says(&telegram, "while nobody polls").await;
        let _running = poller(&app);
        until(&app, "it is fetched later", async || stored(&app).await.len() >= 4).await;
        let numbers = stored(&app).await;
        assert!(numbers.len() == 4 && numbers.is_sorted(), "{numbers:?}");
        assert!(telegram.calls("getUpdates").await[0]["allowed_updates"].to_string().contains("message_reaction"));
    }

    async fn a_bot_that_had_a_webhook_is_switched_both_ways(db) {
        let (app, telegram) = start(db).await;
        let bot = registered(&app, "webhook").await;
        let _running = poller(&app);
        says(&telegram, "by webhook").await;
        until(&app, "it is delivered", async || stored(&app).await.len() == 1).await;

        assert_eq!(app.owner().patch(&path(&bot), json!({"receive_mode": "polling"})).await.0, 200);
        until(&app, "the webhook is gone", async || telegram.webhook_url(TOKEN).await.is_empty()).await;
        says(&telegram, "by polling").await;
        until(&app, "it is fetched", async || stored(&app).await.len() == 2).await;

        telegram.pass();
        let (_, hooked) = app.owner().patch(&path(&bot), json!({"receive_mode": "webhook"})).await;
        assert_eq!(hooked["webhook_status"], "REGISTERED", "{hooked}");
        says(&telegram, "by webhook again").await;
        until(&app, "it is delivered again", async || stored(&app).await.len() == 3).await;
        assert_eq!(app.owner().get(&path(&bot)).await.1["webhook_error"], Value::Null);
    }

    async fn another_poller_is_shown_until_it_is_gone(db) {
        let (app, telegram) = start(db).await;
        let words = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";
        telegram.fail("getUpdates", json!({"kind": "status", "code": 409, "description": words})).await;
        let bot = registered(&app, "polling").await;
        let _running = poller(&app);
        let error = async || app.owner().get(&path(&bot)).await.1["webhook_error"].clone();
        until(&app, "it is shown", async || error().await == words).await;
        telegram.heal().await;
        says(&telegram, "hello").await;
        until(&app, "it is fetched", async || stored(&app).await.len() == 1).await;
        until(&app, "nothing is shown", async || error().await == Value::Null).await;
    }

    async fn a_bot_that_is_switched_off_is_left_alone(db) {
        let (app, telegram) = start(db).await;
        let bot = registered(&app, "polling").await;
        let _running = poller(&app);
        says(&telegram, "hello").await;
        until(&app, "it is fetched", async || stored(&app).await.len() == 1).await;
        app.owner().post(&format!("{}deactivate/", path(&bot)), json!({})).await;
        says(&telegram, "into the night").await;
        app.owner().post(&format!("{}activate/", path(&bot)), json!({})).await;
        until(&app, "it is fetched later", async || stored(&app).await.len() == 2).await;
    }

    async fn a_refused_token_is_shown_until_there_is_a_new_one(db) {
        let (app, telegram) = start(db).await;
        let bot = registered(&app, "polling").await;
        let new_token = "123456:ABC-NEW1234ghIkl-zyx57W2v1u123ew99";
        telegram.control("/bots/123456/revoke", json!({"new_token": new_token})).await;
        let _running = poller(&app);
        let error = async || app.owner().get(&path(&bot)).await.1["webhook_error"].clone();
        until(&app, "it is shown", async || error().await.to_string().contains("Unauthorized")).await;
        assert_eq!(app.owner().patch(&path(&bot), json!({"bot_token": new_token})).await.0, 200);
        says(&telegram, "hello").await;
        until(&app, "it is fetched", async || stored(&app).await.len() == 1).await;
        assert_eq!(error().await, Value::Null);
    }
}
