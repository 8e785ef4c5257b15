//! What is forgotten in time, and what is not.

use engine::retention::{Kept, Retention};
use model::{DAY_MS, Id};
use serde_json::{Value, json};
use store::{
    events::{self, NewEvent},
    feed,
};
use testkit::{TestApp, db_test};

use crate::support::alone;

const ALL: Kept = Kept { event_days: 30, held_days: 30, feed_days: 7, recipient_days: 365, import_row_days: 30 };
const NOTHING: Kept = Kept { event_days: 0, held_days: 0, feed_days: 0, recipient_days: 0, import_row_days: 0 };

async fn arrive(app: &TestApp, update_id: i64) {
    let event = NewEvent {
        tenant: app.tenant,
        bot: Id::from_bytes([1; 16]),
        update_id,
        event_type: "MESSAGE",
        chat_key: update_id,
        is_ignored: false,
        payload: "{}".into(),
    };
    app.app.inbox.put(event).await.unwrap();
}

/// Forgets, and lets the pauses between the batches pass.
async fn forget(app: &TestApp, kept: Kept) -> u64 {
    let retention =
        Retention { db: app.app.db.clone(), clock: app.app.clock.clone(), kept, share: alone(app, "schedules") };
    let mut forgetting = std::pin::pin!(retention.forget());
    loop {
        tokio::select! {
            rows = &mut forgetting => return rows.unwrap(),
            _ = app.clock.advance_to_next() => {}
        }
    }
}

async fn count(app: &TestApp, path: &str) -> i64 {
    let (status, list) = app.owner().get(&format!("{path}?count=true")).await;
    assert_eq!(status, 200, "{list}");
    list["count"].as_i64().unwrap()
}

db_test! {
    async fn what_is_done_and_old_goes_and_the_rest_stays(db) {
        let app = TestApp::start(db).await;
        for update_id in 1..=3 {
            arrive(&app, update_id).await;
        }
        let (now, scope) = (app.app.clock.now(), app.scope());
        let open = app.app.db.read(move |tx| events::take_open(tx, now, 100)).await.unwrap();
        let (first, third) = (open[0].seq, open[2].seq);
        app.app.db.write(move |tx| events::mark_processed(tx, &[first, third], now)).await.unwrap();
        let (_, contact) = app.owner().post("/contacts/", json!({"first_name": "Ada"})).await;
        let body = json!({"name": "News", "platform": "TELEGRAM", "message_text": "Hi", "recipients": [contact["id"]]});
        let (status, broadcast) = app.owner().post("/broadcast/", body).await;
        assert_eq!(status, 201, "{broadcast}");
        while app::broadcasts::freeze_step(&app.app).await.unwrap() {}
        let recipients = format!("/broadcast/{}/messages/", broadcast["id"].as_str().unwrap());
        assert_eq!(count(&app, &recipients).await, 1);

        app.clock.advance(6 * DAY_MS);
        assert_eq!(forget(&app, ALL).await, 0);
        app.clock.advance(25 * DAY_MS);
        arrive(&app, 4).await;
        assert!(forget(&app, NOTHING).await == 0, "0 days keep for ever");
        assert!(forget(&app, ALL).await > 0);
        assert_eq!(count(&app, "/telegram/v1/webhook-events/").await, 2, "one still waits, one is young");
        assert_eq!(app.app.db.read(move |tx| feed::oldest(tx, &scope)).await.unwrap(), None);
        assert_eq!(count(&app, &recipients).await, 1);

        app.clock.advance(340 * DAY_MS);
        forget(&app, ALL).await;
        assert_eq!(count(&app, &recipients).await, 0);
        let (_, ended): (u16, Value) = app.owner().get(&format!("/broadcast/{}/", broadcast["id"].as_str().unwrap())).await;
        assert_eq!((ended["total"].as_i64(), ended["skipped"].as_i64()), (Some(1), Some(1)), "{ended}");
        assert_eq!(forget(&app, ALL).await, 0);
    }
}
