//! The full round of a bot's life.

use model::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::db_test;

use super::{
    limits::now_us,
    service::Service,
    world::{World, until},
};

db_test! {
    async fn a_bot_lives_from_registration_to_removal(db) {
        let world = World::start().await;
        let service = Service::start(&db, &world, &[]).await;
        let bot = service.bot(4001, None, 3).await;
        let shown = service.get(&format!("/telegram/v1/bots/{bot}/")).await;
        assert_eq!(shown["webhook_status"], "REGISTERED", "{shown}");

        let ada = world.person("Ada", 4001).await;
        world.says(ada, 4001, "hello").await;
        until("what Ada wrote is in the inbox", || async {
            service.count("/team-inbox/api/messages/?direction=INCOMING").await == 2
        }).await;
        let conversations = service.all("/team-inbox/api/conversations/").await;
        assert_eq!(conversations.len(), 1);
        assert_eq!(service.count("/telegram/v1/webhook-events/?status=PROCESSED").await, 2);

        let reply = format!("/team-inbox/api/conversations/{}/messages/", conversations[0]["id"].as_str().unwrap());
        let (status, sent) = service.post(&reply, json!({"text": "Hi Ada"})).await;
        assert!(status == 201 || status == 202, "{status} {sent}");
        until("the reply has arrived", || async { world.received().await.get(&ada) == Some(&1) }).await;

        for text in ["two", "three"] {
            let (status, sent) = service.post("/telegram/v1/messages/", json!({"chat_id": ada, "text": text})).await;
            assert_eq!(status, 202, "{sent}");
        }
        until("all three have arrived", || async { world.received().await.get(&ada) == Some(&3) }).await;
        let (status, refused) = service.post("/telegram/v1/messages/", json!({"chat_id": ada, "text": "four"})).await;
        assert_eq!((status, refused["code"].as_str()), (429, Some("daily_limit_reached")), "{refused}");

        let (status, _) = service.call(Method::DELETE, &format!("/telegram/v1/bots/{bot}/"), None).await;
        assert_eq!(status, 204);
        until("Telegram has forgotten the webhook", || async {
            world.get("bots/4001").await["webhook"]["url"].as_str().unwrap_or_default().is_empty()
        }).await;
    }

    async fn what_the_daily_limit_stopped_goes_on_the_next_day(db) {
        let world = World::start().await;
        let mut service = Service::start(&db, &world, &[]).await;
        service.bot(4003, None, 5).await;
        world.post("users/bulk", json!({"count": 8, "start_with": 4003, "first_id": 40_000})).await;
        until("everybody is a contact", || async { service.count("/contacts/").await == 8 }).await;
        let body = json!({"name": "News", "platform": "TELEGRAM", "message_text": "Hello", "select_all": true,
            "bot_app_id": null});
        let (status, made) = service.post("/broadcast/", body).await;
        assert_eq!(status, 201, "{made}");
        until("the day's five have arrived", || async { world.received().await.len() == 5 }).await;
        until("somebody waits for the next day", || async {
            service.count("/telegram/v1/messages/?status=PENDING").await == 3
        }).await;
        let waiting = service.all("/telegram/v1/messages/?status=PENDING").await;
        assert_eq!(waiting[0]["waiting_for"], "daily_limit", "{}", waiting[0]);
        service.kill();
        service.move_clock("+1d");
        service.launch().await;
        until("everybody got it", || async { world.received().await.len() == 8 }).await;
        assert!(world.received().await.values().all(|count| *count == 1));
    }

    async fn a_stop_finishes_what_is_under_way_and_ends_well(db) {
        let world = World::start().await;
        let mut service = Service::start(&db, &world, &[]).await;
        service.bot(4002, Some("100/s"), 1000).await;
        let ada = world.person("Ada", 4002).await;
        until("Ada is known", || async { service.count("/contacts/").await == 1 }).await;
        world.post("faults", json!({"bot": 4002, "method": "sendMessage", "kind": "slow", "ms": 1000, "times": 1})).await;
        let (status, _) = service.post("/telegram/v1/messages/", json!({"chat_id": ada, "text": "hello"})).await;
        assert_eq!(status, 202);
        until("the call is under way", || async { !world.calls("sendMessage").await.is_empty() }).await;
        assert_eq!(service.stop(), 0);
        service.launch().await;
        until("it is known to be sent", || async { service.count("/telegram/v1/messages/?status=SENT").await == 1 }).await;
        assert_eq!(world.received().await.get(&ada), Some(&1));
    }

    async fn who_waits_gets_the_outcome_also_of_what_is_soon_due(db) {
        let world = World::start().await;
        let service = Service::start(&db, &world, &[]).await;
        service.bot(4003, Some("100/s"), 1000).await;
        let ada = world.person("Ada", 4003).await;
        let due = Timestamp::from_ms(now_us() / 1_000) + 2_000;
        for scheduled in [Value::Null, json!(due)] {
            let body = json!({"chat_id": ada, "text": "hello", "scheduled_time": scheduled});
            let request = service.request(Method::POST, "/telegram/v1/messages/").header("Prefer", "wait=30");
            let answer = request.json(&body).send().await.unwrap();
            assert_eq!(answer.status(), 200, "{scheduled}");
            let message: Value = answer.json().await.unwrap();
            assert_eq!(message["status"], "SENT", "{message}");
            let number = &message["provider_message_id"];
            let mine = format!("/telegram/v1/messages/?provider_message_id={number}");
            assert_eq!(service.count(&mine).await, 1);
            assert_eq!(service.count(&format!("{mine}&error_code=blocked_by_user")).await, 0);
        }
    }
}
