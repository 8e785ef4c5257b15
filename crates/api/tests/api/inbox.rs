//! The team inbox: the list, timelines in order, what the team does, and whose it is.

use model::{Clock, Role, content::Content};
use serde_json::{Value, json};
use testkit::{Client, Said, TestApp, db_test, user};

const CONVERSATIONS: &str = "/team-inbox/api/conversations/";

fn path(said: Said) -> String {
    format!("{CONVERSATIONS}{}/", said.conversation)
}

async fn contacts(client: &Client, query: &str) -> Vec<String> {
    let (status, page) = client.get(&format!("{CONVERSATIONS}?{query}")).await;
    assert_eq!(status, 200, "{page}");
    let results = page["results"].as_array().unwrap();
    results.iter().map(|one| one["contact"]["first_name"].as_str().unwrap().to_owned()).collect()
}

async fn texts(client: &Client, link: &str) -> (Vec<String>, Value) {
    let (status, page) = client.get(link.strip_prefix("http://jina.test").unwrap_or(link)).await;
    assert_eq!(status, 200, "{page}");
    let results = page["results"].as_array().unwrap();
    (results.iter().map(|e| e["content"]["text"].as_str().unwrap().to_owned()).collect(), page)
}

db_test! {
    async fn the_list_shows_who_wrote_last_and_finds_by_every_filter(db) {
        let app = TestApp::start(db).await;
        let (owner, now) = (app.owner(), app.clock.now());
        let (bot, other_bot) = (app.bot(1).await, app.bot(2).await);
        let ada = app.says(bot, &user(77, "Ada"), 1, Content::text("hi"), now).await;
        let bob = app.says(other_bot, &user(78, "Bob"), 1, Content::text("hello"), now + 1).await;
        app.says(bot, &user(77, "Ada"), 2, Content::text("are you there?"), now + 2).await;
        assert_eq!(contacts(&owner, "").await, ["Ada", "Bob"]);
        let (_, page) = owner.get(&format!("{CONVERSATIONS}?count=true")).await;
        assert_eq!(page["count"], 2);
        let first = &page["results"][0];
        assert_eq!((&first["id"], &first["kind"], &first["status"]), (&json!(ada.conversation), &json!("PERSON"), &json!("OPEN")));
        assert_eq!((&first["unread_count"], &first["platform"]), (&json!(2), &json!("TELEGRAM")));
        assert_eq!((&first["bot_app_id"], &first["assignee"]), (&json!(bot), &Value::Null));
        assert_eq!((&first["labels"], &first["priority"]), (&json!([]), &json!("NORMAL")));
        assert_eq!(first["last_message"]["content"]["text"], "are you there?");
        assert_eq!(first["last_message_at"], json!(now + 2));
        let (_, one) = owner.get(&path(ada)).await;
        assert_eq!(&one, first);

        assert_eq!(owner.post(&format!("{}close/", path(bob)), json!({})).await.0, 200);
        assert_eq!(owner.put(&format!("{}labels/", path(bob)), json!({"labels": ["billing"]})).await.0, 200);
        assert_eq!(owner.post(&format!("{}mark_read/", path(bob)), json!({})).await.0, 200);
        for (query, expected) in [
            ("status=OPEN", vec!["Ada"]), ("status=CLOSED", vec!["Bob"]), ("unread=true", vec!["Ada"]),
            ("unread=false", vec!["Bob"]), ("label=billing", vec!["Bob"]), ("label=none", vec![]),
            ("platform=WHATSAPP", vec![]), ("assignee=none", vec!["Ada", "Bob"]), ("search=ad", vec!["Ada"]),
            ("search=78", vec!["Bob"]), ("kind=GROUP", vec![]), ("ordering=last_message_at", vec!["Bob", "Ada"]),
        ] {
            assert_eq!(contacts(&owner, query).await, expected, "{query}");
        }
        assert_eq!(contacts(&owner, &format!("bot={bot}")).await, ["Ada"]);
        assert_eq!(contacts(&owner, &format!("contact_id={}", bob.contact)).await, ["Bob"]);
        for query in ["status=LOST", "assignee=me", "assignee=x", "unread=perhaps", "bot=1"] {
            assert_eq!(owner.get(&format!("{CONVERSATIONS}?{query}")).await.0, 400, "{query}");
        }
        let (_, stats) = owner.get("/team-inbox/api/stats/").await;
        assert_eq!(stats, json!({"open": 1, "snoozed": 0, "closed": 1, "unread": 1, "unassigned": 1, "mine": 0,
            "unread_messages": 2, "waiting": 1, "waiting_longest_since": now}));
    }

    async fn a_timeline_runs_forward_and_pages_back(db) {
        let app = TestApp::start(db).await;
        let (owner, now) = (app.owner(), app.clock.now());
        let bot = app.bot(1).await;
        let mut said = Vec::new();
        for n in 1..=7 {
            said.push(app.says(bot, &user(77, "Ada"), n, Content::text(n.to_string()), now + n).await);
        }
        let twice = app.says(bot, &user(77, "Ada"), 7, Content::text("again"), now + 9).await;
        assert_eq!(twice.conversation, said[0].conversation);
        let timeline = format!("{}timeline/", path(said[0]));
        let (all, page) = texts(&owner, &timeline).await;
        assert_eq!(all, ["1", "2", "3", "4", "5", "6", "7"]);
        let entry = &page["results"][0];
        assert_eq!((&entry["sequence"], &entry["kind"], &entry["direction"]), (&json!(1), &json!("message"), &json!("INCOMING")));
        assert_eq!(entry["author"], json!({"type": "CONTACT", "id": said[0].contact, "name": "Ada"}));
        assert_eq!((&entry["provider_message_id"], &entry["status"]), (&json!(1), &Value::Null));
        assert_eq!(entry["content"]["media"], json!([]));

        let (newest, page) = texts(&owner, &format!("{timeline}?page_size=3")).await;
        assert_eq!((newest, &page["previous"]), (vec!["5".into(), "6".into(), "7".into()], &Value::Null));
        app.says(bot, &user(77, "Ada"), 8, Content::text("8"), now + 10).await;
        let (older, page) = texts(&owner, page["next"].as_str().unwrap()).await;
        assert_eq!(older, ["2", "3", "4"]);
        let (newer, newer_page) = texts(&owner, page["previous"].as_str().unwrap()).await;
        assert_eq!(newer, ["5", "6", "7"]);
        assert_eq!(texts(&owner, newer_page["previous"].as_str().unwrap()).await.0, ["8"]);
        let (oldest, page) = texts(&owner, page["next"].as_str().unwrap()).await;
        assert_eq!((oldest, &page["next"]), (vec!["1".into()], &Value::Null));

        let (around, page) = texts(&owner, &format!("{timeline}?page_size=3&at={}", said[3].message)).await;
        assert_eq!(around, ["3", "4", "5"]);
        assert_eq!(texts(&owner, page["next"].as_str().unwrap()).await.0, ["1", "2"]);
        assert_eq!(texts(&owner, page["previous"].as_str().unwrap()).await.0, ["6", "7", "8"]);
        assert_eq!(owner.get(&format!("{timeline}?at={}", said[0].conversation)).await.0, 400);
        let (listed, _) = texts(&owner, "/team-inbox/api/messages/?page_size=2&direction=INCOMING").await;
        assert_eq!(listed, ["8", "7"]);
    }

    async fn every_filter_finds_the_same_messages_in_the_same_order(db) {
        const LIST: &str = "/telegram/v1/messages/";
        let app = TestApp::start(db).await;
        let (owner, now) = (app.owner(), app.clock.now());
        let bots = [app.bot(1).await, app.bot(2).await];
        let mut said = Vec::new();
        for n in 1..=3 {
            for (bot, chat) in [(bots[0], 77), (bots[0], 78), (bots[1], 77)] {
                said.push(app.says(bot, &user(chat, "Ada"), n, Content::text("hi"), now + n).await);
            }
        }
        for (chat, scheduled) in [(77, Value::Null), (78, json!(now + 60_000)), (79, json!(now + 90_000))] {
            let body = json!({"bot_app_id": bots[0], "chat_id": chat, "text": "sent", "scheduled_time": scheduled});
            let (status, sent) = owner.post(LIST, body).await;
            assert_eq!(status, 202, "{sent}");
        }
        let (_, scheduled) = owner.get(&format!("{LIST}?chat_id=78&status=SCHEDULED")).await;
        let cancelled = scheduled["results"][0]["id"].as_str().unwrap();
        assert_eq!(owner.post(&format!("{LIST}{cancelled}/cancel/"), json!({})).await.0, 200);

        let (_, page) = owner.get(&format!("{LIST}?page_size=200")).await;
        let all = page["results"].as_array().unwrap().clone();
        assert_eq!(all.len(), 12);
        let with = |query: &str, fits: &dyn Fn(&Value) -> bool| (query.to_owned(), all.iter().filter(|one| fits(one)).cloned().collect());
        let is_bobs = |one: &Value| one["conversation_id"] == json!(said[1].conversation);
        let filters: Vec<(String, Vec<Value>)> = vec![
            with("chat_id=77", &|one| one["chat_id"] == 77),
            with("chat_id=79", &|one| one["chat_id"] == 79),
            with("chat_id=77&direction=OUTGOING", &|one| one["chat_id"] == 77 && one["direction"] == "OUTGOING"),
            with(&format!("conversation_id={}", said[1].conversation), &is_bobs),
            with(&format!("contact_id={}", said[1].contact), &is_bobs),
            with("status=CANCELLED", &|one| one["status"] == "CANCELLED"),
            with("status=PENDING", &|one| one["status"] == "PENDING"),
            with("status=SCHEDULED", &|one| one["status"] == "SCHEDULED"),
            with("status=FAILED", &|one| one["status"] == "FAILED"),
            with(&format!("bot_app_id={}", bots[1]), &|one| one["bot_app_id"] == json!(bots[1])),
        ];
        for (query, expected) in filters {
            let mut found = Vec::new();
            let mut next = Value::from(format!("{LIST}?page_size=2&count=true&{query}"));
            while let Some(link) = next.as_str() {
                let (status, page) = owner.get(link.strip_prefix("http://jina.test").unwrap_or(link)).await;
                assert_eq!((status, &page["count"]), (200, &json!(expected.len())), "{query}: {page}");
                found.extend(page["results"].as_array().unwrap().clone());
                next = page["next"].clone();
            }
            assert_eq!(found, expected, "{query}");
        }
    }

    async fn what_the_team_does_stands_in_the_timeline_once(db) {
        let app = TestApp::start(db).await;
        let (owner, now) = (app.owner(), app.clock.now());
        let bot = app.bot(1).await;
        let said = app.says(bot, &user(77, "Ada"), 1, Content::text("hi"), now).await;
        let act = async |name: &str, body: Value| owner.post(&format!("{}{name}/", path(said)), body).await;
        for _ in 0..2 {
            let (status, closed) = act("close", json!({})).await;
            assert_eq!((status, &closed["status"]), (200, &json!("CLOSED")));
        }
        assert_eq!(act("reopen", json!({})).await.1["status"], "OPEN");
        let until = json!(now + 60_000);
        let (status, snoozed) = act("snooze", json!({"until": until})).await;
        assert_eq!((status, &snoozed["status"], &snoozed["snoozed_until"]), (200, &json!("SNOOZED"), &until));
        assert_eq!(act("snooze", json!({"until": now})).await.0, 400);
        assert_eq!(act("assign", json!({"assignee": "me"})).await.0, 400);
        assert_eq!(act("assign", json!({})).await.0, 400);
        assert_eq!(act("assign", json!({"assignee": "01939d5e-2b7c-7cc3-98c4-dc0c0c07398f"})).await.0, 400);
        assert_eq!(act("assign", json!({"assignee": null})).await.1["assignee"], Value::Null);
        let (_, page) = owner.get(&format!("{}timeline/", path(said))).await;
        let details: Vec<_> = page["results"].as_array().unwrap().iter().map(|e| e["content"]["detail"].clone()).collect();
        assert_eq!(details, [Value::Null, json!("closed"), json!("reopened"), json!("snoozed")]);
        assert_eq!(page["results"][1]["kind"], "activity");
        assert_eq!(page["results"][1]["author"]["type"], "API");

        // Neither activity nor notes are the last message; the contact's answer wakes it.
        app.says(bot, &user(77, "Ada"), 2, Content::text("hello?"), now + 1).await;
        let (_, woken) = owner.get(&path(said)).await;
        assert_eq!((&woken["status"], &woken["snoozed_until"]), (&json!("OPEN"), &Value::Null));
        assert_eq!(woken["last_message"]["content"]["text"], "hello?");
    }

    async fn a_snoozed_conversation_wakes_at_its_time(db) {
        let app = TestApp::start(db).await;
        let (owner, now) = (app.owner(), app.clock.now());
        let bot = app.bot(1).await;
        let said = app.says(bot, &user(77, "Ada"), 1, Content::text("hi"), now).await;
        owner.post(&format!("{}snooze/", path(said)), json!({"until": now + 60_000})).await;
        let ids = app.app.ids.clone();
        let wake = async |at| {
            let ids = ids.clone();
            app.app.db.write(move |tx| store::conversations::wake(tx, &*ids, at, 100)).await.unwrap()
        };
        assert_eq!(wake(now + 59_999).await, 0);
        assert_eq!(wake(now + 60_000).await, 1);
        assert_eq!(wake(now + 60_000).await, 0);
        assert_eq!(owner.get(&path(said)).await.1["status"], "OPEN");
    }

    async fn a_reply_goes_out_and_a_note_stays(db) {
        let app = TestApp::start(db).await;
        let (owner, now) = (app.owner(), app.clock.now());
        let bot = app.bot(1).await;
        let said = app.says(bot, &user(77, "Ada"), 1, Content::text("hi"), now).await;
        let messages = format!("{}messages/", path(said));
        let (status, note) = owner.post(&messages, json!({"type": "note", "text": "VIP!"})).await;
        assert_eq!((status, &note["kind"], &note["direction"], &note["status"]), (201, &json!("note"), &Value::Null, &Value::Null));
        assert_eq!((&note["bot_app_id"], &note["author"]["type"], &note["sequence"]), (&Value::Null, &json!("API"), &json!(2)));
        let (_, sent) = owner.get("/telegram/v1/messages/?direction=OUTGOING").await;
        assert_eq!(sent["results"], json!([]));

        owner.post(&format!("{}close/", path(said)), json!({})).await;
        let reply = json!({"text": "Hello *Ada*", "parse_mode": "MarkdownV2", "platform": "TELEGRAM"});
        let (status, reply) = owner.post(&messages, reply).await;
        assert_eq!((status, &reply["status"], &reply["direction"]), (202, &json!("PENDING"), &json!("OUTGOING")));
        assert_eq!((&reply["content"]["text"], &reply["content"]["entities"][0]["type"]), (&json!("Hello Ada"), &json!("bold")));
        assert_eq!((&reply["bot_app_id"], &reply["conversation_id"]), (&json!(bot), &json!(said.conversation)));
        let (_, conversation) = owner.get(&path(said)).await;
        assert_eq!((&conversation["status"], &conversation["unread_count"]), (&json!("OPEN"), &json!(0)));
        assert_eq!(conversation["last_message"]["id"], reply["id"]);

        for (body, field) in [
            (json!({"type": "note", "text": " "}), "text"), (json!({"type": "note", "photo": "x", "text": "a"}), "photo"),
            (json!({"type": "letter", "text": "a"}), "type"), (json!({"text": "a", "chat_id": 77}), "chat_id"),
            (json!({"platform": "WHATSAPP", "text": "a"}), "platform"), (json!({}), "text"),
        ] {
            let (status, problem) = owner.post(&messages, body.clone()).await;
            assert_eq!((status, problem["errors"][field].is_array()), (400, true), "{body}: {problem}");
        }
        let (status, _) = app.other_tenant().await.post(&messages, json!({"text": "a"})).await;
        assert_eq!(status, 404);
        let (status, _) = app.other_tenant().await.post(&messages, json!({"type": "note", "text": "a"})).await;
        assert_eq!(status, 404);
    }

    async fn canned_responses_are_kept_under_one_shortcut(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let all = "/team-inbox/api/canned-responses/";
        let (status, made) = owner.post(all, json!({"shortcut": "/hours", "text": " 9 to 17 "})).await;
        assert_eq!((status, &made["shortcut"], &made["text"]), (201, &json!("hours"), &json!("9 to 17")));
        let (status, problem) = owner.post(all, json!({"shortcut": "hours", "text": "x"})).await;
        assert_eq!((status, &problem["code"]), (409, &json!("shortcut_taken")));
        let (status, problem) = owner.post(all, json!({"shortcut": "a b", "text": ""})).await;
        assert_eq!((status, problem["errors"].as_object().unwrap().len()), (400, 2));
        let one = format!("{all}{}/", made["id"].as_str().unwrap());
        assert_eq!(owner.patch(&one, json!({"text": "10 to 18"})).await.1["text"], "10 to 18");
        assert_eq!(owner.put(&one, made.clone()).await.1["text"], "9 to 17");
        assert_eq!(owner.get(&format!("{all}?search=9+to")).await.1["results"].as_array().unwrap().len(), 1);
        assert_eq!(app.other_tenant().await.get(&one).await.0, 404);
        assert_eq!(owner.delete(&one).await.0, 204);
        assert_eq!(owner.get(&one).await.0, 404);
    }

    async fn viewers_look_and_strangers_see_nothing(db) {
        let app = TestApp::start(db).await;
        let now = app.clock.now();
        let bot = app.bot(1).await;
        let said = app.says(bot, &user(77, "Ada"), 1, Content::text("hi"), now).await;
        let (viewer, other) = (app.as_role(Role::Viewer).await, app.other_tenant().await);
        assert_eq!(viewer.get(&path(said)).await.0, 200);
        assert_eq!(viewer.post(&format!("{}close/", path(said)), json!({})).await.0, 403);
        assert_eq!(contacts(&other, "").await, [""; 0]);
        for (name, body) in [("close", json!({})), ("reopen", json!({})), ("mark_read", json!({})),
            ("snooze", json!({"until": now + 1})), ("assign", json!({"assignee": null}))] {
            assert_eq!(other.post(&format!("{}{name}/", path(said)), body).await.0, 404, "{name}");
        }
        assert_eq!(other.get(&path(said)).await.0, 404);
        assert_eq!(other.get(&format!("{}timeline/", path(said))).await.0, 404);
        assert_eq!(other.get("/team-inbox/api/messages/").await.1["results"], json!([]));
    }
}
