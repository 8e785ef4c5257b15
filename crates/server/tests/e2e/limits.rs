//! Limits as they are seen at the receiving end.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use testkit::db_test;

use super::{
    line::{Arrival, Channel, Line, channel_test},
    service::Service,
    world::{World, until},
};

#[expect(clippy::disallowed_methods, reason = "the channel's side notes the real clock of this machine, too")]
pub fn now_us() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros()).unwrap()
}

/// The fullest rolling window of calls, by the time at which they arrived.
pub fn fullest(calls: &[Value], window_us: i64) -> usize {
    most(calls.iter().map(|call| call["at_us"].as_i64().unwrap()), window_us)
}

fn most(times: impl Iterator<Item = i64>, window_us: i64) -> usize {
    let mut times: Vec<i64> = times.collect();
    times.sort_unstable();
    let in_window = |from: usize| times[from..].iter().take_while(|at| **at - times[from] < window_us).count();
    (0..times.len()).map(in_window).max().unwrap_or(0)
}

fn most_of(arrivals: &[Arrival], window_us: i64) -> usize {
    most(arrivals.iter().map(|one| one.at_us), window_us)
}

channel_test! {
    async fn no_second_holds_more_than_the_limit_and_one_chat_gets_what_it_may(db, channel) {
        let world = World::start().await;
        let service = Service::start(&db, &world, &[]).await;
        let line = Line::open(channel, &world, &service, 4201, Some("20/s")).await;
        line.people(&world, &service, 80, 9_000).await;
        for user in 9_000..9_080 {
            line.send(&service, user, "hello").await;
        }
        for number in 0..3 {
            line.send(&service, 9_000, &format!("more {number}")).await;
        }
        until("all have arrived", || async { line.arrivals(&world).await.len() == 83 }).await;
        let arrivals = line.arrivals(&world).await;
        assert!(arrivals.iter().all(|one| one.is_accepted), "{arrivals:?}");
        // The channel's clock may be coarser than ours.
        assert!(most_of(&arrivals, 999_000) <= 20, "{}", most_of(&arrivals, 999_000));
        let to_one: Vec<Arrival> = arrivals.into_iter().filter(|one| one.user == 9_000).collect();
        let (at_most, window_us) = line.chat_limit();
        assert!(most_of(&to_one, window_us) <= at_most);
        let texts: Vec<&str> = to_one.iter().map(|one| one.text.as_str()).collect();
        assert_eq!(texts, ["hello", "more 0", "more 1", "more 2"]);
    }

    async fn thirty_leave_at_once_and_the_next_says_why_it_waits(db, channel) {
        let world = World::start().await;
        let service = Service::start(&db, &world, &[]).await;
        // What bots have unless something is said.
        let rate = (channel == Channel::Whatsapp).then_some("30/min");
        let line = Line::open(channel, &world, &service, 4202, rate).await;
        line.people(&world, &service, 31, 9_100).await;
        let mut last = String::new();
        for user in 9_100..9_131 {
            last = line.send(&service, user, "hello").await["id"].as_str().unwrap().to_owned();
        }
        until("thirty have arrived", || async { line.arrivals(&world).await.len() == 30 }).await;
        until("the last one says why it waits", || async {
            line.message(&service, &last).await["waiting_for"] == "bot_rate"
        }).await;
        let waiting = line.message(&service, &last).await;
        assert_eq!(waiting["status"], "PENDING", "{waiting}");
        assert!(waiting["next_attempt_at"].is_string(), "{waiting}");
    }

    async fn a_reply_is_passed_by_at_most_one_more_broadcast_message(db, channel) {
        let world = World::start().await;
        let service = Service::start(&db, &world, &[]).await;
        let line = Line::open(channel, &world, &service, 4205, Some("5/s")).await;
        line.people(&world, &service, 6, 9_400).await;
        line.audience(&world, &service, 60, 9_300).await;
        let path = line.broadcast(&service).await;
        let mut accepted = Vec::new();
        for user in 9_400..9_406 {
            let sent_so_far = line.arrivals(&world).await.len();
            until("the broadcast goes on", || async { line.arrivals(&world).await.len() >= sent_so_far + 3 }).await;
            line.send(&service, user, "a reply").await;
            // It is accepted when the answer is there.
            accepted.push((user, now_us()));
        }
        let is_reply = |one: &Arrival| one.text == "a reply";
        until("all replies have arrived", || async {
            line.arrivals(&world).await.iter().filter(|one| is_reply(one)).count() == 6
        }).await;
        let arrivals = line.arrivals(&world).await;
        for (user, accepted_at) in accepted {
            let reply = arrivals.iter().find(|one| one.user == user && is_reply(one)).unwrap();
            let passed = |one: &&Arrival| !is_reply(one) && (accepted_at..reply.at_us).contains(&one.at_us);
            let passed = arrivals.iter().filter(passed).count();
            assert!(passed <= 1, "{passed} broadcast messages passed the reply to {user}");
        }
        assert_eq!(service.get(&path).await["failed"], 0);
    }
}

db_test! {
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
}
