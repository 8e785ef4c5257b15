//! Killed at any moment, nothing that was acknowledged is lost, and nothing is doubled.

use std::{collections::HashMap, sync::Arc};

use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::{
    line::{Channel, Line, channel_test},
    service::Service,
    world::{World, client, until},
};

pub fn update(update_id: i64, user: i64, message_id: i64) -> Value {
    let person = json!({"id": user, "first_name": format!("Person {user}"), "is_bot": false});
    json!({"update_id": update_id, "message": {
        "message_id": message_id, "date": 1_700_000_000 + message_id, "text": format!("message {message_id}"),
        "from": person, "chat": {"id": user, "type": "private", "first_name": "Person"},
    }})
}

/// Delivers as a channel does: again and again until it is acknowledged.
async fn deliver(http: reqwest::Client, line: Line, user: i64, number: i64) {
    until("it is acknowledged", || {
        let request = line.delivery(&http, user, number);
        async { request.send().await.is_ok_and(|answer| answer.status().is_success()) }
    })
    .await;
}

pub async fn hook(world: &World, service: &Service, bot_user_id: i64, bot: &str) -> (String, String) {
    let set = world.calls("setWebhook").await;
    let call = set.iter().rev().find(|call| call["bot"].as_i64() == Some(bot_user_id)).unwrap_or(&set[set.len() - 1]);
    let secret = call["params"]["secret_token"].as_str().unwrap().to_owned();
    (format!("{}/telegram/v1/webhooks/{bot}/", service.url), secret)
}

channel_test! {
    async fn the_same_delivery_two_hundred_times_at_once_is_one_message(db, channel) {
        let world = World::start().await;
        let service = Service::start(&db, &world, &[]).await;
        let line = Line::open(channel, &world, &service, 4101, None).await;
        let http = client();
        let all = (0..200).map(|_| tokio::spawn(deliver(http.clone(), line.clone(), 501, 1)));
        for one in all.collect::<Vec<_>>() {
            one.await.unwrap();
        }
        until("the message is there", || async { service.count("/team-inbox/api/messages/").await >= 1 }).await;
        assert_eq!(service.count("/telegram/v1/webhook-events/").await, 1);
        assert_eq!(service.count("/team-inbox/api/messages/").await, 1);
        assert_eq!(service.count("/contacts/").await, 1);
    }

    async fn two_thousand_deliveries_survive_three_kills_in_order(db, channel) {
        let world = World::start().await;
        let mut service = Service::start(&db, &world, &[]).await;
        let line = Line::open(channel, &world, &service, 4102, None).await;
        let http = client();
        let room = Arc::new(Semaphore::new(50));
        let people = (0..100).map(|person| {
            let (http, line, room) = (http.clone(), line.clone(), room.clone());
            tokio::spawn(async move {
                for number in 1..=20 {
                    let _place = room.acquire().await.unwrap();
                    deliver(http.clone(), line.clone(), 1_000 + person, number).await;
                }
            })
        });
        let people: Vec<_> = people.collect();
        for kills in 1..=3 {
            let so_far = kills * 400;
            until("some were stored", || async { service.count("/telegram/v1/webhook-events/").await >= so_far }).await;
            service.kill();
            service.launch().await;
        }
        for person in people {
            person.await.unwrap();
        }
        until("everything is processed", || async {
            service.count("/telegram/v1/webhook-events/?status=PROCESSED").await == 2_000
        }).await;
        assert_eq!(service.count("/contacts/").await, 100);
        let mut timelines: HashMap<String, Vec<(i64, String)>> = HashMap::new();
        for message in service.all("/team-inbox/api/messages/").await {
            let conversation = message["conversation_id"].as_str().unwrap().to_owned();
            let text = message["content"]["text"].as_str().unwrap().to_owned();
            timelines.entry(conversation).or_default().push((message["sequence"].as_i64().unwrap(), text));
        }
        assert_eq!(timelines.len(), 100);
        for (conversation, mut entries) in timelines {
            entries.sort();
            let texts: Vec<String> = entries.into_iter().map(|(_, text)| text).collect();
            let expected: Vec<String> = (1..=20).map(|number| format!("message {number}")).collect();
            assert_eq!(texts, expected, "{conversation}");
        }
    }
}
