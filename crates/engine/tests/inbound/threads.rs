//! Topics and business accounts: whose words land in which conversation, and what becomes of them when records join.

use model::Clock;
use serde_json::{Value, json};
use testkit::{TestApp, db_test};

use crate::{Telegram, contact};

fn person(id: i64, name: &str) -> Value {
    json!({"id": id, "is_bot": false, "first_name": name})
}

/// A message to the business account of Olga (999).
fn business(app: &TestApp, from: Value, number: i64, text: &str) -> Value {
    json!({"message_id": number, "date": app.clock.now().as_ms() / 1_000, "business_connection_id": "bc1", "text": text,
        "chat": {"id": 77, "type": "private", "first_name": "Ada"}, "from": from})
}

fn connection(owner: &Value) -> Value {
    json!({"business_connection": {"id": "bc1", "user": owner, "user_chat_id": 999, "date": 1, "is_enabled": true,
        "rights": {"can_reply": true}}})
}

async fn conversations(app: &TestApp, contact: &Value) -> Vec<Value> {
    let path =
        format!("/team-inbox/api/conversations/?contact_id={}&ordering=created_at", contact["id"].as_str().unwrap());
    app.owner().get(&path).await.1["results"].as_array().unwrap().clone()
}

fn kinds(conversations: &[Value]) -> Vec<&str> {
    let mut kinds: Vec<_> = conversations.iter().map(|one| one["kind"].as_str().unwrap()).collect();
    kinds.sort_unstable();
    kinds
}

async fn timeline(app: &TestApp, conversation: &Value) -> Vec<Value> {
    let path = format!("/team-inbox/api/conversations/{}/timeline/", conversation["id"].as_str().unwrap());
    app.owner().get(&path).await.1["results"].as_array().unwrap().clone()
}

