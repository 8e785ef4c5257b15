//! Bare servers: what the same frameworks do when nothing is decided and nothing is kept.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
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

fn sent(number: i64) -> impl IntoResponse {
    let body = format!(
        r#"{{"ok":true,"result":{{"message_id":{number},"from":{{"id":1,"is_bot":true,"first_name":"Bot"}},"chat":{{"id":7,"type":"private","first_name":"Ada"}},"date":1767225600,"text":"hello"}}}}"#
    );
    ([(header::CONTENT_TYPE, "application/json")], body)
}
