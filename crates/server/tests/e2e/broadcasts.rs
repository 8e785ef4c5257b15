//! Broadcasts through the real binary: everybody once, whatever happens meanwhile.

use serde_json::json;
use testkit::db_test;

use super::{
    service::Service,
    world::{World, until},
};

/// Makes `count` people who are known to the service as contacts.
async fn people(world: &World, service: &Service, bot: i64, count: i64, first_id: i64) {
    world.post("users/bulk", json!({"count": count, "start_with": bot, "first_id": first_id})).await;
    until("everybody is a contact", || async { service.count("/contacts/").await == count }).await;
}

db_test! {
    async fn a_thousand_people_get_a_broadcast_once(db) {
        let world = World::start().await;
        let service = Service::start(&db, &world, &[("TELEGRAM_CHAT_RATE_LIMIT", "20/s")]).await;
        service.bot(4301, Some("1000/s"), 100_000).await;
        people(&world, &service, 4301, 1_000, 20_000).await;
        let body = json!({"name": "Sale", "platform": "TELEGRAM", "message_text": "Hi {{first_name}}", "select_all": true});
        let (status, made) = service.post("/broadcast/", body).await;
        assert_eq!(status, 201, "{made}");
        let path = format!("/broadcast/{}/", made["id"].as_str().unwrap());
        until("the broadcast has ended", || async { service.get(&path).await["status"] == "SENT" }).await;
        let ended = service.get(&path).await;
        assert_eq!((ended["total"].as_i64(), ended["sent"].as_i64()), (Some(1_000), Some(1_000)), "{ended}");
        let received = world.received().await;
        assert_eq!(received.len(), 1_000);
        assert!(received.values().all(|count| *count == 1));
    }

    async fn a_broadcast_survives_three_kills(db) {
        let world = World::start().await;
        let mut service = Service::start(&db, &world, &[]).await;
        service.bot(4302, Some("300/s"), 100_000).await;
        people(&world, &service, 4302, 2_000, 30_000).await;
        let body = json!({"name": "Sale", "platform": "TELEGRAM", "message_text": "Hello", "select_all": true});
        let (status, made) = service.post("/broadcast/", body).await;
        assert_eq!(status, 201, "{made}");
        let path = format!("/broadcast/{}/", made["id"].as_str().unwrap());
        for kills in 1..=3_i64 {
            until("some were sent", || async {
                service.get(&path).await["sent"].as_i64().unwrap() >= kills * 350
            }).await;
            service.kill();
            service.launch().await;
        }
        until("nobody is pending", || async {
            let now = service.get(&path).await;
            now["total"] == 2_000 && now["pending"] == 0
        }).await;
        let ended = service.get(&path).await;
        let (sent, unknown) = (ended["sent"].as_i64().unwrap(), ended["unknown"].as_i64().unwrap());
        assert_eq!(sent + unknown, 2_000, "{ended}");
        assert!(unknown <= 3 * 128, "{ended}");
        let received = world.received().await;
        assert!(received.values().all(|count| *count == 1), "somebody got it twice");
        assert!(i64::try_from(received.len()).unwrap() >= sent);
    }
}
