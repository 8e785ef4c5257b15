//! A sandbox on a free port and a small HTTP client, for all feature tests.

#![expect(dead_code, reason = "every test file uses a part of this")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

pub mod graph;

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use axum::http::{HeaderMap, Method, Request, StatusCode};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use sandbox::{Clock, Options, Sandbox};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::mpsc, task::AbortHandle};

pub const BOT: i64 = 123_456;
pub const TOKEN: &str = "123456:ABC-DEF1234";

/// A clock that only tests move.
#[derive(Debug)]
pub struct TestClock(AtomicI64);

impl TestClock {
    pub fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(1_800_000_000_000_000)))
    }

    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_micros()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now_us(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Bytes,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("no JSON: {:?}", self.bytes))
    }
}

pub struct TestSandbox {
    pub address: SocketAddr,
    client: Client<HttpConnector, Full<Bytes>>,
    server: AbortHandle,
}

impl Drop for TestSandbox {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// A sandbox as a developer starts it, but repeatable.
pub async fn start() -> TestSandbox {
    start_with(Options::default()).await
}

pub async fn start_with(options: Options) -> TestSandbox {
    let options = Options { seed: options.seed.or(Some(1)), ..options };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let sandbox = Sandbox::new(options);
    let server = tokio::spawn(async move { sandbox.serve(listener, std::future::pending()).await });
    let client = Client::builder(TokioExecutor::new()).build_http();
    TestSandbox { address, client, server: server.abort_handle() }
}

impl TestSandbox {
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Any request; `Err` when the connection broke.
    pub async fn raw(&self, method: Method, path: &str, kind: &str, body: impl Into<Bytes>) -> Result<Reply, String> {
        let request = Request::builder().method(method).uri(self.url(path));
        let request = if kind.is_empty() { request } else { request.header("content-type", kind) };
        let request = request.body(Full::new(body.into())).unwrap();
        let response = self.client.request(request).await.map_err(|error| error.to_string())?;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.map_err(|error| error.to_string())?.to_bytes();
        Ok(Reply { status: parts.status, headers: parts.headers, bytes })
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.raw(Method::POST, path, "application/json", body.to_string()).await.unwrap()
    }

    pub async fn get(&self, path: &str) -> Value {
        self.raw(Method::GET, path, "", "").await.unwrap().json()
    }

    /// A method call of the usual bot, with its whole answer.
    pub async fn call(&self, method: &str, params: Value) -> Value {
        self.post(&format!("/bot{TOKEN}/{method}"), params).await.json()
    }

    /// A method call that must succeed.
    pub async fn ok(&self, method: &str, params: Value) -> Value {
        let mut answer = self.call(method, params.clone()).await;
        assert_eq!(answer["ok"], true, "{method} {params}: {answer}");
        answer["result"].take()
    }

    /// A method call that must fail: its code and description.
    pub async fn fails(&self, method: &str, params: Value) -> String {
        let reply = self.post(&format!("/bot{TOKEN}/{method}"), params.clone()).await;
        let answer = reply.json();
        assert_eq!(answer["ok"], false, "{method} {params}: {answer}");
        assert_eq!(answer["error_code"], reply.status.as_u16());
        answer["description"].as_str().unwrap().to_owned()
    }

    /// The control API; must succeed.
    pub async fn control(&self, path: &str, body: Value) -> Value {
        let reply = self.post(&format!("/sandbox{path}"), body.clone()).await;
        assert_eq!(reply.status, StatusCode::OK, "{path} {body}: {:?}", reply.bytes);
        reply.json()
    }

    pub async fn add_user(&self, id: i64) {
        self.control("/users", json!({"id": id, "first_name": "Asha", "last_name": "Rao", "username": "asha"})).await;
    }

    /// A person who has started the usual bot; the bot's `/start` update is taken.
    pub async fn started(&self, id: i64) {
        self.add_user(id).await;
        self.control("/users/bulk", json!({"count": 1, "first_id": id, "start_with": BOT, "silent": true})).await;
        self.control("/users", json!({"id": id, "first_name": "Asha", "last_name": "Rao", "username": "asha"})).await;
    }

    pub async fn says(&self, user: i64, text: &str) -> Value {
        self.control(&format!("/users/{user}/send"), json!({"bot": BOT, "text": text})).await
    }

    /// Everything that waits for the usual bot.
    pub async fn updates(&self) -> Vec<Value> {
        self.ok("getUpdates", json!({})).await.as_array().unwrap().clone()
    }

    /// What waits for the usual bot, confirmed at once.
    pub async fn take_updates(&self) -> Vec<Value> {
        let updates = self.updates().await;
        if let Some(last) = updates.last() {
            self.ok("getUpdates", json!({"offset": last["update_id"].as_i64().unwrap() + 1})).await;
        }
        updates
    }
}

/// A delivery as a webhook received it.
#[derive(Debug)]
pub struct Delivered {
    pub headers: HeaderMap,
    pub body: Value,
}

/// An answer of a webhook: status, headers, body.
pub type Script = Box<dyn FnMut(&Value) -> (u16, Vec<(&'static str, String)>, String) + Send>;

/// A receiver of webhooks that answers as scripted and passes on what it got.
pub struct Receiver {
    pub url: String,
    pub deliveries: mpsc::UnboundedReceiver<Delivered>,
    server: AbortHandle,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.server.abort();
    }
}

pub async fn receiver(script: Script) -> Receiver {
    let (sender, deliveries) = mpsc::unbounded_channel();
    let script = Arc::new(Mutex::new(script));
    let handler = move |headers: HeaderMap, body: Bytes| async move {
        let body: Value = serde_json::from_slice(&body).unwrap();
        let (status, extra, text) = script.lock().unwrap()(&body);
        drop(sender.send(Delivered { headers, body }));
        let mut response = axum::response::Response::new(axum::body::Body::from(text));
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        for (name, value) in extra {
            response.headers_mut().insert(name, value.parse().unwrap());
        }
        response
    };
    let router = axum::Router::new().fallback(axum::routing::post(handler));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    Receiver { url, deliveries, server: server.abort_handle() }
}

/// A receiver that acknowledges everything.
pub async fn willing_receiver() -> Receiver {
    receiver(Box::new(|_| (200, Vec::new(), String::new()))).await
}

impl Receiver {
    /// The next delivery, for which nobody should wait long.
    pub async fn next(&mut self) -> Delivered {
        let next = tokio::time::timeout(Duration::from_secs(10), self.deliveries.recv()).await;
        next.expect("a delivery within ten seconds").expect("the receiver runs")
    }
}

/// Waits for what must soon be so.
pub async fn until(what: impl AsyncFn() -> bool) {
    let holds = async {
        while !what().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), holds).await.expect("it to be so within ten seconds");
}
