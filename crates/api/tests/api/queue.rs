//! What waits in a bot's lane: what people are told of it, and what claims and settlements make of it when they come twice.

use axum::{body::Body, http::Request};
use model::{
    Clock, DAY_MS, Id, Timestamp,
    bot::Bot,
    delivery::Class,
    message::{ErrorCode, Status, WaitingFor},
};
use serde_json::{Value, json};
use store::{
    bots::ticks,
    deliveries::{self, ClaimResult, Claimed, Settled, Settlement, Wanted},
};
use testkit::{TestApp, db_test};

const CHAT: i64 = 501;

async fn sends(app: &TestApp, bot: Id<Bot>, count: usize) {
    for number in 0..count {
        let body = json!({"bot_app_id": bot, "chat_id": CHAT, "text": format!("message {number}")});
        let (status, sent) = app.owner().post("/telegram/v1/messages/", body).await;
        assert_eq!(status, 202, "{sent}");
    }
}

async fn queue(app: &TestApp, bot: Id<Bot>) -> Value {
    let (status, queue) = app.owner().get(&format!("/telegram/v1/bots/{bot}/queue/")).await;
    assert_eq!(status, 200, "{queue}");
    queue
}

async fn open(app: &TestApp, bot: Id<Bot>, taker: &'static str) -> Option<i64> {
    let now = app.clock.now();
    let lane = app.app.db.write(move |tx| deliveries::open_lane(tx, taker, bot, now)).await.unwrap();
    lane.map(|lane| lane.fence)
}

async fn claim(app: &TestApp, bot: Id<Bot>, fence: i64) -> ClaimResult {
    let now = app.clock.now();
    let rows = app.app.db.read(move |tx| {
        let mut rows = deliveries::load(tx, bot, Class::Reply, 0, 100)?;
        rows.extend(deliveries::leftovers(tx, bot)?);
        Ok(rows)
    });
    let wanted: Vec<Wanted> = rows.await.unwrap().iter().map(|row| Wanted { key: row.key, fence }).collect();
    app.app.db.write(move |tx| deliveries::claim(tx, &wanted, now)).await.unwrap()
}

async fn used(app: &TestApp, bot: Id<Bot>) -> i64 {
    queue(app, bot).await["messages_sent_today"].as_i64().unwrap()
}

fn failed() -> Settled {
    Settled::Ended { status: Status::Failed, code: ErrorCode::BadMedia, message: "no".into() }
}

/// Writes what came of a call that Telegram answered.
async fn settle(app: &TestApp, fence: i64, claimed: &Claimed, settled: Settled) {
    let now = app.clock.now();
    let settlement = Settlement {
        key: claimed.key,
        fence,
        message: claimed.message,
        broadcast: None,
        chat_id: CHAT,
        weight: 1,
        answered_at: Some(now),
        keeps_daily: false,
        blocks_chat: None,
        settled,
    };
    app.app.db.write(move |tx| deliveries::settle(tx, std::slice::from_ref(&settlement), now)).await.unwrap();
}

