//! Merging with a look ahead and a way back, and who looks like whom.

use model::{Clock, content::Content};
use serde_json::{Value, json};
use testkit::{Client, TestApp, db_test, user};

async fn make(owner: &Client, body: Value) -> String {
    let (status, made) = owner.post("/contacts/", body).await;
    assert_eq!(status, 201, "{made}");
    made["id"].as_str().unwrap().to_owned()
}

db_test! {
    async fn a_merge_is_shown_before_and_undone_after(db) {
        let app = TestApp::start(db).await;
        let (owner, now) = (app.owner(), app.clock.now());
        let bot = app.bot(1).await;
        let said = app.says(bot, &user(77, "Ada"), 1, Content::text("one"), now).await;
        let record = make(&owner, json!({"first_name": "A. Lovelace", "email": "a@b.example", "custom": {"size": 4}})).await;
        let path = |act: &str| format!("/contacts/{record}/{act}");
        let body = json!({"other": said.contact, "fields": {"first_name": "other"}});
        let (status, seen) = owner.post(&path("merge/preview/"), body.clone()).await;
        assert_eq!((status, &seen["contact"]["first_name"], &seen["moves"]), (200, &json!("Ada"), &json!({"messages": 1, "broadcasts": 0, "chats": 1})), "{seen}");
        assert_eq!(seen["fields"][0], json!({"field": "first_name", "this": "A. Lovelace", "other": "Ada", "result": "Ada"}));
        let wrong = json!({"other": said.contact, "fields": {"colour": "this"}});
        assert_eq!(owner.post(&path("merge/"), wrong).await.0, 400);

        let before = owner.get(&format!("/contacts/{}/", said.contact)).await.1;
        let (status, merged) = owner.post(&path("merge/"), body).await;
        assert_eq!((status, &merged["first_name"], &merged["email"]), (200, &json!("Ada"), &json!("a@b.example")));
        let (_, merges) = owner.get(&path("merges/")).await;
        assert_eq!((&merges["merges"][0]["other"]["id"], &merges["merges"][0]["merged_by"]["type"]), (&json!(said.contact), &json!("API")));
        let undo = path(&format!("merges/{}/undo/", said.contact));
        assert_eq!(app.other_tenant().await.post(&undo, json!({})).await.0, 404);
        let (status, both) = owner.post(&undo, json!({})).await;
        assert_eq!((status, &both["contact"]["first_name"], &both["contact"]["identities"]), (200, &json!("A. Lovelace"), &json!([])), "{both}");
        assert_eq!(owner.get(&format!("/contacts/{}/", said.contact)).await.1, before);
        assert_eq!(owner.post(&undo, json!({})).await.0, 404);
        assert_eq!(owner.get(&path("merges/")).await.1["merges"], json!([]));
    }

    async fn who_looks_alike_is_suggested_until_dismissed(db) {
        let app = TestApp::start(db).await;
        let (owner, other) = (app.owner(), app.other_tenant().await);
        let ada = make(&owner, json!({"first_name": "Ada", "phone": "+14155550100"})).await;
        let bob = make(&owner, json!({"first_name": "Bob", "phone": "+14155550100", "telegram_username": "bob"})).await;
        let eve = make(&owner, json!({"first_name": "Eve", "telegram_username": "BOB"})).await;
        make(&other, json!({"first_name": "Zoe", "phone": "+14155550100"})).await;
        let pairs = async || {
            let (status, page) = owner.get("/contacts/duplicates/").await;
            assert_eq!(status, 200, "{page}");
            page["results"].as_array().unwrap().iter().map(|one| (one["contacts"][0]["id"].clone(), one["contacts"][1]["id"].clone(), one["same"].clone())).collect::<Vec<_>>()
        };
        assert_eq!(pairs().await, [(json!(bob), json!(eve), json!(["username"])), (json!(ada), json!(bob), json!(["phone"]))]);
        assert_eq!(other.get("/contacts/duplicates/").await.1["results"], json!([]));
        let dismiss = "/contacts/duplicates/dismiss/";
        assert_eq!(other.post(dismiss, json!({"contacts": [ada, bob]})).await.0, 400);
        assert_eq!(owner.post(dismiss, json!({"contacts": [bob, ada]})).await.0, 204);
        assert_eq!(owner.post(dismiss, json!({"contacts": [ada]})).await.0, 400);
        owner.patch(&format!("/contacts/{eve}/"), json!({"telegram_username": "eve"})).await;
        assert_eq!(pairs().await, []);
        make(&owner, json!({"first_name": "Dan", "telegram_username": "eve"})).await;
        assert_eq!(pairs().await.len(), 1);
        assert_eq!(owner.delete(&format!("/contacts/{eve}/")).await.0, 204);
        assert_eq!(pairs().await, []);
    }
}
