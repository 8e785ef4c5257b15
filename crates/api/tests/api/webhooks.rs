//! Outgoing webhooks: each event at least once, under one id over all tries, signed, and never into private networks.

use std::sync::{Arc, Mutex};

use app::webhooks::Webhooks;
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use model::{Clock, DAY_MS};
use serde_json::{Value, json};
use testkit::{Client, TestApp, db_test};
use tokio::net::TcpListener;

const ENDPOINTS: &str = "/webhooks/endpoints/";

/// A tenant's own system: it notes what comes, and answers as it is told to.
#[derive(Debug, Clone)]
struct Receiver {
    url: String,
    got: Arc<Mutex<Vec<(HeaderMap, Value)>>>,
    status: Arc<Mutex<u16>>,
}

impl Receiver {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hooks", listener.local_addr().unwrap());
        let receiver = Self { url, got: Arc::default(), status: Arc::new(Mutex::new(200)) };
        let router = Router::new().route("/hooks", post(take)).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        receiver
    }

    fn answer(&self, status: u16) {
        *self.status.lock().unwrap() = status;
    }

    /// What came since the last look.
    fn take(&self) -> Vec<(HeaderMap, Value)> {
        std::mem::take(&mut *self.got.lock().unwrap())
    }

    fn names(&self) -> Vec<String> {
        let name = |(_, body): &(_, Value)| body["data"]["contact"]["first_name"].as_str().unwrap_or("?").to_owned();
        self.take().iter().map(name).collect()
    }
}

async fn take(State(receiver): State<Receiver>, headers: HeaderMap, body: String) -> (StatusCode, &'static str) {
    receiver.got.lock().unwrap().push((headers, serde_json::from_str(&body).unwrap()));
    (StatusCode::from_u16(*receiver.status.lock().unwrap()).unwrap(), "thank you")
}

async fn endpoint(client: &Client, url: &str) -> Value {
    let (status, made) = client.post(ENDPOINTS, json!({"url": url, "event_types": ["contact_changed"]})).await;
    assert_eq!(status, 201, "{made}");
    made
}

async fn new_contact(client: &Client, name: &str) {
    assert_eq!(client.post("/contacts/", json!({"first_name": name})).await.0, 201);
}

fn worker(app: &TestApp) -> Webhooks {
    Webhooks::new(app.app.clone(), api::shows(&app.app))
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers[name].to_str().unwrap()
}