db_test! {
    async fn operators_see_what_waits_for_each_bot(db) {
        let app = TestApp::start(db).await;
        let (busy, quiet) = (app.bot(1).await, app.bot(2).await);
        sends(&app, busy, 3).await;
        let request = Request::get("/metrics").body(Body::empty()).unwrap();
        let metrics = String::from_utf8(app.anonymous().send(request).await.body).unwrap();
        let line = format!("\njina_queue_depth{{bot=\"{busy}\",class=\"replies\"}} 3\n");
        assert!(metrics.contains(&line), "{metrics}");
        assert!(!metrics.contains(&quiet.to_string()), "{metrics}");
    }

    async fn a_claim_whose_answer_was_lost_is_granted_again_and_counts_once(db) {
        let app = TestApp::start(db).await;
        let bot = app.bot(1).await;
        sends(&app, bot, 2).await;
        let fence = open(&app, bot, "a").await.unwrap();
        for _ in 0..2 {
            let claimed = claim(&app, bot, fence).await;
            assert_eq!((claimed.granted.len(), claimed.lost.len()), (2, 0));
            assert_eq!(used(&app, bot).await, 2);
        }
    }

    async fn an_end_that_is_settled_twice_gives_back_once(db) {
        let app = TestApp::start(db).await;
        let bot = app.bot(1).await;
        sends(&app, bot, 2).await;
        let fence = open(&app, bot, "a").await.unwrap();
        let claimed = claim(&app, bot, fence).await.granted.remove(0);
        for _ in 0..2 {
            settle(&app, fence, &claimed, failed()).await;
            assert_eq!(used(&app, bot).await, 1);
        }
    }

    async fn a_lane_with_another_owner_is_lost_and_nothing_of_it_is_written(db) {
        let app = TestApp::start(db).await;
        let bot = app.bot(1).await;
        sends(&app, bot, 1).await;
        // Neither is a node that is there: the second may take what the first has.
        let first = open(&app, bot, "a").await.unwrap();
        let second = open(&app, bot, "b").await.unwrap();
        let claimed = claim(&app, bot, first).await;
        assert_eq!((claimed.granted.len(), claimed.lost), (0, vec![(bot, first)]));
        assert_eq!(claim(&app, bot, second).await.granted.len(), 1);
    }

    async fn a_lane_of_a_node_that_is_there_is_not_taken_until_it_is_given_back(db) {
        let app = TestApp::start(db).await;
        let bot = app.bot(1).await;
        let now = app.clock.now();
        let node = store::nodes::Node {
            id: "a".into(),
            name: "a".into(),
            roles: "engine".into(),
            takes_work: true,
            beat: 1,
            started_at: now,
        };
        app.app.db.write(move |tx| store::nodes::join(tx, &node)).await.unwrap();
        let fence = open(&app, bot, "a").await.unwrap();
        assert_eq!(open(&app, bot, "b").await, None);
        assert_eq!(queue(&app, bot).await["node"], "a");
        app.app.db.write(move |tx| deliveries::release_lanes(tx, &[(bot, fence)])).await.unwrap();
        assert!(open(&app, bot, "b").await.is_some_and(|later| later > fence));
        let is_buried = |beat| app.app.db.write(move |tx| store::nodes::bury(tx, "a", beat));
        assert!(!is_buried(2).await.unwrap(), "its beat has changed since");
        assert!(is_buried(1).await.unwrap());
    }

    async fn a_message_heavier_than_a_days_limit_can_never_leave(db) {
        let app = TestApp::start(db).await;
        let bot = app.bot(1).await;
        let media: Vec<Value> =
            (0..3).map(|n| json!({"type": "photo", "media": format!("https://example.org/{n}.jpg")})).collect();
        let body = json!({"bot_app_id": bot, "chat_id": CHAT, "media_group": media});
        let (status, sent) = app.owner().post("/telegram/v1/messages/", body).await;
        assert_eq!(status, 202, "{sent}");
        let (status, _) = app.owner().patch(&format!("/telegram/v1/bots/{bot}/"), json!({"daily_limit": 2})).await;
        assert_eq!(status, 200);
        let fence = open(&app, bot, "a").await.unwrap();
        let claimed = claim(&app, bot, fence).await;
        assert_eq!((claimed.granted.len(), claimed.daily_limit.len(), claimed.too_heavy.len()), (0, 0, 1));
    }

    async fn a_bots_day_is_told_in_steps_of_ten_minutes(db) {
        let app = TestApp::start(db).await;
        let (bot, quiet) = (app.bot(1).await, app.bot(2).await);
        let series = async |bot: Id<Bot>| app.owner().get(&format!("/telegram/v1/bots/{bot}/series/")).await;
        sends(&app, bot, 3).await;
        let began = Timestamp::from_ms(app.clock.now().as_ms() / 600_000 * 600_000);
        let waiting = app.app.db.read(ticks::waiting).await.unwrap();
        assert_eq!(waiting, [(bot, 3)]);
        let fence = open(&app, bot, "a").await.unwrap();
        let claimed = claim(&app, bot, fence).await.granted;
        let due_at = app.clock.now() + 1_000;
        let again = Settled::Again {
            due_at, attempts: 1, was_unknown: false, error: None, waiting_for: Some(WaitingFor::RetryAfter),
        };
        for (claimed, settled) in claimed.iter().zip([Settled::Done { provider_message_ids: vec![7] }, failed(), again]) {
            settle(&app, fence, claimed, settled).await;
        }
        // Seen at other times of the same ten minutes: the most counts.
        for seen in [waiting, vec![(bot, 1)]] {
            let now = app.clock.now();
            app.app.db.write(move |tx| ticks::note_waiting(tx, &seen, now)).await.unwrap();
        }
        let (status, day) = series(bot).await;
        assert_eq!(status, 200, "{day}");
        assert_eq!(day, json!({"step_seconds": 600, "points": [{"at": began.to_string(), "sent": 1, "failed": 1,
            "blocked": 0, "unknown": 0, "throttled": 1, "waiting": 3}]}));
        assert_eq!(series(quiet).await.1["points"], json!([]));
        assert_eq!(app.other_tenant().await.get(&format!("/telegram/v1/bots/{bot}/series/")).await.0, 404);

        app.clock.advance(DAY_MS + 600_000);
        assert_eq!(series(bot).await.1["points"], json!([]));
        app.clock.advance(DAY_MS);
        let now = app.clock.now();
        assert_eq!(app.app.db.write(move |tx| ticks::forget(tx, now)).await.unwrap(), 1);
    }

    async fn a_queue_says_how_much_waits_why_and_until_when(db) {
        let app = TestApp::start(db).await;
        let bot = app.bot(1).await;
        let empty = queue(&app, bot).await;
        assert_eq!((&empty["waiting_for"], &empty["estimated_empty_at"]), (&json!([]), &Value::Null), "{empty}");
        sends(&app, bot, 3).await;
        let full = queue(&app, bot).await;
        assert_eq!(full["replies"], json!({"waiting": 3, "sending": 0}));
        assert_eq!((&full["rate_limit"], &full["broadcasts_per_minute"]), (&json!("30/min"), &json!(30.0)));
        let in_six_seconds = (app.clock.now() + 6_000).to_string();
        assert_eq!(full["estimated_empty_at"], in_six_seconds, "{full}");

        let (fence, now) = (open(&app, bot, "a").await.unwrap(), app.clock.now());
        let paused = app.app.db.write(move |tx| deliveries::pause(tx, (bot, fence), None, now + 40_000, 500, now));
        paused.await.unwrap();
        app.clock.advance(30_000);
        let paused = queue(&app, bot).await;
        let until = (now + 40_000).to_string();
        assert_eq!(paused["waiting_for"], json!([{"waiting_for": "retry_after", "until": until}]));
        assert_eq!((&paused["paused_until"], &paused["learnt_ceiling"]), (&json!(until), &json!(0.55)), "{paused}");

        let stranger = app.other_tenant().await;
        assert_eq!(stranger.get(&format!("/telegram/v1/bots/{bot}/queue/")).await.0, 404);
    }
}
