//! Broadcasts through the router: what is accepted, who gets it, and what becomes of them. The lanes are worked by hand.

use std::collections::HashMap;

use app::broadcasts::{feed, freeze_step, start_scheduled};
use model::{
    Clock, Id, Result, bot::Bot, chat::ChatState, content::Content, delivery::Class, message::ErrorCode, outgoing::Op,
};
use serde_json::{Value, json};
use store::{
    chats,
    db::Tx,
    deliveries::{self, Settled, Settlement},
    messages,
};
use testkit::{Client, Said, TestApp, db_test, user};

const BROADCAST: &str = "/broadcast/";

/// A person who wrote to a bot.
pub async fn person(app: &TestApp, bot: Id<Bot>, id: i64, name: &str) -> Said {
    app.clock.advance(1_000);
    app.says(bot, &user(id, name), 1, Content::text("hello"), app.clock.now()).await
}

pub async fn make(owner: &Client, body: Value) -> Value {
    let (status, made) = owner.post(BROADCAST, body).await;
    assert_eq!(status, 201, "{made}");
    made
}

pub fn path(broadcast: &Value, action: &str) -> String {
    format!("{BROADCAST}{}/{action}", broadcast["id"].as_str().unwrap())
}

pub async fn read(owner: &Client, broadcast: &Value) -> Value {
    let (status, now) = owner.get(&path(broadcast, "")).await;
    assert_eq!(status, 200, "{now}");
    now
}

/// Works everything out that the installation does by itself.
pub async fn freeze(app: &TestApp) {
    while freeze_step(&app.app).await.unwrap() {}
}

/// The texts that wait in a bot's lane, by chat, in order.
pub async fn owed(app: &TestApp, bot: Id<Bot>) -> Vec<(i64, String)> {
    let scope = app.scope();
    let found = app.app.db.read(move |tx| {
        let rows = deliveries::load(tx, bot, Class::Bulk, 0, 10_000)?;
        let text = |tx: &mut Tx, id| -> Result<_> {
            Ok(messages::get(tx, &scope, id)?.and_then(|message| message.content.text))
        };
        rows.into_iter().map(|row| Ok((row.chat_id, text(tx, row.message)?.unwrap_or_default()))).collect()
    });
    found.await.unwrap()
}

/// Claims everything in a bot's lane and settles it: `outcome` by chat.
pub async fn deliver(app: &TestApp, bot: Id<Bot>, outcome: impl Fn(i64) -> Settled + Send + 'static) -> usize {
    let now = app.clock.now();
    let fence = app.app.db.write(move |tx| deliveries::open_lane(tx, "test", bot, now)).await;
    let fence = fence.unwrap().expect("the lane is free").fence;
    let rows = app.app.db.read(move |tx| deliveries::load(tx, bot, Class::Bulk, 0, 10_000)).await.unwrap();
    let broadcasts: HashMap<_, _> = rows.iter().map(|row| (row.key, row.broadcast)).collect();
    let wanted: Vec<_> = rows.iter().map(|row| deliveries::Wanted { key: row.key, fence }).collect();
    let granted = app.app.db.write(move |tx| deliveries::claim(tx, &wanted, now)).await.unwrap().granted;
    let settlements: Vec<Settlement> = granted
        .into_iter()
        .map(|claimed| Settlement {
            key: claimed.key,
            fence,
            message: claimed.message,
            broadcast: broadcasts[&claimed.key],
            chat_id: claimed.chat_id,
            weight: 1,
            answered_at: Some(now),
            keeps_daily: true,
            blocks_chat: None,
            settled: outcome(claimed.chat_id),
        })
        .collect();
    let count = settlements.len();
    app.app.db.write(move |tx| deliveries::settle(tx, &settlements, now)).await.unwrap();
    count
}

pub fn sent(chat: i64) -> Settled {
    Settled::Done { provider_message_ids: vec![chat * 10] }
}

pub fn counts(broadcast: &Value) -> Vec<i64> {
    let names = ["total", "pending", "sent", "failed", "blocked", "skipped", "unknown", "cancelled"];
    names.iter().map(|name| broadcast[*name].as_i64().unwrap_or(-1)).collect()
}

