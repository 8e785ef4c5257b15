//! A Bot API server on a free port, and a service that talks to it.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use axum::{
    Router,
    body::Body,
    http::{Method, Request},
};
use http_body_util::BodyExt;
use sandbox::{Options, Sandbox};
use serde_json::{Value, json};
use testkit::{TestApp, TestDb};
use tokio::{net::TcpListener, task::AbortHandle};
use tower::ServiceExt;

pub const BOTS: &str = "/telegram/v1/bots/";
pub const TOKEN: &str = "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11";

/// The Bot API server's clock, which stands still between the minutes.
#[derive(Debug)]
struct Minutes(AtomicI64);

impl sandbox::Clock for Minutes {
    fn now_us(&self) -> i64 {
        1_767_323_045_000_000 + self.0.load(Ordering::SeqCst) * 60_000_000
    }
}

/// The Bot API server.
pub struct Telegram {
    pub url: String,
    clock: Arc<Minutes>,
    router: Router,
    server: AbortHandle,
}

impl Drop for Telegram {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Telegram {
    pub async fn start() -> Self {
        let clock = Arc::new(Minutes(AtomicI64::new(0)));
        let sandbox = Sandbox::new(Options { seed: Some(1), clock: clock.clone(), ..Options::default() });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = sandbox.router();
        let server = tokio::spawn(async move { sandbox.serve(listener, std::future::pending()).await.unwrap() });
        Self { url, clock, router, server: server.abort_handle() }
    }

    /// A minute passes: Telegram takes one setting of a webhook a second.
    pub fn pass(&self) {
        self.clock.0.fetch_add(1, Ordering::SeqCst);
    }

    /// The control API.
    pub async fn control(&self, path: &str, body: Value) -> Value {
        self.call(Method::POST, &format!("/sandbox{path}"), body).await
    }

    /// Calls of a method fail in some way, for example `{"kind": "status", "code": 500, "description": "x"}`.
    pub async fn fail(&self, method: &str, fault: Value) {
        let mut rule = json!({"method": method});
        rule.as_object_mut().unwrap().extend(fault.as_object().unwrap().clone());
        self.control("/faults", rule).await;
    }

    pub async fn heal(&self) {
        self.call(Method::DELETE, "/sandbox/faults", json!({})).await;
    }

    /// What a token's bot answers to a method.
    pub async fn bot(&self, token: &str, method: &str, params: Value) -> Value {
        self.call(Method::POST, &format!("/bot{token}/{method}"), params).await
    }

    pub async fn webhook_url(&self, token: &str) -> String {
        let info = self.bot(token, "getWebhookInfo", json!({})).await;
        info["result"]["url"].as_str().unwrap_or_else(|| panic!("{info}")).to_owned()
    }

    /// The parameters of all calls of a method, in their order.
    pub async fn calls(&self, method: &str) -> Vec<Value> {
        let answer = self.call(Method::GET, &format!("/sandbox/calls?method={method}"), json!({})).await;
        answer["calls"].as_array().unwrap().iter().map(|call| call["params"].clone()).collect()
    }

    async fn call(&self, method: Method, path: &str, body: Value) -> Value {
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        let request = request.body(Body::from(body.to_string())).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        serde_json::from_slice(&bytes).unwrap_or_else(|_| panic!("{path}: {bytes:?}"))
    }
}

/// A service and its Bot API server.
pub async fn start(db: TestDb) -> (TestApp, Telegram) {
    let telegram = Telegram::start().await;
    let url = telegram.url.clone();
    let app = TestApp::start_with(db, |set| {
        set.telegram_api_base_url = url;
        set.settings.base_url = "https://jina.test".to_owned();
    })
    .await;
    (app, telegram)
}

/// A bot that is registered, as its answer shows it.
pub async fn registered(app: &TestApp) -> Value {
    let (status, bot) = app.owner().post(BOTS, json!({"bot_token": TOKEN})).await;
    assert_eq!(status, 201, "{bot}");
    bot
}

/// The path of a bot.
pub fn path(bot: &Value) -> String {
    format!("{BOTS}{}/", bot["id"].as_str().unwrap())
}

/// The secret that the last setWebhook call gave to Telegram.
pub async fn secret(telegram: &Telegram) -> String {
    telegram.calls("setWebhook").await.last().unwrap()["secret_token"].as_str().unwrap().to_owned()
}
