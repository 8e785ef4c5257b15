//! Everything of a person handed over, and let go of.

use model::Clock;
use serde_json::{Value, json};
use store::events;
use testkit::{TestApp, db_test};

use crate::{Telegram, contact};

async fn export(app: &TestApp, contact: &Value) -> String {
    let path = format!("/contacts/{}/data-export/", contact["id"].as_str().unwrap());
    let request = axum::http::Request::get(path).body(axum::body::Body::empty()).unwrap();
    let answer = app.owner().send(request).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    String::from_utf8(answer.body).unwrap()
}

/// All that the API shows of this tenant.
async fn everything(app: &TestApp) -> String {
    let owner = app.owner();
    let mut shown = String::new();
    for path in [
        "/contacts/",
        "/team-inbox/api/conversations/",
        "/team-inbox/api/messages/",
        "/telegram/v1/messages/",
        "/telegram/v1/webhook-events/",
        "/broadcast/messages/",
        "/team-inbox/api/search/?q=secret",
    ] {
        let (status, page) = owner.get(path).await;
        assert_eq!(status, 200, "{path}: {page}");
        shown += &page.to_string();
        let results = page["results"].as_array().cloned().unwrap_or_default();
        for id in results.iter().filter_map(|one| one["id"].as_str()).filter(|_| path.ends_with("events/")) {
            shown += &owner.get(&format!("{path}{id}/")).await.1.to_string();
        }
    }
    shown
}

db_test! {
    async fn an_erased_person_leaves_nothing_but_a_pseudonym(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let mut telegram = Telegram::of(&app, 1).await;
        telegram.says(7712345, "a secret word").await;
        telegram.says(88, "unrelated").await;
        let speaker = json!({"id": 7712345, "is_bot": false, "first_name": "Ada", "username": "ada_7712345"});
        let group = json!({"id": -5, "type": "group", "title": "Friends"});
        let now = app.clock.now().as_ms() / 1_000;
        telegram.update(json!({"message": {"message_id": 1, "date": now, "chat": group, "from": speaker, "text": "secret in a group"}})).await;
        telegram.update(json!({"message_reaction": {"message_id": 1, "date": now, "chat": group, "user": speaker,
            "old_reaction": [], "new_reaction": [{"type": "emoji", "emoji": "❤"}]}})).await;
        let ada = contact(&app, 7712345).await;
        owner.post("/telegram/v1/messages/", json!({"contact_id": ada["id"], "text": "a secret answer"})).await;

        let exported: Value = serde_json::from_str(&export(&app, &ada).await).unwrap();
        assert_eq!(exported["contact"]["telegram_chat_id"], 7712345);
        let lengths = ["messages", "said_in_groups", "updates"].map(|name| exported[name].as_array().unwrap().len());
        assert_eq!(lengths, [2, 1, 1], "{exported}");

        let path = format!("/contacts/{}/erase/", ada["id"].as_str().unwrap());
        assert_eq!(app.other_tenant().await.post(&path, json!({})).await.0, 404);
        let (status, erased) = owner.post(&path, json!({})).await;
        assert_eq!((status, &erased["pseudonym"], &erased["complete"]), (200, &ada["id"], &json!(true)), "{erased}");
        assert_eq!(owner.post(&path, json!({})).await.0, 404);
        let shown = everything(&app).await;
        for word in ["secret", "7712345"] {
            assert!(!shown.contains(word), "{word} is left in {shown}");
        }
        let (scope, chats) = (app.scope(), [(telegram.bot, 7712345)]);
        let kept = app.app.db.read(move |tx| events::of_chats(tx, &scope, &chats, 0)).await.unwrap();
        assert_eq!(kept.payloads.len(), 0, "an Update still says whose chat it came from");
        assert!(shown.contains("unrelated") && shown.contains("Erased on request.") && shown.contains(r#""erased":true"#), "{shown}");
    }

    async fn the_updates_of_a_removed_contact_go_too(db) {
        let app = TestApp::start(db).await;
        let mut telegram = Telegram::of(&app, 1).await;
        telegram.says(7712345, "a secret word").await;
        telegram.says(88, "unrelated").await;
        let ada = contact(&app, 7712345).await;
        let (_, counts) = app.owner().post("/contacts/bulk/delete/", json!({"ids": [ada["id"]]})).await;
        assert_eq!(counts["changed"], 1);
        while app.app.db.read(events::is_erasure_due).await.unwrap() {
            app.app.db.write(events::erase_some).await.unwrap();
        }
        let shown = everything(&app).await;
        assert!(!shown.contains("secret") && shown.contains("unrelated"), "{shown}");
    }
}
