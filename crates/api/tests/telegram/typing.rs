//! "typing …" on the customer's phone: shown while there is room to spare, never in the way.

use model::{Clock, content::Content};
use serde_json::json;
use testkit::{Telegram, TestApp, db_test, user};

use crate::support::{path, registered, start};

/// Waits for so many calls.
async fn calls(telegram: &Telegram, count: usize) -> usize {
    let seen = async {
        while telegram.calls("sendChatAction").await.len() < count {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), seen).await.expect("Telegram is told in time");
    telegram.calls("sendChatAction").await.len()
}

async fn typing(app: &TestApp, conversation: &str) {
    let path = format!("/team-inbox/api/conversations/{conversation}/typing/");
    assert_eq!(app.owner().post(&path, json!({})).await.0, 204);
}

db_test! {
    async fn the_customer_sees_somebody_type_and_no_more_often_than_needed(db) {
        let (app, telegram) = start(db).await;
        let bot = registered(&app).await;
        let id = bot["id"].as_str().unwrap().parse().unwrap();
        let conversation = |user_id, name| {
            let app = &app;
            async move {
                let said = app.says(id, &user(user_id, name), 1, Content::text("hi"), app.clock.now()).await;
                said.conversation.to_string()
            }
        };
        let (ada, bob) = (conversation(77, "Ada").await, conversation(78, "Bob").await);
        typing(&app, &ada).await;
        assert_eq!(calls(&telegram, 1).await, 1);
        let shown = &telegram.calls("sendChatAction").await[0];
        assert_eq!((&shown["chat_id"], &shown["action"]), (&json!(77), &json!("typing")));
        app.clock.advance(1_000);
        typing(&app, &ada).await;
        typing(&app, &bob).await;
        assert_eq!(calls(&telegram, 2).await, 2, "Ada's phone shows it still");

        // A bot that is off says nothing, and nothing is kept for later.
        app.clock.advance(10_000);
        app.owner().patch(&path(&bot), json!({"is_active": false})).await;
        typing(&app, &ada).await;
        app.owner().patch(&path(&bot), json!({"is_active": true})).await;
        app.clock.advance(10_000);
        typing(&app, &bob).await;
        assert_eq!(calls(&telegram, 3).await, 3);
        assert_eq!(telegram.calls("sendChatAction").await[2]["chat_id"], 78);
    }
}
