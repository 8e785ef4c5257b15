//! The inbox of a team: who has seen what, what waits, what is undone, many at once, labels and views.

use model::{Clock, Id, Role, bot::Bot, content::Content};
use serde_json::{Value, json};
use testkit::{Client, Said, TestApp, db_test, user};

const CONVERSATIONS: &str = "/team-inbox/api/conversations/";

fn path(said: Said, rest: &str) -> String {
    format!("{CONVERSATIONS}{}/{rest}", said.conversation)
}

async fn three(app: &TestApp) -> (Id<Bot>, [Said; 3]) {
    let (bot, now) = (app.bot(1).await, app.clock.now());
    let mut said = Vec::new();
    for (n, name) in ["Ada", "Bob", "Cleo"].into_iter().enumerate() {
        let n = i64::try_from(n).unwrap();
        said.push(app.says(bot, &user(77 + n, name), 1, Content::text("hi"), now + n * 60_000).await);
    }
    (bot, said.try_into().unwrap())
}

async fn names(client: &Client, query: &str) -> Vec<String> {
    let (status, page) = client.get(&format!("{CONVERSATIONS}?{query}")).await;
    assert_eq!(status, 200, "{page}");
    let name = |one: &Value| one["contact"]["first_name"].as_str().unwrap().to_owned();
    page["results"].as_array().unwrap().iter().map(name).collect()
}

async fn unread(client: &Client, said: Said) -> Value {
    client.get(&path(said, "")).await.1["unread_count"].clone()
}

