//! The broadcast tools.

use model::content::Content;
use serde_json::json;

use crate::world::World;

testkit::db_test! {
    async fn a_broadcast_is_made_looked_at_listed_and_cancelled(db) {
        let world = World::start(db).await;
        let bot = world.app.bot(1).await;
        let at = world.app.app.clock.now();
        let contact = world.app.says(bot, &testkit::user(501, "Ada"), 1, Content::text("hello"), at).await.contact;
        let new = json!({"name": "News", "message_text": "Hi {{first_name}}", "recipients": [contact]});
        let made = world.owner.call("create_broadcast", new).await;
        assert_eq!((&made["name"], &made["is_final"]), (&json!("News"), &json!(false)));
        let (status, shown) = world.owner.0.get(&format!("/broadcast/{}/", made["id"].as_str().unwrap())).await;
        assert_eq!((status, &shown["status"], &shown["message_text"]), (200, &made["status"], &json!("Hi {{first_name}}")));
        let told = world.owner.call("get_broadcast_status", json!({"broadcast_id": made["id"]})).await;
        assert_eq!(told, made);
        let listed = world.owner.call("list_broadcasts", json!({"query": "new"})).await;
        assert_eq!(listed["broadcasts"], json!([made]));
        let cancelled = world.owner.call("cancel_broadcast", json!({"broadcast_id": made["id"]})).await;
        assert_eq!((&cancelled["status"], &cancelled["is_final"]), (&json!("CANCELLED"), &json!(true)));
        let listed = world.owner.call("list_broadcasts", json!({"status": "DRAFT"})).await;
        assert_eq!(listed["broadcasts"], json!([]));
    }

    async fn a_segment_is_named_by_id_or_name(db) {
        let world = World::start(db).await;
        let owner = world.app.owner();
        for (name, town) in [("Ada", "Paris"), ("Bob", "Rome")] {
            owner.post("/contacts/", json!({"first_name": name, "custom": {"town": town}})).await;
        }
        let rules = json!({"rules": [{"field": "custom.town", "operator": "is", "value": "Paris"}]});
        let (_, segment) = owner.post("/contacts/segments/", json!({"name": "In Paris", "rules": rules})).await;
        for named in [&segment["id"], &json!("In Paris")] {
            let found = world.owner.call("search_contacts", json!({"segment": named})).await;
            let names: Vec<_> = found["contacts"].as_array().unwrap().iter().map(|one| &one["first_name"]).collect();
            assert_eq!(names, ["Ada"]);
            let draft = json!({"name": "x", "message_text": "x", "segment": named, "draft": true});
            let made = world.owner.call("create_broadcast", draft).await;
            let (_, shown) = owner.get(&format!("/broadcast/{}/", made["id"].as_str().unwrap())).await;
            assert_eq!(shown["segment"], segment["id"], "{shown}");
        }
        let wrong = json!({"name": "x", "message_text": "x", "select_all": true, "exclude_segment": "nobody"});
        assert!(world.owner.fails("create_broadcast", wrong).await.contains("- exclude_segment:"));
    }

    async fn a_wrong_broadcast_is_refused_in_words(db) {
        let world = World::start(db).await;
        for (arguments, words) in [
            (json!({"name": "x", "message_text": "x", "recipients": ["Ada"]}), "- recipients:"),
            (json!({"name": "x", "message_text": "x", "recipients": ["01939d5e-2b7c-7cc3-98c4-dc0c0c07398f"]}), "- recipients:"),
            (json!({"name": "x", "message_text": "{{nonsense}}", "select_all": true}), "- message_text:"),
            (json!({"name": "x", "message_text": "x", "select_all": true, "platform": "PIGEON"}), "- platform:"),
            (json!({"name": "x", "select_all": true, "template": {"name": "sale", "language": "en_US"}}), "- template:"),
            (json!({"message_text": "x", "select_all": true}), "name"),
        ] {
            let said = world.owner.fails("create_broadcast", arguments.clone()).await;
            assert!(said.contains(words), "{arguments}: {said}");
        }
        assert_eq!(world.owner.call("list_broadcasts", json!({})).await["broadcasts"], json!([]));
        let unknown = json!({"broadcast_id": "01939d5e-2b7c-7cc3-98c4-dc0c0c07398f"});
        assert!(world.owner.fails("cancel_broadcast", unknown).await.contains("No such broadcast."));
    }
}
