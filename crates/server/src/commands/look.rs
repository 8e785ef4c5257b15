//! `config` and `openapi`: what is in force, and what the API offers.

use model::Result;
use serde_json::{Map, Value, json};

use crate::{
    output::{self, Output},
    settings::{Resolved, SETTINGS, Settings},
};

/// Prints every setting with its origin, secrets masked; wrong ones are named.
pub fn config(resolved: &Resolved, output: Output) -> Result<()> {
    Settings::read(resolved).map_err(output::wrong_use)?;
    let mut document = Map::new();
    let mut lines = Vec::new();
    for setting in SETTINGS {
        let value = shown(resolved.get(setting.name), setting.is_secret);
        let origin = resolved.origin(setting.name).map_or("not set".to_owned(), |o| o.to_string());
        lines.push(format!("{:<29} {:<40} # {origin}", setting.name, value.as_deref().unwrap_or("-")));
        document.insert(setting.name.to_owned(), json!({"value": value, "origin": origin}));
    }
    output.done(&Value::Object(document), || lines)
}

/// A secret is only said to be there; a password within an address is masked.
fn shown(value: Option<&str>, is_secret: bool) -> Option<String> {
    let value = value?;
    if is_secret {
        return Some("***".into());
    }
    match url::Url::parse(value) {
        Ok(mut url) if url.password().is_some() => {
            // Fails only for addresses that can't have a password.
            let _ = url.set_password(Some("***"));
            Some(url.to_string())
        }
        _ => Some(value.to_owned()),
    }
}

/// Prints the OpenAPI description.
pub fn openapi() -> Result<()> {
    output::write(&format!("{:#}", api::openapi()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked() {
        assert_eq!(shown(Some("abc"), true).as_deref(), Some("***"));
        assert_eq!(shown(Some("postgres://a:b@host/db"), false).as_deref(), Some("postgres://a:***@host/db"));
        assert_eq!(shown(Some("127.0.0.1:8000"), false).as_deref(), Some("127.0.0.1:8000"));
    }
}
