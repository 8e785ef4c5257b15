//! MCP: tools with which an agent does what the API does, over HTTP and over standard input and output.
//!
//! Thin over `app`: a tool reads its arguments, asks for the right that it needs, calls a use case and shows what came of
//! it. Over HTTP, whoever mounts [`routes`] has found out who asks and left the [`app::accounts::Identity`] in the request.

mod answer;
mod argument;
mod caller;
mod clean;
mod cursor;
mod limits;
mod schema;
mod server;
mod tool;
mod tools;

use std::sync::Arc;

use app::App;
use axum::Router;
use model::{Error, Result};
use rmcp::{
    ServiceExt,
    service::ServerInitializeError,
    transport::{
        stdio,
        streamable_http_server::{
            StreamableHttpServerConfig, StreamableHttpService, session::never::NeverSessionManager,
        },
    },
};
use secrecy::{ExposeSecret, SecretString};

use server::Server;

/// `/mcp` over HTTP, for a front that has authenticated the request.
///
/// Every request stands for itself, so that any node can answer it. The host is not checked: no request gets here without
/// a token, which a web page that plays tricks with names does not have.
pub fn routes(app: &App) -> Router {
    let server = Server::new(app.clone(), None);
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .disable_allowed_hosts();
    let service =
        StreamableHttpService::new(move || Ok(server.clone()), Arc::new(NeverSessionManager::default()), config);
    Router::new().route_service("/mcp", service)
}

/// Serves one client over standard input and output, until it hangs up. The key is checked first, and again at every call.
pub async fn serve_stdio(app: &App, key: SecretString) -> Result<()> {
    app::accounts::authenticate(app, key.expose_secret(), None).await?;
    let service = match Server::new(app.clone(), Some(key)).serve(stdio()).await {
        Ok(service) => service,
        // It hung up before it said a word.
        Err(ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
        Err(_) => return Err(Error::invalid("The client did not begin with initialize, as MCP clients do.")),
    };
    service.waiting().await.map_err(|e| Error::internal("the session ended unexpectedly").with_source(e))?;
    Ok(())
}