db_test! {
    async fn events_arrive_signed_and_are_tried_again_under_their_id(db) {
        let app = TestApp::start(db).await;
        let (owner, receiver) = (app.owner(), Receiver::start().await);
        let made = endpoint(&owner, &receiver.url).await;
        assert!(made["secret"].as_str().unwrap().starts_with("whsec_"), "{made}");
        let path = format!("{ENDPOINTS}{}/", made["id"].as_str().unwrap());
        assert_eq!(owner.get(&path).await.1.get("secret"), None, "a secret is shown once");
        new_contact(&owner, "Ada").await;
        receiver.answer(500);
        worker(&app).run_once().await.unwrap();
        let first = receiver.take().pop().unwrap();
        assert_eq!((&first.1["type"], &first.1["data"]["contact"]["first_name"]), (&json!("contact_changed"), &json!("Ada")));
        assert!(header(&first.0, "webhook-signature").starts_with("v1,"));
        worker(&app).run_once().await.unwrap();
        assert!(receiver.take().is_empty(), "it waits before the next try");
        app.clock.advance(6_000);
        receiver.answer(200);
        worker(&app).run_once().await.unwrap();
        let second = receiver.take().pop().unwrap();
        assert_eq!((header(&second.0, "webhook-id"), &second.1), (header(&first.0, "webhook-id"), &first.1));
        let (_, log) = owner.get("/webhooks/deliveries/?status=DELIVERED").await;
        let id = log["results"][0]["id"].as_str().unwrap();
        let (_, one) = owner.get(&format!("/webhooks/deliveries/{id}/")).await;
        let statuses: Vec<_> = one["attempts_log"].as_array().unwrap().iter().map(|one| one["status"].clone()).collect();
        assert_eq!((statuses, &one["attempts_log"][1]["response"]), (vec![json!(500), json!(200)], &json!("thank you")));

        let (_, rotated) = owner.post(&format!("{path}rotate/"), json!({})).await;
        assert_ne!(rotated["secret"], made["secret"]);
        assert_eq!(owner.post(&format!("/webhooks/deliveries/{id}/resend/"), json!({})).await.0, 202);
        worker(&app).run_once().await.unwrap();
        let again = receiver.take().pop().unwrap();
        assert_eq!(header(&again.0, "webhook-id"), header(&first.0, "webhook-id"));
        assert_eq!(header(&again.0, "webhook-signature").split(' ').count(), 2, "the old secret signs as well");
        owner.post(&format!("{path}test/"), json!({})).await;
        app.clock.advance(DAY_MS);
        worker(&app).run_once().await.unwrap();
        let test = receiver.take().pop().unwrap();
        assert_eq!((&test.1["type"], header(&test.0, "webhook-signature").split(' ').count()), (&json!("test"), 1));
    }

    async fn several_workers_share_the_work_and_a_crash_loses_nothing(db) {
        let app = TestApp::start(db).await;
        let (owner, receiver) = (app.owner(), Receiver::start().await);
        endpoint(&owner, &receiver.url).await;
        let mut expected: Vec<String> = (0..30).map(|number| format!("Contact {number}")).collect();
        for name in &expected {
            new_contact(&owner, name).await;
        }
        let (mut one, mut other) = (worker(&app), worker(&app));
        let mut crashed = worker(&app);
        // Dropped in the middle: what it had taken is tried by the others when its leases are over.
        let _ = tokio::time::timeout(std::time::Duration::from_millis(30), crashed.run_once()).await;
        let (first, second) = tokio::join!(one.run_once(), other.run_once());
        first.and(second).unwrap();
        app.clock.advance(60_000);
        one.run_once().await.unwrap();
        let mut arrived = receiver.names();
        arrived.sort();
        arrived.dedup();
        expected.sort();
        assert_eq!(arrived, expected);
        let (_, left) = owner.get("/webhooks/deliveries/?status=PENDING&count=true").await;
        assert_eq!(left["count"], 0);
    }

    async fn an_endpoint_where_nothing_arrives_is_disabled_and_can_be_given_what_it_missed(db) {
        let app = TestApp::start(db).await;
        let (owner, receiver, began) = (app.owner(), Receiver::start().await, app.clock.now());
        let made = endpoint(&owner, &receiver.url).await;
        let path = format!("{ENDPOINTS}{}/", made["id"].as_str().unwrap());
        receiver.answer(503);
        for (day, name) in ["Ada", "Bob"].iter().enumerate() {
            new_contact(&owner, name).await;
            worker(&app).run_once().await.unwrap();
            assert_eq!(owner.get(&path).await.1["is_enabled"], json!(day == 0), "{name}");
            app.clock.advance(5 * DAY_MS);
        }
        let (_, disabled) = owner.get(&path).await;
        assert_eq!(disabled["disabled_reason"], "Nothing has arrived for five days.");
        receiver.take();
        new_contact(&owner, "Eve").await;
        worker(&app).run_once().await.unwrap();
        assert!(receiver.take().is_empty());
        assert_eq!(owner.post(&format!("{path}replay/"), json!({"since": began})).await.0, 409);
        receiver.answer(200);
        assert_eq!(owner.post(&format!("{path}enable/"), json!({})).await.1["is_enabled"], true);
        let (status, replayed) = owner.post(&format!("{path}replay/"), json!({"since": began})).await;
        assert_eq!((status, &replayed["events"]), (202, &json!(3)), "{replayed}");
        worker(&app).run_once().await.unwrap();
        let mut names = receiver.names();
        names.sort();
        assert_eq!(names, ["Ada", "Bob", "Eve"]);
        receiver.answer(410);
        new_contact(&owner, "Zoe").await;
        worker(&app).run_once().await.unwrap();
        assert_eq!(owner.get(&path).await.1["disabled_reason"], "The endpoint answered 410 Gone.");
    }

    async fn private_networks_are_out_of_reach_unless_the_operator_allows_it(db) {
        let app = TestApp::start_with(db, |set| set.webhook_allow_private = false).await;
        for url in ["https://127.0.0.1/", "https://localhost/x", "https://10.0.0.1/", "http://example.com/", "https://[::1]/",
            "https://169.254.169.254/", "", "x"] {
            let (status, refused) = app.owner().post(ENDPOINTS, json!({"url": url})).await;
            assert_eq!((status, refused["errors"]["url"].is_array()), (400, true), "{url}: {refused}");
        }
        let (_, refused) = app.owner().post(ENDPOINTS, json!({"url": "https://example.com/", "event_types": ["dance"]})).await;
        assert!(refused["errors"]["event_types"].is_array(), "{refused}");
        // A name that is public when the endpoint is made may lead elsewhere later: it is judged again at each call.
        let (_, made) = app.owner().post(ENDPOINTS, json!({"url": "https://example.com/"})).await;
        let (id, scope): (model::Id<model::webhook::Endpoint>, _) = (made["id"].as_str().unwrap().parse().unwrap(), app.scope());
        let changes = store::webhooks::EndpointChanges { url: Some("https://localhost/".into()), ..Default::default() };
        let now = app.clock.now();
        app.app.db.write(move |tx| store::webhooks::update(tx, &scope, id, &changes, now)).await.unwrap();
        app.owner().post(&format!("{ENDPOINTS}{id}/test/"), json!({})).await;
        worker(&app).run_once().await.unwrap();
        let (_, log) = app.owner().get("/webhooks/deliveries/").await;
        let delivery = log["results"][0]["id"].as_str().unwrap();
        let (_, one) = app.owner().get(&format!("/webhooks/deliveries/{delivery}/")).await;
        assert_eq!(one["attempts_log"][0]["error"], "The address leads into a private network.");
    }
}
