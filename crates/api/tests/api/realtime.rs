//! The stream: what happens is told at once, to whom it concerns, and nothing is missed or told twice over any cut.

use std::time::Duration;

use model::{
    Clock, Role,
    content::Content,
    feed::{Change, FeedKind},
};
use serde_json::{Value, json};
use store::{db::Engine, feed};
use testkit::{Client, Events, TestApp, db_test, user};

const STREAM: &str = "/team-inbox/api/stream/";

/// Opens the stream and takes its greeting off.
async fn listening(client: &Client, last_id: Option<&str>) -> Events {
    let mut events = client.listen(STREAM, last_id).await;
    assert_eq!(events.next().await.unwrap().kind, "hello");
    events
}

/// A stream of another node that hears of signs: it says hello before its database connection listens.
async fn hearing(elsewhere: &Client, viewer: &Client, conversation: &str) -> Events {
    let mut events = listening(elsewhere, None).await;
    for state in ["viewing", "gone"].into_iter().cycle() {
        viewer.post(&format!("{conversation}presence/"), json!({"state": state})).await;
        // One that came late must not leave every later one a step behind.
        let told = async { while events.next().await.unwrap().data["state"] != state {} };
        if tokio::time::timeout(Duration::from_millis(500), told).await.is_ok() && state == "gone" {
            break;
        }
    }
    events
}

async fn new_contact(client: &Client, name: &str) -> String {
    let (status, made) = client.post("/contacts/", json!({"first_name": name})).await;
    assert_eq!(status, 201, "{made}");
    made["id"].as_str().unwrap().to_owned()
}

/// The stream must be over.
async fn ended(events: &mut Events) -> bool {
    events.next().await.is_none()
}