db_test! {
    async fn each_person_has_unread_of_their_own_until_the_team_answers(db) {
        let app = TestApp::start(db).await;
        let (bot, [ada, ..]) = three(&app).await;
        let now = app.clock.now();
        let ((grace, _), (linus, _)) = (app.person("Grace", Role::Agent).await, app.person("Linus", Role::Agent).await);
        app.says(bot, &user(77, "Ada"), 2, Content::text("hello?"), now + 5).await;
        assert_eq!(grace.post(&path(ada, "mark_read/"), json!({})).await.1["unread_count"], 0);
        assert_eq!((unread(&grace, ada).await, unread(&linus, ada).await), (json!(0), json!(2)));
        assert_eq!(names(&linus, "unread=true").await.len(), 3);
        assert_eq!(names(&grace, "unread=true").await, ["Cleo", "Bob"]);
        assert_eq!(grace.get("/team-inbox/api/stats/").await.1["unread_messages"], 2);
        app.says(bot, &user(77, "Ada"), 3, Content::text("anybody?"), now + 6).await;
        assert_eq!((unread(&grace, ada).await, unread(&linus, ada).await), (json!(1), json!(3)));

        let (status, _) = linus.post(&path(ada, "messages/"), json!({"text": "Yes."})).await;
        assert_eq!(status, 202);
        assert_eq!((unread(&grace, ada).await, unread(&linus, ada).await), (json!(0), json!(0)));
        assert_eq!(grace.post(&path(ada, "mark_unread/"), json!({})).await.1["unread_count"], 1);
        assert_eq!((unread(&grace, ada).await, unread(&linus, ada).await), (json!(1), json!(0)));
        assert_eq!(names(&grace, "unread=false").await, [""; 0]);
        assert_eq!(grace.post(&path(ada, "mark_read/"), json!({})).await.1["unread_count"], 0);
    }

    async fn who_waits_longest_comes_first(db) {
        let app = TestApp::start(db).await;
        let (bot, [ada, bob, _]) = three(&app).await;
        let (owner, now) = (app.owner(), app.clock.now());
        app.says(bot, &user(77, "Ada"), 2, Content::text("hello?"), now + 600_000).await;
        assert_eq!(owner.get(&path(ada, "")).await.1["waiting_since"], json!(now));
        assert_eq!(names(&owner, "ordering=waiting_since").await, ["Ada", "Bob", "Cleo"]);
        owner.post(&path(ada, "messages/"), json!({"text": "Here."})).await;
        owner.post(&path(bob, "messages/"), json!({"type": "note", "text": "Later."})).await;
        assert_eq!(owner.get(&path(ada, "")).await.1["waiting_since"], Value::Null);
        assert_eq!(names(&owner, "ordering=waiting_since&page_size=2").await, ["Bob", "Cleo"]);
        app.clock.advance(121_000);
        assert_eq!(names(&owner, "waiting_minutes=1").await, ["Bob"]);
        assert_eq!(names(&owner, "waiting_minutes=0").await, ["Cleo", "Bob"]);
        assert_eq!(owner.get(&format!("{CONVERSATIONS}?waiting_minutes=-1")).await.0, 400);
        assert_eq!(owner.get("/team-inbox/api/stats/").await.1["waiting"], 2);
    }

    async fn tabs_are_counted_by_the_server(db) {
        let app = TestApp::start(db).await;
        let (_, [ada, bob, _]) = three(&app).await;
        let (grace, id) = app.person("Grace", Role::Agent).await;
        grace.post(&path(ada, "assign/"), json!({"assignee": "me"})).await;
        grace.post(&path(bob, "close/"), json!({})).await;
        let counts = async |query: &str| grace.get(&format!("{CONVERSATIONS}counts/?{query}")).await.1;
        assert_eq!(counts("").await, json!({"mine": 1, "unassigned": 2, "all": 3, "most": 1000}));
        assert_eq!(counts("status=OPEN&assignee=me").await, json!({"mine": 1, "unassigned": 1, "all": 2, "most": 1000}));
        assert_eq!(names(&grace, &format!("assignee={id}")).await, ["Ada"]);
        let (_, members) = grace.get("/team-inbox/api/members/").await;
        assert_eq!(members["results"][0]["id"], json!(id));
    }

    async fn a_snooze_sleeps_as_long_as_it_was_told(db) {
        let app = TestApp::start(db).await;
        let (bot, [ada, bob, _]) = three(&app).await;
        let (owner, now) = (app.owner(), app.clock.now());
        let deep = json!({"until": now + 60_000, "wake_on_reply": false});
        let (_, asleep) = owner.post(&path(ada, "snooze/"), deep).await;
        assert_eq!((&asleep["status"], &asleep["wake_on_reply"]), (&json!("SNOOZED"), &json!(false)));
        let (_, light) = owner.post(&path(bob, "snooze/"), json!({"preset": "later_today"})).await;
        assert_eq!(light["snoozed_until"], json!(now + 3 * 3_600_000));
        app.says(bot, &user(77, "Ada"), 2, Content::text("hello?"), now + 1).await;
        app.says(bot, &user(78, "Bob"), 2, Content::text("hello?"), now + 1).await;
        assert_eq!(owner.get(&path(ada, "")).await.1["status"], "SNOOZED");
        assert_eq!(owner.get(&path(bob, "")).await.1["status"], "OPEN");
        for body in [json!({}), json!({"until": now + 1, "preset": "tomorrow"}), json!({"preset": "never"})] {
            assert_eq!(owner.post(&path(ada, "snooze/"), body.clone()).await.0, 400, "{body}");
        }
    }

    async fn a_closed_conversation_stays_closed_where_the_tenant_wants_it(db) {
        let app = TestApp::start(db).await;
        let (bot, [ada, ..]) = three(&app).await;
        let (owner, now) = (app.owner(), app.clock.now());
        owner.post(&path(ada, "close/"), json!({})).await;
        let (status, _) = owner.patch("/tenants/settings/", json!({"inbox": {"reopen_on_reply": false}})).await;
        assert_eq!(status, 200);
        app.says(bot, &user(77, "Ada"), 2, Content::text("thanks"), now + 1).await;
        let (_, closed) = owner.get(&path(ada, "")).await;
        assert_eq!((&closed["status"], &closed["unread_count"]), (&json!("CLOSED"), &json!(2)));
    }

    async fn what_was_done_can_be_undone_unless_it_was_done_over(db) {
        let app = TestApp::start(db).await;
        let (_, [ada, ..]) = three(&app).await;
        let (grace, id) = app.person("Grace", Role::Agent).await;
        let until = json!(app.clock.now() + 60_000);
        let assigned = json!({"assignee": "me", "note": "Mine, I know her."});
        assert_eq!(grace.post(&path(ada, "assign/"), assigned).await.1["assignee"], json!(id));
        grace.post(&path(ada, "labels/"), json!({"labels": ["vip", "billing"]})).await;
        grace.put(&path(ada, "priority/"), json!({"priority": "HIGH"})).await;
        grace.post(&path(ada, "snooze/"), json!({"until": until, "wake_on_reply": false})).await;
        grace.post(&path(ada, "close/"), json!({})).await;
        let (_, page) = grace.get(&path(ada, "timeline/")).await;
        let entries = page["results"].as_array().unwrap().clone();
        let entry = |detail: &str| entries.iter().find(|one| one["content"]["detail"] == detail).unwrap().clone();
        assert_eq!(entries[2]["content"]["text"], "Mine, I know her.");
        let change = entry("closed")["content"]["change"].clone();
        assert_eq!((&change["field"], &change["before"]["snoozed_until"]), (&json!("status"), &until));

        let undo = async |detail: &str| grace.post(&path(ada, "undo/"), json!({"entry": entry(detail)["id"]})).await;
        let (_, back) = undo("closed").await;
        assert_eq!((&back["status"], &back["snoozed_until"], &back["wake_on_reply"]), (&json!("SNOOZED"), &until, &json!(false)));
        assert_eq!(undo("closed").await.1["code"], "changed_since");
        assert_eq!(undo("snoozed").await.1["status"], "OPEN");
        assert_eq!(undo("labels_changed").await.1["labels"], json!([]));
        assert_eq!(undo("priority_changed").await.1["priority"], "NORMAL");
        assert_eq!(undo("assigned").await.1["assignee"], Value::Null);
        assert_eq!(grace.post(&path(ada, "undo/"), json!({"entry": ada.message})).await.0, 400);
        assert_eq!(app.other_tenant().await.post(&path(ada, "undo/"), json!({"entry": ada.message})).await.0, 404);
    }

    async fn many_are_changed_at_once(db) {
        let app = TestApp::start(db).await;
        let (_, said) = three(&app).await;
        let owner = app.owner();
        let unknown = "01939d5e-2b7c-7cc3-98c4-dc0c0c07398f";
        owner.post(&path(said[0], "close/"), json!({})).await;
        let bulk = async |action: &str, rest: Value| {
            let mut body = json!({"action": action,
                "ids": [said[0].conversation, said[1].conversation, said[1].conversation, unknown]});
            body.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
            owner.post(&format!("{CONVERSATIONS}bulk/"), body).await
        };
        let (status, closed) = bulk("close", json!({})).await;
        assert_eq!((status, &closed["changed"], closed["results"].as_array().unwrap().len()), (200, &json!(1), 3), "{closed}");
        let lost = closed["results"].as_array().unwrap().iter().find(|one| one["id"] == unknown).unwrap();
        assert_eq!((&lost["changed"], &lost["error"]), (&json!(false), &json!("not_found")));
        assert_eq!(bulk("add_labels", json!({"labels": ["vip", "late"]})).await.1["changed"], 2);
        assert_eq!(bulk("remove_labels", json!({"labels": ["late"]})).await.1["changed"], 2);
        assert_eq!(owner.get(&path(said[1], "")).await.1["labels"], json!(["vip"]));
        assert_eq!(bulk("mark_read", json!({})).await.1["changed"], 2);
        assert_eq!(bulk("snooze", json!({"preset": "tomorrow"})).await.1["changed"], 2);
        for (action, rest) in [("set_priority", json!({})), ("snooze", json!({})), ("assign", json!({})), ("dance", json!({}))] {
            assert_eq!(bulk(action, rest).await.0, 400, "{action}");
        }
        assert_eq!(owner.post(&format!("{CONVERSATIONS}bulk/"), json!({"action": "close", "ids": []})).await.0, 400);
        assert_eq!(names(&owner, "status=OPEN").await, ["Cleo"]);
    }

    async fn labels_are_a_list_that_conversations_follow(db) {
        let app = TestApp::start(db).await;
        let (_, [ada, ..]) = three(&app).await;
        let owner = app.owner();
        let all = "/team-inbox/api/labels/";
        let (status, made) = owner.post(all, json!({"name": "billing", "color": "green"})).await;
        assert_eq!((status, &made["color"]), (201, &json!("green")));
        assert_eq!(owner.post(all, json!({"name": "billing"})).await.1["code"], "label_taken");
        assert_eq!(owner.post(all, json!({"name": " "})).await.0, 400);
        owner.put(&path(ada, "labels/"), json!({"labels": ["billing", "new one"]})).await;
        let (_, listed) = owner.get(&format!("{all}?ordering=name")).await;
        let shown: Vec<_> = listed["results"].as_array().unwrap().iter().map(|one| (one["name"].clone(), one["color"].clone())).collect();
        assert_eq!(shown, [(json!("billing"), json!("green")), (json!("new one"), json!("gray"))]);
        let one = format!("{all}{}/", made["id"].as_str().unwrap());
        assert_eq!(owner.patch(&one, json!({"name": "new one"})).await.0, 409);
        assert_eq!(owner.patch(&one, json!({"name": "invoices"})).await.1["color"], "green");
        assert_eq!(owner.get(&path(ada, "")).await.1["labels"], json!(["invoices", "new one"]));
        assert_eq!(owner.delete(&one).await.0, 204);
        assert_eq!(owner.get(&path(ada, "")).await.1["labels"], json!(["new one"]));
    }

    async fn views_are_ones_own_or_everybodys(db) {
        let app = TestApp::start(db).await;
        let ((grace, id), (linus, _)) = (app.person("Grace", Role::Agent).await, app.person("Linus", Role::Agent).await);
        let all = "/team-inbox/api/views/";
        let (status, own) = grace.post(all, json!({"name": "Mine", "query": "?assignee=me"})).await;
        assert_eq!((status, &own["owner"], &own["query"], &own["shared"]), (201, &json!(id), &json!("assignee=me"), &json!(false)));
        let (_, shared) = app.owner().post(all, json!({"name": "Late", "query": "waiting_minutes=60"})).await;
        assert_eq!(shared["shared"], true);
        let seen = async |client: &Client| client.get(all).await.1["results"].as_array().unwrap().len();
        assert_eq!((seen(&grace).await, seen(&linus).await), (2, 1));
        let one = format!("{all}{}/", own["id"].as_str().unwrap());
        assert_eq!(linus.patch(&one, json!({"name": "x"})).await.0, 404);
        assert_eq!(grace.patch(&one, json!({"shared": true})).await.1["owner"], Value::Null);
        assert_eq!(seen(&linus).await, 2);
        assert_eq!(app.owner().patch(&one, json!({"shared": false})).await.0, 400);
        assert_eq!(grace.post(all, json!({"name": "", "query": ""})).await.0, 400);
        assert_eq!(linus.delete(&one).await.0, 204);
    }
}
