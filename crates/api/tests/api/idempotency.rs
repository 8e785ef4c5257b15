//! `Idempotency-Key`: the first answer is kept and given again.

use app::send::{Body, Draft, Markup, To};
use model::{
    Clock, Id,
    message::{Author, AuthorType},
};
use serde_json::json;
use sha2::{Digest, Sha256};
use testkit::{Answer, Client, TestApp, db_test};

const KEYS: &str = "/tenants/tenant-access-keys/";
const DAY_MS: i64 = 86_400_000;

async fn make(client: &Client, key: &str, body: &str) -> Answer {
    client.post_with(KEYS, &[("Idempotency-Key", key)], body.to_owned()).await
}

async fn count(app: &TestApp) -> i64 {
    let (_, page) = app.owner().get(&format!("{KEYS}?count=true")).await;
    page["count"].as_i64().unwrap()
}

db_test! {
    async fn the_same_request_gets_the_same_answer(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let first = make(&owner, "order 7", r#"{"name": "Shop"}"#).await;
        let again = make(&owner, "order 7", r#"{"name": "Shop"}"#).await;
        assert_eq!((first.status, again.status), (201, 201));
        assert_eq!(first.body, again.body);
        assert_eq!((first.header("idempotent-replayed"), again.header("idempotent-replayed")), ("", "true"));
        assert_eq!(again.header("content-type"), "application/json");
        assert_eq!(count(&app).await, 2);

        app.clock.advance(DAY_MS);
        let later = make(&owner, "order 7", r#"{"name": "Shop"}"#).await;
        assert_eq!((later.status, later.header("idempotent-replayed")), (201, ""));
        assert_ne!(later.json()["id"], first.json()["id"]);
    }

    async fn what_is_kept_is_not_readable(db) {
        let app = TestApp::start(db).await;
        let made = make(&app.owner(), "k", BODY).await;
        let key = store::idempotency::Key { tenant: app.tenant, key: "k".to_owned() };
        let (fingerprint, now) = (fingerprint(KEYS, BODY), app.clock.now());
        let found = app.app.db.write(move |tx| store::idempotency::take(tx, &key, &fingerprint, now)).await.unwrap();
        let store::idempotency::Found::Answered(kept) = found else { panic!("{found:?}") };
        let secret = made.json()["key"].as_str().unwrap().to_owned();
        assert!(!kept.body.windows(secret.len()).any(|window| window == secret.as_bytes()));
    }

    async fn another_request_under_the_key_is_refused(db) {
        let app = TestApp::start(db).await;
        make(&app.owner(), "k", r#"{"name": "Shop"}"#).await;
        let other = make(&app.owner(), "k", r#"{"name": "Stop"}"#).await;
        assert_eq!((other.status, &other.json()["code"]), (422, &json!("idempotency_key_reused")));
        let elsewhere = app.owner().post_with("/nowhere/", &[("Idempotency-Key", "k")], r#"{"name": "Shop"}"#).await;
        assert_eq!(elsewhere.status, 422);
    }

    async fn keys_belong_to_their_tenant(db) {
        let app = TestApp::start(db).await;
        let first = make(&app.owner(), "k", r#"{"name": "Shop"}"#).await;
        let other = make(&app.other_tenant().await, "k", r#"{"name": "Shop"}"#).await;
        assert_eq!((other.status, other.header("idempotent-replayed")), (201, ""));
        assert_ne!(first.json()["id"], other.json()["id"]);
    }

    async fn the_order_of_fields_and_spaces_are_no_other_request(db) {
        let app = TestApp::start(db).await;
        let first = make(&app.owner(), "k", r#"{"name": "Shop", "role": "AGENT"}"#).await;
        let again = make(&app.owner(), "k", r#"{"role":"AGENT","name":"Shop"}"#).await;
        assert_eq!((again.status, again.header("idempotent-replayed")), (201, "true"));
        assert_eq!(first.json(), again.json());
    }

    async fn what_stays_refused_is_refused_again(db) {
        let app = TestApp::start(db).await;
        for replayed in ["", "true"] {
            let answer = app.owner().post_with("/nowhere/", &[("Idempotency-Key", "k")], "{}").await;
            assert_eq!((answer.status, answer.header("idempotent-replayed")), (404, replayed));
            assert_eq!(answer.header("content-type"), "application/problem+json");
        }
    }

    async fn a_key_is_free_for_the_mended_request_after_a_refusal(db) {
        let app = TestApp::start(db).await;
        assert_eq!(make(&app.owner(), "k", "{}").await.status, 400);
        let mended = make(&app.owner(), "k", r#"{"name": "x"}"#).await;
        assert_eq!((mended.status, mended.header("idempotent-replayed")), (201, ""));

        let agent = app.as_role(model::Role::Agent).await;
        assert_eq!(make(&agent, "k2", r#"{"name": "x"}"#).await.status, 403);
        assert_eq!(make(&app.owner(), "k2", r#"{"name": "x"}"#).await.status, 201);
    }

    async fn requests_at_the_same_moment_do_the_work_once(db) {
        let app = TestApp::start(db).await;
        let owner = app.owner();
        let tries: Vec<_> = (0..8)
            .map(|_| {
                let owner = owner.clone();
                tokio::spawn(async move { make(&owner, "k", r#"{"name": "Shop"}"#).await })
            })
            .collect();
        for answer in tries {
            let answer = answer.await.unwrap();
            assert!([201, 409].contains(&answer.status), "{}", answer.json());
            assert_eq!(answer.status == 409, answer.header("retry-after") == "1");
        }
        assert_eq!(count(&app).await, 2);
    }

    async fn a_crash_frees_the_key(db) {
        let app = TestApp::start(db).await;
        leave_at_work(&app, KEYS, BODY).await;
        let blocked = make(&app.owner(), "dead", BODY).await;
        assert_eq!((blocked.status, &blocked.json()["code"]), (409, &json!("idempotency_key_in_use")));
        app.clock.advance(30_000);
        assert_eq!(make(&app.owner(), "dead", BODY).await.status, 201);

        app.clock.advance(DAY_MS);
        leave_at_work(&app, KEYS, BODY).await;
        app.app.db.write(store::idempotency::free_all).await.unwrap();
        assert_eq!(make(&app.owner(), "dead", BODY).await.status, 201);
    }

    async fn a_message_is_sent_once_even_when_a_crash_lost_the_answer(db) {
        let app = TestApp::start(db).await;
        app.bot(4_242).await;
        let (path, body) = ("/telegram/v1/messages/", r#"{"chat_id":77,"text":"hello"}"#);
        let first_try = app.clock.now().as_ms().unsigned_abs();
        leave_at_work(&app, path, body).await;
        app.clock.advance(30_000);
        let answer = app.owner().post_with(path, &[("Idempotency-Key", "dead")], body).await;
        assert_eq!(answer.status, 202, "{}", answer.json());
        let id: uuid::Uuid = answer.json()["id"].as_str().unwrap().parse().unwrap();
        let (seconds, nanos) = id.get_timestamp().unwrap().to_unix();
        assert_eq!(seconds * 1_000 + u64::from(nanos / 1_000_000), first_try, "the id must not change with the tries");

        // What the next try does when only the answer was lost.
        let author = Author { kind: AuthorType::System, id: None, name: None };
        let again = Draft { id: Some(Id::from_uuid(id)), ..Draft::new(To::Chat(77), author, Body::Text(Markup::default())) };
        let again = Draft { body: Body::Text(Markup { text: "hello".to_owned(), parse_mode: None }), ..again };
        let message = app::send::send(&app.app, &app.scope(), again).await.unwrap();
        assert_eq!(message.id.as_uuid(), id);
        let (_, list) = app.owner().get("/telegram/v1/messages/?count=true").await;
        assert_eq!(list["count"], 1);
    }

    async fn a_key_must_be_readable(db) {
        let app = TestApp::start(db).await;
        let long = "x".repeat(256);
        for key in ["", "\u{e9}", long.as_str()] {
            let answer = make(&app.owner(), key, r#"{"name": "Shop"}"#).await;
            assert_eq!((answer.status, answer.json()["errors"]["Idempotency-Key"].is_array()), (400, true));
        }
        assert_eq!(make(&app.owner(), &long[1..], r#"{"name": "Shop"}"#).await.status, 201);
    }
}

/// What a process leaves that dies between taking a key and keeping the answer.
async fn leave_at_work(app: &TestApp, path: &str, body: &str) {
    let key = store::idempotency::Key { tenant: app.tenant, key: "dead".to_owned() };
    let (fingerprint, now) = (fingerprint(path, body), app.clock.now());
    app.app.db.write(move |tx| store::idempotency::take(tx, &key, &fingerprint, now)).await.unwrap();
}

/// Of a body as it is hashed: without spaces, its fields in order.
fn fingerprint(path: &str, body: &str) -> [u8; 32] {
    Sha256::digest(format!("{path}\0{body}")).into()
}

const BODY: &str = r#"{"name":"Shop"}"#;
