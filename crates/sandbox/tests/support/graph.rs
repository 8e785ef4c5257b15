//! A number and a person of WhatsApp, and a program that talks to the Graph API.

use std::sync::{Arc, Mutex};

use axum::{
    extract::Query,
    http::{HeaderMap, Method, Request, StatusCode},
};
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http_body_util::{BodyExt, Full};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::{net::TcpListener, sync::mpsc, task::AbortHandle};

use super::{Reply, TestSandbox};

pub const ADA: &str = "4915550001";
pub const SECRET: &str = "the app's secret";
pub const VERIFY: &str = "prove it";

/// A program with one number, and its webhook.
pub struct Program {
    pub sandbox: TestSandbox,
    pub number: String,
    pub waba: String,
    pub app: String,
    pub token: String,
}

/// A number, a person called Ada, and no webhook yet.
pub async fn program(sandbox: TestSandbox) -> Program {
    let made = sandbox.control("/graph/numbers", json!({"app_secret": SECRET})).await;
    sandbox.control("/graph/people", json!({"phone": ADA, "name": "Ada"})).await;
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    let (number, waba, app) = (text("phone_number_id"), text("waba_id"), text("app_id"));
    Program { token: text("access_token"), number, waba, app, sandbox }
}

impl Program {
    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Reply {
        let kind = if body.is_some() { "application/json" } else { "" };
        self.raw(method, path, kind, body.map(|body| body.to_string()).unwrap_or_default()).await.unwrap()
    }

    pub async fn raw(&self, method: Method, path: &str, kind: &str, body: impl Into<Bytes>) -> Result<Reply, String> {
        let url =
            if path.starts_with("http") { path.to_owned() } else { self.sandbox.url(&format!("/graph/v25.0/{path}")) };
        let request = Request::builder().method(method).uri(url).header("user-agent", "a test");
        let request = request.header("authorization", format!("Bearer {}", self.token));
        let request = if kind.is_empty() { request } else { request.header("content-type", kind) };
        let client = Client::builder(TokioExecutor::new()).build_http();
        let response = client.request(request.body(Full::new(body.into())).unwrap()).await;
        let (parts, body) = response.map_err(|error| error.to_string())?.into_parts();
        let bytes = body.collect().await.map_err(|error| error.to_string())?.to_bytes();
        Ok(Reply { status: parts.status, headers: parts.headers, bytes })
    }

    pub async fn get(&self, path: &str) -> Value {
        let reply = self.call(Method::GET, path, None).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}: {:?}", reply.bytes);
        reply.json()
    }

    /// A POST that must succeed.
    pub async fn post(&self, path: &str, body: Value) -> Value {
        let reply = self.call(Method::POST, path, Some(body.clone())).await;
        assert_eq!(reply.status, StatusCode::OK, "{path} {body}: {:?}", reply.bytes);
        reply.json()
    }

    /// A POST that must fail: its code.
    pub async fn refused(&self, path: &str, body: Value) -> i64 {
        let reply = self.call(Method::POST, path, Some(body.clone())).await;
        assert_ne!(reply.status, StatusCode::OK, "{path} {body}: {:?}", reply.bytes);
        reply.json()["error"]["code"].as_i64().unwrap()
    }

    pub fn message(&self, kind: &str, content: Value) -> Value {
        json!({"messaging_product": "whatsapp", "to": format!("+{ADA}"), "type": kind, kind: content})
    }

    pub fn messages(&self) -> String {
        format!("{}/messages", self.number)
    }

    /// Sends a message to Ada: its id.
    pub async fn sends(&self, kind: &str, content: Value) -> String {
        let sent = self.post(&self.messages(), self.message(kind, content)).await;
        sent["messages"][0]["id"].as_str().unwrap().to_owned()
    }

    /// What Ada does.
    pub async fn ada(&self, what: &str, mut body: Value) -> Value {
        body["number"] = self.number.clone().into();
        self.sandbox.control(&format!("/graph/people/{ADA}/{what}"), body).await
    }

    pub async fn thread(&self) -> Value {
        self.sandbox.get(&format!("/sandbox/graph/threads/{}/{ADA}", self.number)).await
    }

    /// Subscribes a receiver to all of the account.
    pub async fn subscribed(&self, hook: &Hook) {
        let callback = json!({"override_callback_uri": hook.url, "verify_token": VERIFY});
        self.post(&format!("{}/subscribed_apps", self.waba), callback).await;
    }

    /// Template events come to the app's own address only.
    pub async fn app_callback(&self, hook: &Hook) {
        let body = json!({"callback": {"url": hook.url, "verify_token": VERIFY}}).to_string();
        let path = format!("/sandbox/graph/apps/{}", self.app);
        let reply = self.sandbox.raw(Method::PATCH, &path, "application/json", body).await.unwrap();
        assert_eq!(reply.status, StatusCode::OK, "{:?}", reply.bytes);
    }
}

/// A receiver of webhooks: it proves itself, checks signatures, and passes on what it got.
pub struct Hook {
    pub url: String,
    calls: mpsc::UnboundedReceiver<Value>,
    server: AbortHandle,
}

impl Drop for Hook {
    fn drop(&mut self) {
        self.server.abort();
    }
}

pub type Answers = Box<dyn FnMut() -> u16 + Send>;

pub async fn hook(answers: Answers) -> Hook {
    let (sender, calls) = mpsc::unbounded_channel();
    let answers = Arc::new(Mutex::new(answers));
    let challenge = async |Query(query): Query<std::collections::HashMap<String, String>>| {
        if query["hub.verify_token"] == VERIFY && query["hub.mode"] == "subscribe" {
            (StatusCode::OK, query["hub.challenge"].clone())
        } else {
            (StatusCode::FORBIDDEN, String::new())
        }
    };
    let hear = move |headers: HeaderMap, body: Bytes| async move {
        assert_eq!(headers["x-hub-signature-256"], signature(&body));
        drop(sender.send(serde_json::from_slice(&body).unwrap()));
        StatusCode::from_u16(answers.lock().unwrap()()).unwrap()
    };
    let router = axum::Router::new().route("/hook", axum::routing::get(challenge).post(hear));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    Hook { url, calls, server: server.abort_handle() }
}

pub async fn willing_hook() -> Hook {
    hook(Box::new(|| 200)).await
}

fn signature(body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(body);
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={hex}")
}

impl Hook {
    /// The next call, for which nobody should wait long.
    pub async fn call(&mut self) -> Value {
        let next = tokio::time::timeout(std::time::Duration::from_secs(10), self.calls.recv()).await;
        next.expect("a call within ten seconds").expect("the receiver runs")
    }

    /// The only change of the next call: its field and value.
    pub async fn change(&mut self) -> (String, Value) {
        let mut call = self.call().await;
        let change = &mut call["entry"][0]["changes"][0];
        (change["field"].as_str().unwrap().to_owned(), change["value"].take())
    }

    /// The next status: its name and the message's id.
    pub async fn status(&mut self) -> (String, String) {
        let (_, value) = self.change().await;
        let status = &value["statuses"][0];
        (status["status"].as_str().unwrap().to_owned(), status["id"].as_str().unwrap().to_owned())
    }
}
