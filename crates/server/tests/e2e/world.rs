//! Telegram's side: the sandbox on a socket of its own, and people who write.

use std::{collections::HashMap, sync::Arc, time::Duration};

use sandbox::{Options, Sandbox};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// How long anything may take to come about.
pub const PATIENCE: Duration = Duration::from_secs(150);

/// A Bot API server with its people.
#[derive(Debug, Clone)]
pub struct World {
    pub url: String,
    http: reqwest::Client,
    _sandbox: Arc<Sandbox>,
}

impl World {
    pub async fn start() -> Self {
        let sandbox = Sandbox::new(Options { time_scale: 0.05, ..Options::default() });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let served = sandbox.clone();
        tokio::spawn(async move { served.serve(listener, std::future::pending()).await });
        Self { url, http: client(), _sandbox: Arc::new(sandbox) }
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        let response = self.http.post(format!("{}/sandbox/{path}", self.url)).json(&body).send().await.unwrap();
        let status = response.status();
        let answer: Value = response.json().await.unwrap();
        assert!(status.is_success(), "sandbox {path}: {status} {answer}");
        answer
    }

    pub async fn get(&self, path: &str) -> Value {
        let response = self.http.get(format!("{}/sandbox/{path}", self.url)).send().await.unwrap();
        response.json().await.unwrap()
    }

    /// A person who started the bot.
    pub async fn person(&self, first_name: &str, bot: i64) -> i64 {
        let id = self.post("users", json!({"first_name": first_name})).await["id"].as_i64().unwrap();
        self.post(&format!("users/{id}/start"), json!({"bot": bot})).await;
        id
    }

    pub async fn says(&self, user: i64, bot: i64, text: &str) {
        self.post(&format!("users/{user}/send"), json!({"bot": bot, "text": text})).await;
    }

    /// Calls of a method that arrived, oldest first.
    pub async fn calls(&self, method: &str) -> Vec<Value> {
        let mut all = Vec::new();
        let mut since = 0;
        loop {
            let page = self.get(&format!("calls?method={method}&since={since}&limit=10000")).await;
            let calls = page["calls"].as_array().unwrap().clone();
            if calls.is_empty() {
                return all;
            }
            since = page["next"].as_i64().unwrap();
            all.extend(calls);
        }
    }

    /// Calls of the Graph API that arrived, oldest first.
    pub async fn graph_calls(&self) -> Vec<Value> {
        self.get("graph/calls").await["calls"].as_array().unwrap().clone()
    }

    /// How often each chat really got a message.
    pub async fn received(&self) -> HashMap<i64, usize> {
        let mut counts = HashMap::new();
        for call in self.calls("sendMessage").await {
            if call["outcome"]["ok"] == true || call["ok"] == true {
                let chat = &call["params"]["chat_id"];
                let chat = chat.as_i64().or_else(|| chat.as_str().and_then(|c| c.parse().ok())).unwrap();
                *counts.entry(chat).or_default() += 1;
            }
        }
        counts
    }
}

/// A client for http on this machine.
pub fn client() -> reqwest::Client {
    // Fails when another test of the process has done it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().timeout(Duration::from_secs(60)).build().unwrap()
}

/// Waits until a condition holds, and fails when it does not come about.
pub async fn until<F, Fut>(what: &str, holds: F)
where
    F: FnMut() -> Fut,
    Fut: Future<Output = bool>,
{
    until_within(PATIENCE, what, holds).await;
}

/// [`until`], with more patience: for what takes minutes.
pub async fn until_within<F, Fut>(patience: Duration, what: &str, mut holds: F)
where
    F: FnMut() -> Fut,
    Fut: Future<Output = bool>,
{
    let deadline = tokio::time::Instant::now() + patience;
    while !holds().await {
        assert!(tokio::time::Instant::now() < deadline, "in vain waited until {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
