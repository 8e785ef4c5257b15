//! Bare servers: what the same frameworks do when nothing is decided and nothing is kept.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Instant,
};

use anyhow::Result;
use axum::{Router, body::Bytes, http::header, response::IntoResponse, routing::post};
use tokio::{net::TcpListener, task::JoinHandle};

/// A server on a port of its own; it ends with this value.
#[derive(Debug)]
pub struct Server {
    pub url: String,
    serving: JoinHandle<()>,
}

impl Server {
    pub async fn start(router: Router) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let service = axum::serve(
            axum::serve::ListenerExt::tap_io(listener, |stream| {
                // Both sides alike; a socket that refuses is served all the same.
                drop(stream.set_nodelay(true));
            }),
            router,
        );
        let serving = tokio::spawn(async move {
            // It never ends by itself.
            drop(service.await);
        });
        Ok(Self { url, serving })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Reads the body and answers 200.
pub async fn handler() -> Result<Server> {
    Server::start(Router::new().fallback(post(|_: Bytes| async { r#"{"ok":true}"# }))).await
}

/// A Bot API that takes every message at once: far faster than the sandbox, so that what is measured is the sender.
#[derive(Debug)]
pub struct Telegram {
    pub server: Server,
    calls: Arc<AtomicI64>,
}

impl Telegram {
    pub async fn start() -> Result<Self> {
        let calls = Arc::new(AtomicI64::new(0));
        let counted = calls.clone();
        let router = Router::new().fallback(post(move |_: Bytes| {
            let number = counted.fetch_add(1, Ordering::Relaxed) + 1;
            async move { sent(number) }
        }));
        Ok(Self { server: Server::start(router).await?, calls })
    }

    /// Calls so far.
    pub fn calls(&self) -> i64 {
        self.calls.load(Ordering::Relaxed)
    }
}

/// One that notes when what came.
#[derive(Debug)]
pub struct Watched {
    pub server: Server,
    calls: Arc<Mutex<Vec<Call>>>,
}

/// A call that came.
#[derive(Debug, Clone, Copy)]
pub struct Call {
    pub at: Instant,
    pub is_marked: bool,
}

impl Watched {
    /// A message with these words is marked.
    pub const MARK: &str = "An answer, number";

    pub async fn start() -> Result<Self> {
        let calls: Arc<Mutex<Vec<Call>>> = Arc::default();
        let noted = calls.clone();
        let router = Router::new().fallback(post(move |body: Bytes| {
            let is_marked = body.windows(Self::MARK.len()).any(|words| words == Self::MARK.as_bytes());
            let mut calls = noted.lock().unwrap_or_else(PoisonError::into_inner);
            calls.push(Call { at: Instant::now(), is_marked });
            let number = calls.len() as i64;
            async move { sent(number) }
        }));
        Ok(Self { server: Server::start(router).await?, calls })
    }

    /// All calls so far, oldest first.
    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Both channels' answers in one: each reads its own.
fn sent(number: i64) -> impl IntoResponse {
    let body = format!(
        r#"{{"messaging_product":"whatsapp","messages":[{{"id":"wamid.{number}"}}],"ok":true,"result":{{"message_id":{number},"from":{{"id":1,"is_bot":true,"first_name":"Bot"}},"chat":{{"id":7,"type":"private","first_name":"Ada"}},"date":1767225600,"text":"hello"}}}}"#
    );
    ([(header::CONTENT_TYPE, "application/json")], body)
}
