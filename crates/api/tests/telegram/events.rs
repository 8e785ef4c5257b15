//! The list of Updates, and the retry by hand.

use bytes::Bytes;
use model::Role;
use serde_json::{Value, json};
use store::events::{self, NewEvent, Open};
use testkit::{TestApp, db_test};

use crate::support::{registered, start};

const EVENTS: &str = "/telegram/v1/webhook-events/";

/// Stores an Update of a kind, as a webhook does.
async fn arrive(app: &TestApp, bot: &Value, update_id: i64, event_type: &'static str) -> Open {
    let event = NewEvent {
        tenant: app.tenant,
        bot: bot["id"].as_str().unwrap().parse().unwrap(),
        update_id,
        event_type,
        chat_key: update_id,
        is_ignored: false,
        payload: Bytes::from(format!("{{\"update_id\": {update_id}}}")),
    };
    app.app.inbox.put(event).await.unwrap();
    let now = app.clock_now();
    let open = app.app.db.read(move |tx| events::take_open(tx, now, 100)).await.unwrap();
    open.into_iter().find(|open| open.update_id == update_id).unwrap()
}

trait Now {
    fn clock_now(&self) -> model::Timestamp;
}

impl Now for TestApp {
    fn clock_now(&self) -> model::Timestamp {
        self.app.clock.now()
    }
}

async fn retry(app: &TestApp, open: &Open) -> (u16, Value) {
    app.owner().post(&format!("{EVENTS}{}/retry/", events::id_of(open.created_at, open.seq)), json!({})).await
}

db_test! {
    async fn events_are_listed_filtered_and_shown_whole(db) {
        let (app, _telegram) = start(db).await;
        let bot = registered(&app).await;
        let message = arrive(&app, &bot, 1, "MESSAGE").await;
        arrive(&app, &bot, 2, "CALLBACK_QUERY").await;
        let now = app.clock_now();
        app.app.db.write(move |tx| events::mark_processed(tx, &[message.seq], now)).await.unwrap();

        let numbers = async |query: &str| {
            let (status, list) = app.owner().get(&format!("{EVENTS}{query}")).await;
            assert_eq!(status, 200, "{query}: {list}");
            list["results"].as_array().unwrap().iter().map(|event| event["update_id"].as_i64().unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(numbers("").await, [2, 1]);
        assert_eq!(numbers("?ordering=created_at").await, [1, 2]);
        assert_eq!(numbers("?event_type=MESSAGE").await, [1]);
        assert_eq!(numbers("?event_type=NOVELTY").await, [0; 0]);
        assert_eq!(numbers("?status=RECEIVED").await, [2]);
        assert_eq!(numbers("?update_id=1").await, [1]);
        assert_eq!(numbers("?is_processed=true").await, [1]);
        assert_eq!(numbers("?is_processed=false").await, [2]);
        assert_eq!(numbers(&format!("?bot_app_id={}", bot["id"].as_str().unwrap())).await, [2, 1]);
        assert_eq!(numbers("?bot_app_id=01939d5e-2b7c-7cc3-98c4-dc0c0c07398f").await, [0; 0]);
        assert_eq!(app.owner().get(&format!("{EVENTS}?status=LOST")).await.0, 400);

        let (_, list) = app.owner().get(&format!("{EVENTS}?page_size=1")).await;
        let next = list["next"].as_str().unwrap().strip_prefix("https://jina.test").unwrap();
        let (_, page) = app.owner().get(next).await;
        let event = &page["results"][0];
        assert_eq!((&event["update_id"], &page["next"]), (&json!(1), &Value::Null));
        assert_eq!((&event["is_processed"], &event["processed_at"]), (&json!(true), &json!("2026-01-02T03:04:05.000Z")));
        let address = format!("{EVENTS}{}/", event["id"].as_str().unwrap());
        let (_, whole) = app.owner().get(&address).await;
        assert_eq!(whole["payload"], json!({"update_id": 1}));

        assert_eq!(app.other_tenant().await.get(&address).await.0, 404);
        assert_eq!(app.other_tenant().await.get(EVENTS).await.1["results"], json!([]));
        assert_eq!(app.owner().get(&format!("{EVENTS}01939d5e-2b7c-7cc3-98c4-dc0c0c07398f/")).await.0, 404);
    }

    async fn what_went_wrong_can_be_tried_again(db) {
        let (app, _telegram) = start(db).await;
        let bot = registered(&app).await;
        let open = arrive(&app, &bot, 1, "MESSAGE").await;
        assert_eq!(retry(&app, &open).await.1["code"], "event_not_retryable");

        let now = app.clock_now();
        let failing = Open { retry_count: model::event::TRIES_MAX - 1, ..open.clone() };
        app.app.db.write(move |tx| events::mark_failed(tx, &failing, "no \0 luck", now)).await.unwrap();
        let (_, list) = app.owner().get(EVENTS).await;
        let dead = &list["results"][0];
        assert_eq!((&dead["status"], &dead["retry_count"]), (&json!("DEAD"), &json!(10)), "{dead}");
        assert_eq!(dead["error_message"], "no \u{fffd} luck");
        let viewer = app.as_role(Role::Viewer).await;
        assert_eq!(viewer.post(&format!("{EVENTS}{}/retry/", dead["id"].as_str().unwrap()), json!({})).await.0, 403);
        let (status, event) = retry(&app, &open).await;
        assert_eq!((status, &event["status"], &event["retry_count"]), (200, &json!("RECEIVED"), &json!(0)), "{event}");
        assert_eq!(event["error_message"], Value::Null);

        let seq = open.seq;
        app.app.db.write(move |tx| events::mark_processed_with(tx, seq, "no such chat", now)).await.unwrap();
        assert_eq!(retry(&app, &open).await.0, 200);
        app.app.db.write(move |tx| events::mark_processed(tx, &[seq], now)).await.unwrap();
        assert_eq!(retry(&app, &open).await.0, 409);
    }

    async fn a_failed_event_holds_back_its_chat_only(db) {
        let (app, _telegram) = start(db).await;
        let bot = registered(&app).await;
        let first = arrive(&app, &bot, 1, "MESSAGE").await;
        let now = app.clock_now();
        let failed = first.clone();
        app.app.db.write(move |tx| events::mark_failed(tx, &failed, "busy", now)).await.unwrap();
        let same_chat = NewEvent {
            tenant: app.tenant, bot: first.bot, update_id: 2, event_type: "MESSAGE", chat_key: first.chat_key,
            is_ignored: false, payload: Bytes::from_static(b"{}"),
        };
        app.app.inbox.put(same_chat).await.unwrap();
        arrive(&app, &bot, 3, "MESSAGE").await;
        let open = async |at| {
            let open = app.app.db.read(move |tx| events::take_open(tx, at, 100)).await.unwrap();
            open.iter().map(|open| open.update_id).collect::<Vec<_>>()
        };
        assert_eq!(open(now).await, [3]);
        assert_eq!(open(now + 1_000).await, [1, 2, 3]);
    }
}
