//! Broadcasts through the real binary: everybody once, whatever happens meanwhile.

use std::collections::HashMap;

use serde_json::Value;

use super::{
    line::{Channel, Line, channel_test},
    service::Service,
    world::{World, until},
};

/// How often each person really got a message.
async fn received(line: &Line, world: &World) -> HashMap<i64, usize> {
    let mut counts = HashMap::new();
    for arrival in line.arrivals(world).await.into_iter().filter(|one| one.is_accepted) {
        *counts.entry(arrival.user).or_default() += 1;
    }
    counts
}

channel_test! {
    async fn a_thousand_people_get_a_broadcast_once(db, channel) {
        let world = World::start().await;
        let service = Service::start(&db, &world, &[("TELEGRAM_CHAT_RATE_LIMIT", "20/s")]).await;
        let line = Line::open(channel, &world, &service, 4301, Some("1000/s")).await;
        line.audience(&world, &service, 1_000, 20_000).await;
        let path = line.broadcast(&service).await;
        until("the broadcast has ended", || async { service.get(&path).await["status"] == "SENT" }).await;
        let ended = service.get(&path).await;
        assert_eq!((ended["total"].as_i64(), ended["sent"].as_i64()), (Some(1_000), Some(1_000)), "{ended}");
        let received = received(&line, &world).await;
        assert_eq!(received.len(), 1_000);
        assert!(received.values().all(|count| *count == 1));
        if channel == Channel::Whatsapp {
            until("every receipt is counted", || async { service.get(&path).await["delivered"] == 1_000 }).await;
            assert_eq!(service.get(&path).await["status"], "SENT");
        }
    }

    async fn a_broadcast_survives_three_kills(db, channel) {
        let world = World::start().await;
        let mut service = Service::start(&db, &world, &[]).await;
        let line = Line::open(channel, &world, &service, 4302, Some("300/s")).await;
        line.audience(&world, &service, 2_000, 30_000).await;
        let path = line.broadcast(&service).await;
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
        let number = |ended: &Value, name: &str| ended[name].as_i64().unwrap();
        if channel == Channel::Whatsapp {
            // What was under way is known by what the channel tells of it, or it never arrived.
            until("every receipt is counted", || async {
                let now = service.get(&path).await;
                number(&now, "delivered") == number(&now, "sent")
            }).await;
        }
        let ended = service.get(&path).await;
        assert_eq!(number(&ended, "sent") + number(&ended, "unknown"), 2_000, "{ended}");
        assert!(number(&ended, "unknown") <= 3 * 128, "{ended}");
        let received = received(&line, &world).await;
        assert!(received.values().all(|count| *count == 1), "somebody got it twice");
        assert!(i64::try_from(received.len()).unwrap() >= number(&ended, "sent"));
    }
}
