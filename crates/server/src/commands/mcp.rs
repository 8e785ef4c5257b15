//! `mcp`: the MCP tools for one client over standard input and output. Messages leave through the server, when it runs.

use model::{Error, Result};
use secrecy::SecretString;

use super::Context;

const KEY: &str = "JINA_API_KEY";

pub async fn run(context: &Context) -> Result<()> {
    let key = std::env::var(KEY).ok().filter(|key| !key.trim().is_empty());
    let key = key.ok_or_else(|| {
        Error::invalid(format!("{KEY} is not set. Make a key with \"jina-connect key create\" and put it there."))
    })?;
    let key = SecretString::from(key.trim().to_owned());
    mcp::serve_stdio(&context.app, key).await.map_err(|error| match error.kind() {
        model::ErrorKind::Unauthenticated => Error::invalid(format!(
            "The key in {KEY} is wrong, expired or revoked. Make one with \"jina-connect key create\"."
        )),
        _ => error,
    })
}
