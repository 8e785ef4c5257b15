//! When broadcasts go out, how fast, and when they stop by themselves.

use app::broadcasts::{feed, start_scheduled};
use model::{
    Clock, Rate, Timestamp,
    delivery::Class,
    message::{ErrorCode, Status},
};
use serde_json::{Value, json};
use store::{
    broadcasts::{self, Terms},
    deliveries::{self, Settled},
};
use testkit::{TestApp, db_test};

use crate::broadcast::{counts, deliver, freeze, make, owed, path, person, read, sent};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

db_test! {
    async fn a_schedule_is_meant_in_its_zone(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let body = |time: &str, zone: Value| json!({"name": "x", "message_text": "Hi {{today_date}}", "select_all": true,
            "scheduled_time": time, "time_zone": zone});
        let made = make(&owner, body("2026-07-05T09:00:00", json!("europe/berlin"))).await;
        assert_eq!((&made["scheduled_time"], &made["time_zone"]), (&json!("2026-07-05T07:00:00.000Z"), &json!("Europe/Berlin")));
        assert_eq!((&made["status"], &made["waiting_for"]), (&json!("SCHEDULED"), &json!("schedule")));
        assert_eq!(made["next_attempt_at"], made["scheduled_time"]);
        let (_, put) = owner.put(&path(&made, ""), made.clone()).await;
        assert_eq!((&put["scheduled_time"], &put["time_zone"]), (&made["scheduled_time"], &made["time_zone"]));
        let (_, changed) = owner.patch(&path(&made, ""), json!({"scheduled_time": "2026-07-06T00:00:00"})).await;
        assert_eq!(changed["scheduled_time"], "2026-07-05T22:00:00.000Z");
        for (body, field) in [
            (body("2026-07-05T09:00:00", Value::Null), "scheduled_time"), (body("tomorrow", Value::Null), "scheduled_time"),
            (body("2026-07-05T09:00:00Z", json!("Mars/Base")), "time_zone"),
            (json!({"name": "x", "quiet_hours": {"from": "25:00", "to": "08:00"}}), "quiet_hours.from"),
            (json!({"name": "x", "quiet_hours": {"from": "08:00", "to": "08:00"}}), "quiet_hours"),
            (json!({"name": "x", "quiet_hours": {"from": "08:00"}}), "quiet_hours"),
            (json!({"name": "x", "rate_limit": "fast"}), "rate_limit"),
            (json!({"name": "x", "auto_pause_after": 0}), "auto_pause_after"),
            (json!({"name": "x", "auto_pause_after": -1}), "auto_pause_after"),
        ] {
            let (status, problem) = owner.post("/broadcast/", body).await;
            assert!(status == 400 && problem["errors"][field].is_array(), "{field}: {status} {problem}");
        }
    }

    async fn nothing_leaves_in_quiet_hours(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let bot = app.bot(1).await;
        person(&app, bot, 11, "Ada").await;
        person(&app, bot, 12, "Bob").await;
        // It is four in the morning in Berlin.
        let body = json!({"name": "x", "message_text": "Hi", "select_all": true, "time_zone": "Europe/Berlin",
            "quiet_hours": {"from": "22:00", "to": "06:00"}});
        let made = make(&owner, body).await;
        assert_eq!((&made["status"], &made["quiet_hours"]["time_zone"]), (&json!("QUEUED"), &json!("Europe/Berlin")));
        freeze(&app).await;
        assert!(!feed(&app.app, bot, 10).await.unwrap());
        assert_eq!(owed(&app, bot).await, []);
        let quiet = read(&owner, &made).await;
        assert_eq!((&quiet["waiting_for"], &quiet["next_attempt_at"]), (&json!("schedule"), &json!("2026-01-02T05:00:00.000Z")));
        assert!(quiet["eta_seconds"].as_i64().unwrap() >= 6_900, "{quiet}");
        let morning = at("2026-01-02T05:00:00Z");
        assert_eq!(start_scheduled(&app.app).await.unwrap(), Some(morning));
        app.clock.advance(morning.since(app.clock.now()));
        let evening = at("2026-01-02T21:00:00Z");
        assert_eq!(start_scheduled(&app.app).await.unwrap(), Some(evening));
        feed(&app.app, bot, 1).await.unwrap();
        assert_eq!(owed(&app, bot).await.len(), 1);
        assert_eq!(read(&owner, &made).await["waiting_for"], Value::Null);
        // What is queued when it gets quiet waits too, also before the installation has noticed.
        app.clock.advance(evening.since(app.clock.now()));
        let id = made["id"].as_str().unwrap().parse().unwrap();
        let now = app.clock.now();
        let held = move |tx: &mut store::db::Tx| broadcasts::held(tx, bot, now);
        assert_eq!(app.app.db.read(held).await.unwrap(), [id]);
        assert_eq!(start_scheduled(&app.app).await.unwrap(), Some(at("2026-01-03T05:00:00Z")));
        assert_eq!(app.app.db.read(held).await.unwrap(), [id]);
        let (_, list) = owner.get(&path(&made, "messages/?status=QUEUED")).await;
        let message = list["results"][0]["message_id"].as_str().unwrap().to_owned();
        let (_, message) = owner.get(&format!("/telegram/v1/messages/{message}/")).await;
        assert_eq!((&message["waiting_for"], &message["next_attempt_at"]), (&json!("schedule"), &json!("2026-01-03T05:00:00.000Z")));
        assert!(!feed(&app.app, bot, 10).await.unwrap());
        assert_eq!(owed(&app, bot).await.len(), 1);
    }

    async fn errors_in_a_row_pause_it(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let bot = app.bot(1).await;
        for id in 11..21 {
            person(&app, bot, id, "Ada").await;
        }
        let made = make(&owner, json!({"name": "x", "message_text": "Hi", "select_all": true, "auto_pause_after": 3})).await;
        freeze(&app).await;
        feed(&app.app, bot, 4).await.unwrap();
        let ended = |status, code| Settled::Ended { status, code, message: "It failed.".to_owned() };
        // A block is no error, and who got it ends the row.
        deliver(&app, bot, move |chat| match chat {
            11 => ended(Status::Failed, ErrorCode::BadMarkup),
            12 => sent(chat),
            13 => ended(Status::Unknown, ErrorCode::TimedOut),
            _ => ended(Status::Blocked, ErrorCode::BlockedByUser),
        }).await;
        assert_eq!(read(&owner, &made).await["status"], "SENDING");
        feed(&app.app, bot, 3).await.unwrap();
        deliver(&app, bot, move |_| ended(Status::Failed, ErrorCode::BadMarkup)).await;
        let paused = read(&owner, &made).await;
        assert_eq!((&paused["status"], counts(&paused)), (&json!("PAUSED"), vec![10, 3, 1, 4, 1, 0, 1, 0]));
        assert!(paused["status_reason"].as_str().unwrap().contains("4 errors in a row; the last was bad_markup"), "{paused}");
        assert!(!feed(&app.app, bot, 10).await.unwrap());
        assert_eq!(owner.post(&path(&made, "pause/"), json!({})).await.0, 200);
        let (_, resumed) = owner.post(&path(&made, "resume/"), json!({})).await;
        assert_eq!((&resumed["status"], &resumed["status_reason"]), (&json!("SENDING"), &Value::Null));
        feed(&app.app, bot, 10).await.unwrap();
        // Those who had it already are not among them.
        assert_eq!(deliver(&app, bot, sent).await, 3);
        let done = read(&owner, &made).await;
        assert_eq!((&done["status"], counts(&done)), (&json!("PARTIALLY_SENT"), vec![10, 0, 4, 4, 1, 0, 1, 0]));
    }

    async fn a_rate_of_its_own_is_shared_and_changed_while_it_runs(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let (one, two) = (app.bot(1).await, app.bot(2).await);
        for id in 11..21 {
            person(&app, if id % 2 == 0 { one } else { two }, id, "Ada").await;
        }
        let made = make(&owner, json!({"name": "x", "message_text": "Hi", "select_all": true, "rate_limit": "6/min"})).await;
        freeze(&app).await;
        assert_eq!(read(&owner, &made).await["eta_seconds"], 100);
        // No more rows than leave soon, so that other broadcasts have room.
        assert!(!feed(&app.app, one, 10).await.unwrap());
        assert!(!feed(&app.app, one, 10).await.unwrap());
        assert_eq!(owed(&app, one).await.len(), 2);
        let id = made["id"].as_str().unwrap().parse().unwrap();
        let now = app.clock.now();
        let terms = move |tx: &mut store::db::Tx| broadcasts::terms(tx, id, now);
        let shared = Terms { may_leave: true, cap: Some(Rate::new(6, 120_000)) };
        assert_eq!(app.app.db.read(terms).await.unwrap(), Some(shared));
        let (status, faster) = owner.post(&path(&made, "rate/"), json!({"rate_limit": "60/min"})).await;
        assert_eq!((status, &faster["rate_limit"]), (200, &json!("60/min")), "{faster}");
        feed(&app.app, one, 10).await.unwrap();
        assert_eq!(owed(&app, one).await.len(), 5);
        assert_eq!(owner.post(&path(&made, "rate/"), json!({"rate_limit": null})).await.1["rate_limit"], Value::Null);
        for body in [json!({"rate_limit": "x"}), json!({"colour": 1})] {
            assert_eq!(owner.post(&path(&made, "rate/"), body).await.0, 400);
        }
        owner.post(&path(&made, "cancel/"), json!({})).await;
        assert_eq!(owner.post(&path(&made, "rate/"), json!({"rate_limit": "1/s"})).await.0, 409);
    }

    async fn who_pays_says_so(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let bot = app.bot(1).await;
        person(&app, bot, 11, "Ada").await;
        let body = json!({"name": "x", "message_text": "Hi", "select_all": true});
        make(&owner, body.clone()).await;
        let mut paid = body.clone();
        paid["allow_paid_broadcast"] = json!(true);
        let made = make(&owner, paid.clone()).await;
        assert_eq!((&made["allow_paid_broadcast"], make(&owner, body).await["allow_paid_broadcast"].clone()), (&json!(true), json!(false)));
        freeze(&app).await;
        feed(&app.app, bot, 100).await.unwrap();
        let now = app.clock.now();
        let rows = app.app.db.write(move |tx| {
            let fence = deliveries::open_lane(tx, "test", bot, now)?.expect("the lane is free").fence;
            let rows = deliveries::load(tx, bot, Class::Bulk, 0, 100)?;
            let wanted: Vec<_> = rows.iter().map(|row| deliveries::Wanted { key: row.key, fence }).collect();
            let claimed = deliveries::claim(tx, &wanted, now)?.granted;
            let paid = |row: &model::delivery::Queued| claimed.iter().any(|c| c.key == row.key && c.outgoing.options.allow_paid_broadcast);
            Ok(rows.iter().map(|row| (row.is_paid, paid(row))).collect::<Vec<_>>())
        }).await.unwrap();
        let mut rows = rows;
        rows.sort();
        assert_eq!(rows, [(false, false), (false, false), (true, true)]);
        let (_, plan) = owner.post("/broadcast/?dry_run=true", paid).await;
        assert_eq!((&plan["duration_seconds"], &plan["days"]), (&json!(1), &json!([{"date": "2026-01-02", "messages": 1}])));
    }

    async fn what_it_waits_for_is_said(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let bot = app.bot(1).await;
        for id in 11..14 {
            person(&app, bot, id, "Ada").await;
        }
        let bot_path = format!("/telegram/v1/bots/{bot}/");
        owner.patch(&bot_path, json!({"daily_limit": 1})).await;
        let made = make(&owner, json!({"name": "x", "message_text": "Hi", "select_all": true})).await;
        freeze(&app).await;
        feed(&app.app, bot, 10).await.unwrap();
        deliver(&app, bot, sent).await;
        let waits = read(&owner, &made).await;
        assert_eq!((&waits["waiting_for"], &waits["next_attempt_at"]), (&json!("daily_limit"), &json!("2026-01-03T00:00:00.000Z")));
        assert_eq!(waits["status_reason"], Value::Null);
        owner.patch(&bot_path, json!({"daily_limit": 1000})).await;
        let (now, until) = (app.clock.now(), app.clock.now() + 60_000);
        app.app.db.write(move |tx| {
            let fence = deliveries::open_lane(tx, "test", bot, now)?.expect("the lane is free").fence;
            deliveries::pause(tx, (bot, fence), None, until, 500, now)
        }).await.unwrap();
        let waits = read(&owner, &made).await;
        assert_eq!((&waits["waiting_for"], &waits["next_attempt_at"]), (&json!("retry_after"), &json!(until)));
        owner.post(&format!("{bot_path}deactivate/"), json!({})).await;
        assert_eq!(read(&owner, &made).await["status_reason"], "@test_1_bot is deactivated: its messages wait until it is activated.");
    }

    async fn a_second_click_changes_nothing(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let bot = app.bot(1).await;
        person(&app, bot, 11, "Ada").await;
        let draft = make(&owner, json!({"name": "x", "message_text": "Hi", "status": "DRAFT"})).await;
        for (action, status) in [("pause/", "PAUSED"), ("pause/", "PAUSED"), ("resume/", "DRAFT")] {
            let (code, now) = owner.post(&path(&draft, action), json!({})).await;
            assert_eq!((code, &now["status"]), (200, &json!(status)), "{action}: {now}");
        }
        owner.post(&path(&draft, "pause/"), json!({})).await;
        let (code, changed) = owner.patch(&path(&draft, ""), json!({"message_text": "Hello"})).await;
        assert_eq!((code, &changed["status"], &changed["message_text"]), (200, &json!("PAUSED"), &json!("Hello")));
        let made = make(&owner, json!({"name": "x", "message_text": "Hi", "select_all": true})).await;
        freeze(&app).await;
        for (action, status) in [("resume/", "QUEUED"), ("pause/", "PAUSED"), ("pause/", "PAUSED"), ("resume/", "QUEUED"),
            ("resume/", "QUEUED"), ("cancel/", "CANCELLED"), ("cancel/", "CANCELLED")] {
            let (code, now) = owner.post(&path(&made, action), json!({})).await;
            assert_eq!((code, &now["status"]), (200, &json!(status)), "{action}: {now}");
        }
        assert_eq!(owner.post(&path(&made, "resume/"), json!({})).await.0, 409);
    }
}
