//! A service with MCP in this process, and a client of it.

use axum::http::HeaderMap;
use serde_json::{Value, json};
use testkit::{Answer, Client, TestApp, TestDb, TestSettings};

pub const HOST: (&str, &str) = ("host", "jina.test");
pub const ACCEPT: (&str, &str) = ("accept", "application/json, text/event-stream");

/// The service, and the owner of its tenant.
pub struct World {
    pub app: TestApp,
    pub owner: Mcp,
}

impl World {
    pub async fn start(db: TestDb) -> Self {
        Self::start_with(db, |_| {}).await
    }

    pub async fn start_with(db: TestDb, change: impl FnOnce(&mut TestSettings)) -> Self {
        let mut app = TestApp::start_with(db, change).await;
        let options = api::Options { mcp: Some(mcp::routes(&app.app)), ..api::Options::default() };
        app.router = api::router(app.app.clone(), options);
        let owner = Mcp(app.with_token(app.owner().token()));
        Self { app, owner }
    }

    /// A client with this token.
    pub fn client(&self, token: &str) -> Mcp {
        Mcp(self.app.with_token(token))
    }
}

/// An MCP client.
pub struct Mcp(pub Client);

impl Mcp {
    /// A message as it stands, with further headers.
    pub async fn post(&self, headers: &[(&str, &str)], message: Value) -> Answer {
        let headers: Vec<_> = [HOST, ACCEPT].iter().chain(headers).copied().collect();
        self.0.post_with("/mcp", &headers, message.to_string()).await
    }

    /// The result of a request.
    pub async fn ask(&self, method: &str, params: Value) -> Value {
        let answer = self.post(&[], json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})).await;
        assert_eq!(answer.status, 200, "{method}: {}", answer.json());
        answer.json()["result"].clone()
    }

    /// The whole result of a tool, good or bad.
    pub async fn tool(&self, name: &str, arguments: Value) -> Value {
        self.ask("tools/call", json!({"name": name, "arguments": arguments})).await
    }

    /// The structured result of a tool that must succeed.
    pub async fn call(&self, name: &str, arguments: Value) -> Value {
        let result = self.tool(name, arguments).await;
        assert_eq!(result["isError"], false, "{name}: {result}");
        result["structuredContent"].clone()
    }

    /// The words of a tool that must fail.
    pub async fn fails(&self, name: &str, arguments: Value) -> String {
        let result = self.tool(name, arguments).await;
        assert_eq!(result["isError"], true, "{name}: {result}");
        assert_eq!(result["structuredContent"], Value::Null, "{name}: {result}");
        result["content"][0]["text"].as_str().unwrap_or_default().to_owned()
    }

    /// Begins a session; the answer's headers.
    pub async fn initialize(&self) -> HeaderMap {
        let answer = self.post(&[], initialize()).await;
        assert_eq!(answer.status, 200, "{}", answer.json());
        answer.headers
    }
}

pub fn initialize() -> Value {
    let params =
        json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}});
    json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params})
}
