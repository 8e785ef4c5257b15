//! A service with its Bot API server, and time that passes until something holds.

use std::time::Duration;

use engine::nodes::{Nodes, Share};
use serde_json::{Value, json};
use testkit::{Telegram, TestApp, TestDb};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

pub const BOTS: &str = "/telegram/v1/bots/";
pub const EVENTS: &str = "/telegram/v1/webhook-events/";
pub const TOKEN: &str = "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11";
pub const BOT: i64 = 123_456;

/// Background work that ends with this value.
pub struct Running {
    stop: CancellationToken,
    _task: JoinHandle<()>,
}

impl Running {
    pub fn start<F: Future<Output = ()> + Send + 'static>(work: impl FnOnce(CancellationToken) -> F) -> Self {
        let stop = CancellationToken::new();
        let task = tokio::spawn(work(stop.clone()));
        Self { stop, _task: task }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// A service that Telegram reaches at a real address.
pub async fn start(db: TestDb) -> (TestApp, Telegram) {
    let telegram = Telegram::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let api_url = telegram.url.clone();
    let app = TestApp::start_with(db, |set| {
        set.telegram_api_base_url = api_url;
        set.settings.base_url = base_url;
    })
    .await;
    let router = app.router.clone();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (app, telegram)
}

pub async fn registered(app: &TestApp, receive_mode: &str) -> Value {
    let (status, bot) = app.owner().post(BOTS, json!({"bot_token": TOKEN, "receive_mode": receive_mode})).await;
    assert_eq!(status, 201, "{bot}");
    bot
}

pub fn path(bot: &Value) -> String {
    format!("{BOTS}{}/", bot["id"].as_str().unwrap())
}

/// Lets time pass, ours and Telegram's, until `holds`.
pub async fn until(app: &TestApp, what: &str, mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..4_000 {
        if holds().await {
            return;
        }
        app.clock.advance(250);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("{what}: it never came to that");
}

/// A person writes to the bot.
pub async fn says(telegram: &Telegram, text: &str) {
    telegram.control("/users", json!({"id": 7, "first_name": "Asha"})).await;
    telegram.control("/users/7/send", json!({"bot": BOT, "text": text})).await;
}

/// The numbers of the Updates that are stored, oldest first.
pub async fn stored(app: &TestApp) -> Vec<i64> {
    let (_, list) = app.owner().get(&format!("{EVENTS}?ordering=created_at&page_size=200")).await;
    list["results"].as_array().unwrap().iter().map(|event| event["update_id"].as_i64().unwrap()).collect()
}

/// All of a kind of work, for a process that is alone.
pub fn alone(app: &TestApp, kind: &'static str) -> Share {
    let clock = app.app.clock.clone();
    Share::whole(kind, clock.clone(), Nodes::alone(clock, "test"))
}