db_test! {
    async fn a_topic_is_called_what_it_was_called_last(db) {
        let app = TestApp::start(db).await;
        let mut telegram = Telegram::of(&app, 1).await;
        let chat = json!({"id": -1_001_234_567_890_i64, "type": "supergroup", "title": "Support", "is_forum": true});
        let opened = json!({"message_id": 45, "date": 1, "chat": chat, "from": person(77, "Ada"),
            "forum_topic_created": {"name": "Billing", "icon_color": 1}});
        let said = |number: i64, content: Value| {
            let mut message = json!({"message_id": number, "date": 2, "chat": chat, "from": person(77, "Ada"),
                "message_thread_id": 45, "is_topic_message": true, "reply_to_message": opened});
            message.as_object_mut().unwrap().extend(content.as_object().unwrap().clone());
            json!({"message": message})
        };
        for (number, content, title) in [
            // The bot came later than the topic: the first that it sees is an answer to what opened it.
            (46, json!({"text": "my bill"}), "Billing"),
            (47, json!({"forum_topic_edited": {"name": "Invoices"}}), "Invoices"),
            (48, json!({"text": "and now?"}), "Invoices"),
        ] {
            telegram.update(said(number, content)).await;
            let (_, list) = app.owner().get("/team-inbox/api/conversations/").await;
            let found = &list["results"][0];
            assert_eq!((list["results"].as_array().unwrap().len(), &found["title"]), (1, &json!(title)), "{list}");
            assert_eq!((&found["kind"], &found["topic_id"]), (&json!("TOPIC"), &json!(45)));
        }
    }

    async fn a_business_accounts_words_are_the_teams_and_its_numbers_its_own(db) {
        let app = TestApp::start(db).await;
        let mut telegram = Telegram::of(&app, 1).await;
        let (ada, olga) = (person(77, "Ada"), person(999, "Olga"));
        telegram.update(connection(&olga)).await;
        // The same number in Ada's chat with the bot and in hers with Olga: two messages.
        telegram.message(77, json!({"message_id": 5, "text": "hello, bot"})).await;
        telegram.update(json!({"business_message": business(&app, ada.clone(), 5, "/stop asking")})).await;
        telegram.update(json!({"business_message": business(&app, olga, 6, "Certainly")})).await;
        telegram.update(json!({"edited_business_message": business(&app, ada.clone(), 5, "Please stop asking")})).await;
        let record = contact(&app, 77).await;
        assert_eq!(record["reachability"][0]["state"], "ACTIVE", "what she wrote to Olga was no command");
        let found = conversations(&app, &record).await;
        assert_eq!(kinds(&found), ["BUSINESS", "PERSON"]);
        let chat = found.iter().find(|one| one["kind"] == "BUSINESS").unwrap();
        assert_eq!((&chat["title"], &chat["unread_count"], &chat["waiting_since"]), (&json!("Olga"), &json!(0), &Value::Null));
        let entries = timeline(&app, chat).await;
        let line = |entry: &Value| format!("{} {} {}", entry["direction"], entry["author"]["type"], entry["content"]["text"]);
        assert_eq!(entries.iter().map(line).collect::<Vec<_>>(),
            [r#""INCOMING" "CONTACT" "Please stop asking""#, r#""OUTGOING" "USER" "Certainly""#]);

        let gone = json!({"business_connection_id": "bc1", "chat": {"id": 77, "type": "private"}, "message_ids": [5]});
        telegram.update(json!({"deleted_business_messages": gone})).await;
        assert!(timeline(&app, chat).await[0]["deleted_at"].is_string());
        let own = found.iter().find(|one| one["kind"] == "PERSON").unwrap();
        assert_eq!(timeline(&app, own).await[0]["deleted_at"], Value::Null);
    }

    async fn what_is_written_to_a_business_account_waits_for_the_word_whose_it_is(db) {
        let app = TestApp::start(db).await;
        let mut telegram = Telegram::of(&app, 1).await;
        let olga = person(999, "Olga");
        telegram.receive(connection(&olga)).await;
        telegram.fails_elsewhere().await;
        telegram.update(json!({"business_message": business(&app, person(77, "Ada"), 5, "hello")})).await;
        assert_eq!(app.owner().get("/contacts/?telegram_chat_id=77").await.1["results"], json!([]), "it waits");
        telegram.work_again(2).await;
        let found = conversations(&app, &contact(&app, 77).await).await;
        assert_eq!((kinds(&found), &found[0]["title"]), (vec!["BUSINESS"], &json!("Olga")));
    }

    async fn the_word_whose_a_business_account_is_may_come_late_or_never(db) {
        let app = TestApp::start(db).await;
        let mut telegram = Telegram::of(&app, 1).await;
        telegram.update(json!({"business_message": business(&app, person(77, "Ada"), 5, "hello")})).await;
        assert_eq!(app.owner().get("/contacts/?telegram_chat_id=77").await.1["results"], json!([]), "it waits");
        telegram.update(connection(&person(999, "Olga"))).await;
        telegram.work_again(1).await;
        let found = conversations(&app, &contact(&app, 77).await).await;
        assert_eq!((kinds(&found), &found[0]["title"]), (vec!["BUSINESS"], &json!("Olga")));

        // Another bot's, which connected before that bot was ours.
        let mut telegram = Telegram::of(&app, 2).await;
        telegram.update(json!({"business_message": business(&app, person(77, "Ada"), 5, "hello")})).await;
        telegram.work_again(2).await;
        telegram.update(json!({"business_message": business(&app, person(77, "Ada"), 6, "are you there?")})).await;
        let found = conversations(&app, &contact(&app, 77).await).await;
        let of_nobody = found.iter().find(|one| one["title"].is_null()).expect("a conversation without a title");
        assert_eq!((kinds(&found), timeline(&app, of_nobody).await.len()), (vec!["BUSINESS", "BUSINESS"], 2));
    }

    async fn a_business_chat_goes_with_its_person_through_a_merge_and_back(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let mut telegram = Telegram::of(&app, 1).await;
        telegram.update(connection(&person(999, "Olga"))).await;
        telegram.update(json!({"business_message": business(&app, person(77, "Ada"), 5, "hello")})).await;
        telegram.says(78, "it is me again").await;
        let (first, second) = (contact(&app, 78).await, contact(&app, 77).await);
        let path = format!("/contacts/{}/", first["id"].as_str().unwrap());
        let (status, merged) = owner.post(&format!("{path}merge/"), json!({"other": second["id"]})).await;
        assert_eq!(status, 200, "{merged}");
        assert_eq!(kinds(&conversations(&app, &first).await), ["BUSINESS", "PERSON"]);
        telegram.update(json!({"business_message": business(&app, person(77, "Ada"), 6, "still me")})).await;
        assert_eq!(conversations(&app, &first).await.len(), 2, "it goes on where it was");
        let undo = format!("{path}merges/{}/undo/", second["id"].as_str().unwrap());
        assert_eq!(owner.post(&undo, json!({})).await.0, 200);
        assert_eq!(kinds(&conversations(&app, &first).await), ["PERSON"]);
        let back = conversations(&app, &second).await;
        assert_eq!((kinds(&back), timeline(&app, &back[0]).await.len()), (vec!["BUSINESS"], 2));
        assert_eq!(timeline(&app, &back[0]).await[0]["author"]["id"], second["id"]);
    }
}
