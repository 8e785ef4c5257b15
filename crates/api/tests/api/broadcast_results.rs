//! Who would get a broadcast, and what came of it.

use app::broadcasts::feed;
use axum::{body::Body, http::Request};
use model::{
    Clock, Id,
    bot::Bot,
    chat::ChatState,
    content::{ButtonAction, Content},
    delivery::Class,
    message::{ErrorCode, Status, WaitingFor},
    outgoing::Op,
};
use serde_json::{Value, json};
use store::{
    chats,
    deliveries::{self, Settled},
};
use testkit::{Client, TestApp, db_test, user};

use crate::broadcast::{deliver, freeze, make, path, person, read, sent};

/// What waits in a bot's lane: chat, address of its button, address behind its first words.
async fn addresses(app: &TestApp, bot: Id<Bot>) -> Vec<(i64, String, String)> {
    let now = app.clock.now();
    let claimed = app.app.db.write(move |tx| {
        let fence = deliveries::open_lane(tx, "test", bot, now)?.expect("the lane is free").fence;
        let rows = deliveries::load(tx, bot, Class::Bulk, 0, 100)?;
        let wanted: Vec<_> = rows.iter().map(|row| deliveries::Wanted { key: row.key, fence }).collect();
        Ok(deliveries::claim(tx, &wanted, now)?.granted)
    });
    let one = |claimed: deliveries::Claimed| {
        let ButtonAction::Url { url } = claimed.outgoing.options.buttons[0][0].action.clone() else {
            panic!("no address")
        };
        let Op::Text { entities, .. } = claimed.outgoing.op else { panic!("no text") };
        (claimed.chat_id, url, entities[0].url.clone().expect("an address behind the words"))
    };
    let mut found: Vec<_> = claimed.await.unwrap().into_iter().map(one).collect();
    found.sort();
    found
}

async fn visit(client: &Client, method: &str, address: &str, program: &str) -> (u16, String) {
    let path = address.strip_prefix("http://jina.test").expect("our own address");
    let request = Request::builder().method(method).uri(path).header("user-agent", program);
    let answer = client.send(request.body(Body::empty()).unwrap()).await;
    (answer.status, answer.header("location").to_owned())
}

const PERSON: &str = "Mozilla/5.0 (Linux; Android 14; CUBOT X70) Mobile";

