//! Forum topics, channels and business accounts: conversations of their own, whose answers go where they belong.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::db_test;

use super::{
    service::Service,
    world::{World, until},
};

const BOT: i64 = 4_700;

/// The one conversation of a kind.
async fn of_kind(service: &Service, kind: &str) -> Value {
    let path = format!("/team-inbox/api/conversations/?kind={kind}");
    until(&format!("a {kind} is there"), || async { service.count(&path).await == 1 }).await;
    service.get(&path).await["results"][0].clone()
}

fn path(conversation: &Value, act: &str) -> String {
    format!("/team-inbox/api/conversations/{}/{act}", conversation["id"].as_str().unwrap())
}

/// Who said what, oldest first.
async fn said(service: &Service, conversation: &Value) -> Vec<String> {
    let page = service.get(&path(conversation, "timeline/")).await;
    let entries = page["results"].as_array().unwrap().iter().filter(|entry| entry["kind"] == "message");
    let line =
        |entry: &Value| format!("{}: {}", entry["author"]["name"].as_str().unwrap_or("?"), entry["content"]["text"]);
    entries.map(line).collect()
}

/// Replies, and waits until it has left; answers what Telegram was asked for.
async fn reply(service: &Service, world: &World, conversation: &Value, text: &str) -> (Value, Value) {
    let (status, sent) = service.post(&path(conversation, "messages/"), json!({"text": text})).await;
    assert_eq!(status, 202, "{sent}");
    let own = format!("/telegram/v1/messages/{}/", sent["id"].as_str().unwrap());
    until("the answer is sent", || async { service.get(&own).await["status"] == "SENT" }).await;
    let calls = world.calls("sendMessage").await;
    let call = calls.iter().find(|call| call["params"]["text"] == text).unwrap();
    (sent, call["params"].clone())
}

db_test! {
    async fn a_topic_and_its_forum_are_two_conversations(db) {
        let world = World::start().await;
        let service = Service::start(&db, &world, &[]).await;
        service.bot(BOT, Some("100/s"), 1_000).await;
        let (ada, bob) = (world.person("Ada", BOT).await, world.person("Bob", BOT).await);
        let group = json!({"type": "supergroup", "title": "Support", "users": [ada, bob], "bots": [BOT]});
        let group = world.post("groups", group).await["id"].as_i64().unwrap();
        world.post(&format!("groups/{group}/members"), json!({"member": BOT, "status": "administrator", "by": ada})).await;
        let topic = world.post(&format!("groups/{group}/topics"), json!({"user": ada, "name": "Billing"})).await;
        let topic = topic["message_thread_id"].as_i64().unwrap();
        for (user, thread, text) in [(ada, None, "Hello all"), (bob, Some(topic), "My bill?"), (ada, Some(topic), "Mine, too")] {
            world.post(&format!("users/{user}/send"), json!({"chat": group, "thread": thread, "text": text})).await;
        }
        let (forum, billing) = (of_kind(&service, "GROUP").await, of_kind(&service, "TOPIC").await);
        assert_eq!((&billing["title"], &billing["topic_id"]), (&json!("Billing"), &json!(topic)));
        assert_eq!(billing["contact"]["id"], forum["contact"]["id"], "both are the group's");
        until("all is read", || async { said(&service, &billing).await.len() == 2 }).await;
        assert_eq!(said(&service, &billing).await, ["Bob: \"My bill?\"", "Ada: \"Mine, too\""]);
        assert_eq!(said(&service, &forum).await, ["Ada: \"Hello all\""]);

        let (_, asked) = reply(&service, &world, &billing, "It is on its way.").await;
        assert_eq!((&asked["chat_id"], &asked["message_thread_id"]), (&json!(group), &json!(topic)));
        let (_, asked) = reply(&service, &world, &forum, "Welcome!").await;
        assert_eq!((&asked["chat_id"], &asked["message_thread_id"]), (&json!(group), &Value::Null));
        assert_eq!(service.count("/contacts/").await, 2, "a topic is no person");
    }

    async fn a_business_account_s_chat_is_answered_in_its_name(db) {
        let world = World::start().await;
        let service = Service::start(&db, &world, &[]).await;
        service.bot(BOT, Some("100/s"), 1_000).await;
        let owner = world.person("Olga", BOT).await;
        let connect = format!("users/{owner}/connect_business");
        world.post(&connect, json!({"bot": BOT, "connection_id": "bc1"})).await;
        let ada = world.post("users", json!({"first_name": "Ada"})).await["id"].as_i64().unwrap();
        let ask = json!({"bot": BOT, "text": "Are you open?", "business": {"connection_id": "bc1"}});
        world.post(&format!("users/{ada}/send"), ask).await;

        let chat = of_kind(&service, "BUSINESS").await;
        assert_eq!((&chat["title"], &chat["contact"]["first_name"]), (&json!("Olga"), &json!("Ada")));
        let contact = chat["contact"]["id"].as_str().unwrap().to_owned();
        let shown = service.get(&format!("/contacts/{contact}/")).await;
        assert_eq!(shown["reachability"][0]["state"], "NEVER_STARTED", "the bot may not write to her by itself");

        let (sent, asked) = reply(&service, &world, &chat, "Until six.").await;
        assert_eq!((&asked["chat_id"], &asked["business_connection_id"]), (&json!(ada), &json!("bc1")));
        let own = format!("/telegram/v1/messages/{}/", sent["id"].as_str().unwrap());
        let (status, edited) = service.call(Method::PATCH, &own, Some(json!({"text": "Until seven."}))).await;
        assert_eq!(status, 200, "{edited}");
        until("it is edited in her name", || async {
            world.calls("editMessageText").await.iter().any(|call| call["params"]["business_connection_id"] == "bc1")
        })
        .await;
        let emoji = format!("/team-inbox/api/messages/{}/react/", sent["id"].as_str().unwrap());
        assert_eq!(service.post(&emoji, json!({"emoji": "👍"})).await.0, 409);
        service.call(Method::DELETE, &own, None).await;
        until("it is deleted in her name", || async { world.calls("deleteBusinessMessages").await.len() == 1 }).await;

        // She starts the bot herself: that is another conversation, with the same person.
        world.post(&format!("users/{ada}/start"), json!({"bot": BOT})).await;
        let path = format!("/team-inbox/api/conversations/?contact_id={contact}");
        until("both are hers", || async { service.count(&path).await == 2 }).await;

        world.post(&connect, json!({"bot": BOT, "connection_id": "bc1", "is_enabled": false})).await;
        until("nothing is sent in her name any more", || async {
            service.post(&self::path(&chat, "messages/"), json!({"text": "One more"})).await.1["code"] == "business_closed"
        })
        .await;
        let erase = format!("/contacts/{contact}/erase/");
        assert_eq!(service.post(&erase, json!({})).await.0, 200);
        assert_eq!(service.count("/team-inbox/api/conversations/?kind=BUSINESS").await, 0);
    }
}
