//! The activity log: who did what, with what stood there before; seen by those who may.

use model::Role;
use serde_json::{Value, json};
use testkit::{TestApp, db_test};

db_test! {
    async fn what_people_and_keys_do_is_noted_with_what_was_there_before(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let ((grace, id), (linus, _)) = (app.person("Grace", Role::Admin).await, app.person("Linus", Role::Agent).await);
        let (_, label) = grace.post("/team-inbox/api/labels/", json!({"name": "billing"})).await;
        let one = format!("/team-inbox/api/labels/{}/", label["id"].as_str().unwrap());
        owner.patch(&one, json!({"color": "green"})).await;
        owner.patch("/tenants/settings/", json!({"inbox": {"round_robin": true}})).await;
        linus.post("/team-inbox/api/labels/", json!({"name": "=1+1"})).await;

        let (status, page) = grace.get("/activity/").await;
        let rows = page["results"].as_array().unwrap();
        let actions: Vec<_> = rows.iter().map(|row| row["action"].as_str().unwrap()).collect();
        assert_eq!((status, &actions[..4]), (200, &["label.created", "settings.changed", "label.changed", "label.created"][..]), "{page}");
        assert_eq!((&rows[1]["before"], &rows[1]["after"]), (&json!({"inbox": {"round_robin": false}}), &json!({"inbox": {"round_robin": true}})));
        assert_eq!((&rows[2]["actor_type"], &rows[2]["object_name"]), (&json!("API"), &json!("billing")));
        assert_eq!((&rows[2]["before"], &rows[2]["after"]), (&json!({"color": "gray"}), &json!({"color": "green"})));
        assert_eq!((&rows[3]["actor_id"], &rows[3]["actor_name"], &rows[3]["origin"]), (&json!(id), &json!("Grace"), &json!("http")));
        let found = async |query: &str| grace.get(&format!("/activity/?{query}")).await.1["results"].as_array().unwrap().len();
        assert_eq!(found(&format!("actor_id={id}")).await, 1);
        assert_eq!(found("action=label.created").await, 2);
        assert_eq!(found(&format!("object_id={}", label["id"].as_str().unwrap())).await, 2);
        assert_eq!(found("object_type=settings").await, 1);

        let own = linus.get("/activity/").await.1["results"].as_array().unwrap().clone();
        assert_eq!((own.len(), &own[0]["actor_name"]), (1, &json!("Linus")));
        assert_eq!(app.other_tenant().await.get("/activity/?object_type=label").await.1["results"], json!([]));
        let request = axum::http::Request::get("/activity/export/?object_type=label").body(axum::body::Body::empty()).unwrap();
        let csv = String::from_utf8(grace.send(request).await.body).unwrap();
        assert!(csv.lines().count() == 4 && csv.contains("\"'=1+1\""), "{csv}");
    }

    async fn what_is_not_done_is_not_noted(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        owner.post("/team-inbox/api/labels/", json!({"name": " "})).await;
        owner.patch("/tenants/settings/", json!({"inbox": {"wait_target_minutes": 0}})).await;
        assert_eq!(owner.get("/activity/").await.1["results"], Value::Array(Vec::new()));
    }

    async fn every_kind_of_change_is_noted(db) {
        let app = TestApp::start(db).await;
        let (owner, bot) = (app.owner(), app.bot(4_242).await);
        let made = async |path: &str, body: Value| {
            let (status, made) = owner.post(path, body).await;
            assert!((200..300).contains(&status), "{path}: {status} {made}");
            made["id"].as_str().unwrap_or_default().to_owned()
        };
        let ada = made("/contacts/", json!({"first_name": "Ada", "phone": "+4930901820"})).await;
        let bob = made("/contacts/", json!({"first_name": "Bob"})).await;
        owner.patch(&format!("/contacts/{ada}/"), json!({"tags": ["vip"]})).await;
        let (user, _) = app.person("Grace", Role::Agent).await;
        made("/contacts/bulk/tag/", json!({"tags": ["new"], "ids": [ada, bob]})).await;
        made(&format!("/contacts/{ada}/merge/"), json!({"other": bob})).await;
        made(&format!("/contacts/{ada}/erase/"), json!({})).await;
        let sale = made("/broadcast/", json!({"name": "Sale", "message_text": "Now.", "status": "DRAFT"})).await;
        owner.patch(&format!("/broadcast/{sale}/"), json!({"name": "Sales"})).await;
        made(&format!("/broadcast/{sale}/cancel/"), json!({})).await;
        let view = made("/team-inbox/api/views/", json!({"name": "Mine", "query": "assignee=me"})).await;
        owner.delete(&format!("/team-inbox/api/views/{view}/")).await;
        let invite = made("/tenants/invites/", json!({"email": "eve@example.org", "role": "AGENT"})).await;
        owner.delete(&format!("/tenants/invites/{invite}/")).await;
        let sent = made("/telegram/v1/messages/", json!({"chat_id": 77, "text": "hello"})).await;
        made(&format!("/telegram/v1/messages/{sent}/cancel/"), json!({})).await;
        owner.patch(&format!("/telegram/v1/bots/{bot}/"), json!({"name": "Shop", "daily_limit": 5})).await;
        owner.delete(&format!("/telegram/v1/bots/{bot}/")).await;
        made("/webhooks/endpoints/", json!({"url": "https://shop.example.com/hooks"})).await;
        assert_eq!(user.get("/activity/").await.1["results"], json!([]), "she did nothing");

        let (_, page) = owner.get("/activity/?page_size=200").await;
        let mut rows = page["results"].as_array().unwrap().clone();
        rows.reverse();
        let actions: Vec<_> = rows.iter().map(|row| row["action"].as_str().unwrap()).collect();
        assert_eq!(actions, ["contact.created", "contact.created", "contact.changed", "contacts.tagged", "contact.merged",
            "contact.erased", "broadcast.created", "broadcast.changed", "broadcast.cancelled", "view.created", "view.removed",
            "invitation.created", "invitation.revoked", "message.sent", "message.cancelled", "bot.changed", "bot.removed",
            "webhook_endpoint.created"]);
        let is_keyed = |row: &Value| row["actor_type"] == "API" && row["origin"] == "http";
        assert!(rows.iter().all(is_keyed), "{page}");
        assert_eq!(rows[2]["after"], json!({"fields": ["tags"]}));
        assert_eq!((&rows[7]["before"], &rows[7]["after"]), (&json!({"name": "Sale"}), &json!({"name": "Sales"})));
        let text = page.to_string();
        assert!(!text.contains("Ada") && !text.contains("901820"), "the log knows people by their ids alone: {text}");
    }
}