db_test! {
    async fn an_audience_is_counted_before_it_is_written_to(db) {
        let app = TestApp::start(db).await;
        let (owner, scope) = (app.owner(), app.scope());
        let (one, two) = (app.bot(1).await, app.bot(2).await);
        let ada = person(&app, one, 11, "Ada").await;
        person(&app, two, 11, "Ada").await;
        let opted_out = person(&app, one, 12, "Bob").await;
        let tagged = person(&app, one, 13, "Eve").await;
        person(&app, one, 14, "Blocked").await;
        let listed = person(&app, one, 15, "Mallory").await;
        owner.post("/contacts/", json!({"first_name": "Stranger"})).await;
        owner.patch(&format!("/contacts/{}/", opted_out.contact), json!({"do_not_contact": true})).await;
        owner.patch(&format!("/contacts/{}/", tagged.contact), json!({"tags": ["staff"]})).await;
        app.app.db.write(move |tx| {
            chats::set_state(tx, &scope, one, 14, ChatState::Blocked, Some(ErrorCode::BlockedByUser))
        }).await.unwrap();
        let body = json!({"select_all": true, "recipients": [ada.contact, ada.contact], "exclude_tags": "staff",
            "exclude_recipients": [listed.contact]});
        let (status, found) = owner.post("/broadcast/audience/", body.clone()).await;
        assert_eq!(status, 200, "{found}");
        assert_eq!((&found["total"], &found["reachable"], &found["excluded"]), (&json!(4), &json!(1), &json!(2)));
        assert_eq!((&found["blocked"], &found["never_started"], &found["do_not_contact"]), (&json!(1), &json!(1), &json!(1)));
        assert_eq!(found["excluded_by"], json!({"exclude_recipients": 1, "exclude_tags": 1}));
        // One person known to two bots counts once, and gets it from the one that they wrote to last.
        assert_eq!(found["sample"], json!([{"contact_id": ada.contact, "name": "Ada", "bot_app_id": two}]));
        let mut plan = body;
        plan["name"] = json!("x");
        plan["message_text"] = json!("Hi");
        let (_, plan) = owner.post("/broadcast/?dry_run=true", plan).await;
        assert_eq!((&plan["sample"], &plan["excluded"], &plan["messages"]), (&found["sample"], &json!(2), &json!(1)));
        let mut reasons: Vec<_> = plan["left_out"].as_array().unwrap().iter().map(|one| one["reason"].as_str().unwrap()).collect();
        reasons.sort_unstable();
        assert_eq!(reasons, ["blocked", "do_not_contact", "exclude_recipients", "exclude_tags", "no_chat"]);
        assert_eq!(owner.post("/broadcast/audience/", json!({})).await.1["total"], 0);
        for body in [json!({"recipients": ["x"]}), json!({"bot_app_id": ada.contact}), json!({"tag_filter": 5}), json!({"x": 1})] {
            assert_eq!(owner.post("/broadcast/audience/", body.clone()).await.0, 400, "{body}");
        }
    }

    async fn a_segment_is_read_when_it_starts(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let bot = app.bot(1).await;
        let (ada, bob, eve) = (person(&app, bot, 11, "Ada").await, person(&app, bot, 12, "Bob").await, person(&app, bot, 13, "Eve").await);
        for (said, city) in [(&ada, "London"), (&bob, "London"), (&eve, "Berlin")] {
            owner.patch(&format!("/contacts/{}/", said.contact), json!({"last_name": city})).await;
        }
        let rules = |field: &str, value: &str| json!({"rules": [{"field": field, "operator": "is", "value": value}]});
        let segment = async |name: &str, rules: Value| {
            let (status, made) = owner.post("/contacts/segments/", json!({"name": name, "rules": rules})).await;
            assert_eq!(status, 201, "{made}");
            made["id"].clone()
        };
        let london = segment("London", rules("last_name", "London")).await;
        let bobs = segment("Bobs", rules("first_name", "Bob")).await;
        let body = json!({"name": "x", "message_text": "Hi", "segment": london, "exclude_segment": bobs, "status": "DRAFT"});
        let (_, found) = owner.post("/broadcast/audience/", json!({"segment": london, "exclude_segment": bobs})).await;
        assert_eq!((&found["total"], &found["excluded_by"]), (&json!(1), &json!({"exclude_segment": 1})), "{found}");
        assert_eq!(found["sample"][0]["contact_id"], json!(ada.contact));
        let made = make(&owner, body).await;
        assert_eq!((&made["segment"], &made["exclude_segment"]), (&london, &bobs));
        // Who moves before it starts belongs to it, and rules that are gone stand as they were.
        owner.patch(&format!("/contacts/{}/", eve.contact), json!({"last_name": "London"})).await;
        assert_eq!(owner.delete(&format!("/contacts/segments/{}/", bobs.as_str().unwrap())).await.0, 204);
        assert_eq!(owner.post(&path(&made, "start/"), json!({})).await.0, 200);
        freeze(&app).await;
        let (_, list) = owner.get(&path(&made, "messages/")).await;
        let mut ids: Vec<_> = list["results"].as_array().unwrap().iter().map(|one| one["contact_id"].clone()).collect();
        ids.sort_by_key(|id| id.to_string());
        let mut expected = [json!(ada.contact), json!(eve.contact)];
        expected.sort_by_key(|id| id.to_string());
        assert_eq!(ids, expected);
        let gone = json!({"name": "x", "message_text": "Hi", "segment": bobs});
        assert!(owner.post("/broadcast/", gone).await.1["errors"]["segment"].is_array());
    }

    async fn a_dry_run_says_what_leaves_on_which_day(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let bot = app.bot(1).await;
        for id in 11..16 {
            person(&app, bot, id, "Ada").await;
        }
        owner.patch(&format!("/telegram/v1/bots/{bot}/"), json!({"daily_limit": 4})).await;
        // An album counts as many as it has items.
        let item = json!({"type": "photo", "media": "https://example.com/a.jpg"});
        let body = json!({"name": "x", "message_text": "Hi", "select_all": true, "media_group": [item, item]});
        let (_, plan) = owner.post("/broadcast/?dry_run=true", body).await;
        assert_eq!((&plan["recipients"], &plan["messages"]), (&json!(5), &json!(10)), "{plan}");
        let days = json!([{"date": "2026-01-02", "messages": 4}, {"date": "2026-01-03", "messages": 4}, {"date": "2026-01-04", "messages": 2}]);
        assert_eq!(plan["days"], days);
    }

    async fn links_count_people_and_lead_only_where_they_should(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let bot = app.bot(1).await;
        let ada = person(&app, bot, 11, "Ada").await;
        person(&app, bot, 12, "Bob").await;
        let body = json!({"name": "x", "message_text": "<a href=\"https://example.com/text\">Look</a>", "parse_mode": "HTML",
            "select_all": true, "buttons": [{"type": "URL", "text": "Open", "url": "https://example.com/button"}]});
        make(&owner, body.clone()).await;
        freeze(&app).await;
        feed(&app.app, bot, 100).await.unwrap();
        assert_eq!(addresses(&app, bot).await[0].1, "https://example.com/button", "off by default");
        let mut tracked = body;
        tracked["track_clicks"] = json!(true);
        let made = make(&owner, tracked).await;
        freeze(&app).await;
        feed(&app.app, bot, 1).await.unwrap();
        feed(&app.app, bot, 1).await.unwrap();
        let links = addresses(&app, bot).await;
        assert_eq!(links.len(), 2);
        // The team sees where it leads.
        let (_, timeline) = owner.get(&format!("/team-inbox/api/conversations/{}/timeline/", ada.conversation)).await;
        assert_eq!(timeline["results"][2]["content"]["buttons"][0][0]["url"], "https://example.com/button");
        let nobody = app.anonymous();
        let (_, button, text) = &links[0];
        assert_eq!(visit(&nobody, "GET", button, "TelegramBot (like TwitterBot)").await, (302, "https://example.com/button".to_owned()));
        assert_eq!(visit(&nobody, "HEAD", button, PERSON).await.0, 302);
        let clicks = async || owner.get(&path(&made, "results/")).await.1;
        assert_eq!((&clicks().await["clicked"], &clicks().await["clicks"]), (&json!(0), &json!(0)), "programs don't count");
        assert_eq!(visit(&nobody, "GET", button, PERSON).await.0, 302);
        assert_eq!(visit(&nobody, "GET", button, PERSON).await.0, 302);
        app.clock.advance(1_000);
        assert_eq!(visit(&nobody, "GET", button.trim_end_matches('/'), PERSON).await.0, 302);
        assert_eq!(visit(&nobody, "GET", text, PERSON).await, (302, "https://example.com/text".to_owned()));
        visit(&nobody, "GET", &links[1].1, PERSON).await;
        let found = clicks().await;
        assert_eq!((&found["clicked"], &found["clicks"]), (&json!(2), &json!(4)), "{found}");
        let mut urls: Vec<_> = found["links"].as_array().unwrap().iter()
            .map(|link| (link["url"].as_str().unwrap(), link["clicked"].as_i64().unwrap(), link["clicks"].as_i64().unwrap())).collect();
        urls.sort_unstable();
        assert_eq!(urls, [("https://example.com/button", 2, 3), ("https://example.com/text", 1, 1)]);
        let (_, list) = owner.get(&path(&made, "messages/?clicked=true&count=true")).await;
        assert_eq!(list["count"], 2);
        let code = button.trim_end_matches('/').rsplit('/').next().unwrap();
        let changed = format!("{}{}", if code.starts_with('A') { "B" } else { "A" }, &code[1..]);
        for wrong in [changed.as_str(), "x", "https:%2F%2Fevil.example", &"A".repeat(500)] {
            assert_eq!(visit(&nobody, "GET", &format!("http://jina.test/r/{wrong}/"), PERSON).await.0, 404, "{wrong}");
        }
    }

    async fn answers_reasons_and_the_course_are_shown(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let bot = app.bot(1).await;
        let ada = person(&app, bot, 11, "Ada").await;
        for id in 12..16 {
            person(&app, bot, id, "Bob").await;
        }
        owner.post("/contacts/", json!({"first_name": "Stranger"})).await;
        let made = make(&owner, json!({"name": "x", "message_text": "Hi", "select_all": true})).await;
        freeze(&app).await;
        feed(&app.app, bot, 100).await.unwrap();
        let now = app.clock.now();
        let again = move || Settled::Again { due_at: now + 30_000, attempts: 0, was_unknown: false, error: None,
            waiting_for: Some(WaitingFor::RetryAfter) };
        let ended = |status, code| Settled::Ended { status, code, message: "It failed.".to_owned() };
        deliver(&app, bot, move |chat| match chat {
            11 | 12 => sent(chat),
            13 => ended(Status::Failed, ErrorCode::BadMarkup),
            14 => ended(Status::Blocked, ErrorCode::BlockedByUser),
            _ => again(),
        }).await;
        app.clock.advance(30_000);
        deliver(&app, bot, sent).await;
        app.clock.advance(5_000);
        app.says(bot, &user(11, "Ada"), 2, Content::text("Thank you"), app.clock.now()).await;
        let (_, found) = owner.get(&path(&made, "results/")).await;
        assert_eq!(found["reasons"], json!({"FAILED": {"bad_markup": 1}, "BLOCKED": {"blocked_by_user": 1}, "SKIPPED": {"no_chat": 1}}));
        assert_eq!((&found["replies"], &found["links"]), (&json!(1), &json!([])));
        let (_, list) = owner.get(&path(&made, "messages/?replied=true")).await;
        assert_eq!(list["results"].as_array().unwrap().len(), 1, "{list}");
        assert_eq!((&list["results"][0]["contact_id"], &list["results"][0]["conversation_id"]), (&json!(ada.contact), &json!(ada.conversation)));
        assert_eq!(list["results"][0]["replied_at"], json!(app.clock.now()));
        assert_eq!(owner.get(&path(&made, "messages/?replied=false&count=true")).await.1["count"], 5);
        let (_, series) = owner.get(&path(&made, "series/")).await;
        let sum = |points: &Value, field: &str| points.as_array().unwrap().iter().map(|p| p[field].as_i64().unwrap()).sum::<i64>();
        for points in [&series["seconds"], &series["run"]] {
            let sums = ["sent", "failed", "blocked", "unknown", "throttled"].map(|field| sum(points, field));
            assert_eq!(sums, [3, 1, 1, 0, 1], "{series}");
        }
        assert_eq!((series["seconds"].as_array().unwrap().len(), &series["step_seconds"]), (2, &json!(10)));
        // Seconds are kept for a while only, the run for good.
        app.clock.advance(700_000);
        let (_, series) = owner.get(&path(&made, "series/")).await;
        assert_eq!((series["seconds"].as_array().unwrap().len(), sum(&series["run"], "sent")), (0, 3));
        let csv = owner.send(Request::get(path(&made, "messages/?format=csv&replied=true")).body(Body::empty()).unwrap()).await;
        assert_eq!(String::from_utf8(csv.body).unwrap().lines().count(), 2);
        assert_eq!(read(&owner, &made).await["status"], "PARTIALLY_SENT");
    }
}