db_test! {
    async fn everybody_gets_it_once_from_the_bot_they_last_wrote_to(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let (one, two) = (app.bot(1).await, app.bot(2).await);
        let ada = person(&app, one, 11, "Ada & <Co>").await;
        let bob = person(&app, one, 12, "Bob").await;
        person(&app, two, 12, "Bob").await;
        let (_, stranger) = owner.post("/contacts/", json!({"first_name": "Stranger"})).await;
        let body = json!({"name": "Sale", "platform": "TELEGRAM", "parse_mode": "HTML",
            "message_text": "<b>Hi {{first_name}}</b> {{last_name|default:\"friend\"}}",
            "recipients": [ada.contact, bob.contact, ada.contact, stranger["id"]]});
        let made = make(&owner, body).await;
        assert_eq!((&made["status"], &made["total"], &made["progress"]), (&json!("QUEUED"), &Value::Null, &json!(0.0)));
        freeze(&app).await;
        let frozen = read(&owner, &made).await;
        assert_eq!(counts(&frozen), [3, 2, 0, 0, 0, 1, 0, 0], "{frozen}");
        assert_eq!(frozen["eta_seconds"], 2);

        assert!(!feed(&app.app, one, 100).await.unwrap());
        assert!(!feed(&app.app, two, 100).await.unwrap());
        assert!(!feed(&app.app, one, 100).await.unwrap());
        assert_eq!(owed(&app, one).await, [(11, "Hi Ada & <Co> friend".to_owned())]);
        assert_eq!(owed(&app, two).await, [(12, "Hi Bob friend".to_owned())]);
        assert_eq!(read(&owner, &made).await["status"], "SENDING");

        assert_eq!(deliver(&app, one, sent).await + deliver(&app, two, sent).await, 2);
        let done = read(&owner, &made).await;
        assert_eq!((&done["status"], &done["progress"], &done["eta_seconds"]), (&json!("SENT"), &json!(1.0), &Value::Null));
        assert_eq!(counts(&done), [3, 0, 2, 0, 0, 1, 0, 0]);

        let (_, list) = owner.get(&path(&made, "messages/?status=SKIPPED")).await;
        assert_eq!((&list["results"][0]["contact_id"], &list["results"][0]["reason"]), (&stranger["id"], &json!("no_chat")));
        let (_, all) = owner.get(&path(&made, "messages/?count=true")).await;
        assert_eq!(all["count"], 3);
        let (_, messages) = owner.get("/broadcast/messages/").await;
        assert_eq!(messages["results"].as_array().unwrap().len(), 2, "{messages}");
        let (_, timeline) = owner.get(&format!("/team-inbox/api/conversations/{}/timeline/", ada.conversation)).await;
        let last = &timeline["results"][1];
        assert_eq!((&last["author"]["type"], &last["content"]["text"]), (&json!("BROADCAST"), &json!("Hi Ada & <Co> friend")));
    }

    async fn those_who_can_not_be_reached_are_skipped_with_a_reason(db) {
        let app = TestApp::start(db).await;
        let (owner, scope) = (app.owner(), app.scope());
        let (bot, idle) = (app.bot(1).await, app.bot(2).await);
        let blocked = person(&app, bot, 11, "Blocked").await;
        let opted_out = person(&app, bot, 12, "Opted out").await;
        let elsewhere = person(&app, idle, 13, "Elsewhere").await;
        let left_out = person(&app, bot, 14, "Left out").await;
        let tagged = person(&app, bot, 15, "Tagged").await;
        let fine = person(&app, bot, 16, "Fine").await;
        let late = person(&app, bot, 17, "Late").await;
        app.app.db.write(move |tx| {
            chats::set_state(tx, &scope, bot, 11, ChatState::Blocked, Some(ErrorCode::BlockedByUser))
        }).await.unwrap();
        let contact = |said: &Said| format!("/contacts/{}/", said.contact);
        owner.patch(&contact(&opted_out), json!({"do_not_contact": true})).await;
        owner.patch(&contact(&tagged), json!({"tags": ["staff"]})).await;
        owner.post(&format!("/telegram/v1/bots/{idle}/deactivate/"), json!({})).await;
        let made = make(&owner, json!({"name": "All", "message_text": "Hi", "select_all": true,
            "exclude_tags": "staff", "exclude_recipients": [left_out.contact]})).await;
        freeze(&app).await;
        assert_eq!(counts(&read(&owner, &made).await), [5, 2, 0, 0, 0, 3, 0, 0]);
        let plan = json!({"name": "All", "message_text": "Hi {{last_name}}", "select_all": true, "exclude_tags": ["staff"],
            "exclude_recipients": [left_out.contact]});
        let (status, plan) = owner.post("/broadcast/?dry_run=true", plan).await;
        assert_eq!(status, 200, "{plan}");
        assert_eq!((&plan["recipients"], &plan["excluded"], &plan["duration_seconds"]), (&json!(2), &json!(2), &json!(4)));
        assert_eq!(plan["exclusions"], json!({"blocked": 1, "bot_inactive": 1, "do_not_contact": 1}));
        let plan = json!({"name": "All", "message_text": "{{last_name}}", "recipients": [fine.contact]});
        let (_, plan) = owner.post("/broadcast/?dry_run=true", plan).await;
        assert_eq!((&plan["recipients"], &plan["render_errors"][0]["contact_id"]), (&json!(0), &json!(fine.contact)));
        // What changes later counts too.
        owner.patch(&contact(&late), json!({"do_not_contact": true})).await;
        feed(&app.app, bot, 100).await.unwrap();
        assert_eq!(owed(&app, bot).await, [(16, "Hi".to_owned())]);
        let (_, list) = owner.get(&path(&made, "messages/?status=SKIPPED")).await;
        let mut reasons: Vec<_> = list["results"].as_array().unwrap().iter()
            .map(|one| format!("{} {}", one["contact_id"].as_str().unwrap(), one["reason"].as_str().unwrap())).collect();
        reasons.sort();
        let mut expected = vec![format!("{} blocked", blocked.contact), format!("{} do_not_contact", opted_out.contact),
            format!("{} bot_inactive", elsewhere.contact), format!("{} do_not_contact", late.contact)];
        expected.sort();
        assert_eq!(reasons, expected);
        deliver(&app, bot, sent).await;
        assert_eq!(read(&owner, &made).await["status"], "SENT");
        let (_, list) = owner.get(&path(&made, "messages/?status=SENT")).await;
        assert_eq!(list["results"][0]["contact_id"], json!(fine.contact));
        let (_, dashboard) = owner.get("/broadcast/dashboard/").await;
        assert_eq!((&dashboard["total_broadcasts"], &dashboard["by_status"]), (&json!(1), &json!({"SENT": 1})));
        assert_eq!((&dashboard["sent"], &dashboard["skipped"], &dashboard["pending"]), (&json!(1), &json!(4), &json!(0)));
    }

    async fn wrong_input_is_named_and_nothing_is_made(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let eve = app.other_tenant().await.post("/contacts/", json!({"first_name": "Eve"})).await.1;
        let ada = owner.post("/contacts/", json!({"first_name": "Ada", "custom": {"city": "London"}})).await.1;
        let with = |field: &str, value: Value| {
            let mut body = json!({"name": "Sale", "message_text": "Hi", "recipients": [ada["id"]], "status": "DRAFT"});
            body[field] = value;
            body
        };
        for (field, value) in [
            ("name", json!("")), ("name", Value::Null), ("platform", json!("PIGEON")), ("message_text", json!("")),
            ("message_text", json!("Hi {{nobody}}")), ("message_text", json!("Hi {{first_name")),
            ("parse_mode", json!("RTF")), ("media_url", json!("file:///x")), ("media_type", json!("photo")),
            ("recipients", json!([eve["id"]])), ("recipients", json!(["x", 5])), ("recipients", json!("x")),
            ("tag_filter", json!(5)), ("segment", json!("vips")), ("status", json!("SENT")), ("status", json!("x")),
            ("scheduled_time", json!("tomorrow")), ("scheduled_time", json!("2999-01-01T00:00:00Z")),
            ("bot_app_id", json!(ada["id"])), ("colour", json!("red")), ("exclude_recipients", json!([eve["id"]])),
            ("buttons", json!([{"type": "URL", "text": "x"}])),
        ] {
            let (status, problem) = owner.post(BROADCAST, with(field, value.clone())).await;
            let named = problem["errors"].as_object().map(|errors| errors.keys().any(|key| key.starts_with(field)));
            let named = named.unwrap_or_default() || field == "media_type" && problem["errors"]["media_url"].is_array();
            assert!(status == 400 && named, "{field} {value}: {status} {problem}");
        }
        let (status, problem) = owner.post(BROADCAST, json!({"name": "x", "message_text": "Hi {{b}", "parse_mode": "HTML"})).await;
        assert_eq!((status, problem["errors"]["message_text"].is_array()), (400, true), "{problem}");
        let wrong: Vec<Value> = (0..15).map(|n| json!(format!("nobody-{n}"))).collect();
        let (_, problem) = owner.post(BROADCAST, with("recipients", json!(wrong))).await;
        assert_eq!(problem["errors"]["recipients"].as_array().unwrap().len(), 10);
        let (_, list) = owner.get(BROADCAST).await;
        assert_eq!(list["results"], json!([]));
        make(&owner, with("message_text", json!("Hi {{city}}"))).await;
        let mut body = with("placeholder_data", json!({"body": "Hi there"}));
        body.as_object_mut().unwrap().remove("message_text");
        assert_eq!(make(&owner, body).await["message_text"], "Hi there");
    }

    async fn a_draft_is_changed_scheduled_and_starts_in_time(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let bot = app.bot(1).await;
        let ada = person(&app, bot, 11, "Ada").await;
        let made = make(&owner, json!({"name": "Draft", "message_text": "Hi", "status": "DRAFT"})).await;
        assert_eq!(made["status"], "DRAFT");
        for (query, found) in [("name=Draft", 1), ("name=Dra", 0), ("platform=TELEGRAM", 1), ("platform=WHATSAPP", 0)] {
            let (_, list) = owner.get(&format!("/broadcast/?{query}")).await;
            assert_eq!(list["results"].as_array().unwrap().len(), found, "{query}");
        }
        assert_eq!(owner.put(&path(&made, ""), made.clone()).await.1["message_text"], "Hi");
        assert_eq!(owner.post(&path(&made, "start/"), json!({})).await.0, 400);
        let at = app.clock.now() + 60_000;
        let change = json!({"recipients": [ada.contact], "scheduled_time": at, "message_text": "Hello {{first_name}}"});
        let (status, changed) = owner.patch(&path(&made, ""), change).await;
        assert_eq!((status, &changed["status"]), (200, &json!("SCHEDULED")), "{changed}");
        freeze(&app).await;
        assert_eq!(start_scheduled(&app.app).await.unwrap(), Some(at));
        assert_eq!(read(&owner, &made).await["status"], "SCHEDULED");
        app.clock.advance(60_000);
        assert_eq!(start_scheduled(&app.app).await.unwrap(), None);
        freeze(&app).await;
        assert_eq!(counts(&read(&owner, &made).await)[0], 1);
        assert_eq!(owner.patch(&path(&made, ""), json!({"name": "x"})).await.0, 409);
        assert_eq!(owner.delete(&path(&made, "")).await.0, 409);
        let (status, copy) = owner.post(&path(&made, "duplicate/"), json!({})).await;
        assert_eq!((status, &copy["status"], &copy["name"]), (201, &json!("DRAFT"), &json!("Draft (copy)")));
        assert_eq!(owner.post(&path(&copy, "start/"), json!({})).await.1["status"], "QUEUED");
        feed(&app.app, bot, 10).await.unwrap();
        assert_eq!(owed(&app, bot).await.len(), 1);
        freeze(&app).await;
        feed(&app.app, bot, 10).await.unwrap();
        assert_eq!(owed(&app, bot).await, vec![(11, "Hello Ada".to_owned()); 2]);
        let other = make(&owner, json!({"name": "Draft", "message_text": "Hi", "status": "DRAFT"})).await;
        assert_eq!(owner.delete(&path(&other, "")).await.0, 204);
        assert_eq!(owner.get(&path(&other, "")).await.0, 404);
    }

    async fn it_is_paused_resumed_and_cancelled(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let bot = app.bot(1).await;
        for id in 11..17 {
            person(&app, bot, id, "Ada").await;
        }
        let made = make(&owner, json!({"name": "All", "message_text": "Hi", "select_all": true})).await;
        freeze(&app).await;
        assert!(feed(&app.app, bot, 2).await.unwrap());
        assert_eq!(deliver(&app, bot, sent).await, 2);
        assert!(feed(&app.app, bot, 2).await.unwrap());
        let (status, paused) = owner.post(&path(&made, "pause/"), json!({})).await;
        assert_eq!((status, &paused["status"]), (200, &json!("PAUSED")));
        assert!(!feed(&app.app, bot, 2).await.unwrap());
        assert_eq!(owner.post(&path(&made, "resume/"), json!({})).await.1["status"], "SENDING");
        assert_eq!(owner.post(&path(&made, "resume/"), json!({})).await.1["status"], "SENDING");
        let (status, cancelled) = owner.post(&path(&made, "cancel/"), json!({})).await;
        assert_eq!((status, &cancelled["status"]), (200, &json!("CANCELLED")));
        freeze(&app).await;
        assert_eq!(counts(&read(&owner, &made).await), [6, 0, 2, 0, 0, 0, 0, 4]);
        assert_eq!(owed(&app, bot).await, []);
        for action in ["pause/", "resume/", "start/", "retry_failed/"] {
            let (status, problem) = owner.post(&path(&made, action), json!({})).await;
            assert_eq!((status, &problem["code"]), (409, &json!("invalid_state")), "{action}");
        }
    }

    async fn what_failed_is_sent_again(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let bot = app.bot(1).await;
        for id in 11..15 {
            person(&app, bot, id, "Ada").await;
        }
        let made = make(&owner, json!({"name": "All", "message_text": "Hi", "select_all": true})).await;
        freeze(&app).await;
        feed(&app.app, bot, 10).await.unwrap();
        let ended = |status, code| Settled::Ended { status, code, message: "It failed.".to_owned() };
        deliver(&app, bot, move |chat| match chat {
            11 => sent(chat),
            12 => ended(model::message::Status::Failed, ErrorCode::PayloadInvalid),
            13 => ended(model::message::Status::Unknown, ErrorCode::TimedOut),
            _ => ended(model::message::Status::Blocked, ErrorCode::BlockedByUser),
        }).await;
        let done = read(&owner, &made).await;
        assert_eq!((&done["status"], counts(&done)), (&json!("PARTIALLY_SENT"), vec![4, 0, 1, 1, 1, 0, 1, 0]));
        let (_, again) = owner.post(&path(&made, "retry_failed/"), json!({})).await;
        assert_eq!((&again["status"], counts(&again)), (&json!("SENDING"), vec![4, 1, 1, 0, 1, 0, 1, 0]));
        assert_eq!(deliver(&app, bot, sent).await, 1);
        let (_, again) = owner.post(&path(&made, "retry_unknown/"), json!({})).await;
        assert_eq!(counts(&again), [4, 1, 2, 0, 1, 0, 0, 0]);
        assert_eq!(deliver(&app, bot, sent).await, 1);
        let done = read(&owner, &made).await;
        assert_eq!((&done["status"], counts(&done)), (&json!("PARTIALLY_SENT"), vec![4, 0, 3, 0, 1, 0, 0, 0]));

        let csv = owner.send(axum::http::Request::get(path(&made, "messages/?format=csv")).body(axum::body::Body::empty()).unwrap()).await;
        let text = String::from_utf8(csv.body.clone()).unwrap();
        assert_eq!((csv.status, text.lines().count()), (200, 5), "{text}");
        assert!(text.contains("BLOCKED,blocked_by_user"), "{text}");
    }

    async fn who_is_removed_meanwhile_holds_nothing_up(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let bot = app.bot(1).await;
        let ada = person(&app, bot, 11, "Ada").await;
        for id in 12..15 {
            person(&app, bot, id, "Bob").await;
        }
        let made = make(&owner, json!({"name": "All", "message_text": "Hi", "select_all": true})).await;
        freeze(&app).await;
        assert!(feed(&app.app, bot, 2).await.unwrap());
        assert_eq!(owner.delete(&format!("/contacts/{}/", ada.contact)).await.0, 204);
        assert_eq!(counts(&read(&owner, &made).await), [4, 3, 0, 0, 0, 0, 0, 1]);
        assert_eq!(owner.delete(&format!("/telegram/v1/bots/{bot}/")).await.0, 204);
        freeze(&app).await;
        let done = read(&owner, &made).await;
        assert_eq!((&done["status"], counts(&done)), (&json!("FAILED"), vec![4, 0, 0, 0, 0, 2, 0, 2]));
    }

    async fn nobody_there_is_an_end_too(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let made = make(&owner, json!({"name": "None", "message_text": "Hi", "tag_filter": ["vip"]})).await;
        freeze(&app).await;
        let done = read(&owner, &made).await;
        assert_eq!((&done["status"], &done["total"]), (&json!("FAILED"), &json!(0)));
        assert!(done["status_reason"].is_string() && done["finished_at"].is_string(), "{done}");
        let ada = owner.post("/contacts/", json!({"first_name": "Ada"})).await.1;
        let made = make(&owner, json!({"name": "One", "message_text": "Hi", "recipients": [ada["id"]]})).await;
        freeze(&app).await;
        let done = read(&owner, &made).await;
        assert_eq!((&done["status"], counts(&done)), (&json!("FAILED"), vec![1, 0, 0, 0, 0, 1, 0, 0]));
    }

    async fn several_share_a_lane_and_chunks_join_without_seams(db) {
        let app = TestApp::start(db).await;
        let (owner, scope) = (app.owner(), app.scope());
        let bot = app.bot(1).await;
        for id in 11..31 {
            person(&app, bot, id, "Ada").await;
        }
        let body = json!({"name": "All", "message_text": "Hi", "select_all": true});
        let made = [make(&owner, body.clone()).await, make(&owner, body).await];
        let now = app.clock.now();
        while app.app.db.write(move |tx| store::broadcasts::freeze(tx, now, 3)).await.unwrap() {}
        assert_eq!(counts(&read(&owner, &made[0]).await), [20, 20, 0, 0, 0, 0, 0, 0]);
        assert!(feed(&app.app, bot, 10).await.unwrap());
        assert_eq!(owed(&app, bot).await.len(), 10);
        let of = |broadcast: &Value| path(broadcast, "messages/?status=QUEUED&count=true");
        assert_eq!(owner.get(&of(&made[0])).await.1["count"], 5);
        assert_eq!(owner.get(&of(&made[1])).await.1["count"], 5);
        while feed(&app.app, bot, 7).await.unwrap() {}
        let mut chats: Vec<i64> = owed(&app, bot).await.into_iter().map(|(chat, _)| chat).collect();
        chats.sort_unstable();
        assert_eq!(chats, (11..31).flat_map(|id| [id, id]).collect::<Vec<_>>());
        // Button data that are too long travel as tokens of the broadcast, not of each message.
        let data = "x".repeat(80);
        let body = json!({"name": "B", "message_text": "Hi", "select_all": true,
            "buttons": [{"type": "QUICK_REPLY", "text": "Yes", "callback_data": data}]});
        let made = make(&owner, body).await;
        freeze(&app).await;
        while feed(&app.app, bot, 7).await.unwrap() {}
        assert_eq!(read(&owner, &made).await["pending"], 20);
        let token = app.app.db.write(move |tx| {
            let fence = deliveries::open_lane(tx, "test", bot, now)?.expect("the lane is free").fence;
            let rows = deliveries::load(tx, bot, Class::Bulk, 0, 100)?;
            let last = rows.last().expect("there are rows");
            let claimed = deliveries::claim(tx, &[deliveries::Wanted { key: last.key, fence }], now)?.granted;
            assert!(matches!(claimed[0].outgoing.op, Op::Text { .. }));
            let model::content::ButtonAction::QuickReply { callback_data } = &claimed[0].outgoing.options.buttons[0][0].action
                else { panic!("no callback button") };
            store::callback_data::get(tx, &scope, callback_data)
        }).await.unwrap();
        assert_eq!(token, Some("x".repeat(80)));
    }
}
