//! What is accepted for sending, and what Meta tells of it later. The calls themselves are made in the tests of the binary.

use model::DAY_MS;
use serde_json::{Value, json};
use testkit::db_test;

use crate::World;

const ADA: &str = "16505551234";
const MESSAGES: &str = "/whatsapp/v1/messages/";

fn status(id: &str, status: &str, ours: &Value) -> Value {
    let mut one = json!({"id": id, "status": status, "timestamp": "1", "recipient_id": ADA,
        "biz_opaque_callback_data": format!("{}.0", ours["id"].as_str().unwrap())});
    if status == "failed" {
        one["errors"] = json!([{"code": 131_026, "title": "Message undeliverable"}]);
    }
    json!({"statuses": [one]})
}

async fn is(world: &World, message: &Value) -> Value {
    world.get(&format!("{MESSAGES}{}/", message["id"].as_str().unwrap())).await
}

db_test! {
    async fn text_is_for_those_who_wrote_lately(db) {
        let world = World::start(db).await;
        let owner = world.app.owner();
        let text = json!({"to": "+1 650 555 1234", "text": "hello"});
        let (refused, problem) = owner.post(MESSAGES, text.clone()).await;
        assert_eq!((refused, &problem["code"]), (409, &json!("window_closed")), "{problem}");
        world.graph.template(json!({"id": "5", "name": "hello", "language": "en_US", "status": "APPROVED",
            "category": "UTILITY", "components": [{"type": "BODY", "text": "Dear {{1}}"}]}));
        owner.post("/whatsapp/v1/templates/sync/", json!({"number_id": world.number["id"]})).await;
        let (_, problem) = owner.post(MESSAGES, text.clone()).await;
        assert!(problem["detail"].as_str().unwrap().ends_with("Approved templates: hello."), "{problem}");
        let template = |variables: Value| json!({"to": ADA, "template": {"name": "hello", "language": "en_US", "variables": variables}});
        let (accepted, sent) = owner.post(MESSAGES, template(json!(["Ann"]))).await;
        assert_eq!((accepted, &sent["text"], &sent["platform"]), (202, &json!("Dear Ann"), &json!("WHATSAPP")), "{sent}");
        assert_eq!(owner.post(MESSAGES, template(json!([]))).await.0, 400);
        let unknown = json!({"to": ADA, "template": {"name": "other", "language": "en_US"}});
        assert_eq!(owner.post(MESSAGES, unknown).await.0, 400);
        world.says(ADA, "Ada", "wamid.1", "hello").await;
        assert_eq!(owner.post(MESSAGES, text.clone()).await.0, 202);
        assert_eq!(world.timeline().await.len(), 3, "what was sent before stands in the timeline too");
        world.app.clock.advance(DAY_MS);
        assert_eq!(owner.post(MESSAGES, text).await.0, 409);
    }

    async fn what_whatsapp_can_not_do_is_told(db) {
        let world = World::start(db).await;
        world.says(ADA, "Ada", "wamid.1", "hello").await;
        let owner = world.app.owner();
        let button = |text: &str| json!({"type": "QUICK_REPLY", "text": text});
        for (body, field) in [
            (json!({"poll": {"question": "?", "options": ["a", "b"]}}), "poll"),
            (json!({"text": "x", "buttons": [button("a"), button("a")]}), "buttons"),
            (json!({"text": "x", "buttons": [button("a label that is much too long")]}), "buttons"),
            (json!({"text": "x", "buttons": (0..11).map(|n| button(&n.to_string())).collect::<Vec<_>>()}), "buttons"),
            (json!({"text": "y".repeat(1_025), "buttons": [button("a")]}), "text"),
            (json!({"text": "x", "chat_id": 5}), "chat_id"),
            (json!({"text": "x", "surprise": 5}), "surprise"),
        ] {
            let mut body = body;
            body["to"] = ADA.into();
            let (status, problem) = owner.post(MESSAGES, body).await;
            assert_eq!(status, 400, "{problem}");
            assert!(problem["errors"].as_object().unwrap().contains_key(field), "{problem}");
        }
        let (_, sent) = owner.post(MESSAGES, json!({"to": ADA, "text": "x", "buttons": [button("a"), button("b")]})).await;
        world.deliver(status("wamid.s", "sent", &sent)).await;
        let path = format!("/telegram/v1/messages/{}/", sent["id"].as_str().unwrap());
        let (refused, problem) = owner.patch(&path, json!({"text": "y"})).await;
        assert_eq!((refused, &problem["code"]), (409, &json!("not_supported_by_channel")), "{problem}");
    }

    async fn a_message_only_moves_forward(db) {
        let world = World::start(db).await;
        world.says(ADA, "Ada", "wamid.1", "hello").await;
        let owner = world.app.owner();
        let (_, first) = owner.post(MESSAGES, json!({"to": ADA, "text": "one"})).await;
        // Meta tells of it before its answer to the call is known here.
        for (told, becomes) in [("delivered", "DELIVERED"), ("sent", "DELIVERED"), ("read", "READ"), ("delivered", "READ"),
            ("failed", "READ"), ("read", "READ")] {
            assert_eq!(world.deliver(status("wamid.a", told, &first)).await.status, 200);
            let now = is(&world, &first).await;
            assert_eq!(now["status"], becomes, "{told}: {now}");
        }
        let shown = is(&world, &first).await;
        assert_eq!((&shown["provider_message_id"], &shown["parts_sent"]), (&json!("wamid.a"), &json!(1)), "{shown}");
        assert!(shown["delivered_at"].is_string() && shown["read_at"].is_string(), "{shown}");
        let (_, second) = owner.post(MESSAGES, json!({"to": ADA, "text": "two"})).await;
        world.deliver(status("wamid.b", "failed", &second)).await;
        let failed = is(&world, &second).await;
        assert_eq!((&failed["status"], &failed["error_code"]), (&json!("FAILED"), &json!("not_reachable")), "{failed}");
        // Nobody else's message is meant by a name that somebody else's delivery brings.
        let nobody = json!({"id": "01939d5e-2b7c-7cc3-98c4-dc0c0c07398f"});
        assert_eq!(world.deliver(status("wamid.c", "read", &nobody)).await.status, 200);
    }
}
