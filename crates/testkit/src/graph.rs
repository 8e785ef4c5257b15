//! A Graph API in Meta's place, which does what a test tells it, and deliveries signed as Meta signs them.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{Response, StatusCode},
};
use hmac::{Hmac, KeyInit, Mac};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::{net::TcpListener, task::AbortHandle};

use crate::{Answer, Client};

/// One call that arrived.
#[derive(Debug, Clone)]
pub struct GraphCall {
    /// For example `POST 77/messages`, behind the version and without a query.
    pub what: String,
    pub body: Value,
    pub token: String,
}

#[derive(Debug, Default)]
struct Shared {
    calls: Mutex<Vec<GraphCall>>,
    /// Answers for the next messages; `None` closes the connection without one.
    answers: Mutex<VecDeque<Option<(u16, Value)>>>,
    templates: Mutex<Vec<Value>>,
}

/// The Graph API. It ends with this value.
#[derive(Debug)]
pub struct Graph {
    pub url: String,
    shared: Arc<Shared>,
    server: AbortHandle,
}

impl Drop for Graph {
    fn drop(&mut self) {
        self.server.abort();
    }
}

const WORKS: &str = "the Graph API in Meta's place works";

impl Graph {
    pub async fn start() -> Self {
        let shared = Arc::new(Shared::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect(WORKS);
        let url = format!("http://{}/graph", listener.local_addr().expect(WORKS));
        let router = Router::new().fallback(answer).with_state(shared.clone());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.expect(WORKS) });
        Self { url, shared, server: server.abort_handle() }
    }

    /// The calls of one kind, such as `POST 77/messages`, oldest first.
    pub fn calls(&self, what: &str) -> Vec<GraphCall> {
        let calls = self.shared.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.iter().filter(|call| call.what == what).cloned().collect()
    }

    /// How the next message is answered.
    pub fn next(&self, status: u16, body: Value) {
        self.shared.answers.lock().unwrap_or_else(PoisonError::into_inner).push_back(Some((status, body)));
    }

    /// How the next message is answered: by an error of this code.
    pub fn next_error(&self, code: i64) {
        self.next(400, json!({"error": {"code": code, "message": format!("(#{code}) No"), "type": "OAuthException"}}));
    }

    /// The next message's answer is lost.
    pub fn lose_next(&self) {
        self.shared.answers.lock().unwrap_or_else(PoisonError::into_inner).push_back(None);
    }

    /// A template that the account has.
    pub fn template(&self, template: Value) {
        self.shared.templates.lock().unwrap_or_else(PoisonError::into_inner).push(template);
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let path = head.uri.path().strip_prefix("/graph/v25.0/").unwrap_or_default().to_owned();
    let token = head.headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let call = GraphCall {
        what: format!("{} {path}", head.method),
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
        token: token.trim_start_matches("Bearer ").to_owned(),
    };
    let number = {
        let mut calls = shared.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.push(call.clone());
        calls.len()
    };
    let (status, body) = judge(&shared, &call, &path, number);
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = StatusCode::from_u16(status).expect(WORKS);
    if status == 599 {
        // Cut off in the middle: the head promises more than comes.
        let broken = Body::from_stream(tokio_stream::iter([Err::<Bytes, _>(std::io::Error::other("lost"))]));
        return Response::builder().status(200).header("content-length", "100").body(broken).expect(WORKS);
    }
    response
}

fn judge(shared: &Shared, call: &GraphCall, path: &str, number: usize) -> (u16, Value) {
    if call.token.starts_with("bad") {
        return (401, json!({"error": {"code": 190, "message": "Invalid OAuth access token"}}));
    }
    match (call.what.split(' ').next().unwrap_or_default(), path.split('/').nth(1)) {
        ("GET", None) => (
            200,
            json!({"display_phone_number": "+1 555-078-3881", "verified_name": "Acme",
            "quality_rating": "GREEN", "status": "CONNECTED"}),
        ),
        ("POST", Some("messages")) if call.body["status"].is_null() => {
            let next = shared.answers.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            match next {
                Some(Some(answer)) => answer,
                Some(None) => (599, Value::Null),
                None => {
                    (200, json!({"messaging_product": "whatsapp", "messages": [{"id": format!("wamid.out{number}")}]}))
                }
            }
        }
        ("POST", Some("message_templates")) => (200, json!({"id": number.to_string(), "status": "PENDING"})),
        ("GET", Some("message_templates")) => {
            let templates = shared.templates.lock().unwrap_or_else(PoisonError::into_inner).clone();
            (200, json!({"data": templates, "paging": {"cursors": {"after": "x"}}}))
        }
        ("POST", Some("media")) => (200, json!({"id": "900"})),
        _ => (200, json!({"success": true})),
    }
}

/// Posts a delivery with the signature that `secret` makes.
pub async fn deliver(client: &Client, path: &str, secret: &str, body: &Value) -> Answer {
    let body = body.to_string();
    client.post_with(path, &[("x-hub-signature-256", &signature(secret, body.as_bytes()))], body).await
}

/// The value of the header that signs a body.
pub fn signature(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of every length");
    mac.update(body);
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={hex}")
}

/// A delivery of one account's field `messages`.
pub fn delivery(waba_id: &str, phone_number_id: &str, value: Value) -> Value {
    let mut all = json!({"messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550783881", "phone_number_id": phone_number_id}});
    all.as_object_mut().expect(WORKS).extend(value.as_object().expect(WORKS).clone());
    json!({"object": "whatsapp_business_account",
        "entry": [{"id": waba_id, "changes": [{"field": "messages", "value": all}]}]})
}
