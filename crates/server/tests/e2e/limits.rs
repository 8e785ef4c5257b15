//! Limits as they are seen at the receiving end.

use serde_json::{Value, json};
use testkit::db_test;

use super::{
    service::Service,
    world::{World, until},
};

/// The fullest rolling window of calls, by the time at which they arrived.
pub fn fullest(calls: &[Value], window_us: i64) -> usize {
    let mut times: Vec<i64> = calls.iter().map(|call| call["at_us"].as_i64().unwrap()).collect();
    times.sort_unstable();
    let in_window = |from: usize| times[from..].iter().take_while(|at| **at - times[from] < window_us).count();
    (0..times.len()).map(in_window).max().unwrap_or(0)
}

db_test! {
    async fn no_second_holds_more_than_the_limit_and_one_chat_gets_one(db) {
        let world = World::start().await;
        let service = Service::start(&db, &world, &[]).await;
        service.bot(4201, Some("20/s"), 10_000).await;
        world.post("users/bulk", json!({"count": 80, "start_with": 4201, "silent": true, "first_id": 9_000})).await;
        for chat in 9_000..9_080 {
            let (status, sent) = service.post("/telegram/v1/messages/", json!({"chat_id": chat, "text": "hello"})).await;
            assert_eq!(status, 202, "{sent}");
        }
        for number in 0..3 {
            let body = json!({"chat_id": 9_000, "text": format!("more {number}")});
            assert_eq!(service.post("/telegram/v1/messages/", body).await.0, 202);
        }
        until("all have arrived", || async { world.calls("sendMessage").await.len() == 83 }).await;
        let calls = world.calls("sendMessage").await;
        assert!(fullest(&calls, 1_000_000) <= 20, "{}", fullest(&calls, 1_000_000));
        let to_one: Vec<Value> = calls.into_iter().filter(|call| call["params"]["chat_id"] == 9_000).collect();
        assert_eq!(to_one.len(), 4);
        assert!(fullest(&to_one, 1_000_000) <= 1);
        let texts: Vec<&str> = to_one.iter().map(|call| call["params"]["text"].as_str().unwrap()).collect();
        assert_eq!(texts, ["hello", "more 0", "more 1", "more 2"]);
    }

    async fn thirty_leave_at_once_and_the_next_says_why_it_waits(db) {
        let world = World::start().await;
        let service = Service::start(&db, &world, &[]).await;
        service.bot(4202, None, 10_000).await;
        world.post("users/bulk", json!({"count": 31, "start_with": 4202, "silent": true, "first_id": 9_100})).await;
        let mut last = String::new();
        for chat in 9_100..9_131 {
            let (_, sent) = service.post("/telegram/v1/messages/", json!({"chat_id": chat, "text": "hello"})).await;
            last = sent["id"].as_str().unwrap().to_owned();
        }
        until("thirty have arrived", || async { world.calls("sendMessage").await.len() == 30 }).await;
        until("the last one says why it waits", || async {
            service.get(&format!("/telegram/v1/messages/{last}/")).await["waiting_for"] == "bot_rate"
        }).await;
        let waiting = service.get(&format!("/telegram/v1/messages/{last}/")).await;
        assert_eq!(waiting["status"], "PENDING", "{waiting}");
        assert!(waiting["next_attempt_at"].is_string(), "{waiting}");
    }

    /// Two whole windows of a minute, seen by the receiver: so this takes a little over a minute, mostly of waiting.
    async fn no_minute_holds_more_than_thirty_of_a_bot_or_twenty_to_a_group(db) {
        let world = World::start().await;
        let service = Service::start(&db, &world, &[]).await;
        service.bot(4203, None, 10_000).await;
        service.bot(4204, Some("30/s"), 10_000).await;
        world.post("users/bulk", json!({"count": 36, "start_with": 4203, "silent": true, "first_id": 9_200})).await;
        let group = json!({"type": "supergroup", "title": "Team", "users": [9_200], "bots": [4204]});
        let group = world.post("groups", group).await["id"].as_i64().unwrap();
        for chat in 9_200..9_236 {
            let body = json!({"chat_id": chat, "bot_app_id": service.bot_id(4203).await, "text": "hello"});
            let (status, sent) = service.post("/telegram/v1/messages/", body).await;
            assert_eq!(status, 202, "{sent}");
        }
        for number in 0..24 {
            let body = json!({"chat_id": group, "bot_app_id": service.bot_id(4204).await, "text": format!("news {number}")});
            let (status, sent) = service.post("/telegram/v1/messages/", body).await;
            assert_eq!(status, 202, "{sent}");
        }
        until("all have arrived", || async { world.calls("sendMessage").await.len() == 60 }).await;
        let calls = world.calls("sendMessage").await;
        let (of_group, of_bot): (Vec<Value>, Vec<Value>) =
            calls.into_iter().partition(|call| call["params"]["chat_id"] == group);
        assert_eq!((of_bot.len(), of_group.len()), (36, 24));
        assert_eq!(fullest(&of_bot, 60_000_000), 30);
        assert_eq!(fullest(&of_group, 60_000_000), 20);
    }

    async fn a_reply_is_passed_by_at_most_one_more_broadcast_message(db) {
        let world = World::start().await;
        let service = Service::start(&db, &world, &[]).await;
        service.bot(4205, Some("5/s"), 10_000).await;
        world.post("users/bulk", json!({"count": 60, "start_with": 4205, "first_id": 9_300})).await;
        until("everybody is a contact", || async { service.count("/contacts/").await == 60 }).await;
        world.post("users/bulk", json!({"count": 6, "start_with": 4205, "silent": true, "first_id": 9_400})).await;
        let body = json!({"name": "Sale", "platform": "TELEGRAM", "message_text": "Hello", "select_all": true});
        let (status, made) = service.post("/broadcast/", body).await;
        assert_eq!(status, 201, "{made}");
        let mut accepted = Vec::new();
        for chat in 9_400..9_406 {
            let sent_so_far = world.calls("sendMessage").await.len();
            until("the broadcast goes on", || async { world.calls("sendMessage").await.len() >= sent_so_far + 3 }).await;
            let (_, reply) = service.post("/telegram/v1/messages/", json!({"chat_id": chat, "text": "a reply"})).await;
            let at: model::Timestamp = reply["created_at"].as_str().unwrap().parse().unwrap();
            accepted.push((chat, at.as_ms() * 1_000));
        }
        until("all replies have arrived", || async {
            world.calls("sendMessage").await.iter().filter(|call| call["params"]["text"] == "a reply").count() == 6
        }).await;
        let calls = world.calls("sendMessage").await;
        let at = |call: &Value| call["at_us"].as_i64().unwrap();
        for (chat, accepted_at) in accepted {
            let reply = calls.iter().find(|call| call["params"]["chat_id"] == chat).unwrap();
            let passed = |call: &&Value| call["params"]["text"] == "Hello" && (accepted_at..at(reply)).contains(&at(call));
            let passed = calls.iter().filter(passed).count();
            assert!(passed <= 1, "{passed} broadcast messages passed the reply to {chat}");
        }
    }
}
