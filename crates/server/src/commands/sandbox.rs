//! `sandbox`: a Bot API server and a Graph API of our own, in the places of Telegram and WhatsApp.

use std::net::SocketAddr;

use model::{Error, Result};
use serde_json::json;

use crate::{output::Output, serve};

pub async fn run(listen: SocketAddr, output: Output) -> Result<()> {
    let (listener, address) = serve::bind(listen).await?;
    let url = format!("http://{address}");
    output.done(&json!({"url": url}), || {
        vec![
            format!("The sandbox listens on {url}; its phones are on that page."),
            format!("Use it as the Bot API: TELEGRAM_API_BASE_URL={url}"),
            format!("Use it as the Graph API: WHATSAPP_API_BASE_URL={url}/graph"),
        ]
    })?;
    sandbox::serve(listener, sandbox::Options::default(), serve::interrupted())
        .await
        .map_err(|e| Error::internal("the sandbox ended").with_source(e))
}