db_test! {
    async fn what_happens_is_told_with_what_a_client_needs(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let bot = app.bot(1).await;
        let said = app.says(bot, &user(77, "Ada"), 1, Content::text("hi"), app.clock.now()).await;
        let mut events = owner.listen(STREAM, None).await;
        let hello = events.next().await.unwrap();
        assert_eq!((&hello.kind[..], &hello.data["tenant_id"]), ("hello", &json!(app.tenant)));
        assert_eq!(hello.data["sequence"].as_i64().unwrap().to_string(), hello.id);
        assert!(hello.data["build"].is_string(), "{hello:?}");

        let path = format!("/team-inbox/api/conversations/{}/", said.conversation);
        owner.post(&format!("{path}messages/"), json!({"type": "note", "text": "ask Bob"})).await;
        let note = events.next().await.unwrap();
        assert_eq!((&note.kind[..], &note.data["type"]), ("new_message", &json!("new_message")));
        assert_eq!(note.data["message"]["content"]["text"], "ask Bob");
        let (_, head) = owner.get(&path).await;
        assert_eq!((&note.data["conversation"], &note.data["conversation_id"]), (&head, &json!(said.conversation)));

        let (_, head) = owner.post(&format!("{path}mark_read/"), json!({})).await;
        let read = events.next().await.unwrap();
        assert_eq!((&read.kind[..], &read.data["conversation"]), ("conversation_updated", &head));
        let (_, head) = owner.post(&format!("{path}close/"), json!({})).await;
        let closed = events.next().await.unwrap();
        assert_eq!((&closed.kind[..], &closed.data["conversation"]["status"]), ("ticket_update", &head["status"]));
        assert_eq!(events.next().await.unwrap().data["message"]["kind"], "activity");

        let (_, changed) = owner.patch(&format!("/telegram/v1/bots/{bot}/"), json!({"is_active": false})).await;
        let health = events.next().await.unwrap();
        assert_eq!((&health.kind[..], &health.data["bot"]), ("bot_health", &changed));
        let contact = format!("/contacts/{}/", said.contact);
        owner.delete(&contact).await;
        let gone = events.next_of("contact_changed").await;
        assert_eq!((&gone.data["contact_id"], &gone.data["contact"]), (&json!(said.contact), &Value::Null));
    }

    async fn who_was_away_gets_what_they_missed_and_no_more(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let mut events = listening(&owner, None).await;
        let place = events.last_id.clone();
        new_contact(&owner, "Ada").await;
        let first = events.next().await.unwrap();
        drop(events);
        new_contact(&owner, "Bob").await;
        let mut again = listening(&owner, Some(&first.id)).await;
        assert_eq!(again.next().await.unwrap().data["contact"]["first_name"], "Bob");
        // The same by address, from before all of it.
        let mut all = owner.listen(&format!("{STREAM}?since={place}"), None).await;
        for expected in ["hello", "contact_changed", "contact_changed"] {
            assert_eq!(all.next().await.unwrap().kind, expected);
        }
        new_contact(&owner, "Eve").await;
        for events in [&mut again, &mut all] {
            assert_eq!(events.next().await.unwrap().data["contact"]["first_name"], "Eve");
        }
    }

    async fn a_place_that_is_too_old_or_unknown_is_answered_with_a_reset(db) {
        let app = TestApp::start(db).await;
        let (owner, scope) = (app.owner(), app.scope());
        for name in ["Ada", "Bob", "Eve"] {
            new_contact(&owner, name).await;
        }
        let head = listening(&owner, None).await.last_id;
        let beyond = format!("{head}0");
        app.app.db.write(move |tx| feed::prune(tx, &scope, 3)).await.unwrap();
        for (place, reason) in
            [("0", "too_old"), ("1", "too_old"), (&beyond, "unknown"), ("x", "unknown"), ("-1", "unknown"),
                ("99999999999999999999", "unknown")]
        {
            let mut events = listening(&owner, Some(place)).await;
            let reset = events.next().await.unwrap();
            assert_eq!((&reset.kind[..], &reset.data["reason"], &reset.id), ("reset", &json!(reason), &head), "{place}");
        }
        let mut kept = listening(&owner, Some("2")).await;
        assert_eq!(kept.next().await.unwrap().data["contact"]["first_name"], "Eve", "what is kept can be resumed");
        // Also when nothing is kept at all.
        app.app.db.write(move |tx| feed::prune(tx, &scope, i64::MAX)).await.unwrap();
        let (mut resumed, mut reset) = (listening(&owner, Some(&head)).await, listening(&owner, Some("2")).await);
        assert_eq!(reset.next().await.unwrap().kind, "reset");
        new_contact(&owner, "New").await;
        for events in [&mut kept, &mut resumed, &mut reset] {
            assert_eq!(events.next().await.unwrap().data["contact"]["first_name"], "New");
        }
    }

    async fn silence_is_broken_every_fifteen_seconds_and_ends_with_the_key(db) {
        let app = TestApp::start(db).await;
        let (_, made) = app.owner().post("/tenants/tenant-access-keys/", json!({"name": "x", "role": "VIEWER"})).await;
        let viewer = app.with_token(made["key"].as_str().unwrap());
        let mut events = listening(&viewer, None).await;
        let began = app.clock.now();
        while events.comments == 0 {
            tokio::select! {
                () = events.next_comment() => {}
                _ = app.clock.advance_to_next() => {}
            }
        }
        assert!(app.clock.now().since(began) >= 15_000);
        let path = format!("/tenants/tenant-access-keys/{}/", made["id"].as_str().unwrap());
        assert_eq!(app.owner().delete(&path).await.0, 204);
        let clock = app.clock.clone();
        let time = tokio::spawn(async move {
            loop {
                clock.advance_to_next().await;
                tokio::task::yield_now().await;
            }
        });
        assert!(ended(&mut events).await, "a revoked key listens on");
        time.abort();
        // Time runs on by itself here: how often the silence was broken tells how long it took.
        assert!(events.comments < 10 * 60 / 15, "{} comments", events.comments);
    }

    async fn a_ticket_opens_one_stream_within_a_minute(db) {
        let app = TestApp::start(db).await;
        let agent = app.as_role(Role::Agent).await;
        let (status, made) = agent.post("/team-inbox/api/ticket/", json!({})).await;
        assert_eq!(status, 201, "{made}");
        let path = format!("{STREAM}?token={}", made["ticket"].as_str().unwrap());
        let mut events = app.anonymous().listen(&path, None).await;
        assert_eq!(events.next().await.unwrap().kind, "hello");
        assert_eq!(app.anonymous().get(&path).await.0, 401, "a ticket is good once");

        let (_, made) = agent.post("/team-inbox/api/ticket/", json!({})).await;
        app.clock.advance(60_000);
        let path = format!("{STREAM}?token={}", made["ticket"].as_str().unwrap());
        assert_eq!(app.anonymous().get(&path).await.0, 401, "a ticket ends after a minute");
        for wrong in ["x", "jt_", agent.token(), "jt_%00", &"jt_x".repeat(999)] {
            assert_eq!(app.anonymous().get(&format!("{STREAM}?token={wrong}")).await.0, 401, "{wrong}");
        }
    }

    async fn nobody_hears_of_another_tenant_or_of_what_is_another_persons(db) {
        let app = TestApp::start(db).await;
        let (owner, other) = (app.owner(), app.other_tenant().await);
        let (mut own, mut others) = (listening(&owner, None).await, listening(&other, None).await);
        let id = new_contact(&owner, "Ada").await;
        assert_eq!(own.next().await.unwrap().data["contact_id"], json!(id));
        let (scope, now, person) = (app.scope(), app.clock.now(), app.app.ids.id());
        let personal = Change::for_person(FeedKind::Contact, app.app.ids.id::<()>(), person);
        app.app.db.write(move |tx| feed::append(tx, &scope, &[personal], now)).await.unwrap();
        let (theirs, public) = (new_contact(&other, "Bob").await, new_contact(&owner, "Eve").await);
        assert_eq!(own.next().await.unwrap().data["contact_id"], json!(public), "a key hears nothing personal");
        assert_eq!(others.next().await.unwrap().data["contact_id"], json!(theirs));
    }

    async fn people_see_who_types_and_who_is_there(db) {
        let engine = db.engine();
        let app = TestApp::start(db).await;
        let bot = app.bot(1).await;
        let said = app.says(bot, &user(77, "Ada"), 1, Content::text("hi"), app.clock.now()).await;
        let path = format!("/team-inbox/api/conversations/{}/", said.conversation);
        let (agent, viewer) = (app.as_role(Role::Agent).await, app.as_role(Role::Viewer).await);
        let elsewhere = app.owner_at_another_node().await;
        let mut events = Vec::new();
        if engine == Engine::Postgres {
            // Processes on one SQLite file don't hear each other's signs.
            events.push(hearing(&elsewhere, &viewer, &path).await);
        }
        events.insert(0, listening(&app.owner(), None).await);
        let (status, there) = viewer.post(&format!("{path}presence/"), json!({"state": "viewing"})).await;
        assert_eq!((status, &there["people"][0]["state"]), (200, &json!("viewing")), "{there}");
        for events in &mut events {
            let told = events.next().await.unwrap();
            assert_eq!((&told.kind[..], &told.data["conversation_id"]), ("presence", &json!(said.conversation)));
            assert_eq!((&told.data["user"]["name"], &told.data["state"]), (&json!("VIEWER"), &json!("viewing")));
            assert_eq!(told.data.get("sequence"), None, "it is not kept");
        }
        assert_eq!(viewer.post(&format!("{path}presence/"), json!({"state": "replying"})).await.0, 403);
        assert_eq!(viewer.post(&format!("{path}typing/"), json!({})).await.0, 403);
        assert_eq!(agent.post(&format!("{path}typing/"), json!({})).await.0, 204);
        for events in &mut events {
            let told = events.next().await.unwrap();
            assert_eq!((&told.kind[..], &told.data["is_typing"]), ("typing_indicator", &json!(true)));
        }
        let mut late = listening(&agent, None).await;
        let mut shown = vec![late.next().await.unwrap().kind, late.next().await.unwrap().kind];
        shown.sort();
        assert_eq!(shown, ["presence", "typing_indicator"], "who comes later is told as well");
        viewer.post(&format!("{path}presence/"), json!({"state": "gone"})).await;
        assert_eq!(events[0].next().await.unwrap().data["state"], "gone");
        app.clock.advance(45_000);
        let (_, there) = agent.post(&format!("{path}presence/"), json!({"state": "viewing"})).await;
        assert_eq!(there["people"].as_array().unwrap().len(), 1, "{there}");
    }

    async fn another_node_tells_the_same(db) {
        let engine = db.engine();
        let app = TestApp::start(db).await;
        let elsewhere = app.owner_at_another_node().await;
        let mut events = listening(&elsewhere, None).await;
        new_contact(&app.owner(), "Ada").await;
        let heard = loop {
            tokio::select! {
                event = events.next() => break event.unwrap(),
                // SQLite does not tell other processes: they look every two seconds.
                _ = app.clock.advance_to_next(), if engine == Engine::Sqlite => {}
            }
        };
        assert_eq!(heard.data["contact"]["first_name"], "Ada");
        let mut here = listening(&app.owner(), Some(&heard.id)).await;
        new_contact(&elsewhere, "Bob").await;
        let heard = loop {
            tokio::select! {
                event = here.next() => break event.unwrap(),
                _ = app.clock.advance_to_next(), if engine == Engine::Sqlite => {}
            }
        };
        assert_eq!(heard.data["contact"]["first_name"], "Bob");
    }
}
