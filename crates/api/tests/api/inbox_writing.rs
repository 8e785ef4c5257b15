//! What people of the team write: replies that come twice, notes that name somebody, drafts, canned responses, marks, and
//! the conversation on paper.

use model::{Clock, Role, content::Content};
use serde_json::{Value, json};
use testkit::{Said, TestApp, db_test, user};

fn path(said: Said, rest: &str) -> String {
    format!("/team-inbox/api/conversations/{}/{rest}", said.conversation)
}

async fn ada(app: &TestApp) -> Said {
    let (bot, now) = (app.bot(1).await, app.clock.now());
    app.says(bot, &user(77, "Ada"), 1, Content::text("hi"), now).await
}

db_test! {
    async fn a_reply_under_one_name_goes_out_once(db) {
        let app = TestApp::start(db).await;
        let (said, owner) = (ada(&app).await, app.owner());
        let reply = json!({"text": "**Hello**", "parse_mode": "markers", "client_id": "tab-1:7"});
        let (status, first) = owner.post(&path(said, "messages/"), reply.clone()).await;
        assert_eq!((status, &first["client_id"]), (202, &json!("tab-1:7")));
        assert_eq!(first["content"]["entities"][0]["type"], "bold");
        let (status, again) = owner.post(&path(said, "messages/"), reply).await;
        assert_eq!((status, &again["id"]), (202, &first["id"]));
        let (_, sent) = owner.get("/telegram/v1/messages/?direction=OUTGOING").await;
        assert_eq!(sent["results"].as_array().unwrap().len(), 1);
        let (_, page) = owner.get(&path(said, "timeline/")).await;
        assert_eq!(page["results"][1]["client_id"], "tab-1:7");
        for name in ["", &"x".repeat(101)] {
            let (status, problem) = owner.post(&path(said, "messages/"), json!({"text": "a", "client_id": name})).await;
            assert!(status == 400 && problem["errors"]["client_id"].is_array(), "{name}: {problem}");
        }
        let later = json!({"text": "later", "scheduled_time": app.clock.now() + 60_000});
        let (_, later) = owner.post(&path(said, "messages/"), later).await;
        assert_eq!(later["status"], "SCHEDULED");
        let one = format!("/team-inbox/api/messages/{}/", later["id"].as_str().unwrap());
        assert_eq!(owner.post(&format!("{one}cancel/"), json!({})).await.1["status"], "CANCELLED");
        assert_eq!(owner.post(&format!("{one}retry/"), json!({})).await.1["status"], "PENDING");
    }

    async fn who_answers_takes_over_where_the_tenant_wants_it(db) {
        let app = TestApp::start(db).await;
        let said = ada(&app).await;
        let (grace, id) = app.person("Grace", Role::Agent).await;
        grace.post(&path(said, "messages/"), json!({"text": "One"})).await;
        assert_eq!(grace.get(&path(said, "")).await.1["assignee"], Value::Null);
        app.owner().patch("/tenants/settings/", json!({"inbox": {"assign_on_reply": true}})).await;
        app.owner().post(&path(said, "messages/"), json!({"text": "A key is nobody"})).await;
        grace.post(&path(said, "messages/"), json!({"text": "Two"})).await;
        let (_, page) = grace.get(&path(said, "timeline/")).await;
        let last = page["results"].as_array().unwrap().last().unwrap();
        assert_eq!((&last["content"]["detail"], &last["content"]["change"]["after"]), (&json!("assigned"), &json!(id)));
        assert_eq!(grace.get(&path(said, "")).await.1["assignee"], json!(id));
    }

    async fn a_note_names_people_and_is_its_authors(db) {
        let app = TestApp::start(db).await;
        let said = ada(&app).await;
        let ((grace, _), (linus, id)) = (app.person("Grace", Role::Agent).await, app.person("Linus", Role::Agent).await);
        let note = json!({"type": "note", "text": "**Linus**, please", "parse_mode": "markers", "mentions": [id]});
        let (status, note) = grace.post(&path(said, "messages/"), note).await;
        assert_eq!((status, &note["content"]["mentions"]), (201, &json!([id])));
        let mentioned = async || linus.get("/team-inbox/api/mentions/").await.1["results"].as_array().unwrap().len();
        assert_eq!(mentioned().await, 1);
        assert_eq!(grace.get("/team-inbox/api/mentions/").await.1["results"], json!([]));
        let stranger = json!({"type": "note", "text": "x", "mentions": ["01939d5e-2b7c-7cc3-98c4-dc0c0c07398f"]});
        assert_eq!(grace.post(&path(said, "messages/"), stranger).await.0, 400);

        let one = format!("/team-inbox/api/messages/{}/", note["id"].as_str().unwrap());
        assert_eq!(linus.patch(&one, json!({"text": "x"})).await.0, 403);
        let (status, edited) = grace.patch(&one, json!({"text": "never mind"})).await;
        assert_eq!((status, &edited["content"]["text"], edited["edits"].as_array().unwrap().len()), (200, &json!("never mind"), 1));
        assert_eq!(mentioned().await, 0);
        assert_eq!(grace.delete(&one).await.0, 204);
        let (_, gone) = grace.get(&one).await;
        assert_eq!((&gone["content"]["text"], &gone["edits"]), (&Value::Null, &json!([])));
        assert!(gone["deleted_at"].is_string());
        assert_eq!(grace.get("/team-inbox/api/search/?q=never").await.1["results"], json!([]));
        assert_eq!(grace.patch(&one, json!({"text": "x"})).await.0, 409);
        let (_, sent) = grace.get("/telegram/v1/messages/?direction=OUTGOING").await;
        assert_eq!(sent["results"], json!([]));
    }

    async fn drafts_are_kept_for_each_person_and_mode(db) {
        let app = TestApp::start(db).await;
        let said = ada(&app).await;
        let ((grace, _), (linus, _)) = (app.person("Grace", Role::Agent).await, app.person("Linus", Role::Agent).await);
        let draft = path(said, "draft/");
        grace.put(&draft, json!({"mode": "reply", "text": "Dear"})).await;
        grace.put(&draft, json!({"mode": "reply", "text": "Dear Ada", "reply_to": said.message})).await;
        grace.put(&draft, json!({"mode": "note", "text": "psst"})).await;
        let (_, kept) = grace.get(&draft).await;
        let texts: Vec<_> = kept["results"].as_array().unwrap().iter().map(|one| one["text"].clone()).collect();
        assert_eq!(texts, ["psst", "Dear Ada"]);
        assert_eq!(linus.get(&draft).await.1["results"], json!([]));
        assert_eq!(grace.get("/team-inbox/api/drafts/").await.1["results"].as_array().unwrap().len(), 2);
        grace.put(&draft, json!({"mode": "note", "text": " "})).await;
        assert_eq!(grace.get(&draft).await.1["results"].as_array().unwrap().len(), 1);
        assert_eq!(grace.delete(&format!("{draft}?mode=reply")).await.0, 204);
        assert_eq!(grace.get(&draft).await.1["results"], json!([]));
        assert_eq!(grace.put(&draft, json!({"mode": "shout", "text": "x"})).await.0, 400);
    }

    async fn canned_responses_are_filled_in_and_counted(db) {
        let app = TestApp::start(db).await;
        let said = ada(&app).await;
        let ((grace, id), (linus, _)) = (app.person("Grace", Role::Agent).await, app.person("Linus", Role::Agent).await);
        let all = "/team-inbox/api/canned-responses/";
        let new = json!({"shortcut": "hi", "text": "Hi {{first_name}}, order {{order_id}}?", "shared": false});
        let (status, made) = grace.post(all, new).await;
        assert_eq!((status, &made["owner"], &made["usage_count"]), (201, &json!(id), &json!(0)));
        let one = format!("{all}{}/", made["id"].as_str().unwrap());
        assert_eq!(linus.get(&one).await.0, 404);
        let (_, filled) = grace.post(&format!("{one}render/"), json!({"conversation_id": said.conversation})).await;
        assert_eq!(filled, json!({"text": "Hi Ada, order {{order_id}}?", "missing": ["order_id"]}));
        grace.post(&path(said, "messages/"), json!({"text": "Hi Ada", "canned_response_id": made["id"]})).await;
        assert_eq!(grace.get(&one).await.1["usage_count"], 1);
        assert_eq!(grace.patch(&one, json!({"shared": true})).await.1["owner"], Value::Null);
        assert_eq!(linus.get(&format!("{all}?ordering=-usage_count")).await.1["results"][0]["id"], made["id"]);
        assert_eq!(grace.post(all, json!({"shortcut": "bad", "text": "{{first_name"})).await.0, 400);
    }

    async fn marks_are_shown_as_they_will_be_sent(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let (status, shown) = owner.post("/team-inbox/api/preview/", json!({"text": "**b** _i_ `c` [t](https://a.example) ||s||"})).await;
        let kinds: Vec<_> = shown["entities"].as_array().unwrap().iter().map(|one| one["type"].clone()).collect();
        assert_eq!((status, &shown["text"], kinds), (200, &json!("b i c t s"), vec![json!("bold"), json!("italic"), json!("code"), json!("text_link"), json!("spoiler")]));
        assert_eq!((&shown["units"], &shown["parts"]), (&json!(9), &json!(1)));
        let (_, long) = owner.post("/team-inbox/api/preview/", json!({"text": "word ".repeat(1_000)})).await;
        assert_eq!(long["parts"], 2);
        assert_eq!(owner.post("/team-inbox/api/preview/", json!({"text": "<b>", "parse_mode": "HTML"})).await.0, 400);
    }

    async fn a_conversation_can_be_put_on_paper(db) {
        let app = TestApp::start(db).await;
        let (said, owner) = (ada(&app).await, app.owner());
        owner.post(&path(said, "messages/"), json!({"text": "Привет, سلام, 漢字 😀"})).await;
        let get = async |client: &testkit::Client, query: &str| {
            let request = axum::http::Request::get(format!("/team-inbox/api/export-pdf/{query}"));
            client.send(request.body(axum::body::Body::empty()).unwrap()).await
        };
        let answer = get(&owner, &format!("?contact_id={}&notes=true", said.contact)).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/pdf"));
        assert!(answer.body.starts_with(b"%PDF-") && answer.body.len() < 100_000, "{}", answer.body.len());
        assert_eq!(get(&owner, "").await.status, 400);
        assert_eq!(get(&app.other_tenant().await, &format!("?contact_id={}", said.contact)).await.status, 404);
    }
}
