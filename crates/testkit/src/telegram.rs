//! A Bot API server on a free port, for tests in which the service talks to one.

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
use tokio::{net::TcpListener, task::AbortHandle};
use tower::ServiceExt;

/// The Bot API server's clock, which stands still between the minutes.
#[derive(Debug)]
struct Minutes(AtomicI64);

impl sandbox::Clock for Minutes {
    fn now_us(&self) -> i64 {
        1_767_323_045_000_000 + self.0.load(Ordering::SeqCst) * 60_000_000
    }
}

/// The Bot API server. It ends with this value.
#[derive(Debug)]
pub struct Telegram {
    pub url: String,
    clock: Arc<Minutes>,
    router: Router,
    server: AbortHandle,
}

const WORKS: &str = "the sandbox works";

impl Drop for Telegram {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Telegram {
    pub async fn start() -> Self {
        let clock = Arc::new(Minutes(AtomicI64::new(0)));
        let sandbox = Sandbox::new(Options { seed: Some(1), clock: clock.clone(), ..Options::default() });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect(WORKS);
        let url = format!("http://{}", listener.local_addr().expect(WORKS));
        let router = sandbox.router();
        let server = tokio::spawn(async move { sandbox.serve(listener, std::future::pending()).await.expect(WORKS) });
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
        rule.as_object_mut().expect(WORKS).extend(fault.as_object().expect(WORKS).clone());
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
        answer["calls"].as_array().expect(WORKS).iter().map(|call| call["params"].clone()).collect()
    }

    async fn call(&self, method: Method, path: &str, body: Value) -> Value {
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        let request = request.body(Body::from(body.to_string())).expect(WORKS);
        let response = self.router.clone().oneshot(request).await.expect(WORKS);
        let bytes = response.into_body().collect().await.expect(WORKS).to_bytes();
        serde_json::from_slice(&bytes).unwrap_or_else(|_| panic!("{path}: {bytes:?}"))
    }
}
