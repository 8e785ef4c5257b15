//! The contact tools, and the bots.

use serde_json::{Value, json};
use testkit::Telegram;

use crate::world::World;

testkit::db_test! {
    async fn contacts_are_made_changed_and_found(db) {
        let world = World::start(db).await;
        let made = json!({"first_name": "Ada", "phone": "+1 415 555 0100", "tags": ["vip"], "custom": {"city": "London", "x": 1}});
        let made = world.owner.call("create_contact", made).await;
        assert_eq!((&made["phone"], &made["source"], &made["tags"]), (&json!("+14155550100"), &json!("API"), &json!(["vip"])));
        let change = json!({"contact_id": made["id"], "last_name": "Lovelace", "phone": "", "custom": {"x": null, "y": 2}});
        let changed = world.owner.call("update_contact", change).await;
        assert_eq!((&changed["first_name"], &changed["last_name"], &changed["phone"]), (&json!("Ada"), &json!("Lovelace"), &Value::Null));
        assert_eq!(changed["custom"], json!({"city": "London", "y": 2}));
        let found = world.owner.call("search_contacts", json!({"query": "lovel"})).await;
        assert_eq!(found["contacts"], json!([changed]));
        assert!(found["notice"].as_str().unwrap().contains("untrusted"));
        let none = world.owner.call("search_contacts", json!({"tag": "other"})).await;
        assert_eq!(none["contacts"], json!([]));
    }

    async fn pages_follow_one_another(db) {
        let world = World::start(db).await;
        for name in ["Ada", "Bob", "Cleo"] {
            world.owner.call("create_contact", json!({"first_name": name})).await;
        }
        let first = world.owner.call("search_contacts", json!({"limit": 2})).await;
        let second = world.owner.call("search_contacts", json!({"limit": 2, "cursor": first["next_cursor"]})).await;
        let names = |page: &Value| -> Vec<String> {
            page["contacts"].as_array().unwrap().iter().map(|one| one["first_name"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!((names(&first), names(&second)), (vec!["Cleo".to_owned(), "Bob".to_owned()], vec!["Ada".to_owned()]));
        assert_eq!(second["next_cursor"], Value::Null);
        assert!(world.owner.fails("search_contacts", json!({"cursor": "x"})).await.contains("- cursor:"));
        assert!(world.owner.fails("search_contacts", json!({"limit": 101})).await.contains("- limit:"));
    }

    async fn wrong_fields_are_all_named(db) {
        let world = World::start(db).await;
        let said = world.owner.fails("create_contact", json!({"phone": "12", "email": "x"})).await;
        assert!(said.contains("- phone:") && said.contains("- email:"), "{said}");
        let nobody = world.owner.fails("create_contact", json!({})).await;
        assert!(nobody.contains("at least a name"), "{nobody}");
        let unknown = json!({"contact_id": "01939d5e-2b7c-7cc3-98c4-dc0c0c07398f", "first_name": "x"});
        assert!(world.owner.fails("update_contact", unknown).await.contains("No such contact."));
    }

    async fn bots_are_listed_and_checked(db) {
        let telegram = Telegram::start().await;
        let world = World::start_with(db, |set| set.telegram_api_base_url = telegram.url.clone()).await;
        let token = "700000001:a-token-of-the-sandbox-for-this-test";
        let (status, bot) = world.owner.0.post("/telegram/v1/bots/", json!({"bot_token": token})).await;
        assert_eq!(status, 201, "{bot}");
        let listed = world.owner.call("list_bots", json!({})).await;
        assert_eq!((&listed["bots"][0]["id"], listed["bots"].as_array().unwrap().len()), (&bot["id"], 1));
        assert!(!listed.to_string().contains(token));
        let health = world.owner.call("get_bot_health", json!({"bot_app_id": bot["id"]})).await;
        assert_eq!((&health["is_healthy"], &health["problems"]), (&json!(true), &json!([])), "{health}");
        telegram.fail("getWebhookInfo", json!({"kind": "status", "code": 500, "description": "x"})).await;
        let health = world.owner.call("get_bot_health", json!({"bot_app_id": bot["id"]})).await;
        assert_eq!((&health["is_healthy"], &health["telegram_reachable"]), (&json!(false), &json!(false)), "{health}");
        assert_eq!(health["problems"].as_array().unwrap().len(), 1, "{health}");
    }
}
