//! Deliveries: who may make them, and what they become.

use serde_json::{Value, json};
use testkit::{
    db_test,
    graph::{deliver, delivery, signature},
};

use crate::{PHONE, SECRET, WABA, World};

const ADA: &str = "16505551234";

db_test! {
    async fn only_meta_is_let_in(db) {
        let world = World::start(db).await;
        let (nobody, path) = (world.app.anonymous(), world.webhook());
        let token = world.number["verify_token"].as_str().unwrap();
        for path in [path.as_str(), "/whatsapp/v1/webhooks/"] {
            let asked = |token: &str| format!("{path}?hub.mode=subscribe&hub.challenge=12%3C3&hub.verify_token={token}");
            let request = axum::http::Request::get(asked(token)).body(axum::body::Body::empty()).unwrap();
            let answer = nobody.send(request).await;
            assert_eq!((answer.status, answer.body.as_slice()), (200, b"12<3".as_slice()));
            assert_eq!(nobody.get(&asked("wrong")).await.0, 403);
            assert_eq!(nobody.get(path).await.0, 403);
        }
        let body = delivery(WABA, PHONE, world.message(Some(ADA), None, "Ada", json!({"id": "wamid.1", "type": "text"})));
        let text = body.to_string();
        for wrong in ["", "sha256=", "sha256=00", &signature("other", text.as_bytes())] {
            for path in [path.as_str(), "/whatsapp/v1/webhooks/"] {
                let answer = nobody.post_with(path, &[("x-hub-signature-256", wrong)], text.clone()).await;
                assert_eq!(answer.status, 401, "{wrong}");
            }
        }
        assert_eq!(nobody.post(&path, body.clone()).await.0, 401);
        let stranger = path.replace(world.number["id"].as_str().unwrap(), "01939d5e-2b7c-7cc3-98c4-dc0c0c07398f");
        assert_eq!(deliver(&nobody, &stranger, SECRET, &body).await.status, 404);
        assert!(world.list("/telegram/v1/webhook-events/").await.is_empty());
        for body in [json!([]), json!(null), json!(5)] {
            assert_eq!(deliver(&nobody, &path, SECRET, &body).await.status, 400, "{body}");
        }
        for body in [json!({}), json!({"entry": [{"id": 5, "changes": [{"field": "x", "value": {"a": "\u{0}"}}]}]})] {
            assert_eq!(deliver(&nobody, &path, SECRET, &body).await.status, 200, "{body}");
        }
    }

    async fn every_kind_has_its_place_in_the_timeline(db) {
        let world = World::start(db).await;
        let say = |id: &str, content: Value| {
            let mut content = content;
            content["id"] = id.into();
            world.message(Some(ADA), Some("US.1"), "Ada", content)
        };
        let kinds = [
            json!({"type": "text", "text": {"body": "hello\u{0}"}}),
            json!({"type": "image", "image": {"id": "900", "mime_type": "image/jpeg", "caption": "look"}}),
            json!({"type": "audio", "audio": {"id": "901", "voice": true}}),
            json!({"type": "location", "location": {"latitude": 1.5, "longitude": 2.5, "name": "Here"}}),
            json!({"type": "contacts", "contacts": [{"name": {"formatted_name": "Bob"}, "phones": [{"phone": "+1"}]}]}),
            json!({"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {"id": "yes", "title": "Yes"}}}),
            json!({"type": "unsupported", "unsupported": {"type": "poll_creation"}, "errors": [{"code": 131051}]}),
            json!({"type": "novelty", "novelty": [[{}]]}),
            json!({"type": "text", "text": {"body": "back"}, "context": {"id": "wamid.0"}}),
        ];
        for (index, content) in kinds.into_iter().enumerate() {
            let value = say(&format!("wamid.{index}"), content);
            assert_eq!(world.deliver(value.clone()).await.status, 200);
            // It comes again, as Meta does when it saw no answer.
            assert_eq!(world.deliver(value).await.status, 200);
        }
        world.deliver(say("wamid.r", json!({"type": "reaction", "reaction": {"message_id": "wamid.0", "emoji": "😮"}}))).await;
        let timeline = world.timeline().await;
        let shown: Vec<&str> = timeline.iter().map(|entry| entry["content"]["type"].as_str().unwrap()).collect();
        assert_eq!(shown, ["text", "photo", "voice", "venue", "contact", "button", "unsupported", "unsupported", "text"]);
        assert!(timeline.iter().all(|entry| entry["platform"] == "WHATSAPP" && entry["direction"] == "INCOMING"));
        assert_eq!(timeline[0]["provider_message_id"], "wamid.0");
        assert_eq!(timeline[0]["reactions"][0]["emoji"], json!(["😮"]), "{}", timeline[0]);
        assert_eq!(timeline[8]["reply_to"], timeline[0]["id"]);
        assert_eq!(timeline[5]["content"]["callback_data"], "yes");
        let conversation = &world.list("/team-inbox/api/conversations/").await[0];
        assert_eq!((&conversation["platform"], &conversation["unread_count"]), (&json!("WHATSAPP"), &json!(9)), "{conversation}");
        assert!(world.list("/telegram/v1/webhook-events/").await.iter().all(|event| event["status"] == "PROCESSED"));
    }

    async fn one_delivery_may_bring_much_for_many(db) {
        let world = World::start(db).await;
        let mut value = world.message(Some(ADA), None, "Ada", json!({"id": "wamid.1", "type": "text", "text": {"body": "1"}}));
        let other = world.message(Some("4915112345678"), None, "Bob", json!({"id": "wamid.2", "type": "text", "text": {"body": "2"}}));
        for list in ["contacts", "messages"] {
            value[list].as_array_mut().unwrap().push(other[list][0].clone());
        }
        value["statuses"] = json!([{"id": "wamid.unknown", "status": "read", "timestamp": "1"}]);
        let mut body = delivery(WABA, PHONE, value);
        // Somebody else's account: it is acknowledged and left.
        let foreign = delivery("999", "888", world.message(Some("1"), None, "X", json!({"id": "wamid.3", "type": "text"})));
        body["entry"].as_array_mut().unwrap().push(foreign["entry"][0].clone());
        let answer = deliver(&world.app.anonymous(), "/whatsapp/v1/webhooks/", SECRET, &body).await;
        assert_eq!(answer.status, 200);
        world.work().await;
        let mut names: Vec<String> =
            world.list("/contacts/").await.iter().map(|one| format!("{} {}", one["first_name"], one["phone"])).collect();
        names.sort();
        assert_eq!(names, ["\"Ada\" \"+16505551234\"", "\"Bob\" \"+4915112345678\""]);
    }

    async fn a_number_that_is_off_keeps_what_comes(db) {
        let world = World::start(db).await;
        world.app.owner().post(&format!("{}deactivate/", world.path()), json!({})).await;
        world.says(ADA, "Ada", "wamid.1", "hello").await;
        assert_eq!(world.list("/telegram/v1/webhook-events/").await[0]["status"], "IGNORED");
        assert!(world.list("/contacts/").await.is_empty());
    }
}
