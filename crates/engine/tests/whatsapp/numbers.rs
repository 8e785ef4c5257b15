//! Numbers: registered, set up at Meta, changed, removed.

use serde_json::{Value, json};
use testkit::db_test;

use crate::{NUMBERS, PHONE, SECRET, WABA, World, new_number};

db_test! {
    async fn a_number_is_proven_saved_and_set_up(db) {
        let world = World::start(db).await;
        let number = &world.number;
        assert_eq!((&number["webhook_status"], &number["verified_name"]), (&json!("REGISTERED"), &json!("Acme")), "{number}");
        assert_eq!(number["access_token"], "***1234");
        assert_eq!(world.graph.calls(&format!("POST {WABA}/subscribed_apps")).len(), 1);
        let set = &world.graph.calls(&format!("POST {PHONE}"))[0];
        let webhook = &set.body["webhook_configuration"];
        assert_eq!(webhook["override_callback_uri"], number["webhook_url"]);
        assert_eq!((&webhook["verify_token"], set.token.as_str()), (&number["verify_token"], "EAAG-good-1234"));
        let shown = world.get(&world.path()).await;
        assert!(shown["verify_token"].is_null() && !shown.to_string().contains(SECRET), "{shown}");
        assert_eq!(world.get(&format!("{}webhook_info/", world.path())).await["verify_token"], number["verify_token"]);
        // It is no bot, and bots are no numbers.
        let id = number["id"].as_str().unwrap();
        assert_eq!(world.app.owner().get(&format!("/telegram/v1/bots/{id}/")).await.0, 404);
        assert!(world.list("/telegram/v1/bots/").await.is_empty());
        assert_eq!(world.list(NUMBERS).await.len(), 1);
        assert_eq!(world.app.other_tenant().await.get(&world.path()).await.0, 404);
    }

    async fn what_meta_refuses_is_not_saved(db) {
        let world = World::start(db).await;
        let wrong = |field: &str, value: Value| {
            let mut body = new_number();
            body[field] = value;
            body
        };
        for (body, status, code) in [
            (new_number(), 409, "number_already_registered"),
            (wrong("access_token", json!("bad-token")), 400, "invalid_access_token"),
            (wrong("phone_number_id", json!("+15550783881")), 400, "invalid_input"),
            (wrong("waba_id", json!("")), 400, "invalid_input"),
            (wrong("verify_token", json!("short")), 400, "invalid_input"),
            (wrong("app_secret", json!("with space")), 400, "invalid_input"),
            (wrong("daily_limit", json!(0)), 400, "invalid_input"),
            (wrong("surprise", json!(0)), 400, "invalid_input"),
        ] {
            let (answered, refused) = world.app.owner().post(NUMBERS, body.clone()).await;
            assert_eq!((answered, &refused["code"]), (status, &json!(code)), "{body} {refused}");
        }
        assert_eq!(world.list(NUMBERS).await.len(), 1);
    }

    async fn a_number_is_changed_and_removed(db) {
        let world = World::start(db).await;
        let (status, changed) = world.app.owner().patch(&world.path(), json!({"daily_limit": 7, "rate_limit": "10/s"})).await;
        assert_eq!((status, &changed["daily_limit"], &changed["effective_rate_limit"]), (200, &json!(7), &json!("10/s")));
        let (status, _) = world.app.owner().patch(&world.path(), json!({"access_token": "bad"})).await;
        assert_eq!(status, 400);
        let (status, off) = world.app.owner().post(&format!("{}deactivate/", world.path()), json!({})).await;
        assert_eq!((status, &off["is_active"]), (200, &json!(false)));
        assert_eq!(world.app.owner().delete(&world.path()).await.0, 204);
        let taken_back = world.graph.calls(&format!("POST {PHONE}")).pop().unwrap();
        assert_eq!(taken_back.body["webhook_configuration"]["override_callback_uri"], "");
        assert_eq!(world.app.owner().get(&world.path()).await.0, 404);
        assert_eq!(world.app.owner().post(NUMBERS, new_number()).await.0, 201);
    }

    async fn templates_come_and_go(db) {
        let world = World::start(db).await;
        world.graph.template(json!({"id": "5", "name": "hello", "language": "en_US", "status": "APPROVED",
            "category": "UTILITY", "components": [{"type": "BODY", "text": "Dear {{1}}"}]}));
        let id = &world.number["id"];
        let (status, synced) = world.app.owner().post("/whatsapp/v1/templates/sync/", json!({"number_id": id})).await;
        assert_eq!((status, &synced["count"]), (200, &json!(1)), "{synced}");
        let body = json!({"number_id": id, "name": "order", "language": "de", "category": "MARKETING",
            "components": [{"type": "BODY", "text": "x"}]});
        let (status, made) = world.app.owner().post("/whatsapp/v1/templates/", body).await;
        assert_eq!((status, &made["status"]), (201, &json!("PENDING")), "{made}");
        // What Meta tells by itself comes to the address of the whole installation.
        let news = json!({"entry": [{"id": WABA, "time": 5, "changes": [{"field": "message_template_status_update",
            "value": {"event": "APPROVED", "message_template_name": "order", "message_template_language": "de"}}]}]});
        let answer = testkit::graph::deliver(&world.app.anonymous(), "/whatsapp/v1/webhooks/", SECRET, &news).await;
        assert_eq!(answer.status, 200);
        world.work().await;
        let path = format!("/whatsapp/v1/templates/{}/", made["id"].as_str().unwrap());
        assert_eq!(world.get(&path).await["status"], "APPROVED");
        assert_eq!(world.list("/whatsapp/v1/templates/?status=APPROVED").await.len(), 2);
        assert_eq!(world.app.owner().delete(&path).await.0, 204);
        assert_eq!(world.list("/whatsapp/v1/templates/").await.len(), 1);
    }
}
