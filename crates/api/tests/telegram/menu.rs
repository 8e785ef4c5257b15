//! The menu of commands: Telegram is told what the tenant set, for every bot, until it takes it.

use serde_json::{Value, json};
use testkit::{TestApp, db_test};

use crate::support::{BOTS, registered, start};

async fn set(app: &TestApp, commands: &Value) {
    let patch = json!({"automation": {"commands": commands}});
    let (status, answer) = app.owner().patch("/tenants/settings/", patch).await;
    assert_eq!(status, 200, "{answer}");
    app::bots::tell_menus(&app.app).await.unwrap();
}

db_test! {
    async fn telegram_is_told_every_change_of_the_menu_for_every_bot(db) {
        let (app, telegram) = start(db).await;
        registered(&app).await;
        app.owner().patch("/tenants/settings/", json!({"inbox": {"round_robin": true}})).await;
        app::bots::tell_menus(&app.app).await.unwrap();
        assert!(telegram.calls("setMyCommands").await.is_empty(), "nothing of the menu changed");

        let (help, hours) = (json!({"command": "help", "description": "What I can do"}), json!({"command": "hours", "description": "When"}));
        set(&app, &json!([help])).await;
        assert_eq!(telegram.calls("setMyCommands").await, [json!({"commands": [help]})]);
        app::bots::tell_menus(&app.app).await.unwrap();
        assert_eq!(telegram.calls("setMyCommands").await.len(), 1, "it is told once");

        // A bot that comes later gets the same menu.
        let token = "7654321:ABC-DEF1234ghIkl-zyx57W2v1u123ew11";
        assert_eq!(app.owner().post(BOTS, json!({"bot_token": token})).await.0, 201);
        app::bots::tell_menus(&app.app).await.unwrap();
        assert_eq!(telegram.calls("setMyCommands").await.len(), 2);

        // What Telegram could not take comes again, as it stands by then.
        telegram.fail("setMyCommands", json!({"kind": "html_502"})).await;
        set(&app, &json!([help, hours])).await;
        telegram.heal().await;
        let failed = telegram.calls("setMyCommands").await.len();
        app::bots::tell_menus(&app.app).await.unwrap();
        assert_eq!(telegram.calls("setMyCommands").await.len(), failed, "it waits first");
        app.clock.advance(10_000);
        app::bots::tell_menus(&app.app).await.unwrap();
        let told = telegram.calls("setMyCommands").await;
        assert_eq!(told[failed..], [json!({"commands": [help, hours]}), json!({"commands": [help, hours]})]);
        set(&app, &json!([])).await;
        assert_eq!(telegram.calls("setMyCommands").await.last(), Some(&json!({"commands": []})));
    }
}
