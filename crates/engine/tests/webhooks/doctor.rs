//! The webhook doctor: what it sets, repairs and takes away at Telegram, and when.

use engine::doctor::Doctor;
use model::Timestamp;
use serde_json::{Value, json};
use store::bots;
use testkit::{Telegram, TestApp, db_test};

use crate::support::{BOTS, Running, TOKEN, alone, path, registered, says, start, stored, until};

fn doctor(app: &TestApp) -> Running {
    let doctor = Doctor {
        db: app.app.db.clone(),
        clock: app.app.clock.clone(),
        ids: app.app.ids.clone(),
        cipher: app.app.cipher.clone(),
        bot_api: app.app.bot_api.clone(),
        graph_api: app.app.graph_api.clone(),
        hooks: app.app.hooks.clone(),
        base_url: app.app.settings.base_url.clone(),
        share: alone(app, "doctor"),
    };
    Running::start(|stop| doctor.run(stop))
}

async fn shown(app: &TestApp, bot: &Value) -> Value {
    app.owner().get(&path(bot)).await.1
}

async fn next_look(app: &TestApp) -> Option<Timestamp> {
    app.app.db.read(bots::doctor::next_due).await.unwrap()
}

async fn kinds(telegram: &Telegram) -> usize {
    let info = telegram.bot(TOKEN, "getWebhookInfo", json!({})).await;
    info["result"]["allowed_updates"].as_array().map_or(0, Vec::len)
}

db_test! {
    async fn a_setting_that_failed_is_retried_until_it_holds(db) {
        let (app, telegram) = start(db).await;
        telegram.fail("setWebhook", json!({"kind": "html_502"})).await;
        let bot = registered(&app, "webhook").await;
        assert_eq!(bot["webhook_status"], "FAILED", "{bot}");
        let wait_ms = next_look(&app).await.unwrap().since(app.app.clock.now());
        assert!((1..=5_000).contains(&wait_ms), "{wait_ms}");

        let _doctor = doctor(&app);
        until(&app, "a second failure", async || telegram.calls("setWebhook").await.len() >= 2).await;
        telegram.heal().await;
        telegram.pass();
        until(&app, "the webhook is set", async || shown(&app, &bot).await["webhook_status"] == "REGISTERED").await;
        assert_eq!(shown(&app, &bot).await["webhook_error"], Value::Null);
        says(&telegram, "hello").await;
        until(&app, "the message arrives", async || stored(&app).await.len() == 1).await;
    }

    async fn telegram_is_left_alone_as_long_as_it_asks(db) {
        let (app, telegram) = start(db).await;
        telegram.fail("setWebhook", json!({"kind": "throttle", "retry_after": 77})).await;
        let bot = registered(&app, "webhook").await;
        assert_eq!(bot["webhook_status"], "FAILED", "{bot}");
        assert_eq!(next_look(&app).await.unwrap().since(app.app.clock.now()), 77_000);
    }

    async fn a_webhook_that_drifted_is_set_again_with_its_secret(db) {
        let (app, telegram) = start(db).await;
        let bot = registered(&app, "webhook").await;
        let all = kinds(&telegram).await;
        let _doctor = doctor(&app);
        telegram.bot(TOKEN, "deleteWebhook", json!({})).await;
        telegram.pass();
        until(&app, "the address is back", async || telegram.webhook_url(TOKEN).await == bot["webhook_url"]).await;
        let set = telegram.calls("setWebhook").await;
        assert_eq!((set.len(), &set[0]["secret_token"]), (2, &set[1]["secret_token"]));

        telegram.pass();
        let fewer = json!({"url": bot["webhook_url"], "secret_token": set[0]["secret_token"], "allowed_updates": ["message"]});
        assert_eq!(telegram.bot(TOKEN, "setWebhook", fewer).await["ok"], true);
        assert_eq!(kinds(&telegram).await, 1);
        telegram.pass();
        until(&app, "all kinds are back", async || kinds(&telegram).await == all).await;
        assert_eq!(telegram.calls("setWebhook").await.last().unwrap()["secret_token"], set[0]["secret_token"]);
        assert_eq!(shown(&app, &bot).await["webhook_status"], "REGISTERED");
    }

    async fn a_secret_that_telegram_lost_is_replaced(db) {
        let (app, telegram) = start(db).await;
        let bot = registered(&app, "webhook").await;
        let ours = telegram.calls("setWebhook").await[0].clone();
        telegram.pass();
        let mut theirs = ours.clone();
        theirs["secret_token"] = json!("not-ours");
        assert_eq!(telegram.bot(TOKEN, "setWebhook", theirs).await["ok"], true);
        telegram.pass();
        says(&telegram, "hello").await;
        let _doctor = doctor(&app);
        until(&app, "the message arrives", async || stored(&app).await.len() == 1).await;
        let last = telegram.calls("setWebhook").await.last().unwrap()["secret_token"].clone();
        assert!(last != ours["secret_token"] && last != "not-ours");
        assert_eq!(shown(&app, &bot).await["webhook_status"], "REGISTERED");
    }

    async fn a_refused_token_is_shown(db) {
        let (app, telegram) = start(db).await;
        let bot = registered(&app, "webhook").await;
        telegram.control("/bots/123456/revoke", json!({})).await;
        let _doctor = doctor(&app);
        until(&app, "it is noticed", async || shown(&app, &bot).await["webhook_status"] == "FAILED").await;
        assert!(shown(&app, &bot).await["webhook_error"].as_str().unwrap().contains("Unauthorized"));
    }

    async fn a_removal_goes_on_in_the_background(db) {
        let (app, telegram) = start(db).await;
        let bot = registered(&app, "webhook").await;
        telegram.fail("deleteWebhook", json!({"kind": "reset"})).await;
        assert_eq!(app.owner().delete(&path(&bot)).await.0, 204);
        let _doctor = doctor(&app);
        until(&app, "it is tried again", async || telegram.calls("deleteWebhook").await.len() >= 2).await;
        telegram.heal().await;
        until(&app, "the webhook is gone", async || telegram.webhook_url(TOKEN).await.is_empty()).await;
        until(&app, "nothing is left to do", async || next_look(&app).await.is_none()).await;
    }

    async fn a_new_registration_ends_the_removal_of_the_old_one(db) {
        let (app, telegram) = start(db).await;
        let old = registered(&app, "webhook").await;
        telegram.fail("deleteWebhook", json!({"kind": "reset"})).await;
        assert_eq!(app.owner().delete(&path(&old)).await.0, 204);
        telegram.heal().await;
        telegram.pass();
        let (status, new) = app.other_tenant().await.post(BOTS, json!({"bot_token": TOKEN})).await;
        assert_eq!(status, 201, "{new}");
        let hour = app.app.clock.now() + 3_600_000;
        let due = app.app.db.read(move |tx| bots::doctor::due(tx, hour, 10)).await.unwrap();
        assert_eq!(due.iter().map(ToString::to_string).collect::<Vec<_>>(), [new["id"].as_str().unwrap()]);
        assert_eq!(telegram.webhook_url(TOKEN).await, new["webhook_url"]);
    }
}
