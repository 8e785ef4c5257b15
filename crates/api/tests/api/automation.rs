//! What follows by itself: tried without sending, and done once.

use model::{Clock, Role, content::Content};
use serde_json::{Value, json};
use store::automation::{self, Job};
use testkit::{Said, TestApp, db_test, user};

const TRY: &str = "/tenants/settings/automation/try/";

fn rules() -> Value {
    json!({
        "greeting": {"is_on": true, "text": "Welcome, **{{first_name|default:\"friend\"}}**!"},
        "away": {"is_on": true, "text": "We are away.", "every_minutes": 60},
        "keywords": [{"is_on": true, "words": ["price"], "match": "contains", "text": "It costs 5."}],
    })
}

/// The job that the inbound processor writes with a message.
async fn job(app: &TestApp, said: Said, is_first: bool) {
    let job = Job { message: said.message, tenant: app.tenant, conversation: said.conversation, is_first, tries: 0 };
    let now = app.clock.now();
    app.app.db.write(move |tx| automation::put(tx, &job, now)).await.unwrap();
}

async fn answers(app: &TestApp, said: Said) -> Vec<(String, String)> {
    app::automation::work(&app.app).await.unwrap();
    let (_, page) = app.owner().get(&format!("/team-inbox/api/conversations/{}/timeline/", said.conversation)).await;
    let results = page["results"].as_array().unwrap();
    let sent = results.iter().filter(|one| one["direction"] == "OUTGOING");
    let text = |one: &Value, name: &str| one.pointer(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    sent.map(|one| (text(one, "/author/type"), text(one, "/content/text"))).collect()
}

db_test! {
    async fn rules_are_tried_before_they_are_on(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let (status, tried) = owner.post(TRY, json!({"text": "hi", "automation": rules()})).await;
        assert_eq!((status, &tried["answers"]), (200, &json!([{"kind": "greeting", "text": "Welcome, **Ada**!"}])));
        let (_, tried) = owner.post(TRY, json!({"text": "The PRICE?", "automation": rules()})).await;
        assert_eq!(tried["answers"], json!([{"kind": "keyword", "text": "It costs 5."}]));
        let hours = json!({"time_zone": "UTC", "spans": [{"day": "monday", "from": "09:00", "to": "17:00"}]});
        owner.patch("/tenants/settings/", json!({"business_hours": hours, "automation": rules()})).await;
        let (_, tried) = owner.post(TRY, json!({"text": "hi", "is_first": false, "at": "2026-11-22T12:00:00Z"})).await;
        assert_eq!((&tried["answers"][0]["kind"], &tried["is_open"]), (&json!("away"), &json!(false)));
        assert_eq!(owner.post(TRY, json!({"text": "x", "automation": {"greeting": {"is_on": true, "text": ""}}})).await.0, 400);
        assert_eq!(owner.get("/telegram/v1/messages/?direction=OUTGOING").await.1["results"], json!([]));
    }

    async fn a_new_contact_is_greeted_once_and_goes_to_whose_turn_it_is(db) {
        let app = TestApp::start(db).await;
        let (owner, now) = (app.owner(), app.clock.now());
        let ((_, grace), (_, linus)) = (app.person("Grace", Role::Agent).await, app.person("Linus", Role::Agent).await);
        owner.patch("/tenants/settings/", json!({"automation": rules(), "inbox": {"round_robin": true}})).await;
        let bot = app.bot(1).await;
        let ada = app.says(bot, &user(77, "A*da_"), 1, Content::text("hi"), now).await;
        job(&app, ada, true).await;
        let greeting = ("BOT".to_owned(), "Welcome, A*da_!".to_owned());
        assert_eq!(answers(&app, ada).await, std::slice::from_ref(&greeting));
        assert_eq!(answers(&app, ada).await, [greeting]);
        let bob = app.says(bot, &user(78, "Bob"), 1, Content::text("price?"), now + 1).await;
        job(&app, bob, true).await;
        assert_eq!(answers(&app, bob).await, [("BOT".to_owned(), "It costs 5.".to_owned())]);
        let mut who = Vec::new();
        for said in [ada, bob] {
            let (_, one) = owner.get(&format!("/team-inbox/api/conversations/{}/", said.conversation)).await;
            assert_eq!(one["unread_count"], 1, "an automatic answer is no answer of the team");
            who.push(one["assignee"].clone());
        }
        who.sort_by_key(Value::to_string);
        let mut people = [json!(grace), json!(linus)];
        people.sort_by_key(Value::to_string);
        assert_eq!(who, people);
    }

    async fn automatic_answers_are_bounded(db) {
        let app = TestApp::start(db).await;
        app.owner().patch("/tenants/settings/", json!({"automation": rules()})).await;
        let (bot, now) = (app.bot(1).await, app.clock.now());
        let mut last = None;
        for n in 1..=13 {
            let said = app.says(bot, &user(77, "Ada"), n, Content::text("price"), now + n).await;
            job(&app, said, false).await;
            last = Some(said);
        }
        assert_eq!(answers(&app, last.unwrap()).await.len(), 10);
    }
}
