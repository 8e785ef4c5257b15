//! `config` and `openapi`: what is in force, and what the API offers.

use clap_complete::Shell;
use model::Result;
use serde_json::{Map, Value, json};
use url::Url;

use crate::{
    cli,
    output::{self, Output},
    secrets,
    settings::{Resolved, SETTINGS, Settings},
};

/// Prints every setting with its origin, secrets masked; wrong ones are named.
pub fn config(resolved: &Resolved, output: Output) -> Result<()> {
    let settings = Settings::read(resolved).map_err(output::wrong_use)?;
    let mut document = Map::new();
    let mut lines = Vec::new();
    for setting in SETTINGS {
        let (value, origin) = match resolved.get(setting.name) {
            Some(value) => {
                (Some(shown(value, setting.is_secret)), resolved.origin(setting.name).map(|o| o.to_string()))
            }
            None => worked_out(setting.name, &settings),
        };
        let origin = origin.unwrap_or_else(|| "not set".to_owned());
        lines.push(format!("{:<29} {:<40} # {origin}", setting.name, value.as_deref().unwrap_or("-")));
        document.insert(setting.name.to_owned(), json!({"value": value, "origin": origin}));
    }
    output.done(&Value::Object(document), || lines)
}

/// What holds where nothing was set and the default depends on other settings.
fn worked_out(name: &str, settings: &Settings) -> (Option<String>, Option<String>) {
    let key = |file: &str| {
        let path = settings.data_dir.join(file);
        let origin = if path.exists() { "kept in" } else { "to be made in" };
        (Some("***".to_owned()), Some(format!("{origin} {}", path.display())))
    };
    match name {
        "DATABASE_URL" => (Some(settings.database_url.clone()), Some("default".into())),
        "STORAGE_URL" => (Some(settings.storage_url.clone()), Some("default".into())),
        "FIELD_ENCRYPTION_KEY" => key(secrets::FIELD_ENCRYPTION_FILE),
        "SECRET_KEY" => key(secrets::SECRET_FILE),
        _ => (None, None),
    }
}

/// A secret is only said to be there; a password within an address is masked.
fn shown(value: &str, is_secret: bool) -> String {
    if is_secret { "***".into() } else { without_password(value) }
}

/// `scheme://user:***@host`, and no secret among the parameters.
fn without_password(value: &str) -> String {
    match Url::parse(value) {
        // A strange password can make an address seem to have none: then its rest looks like a path.
        Ok(url) if !url.path().contains('@') => masked(value, url),
        _ => match value.rsplit_once('@') {
            Some((login, host)) if login.contains("://") => {
                let user = login.split_once("://").map_or("", |(_, login)| login.split(':').next().unwrap_or_default());
                format!("{}://{user}:***@{host}", login.split("://").next().unwrap_or_default())
            }
            _ => value.to_owned(),
        },
    }
}

fn masked(value: &str, mut url: Url) -> String {
    let is_secret = |pair: &str| pair.split_once('=').is_some_and(|(name, _)| is_secret_name(name));
    let query = url.query().filter(|query| query.split('&').any(is_secret)).map(|query| {
        let shown = |pair: &str| match pair.split_once('=') {
            Some((name, _)) if is_secret_name(name) => format!("{name}=***"),
            _ => pair.to_owned(),
        };
        query.split('&').map(shown).collect::<Vec<_>>().join("&")
    });
    if url.password().is_none() && query.is_none() {
        return value.to_owned();
    }
    if url.password().is_some() {
        // Fails only for addresses that can't have a password.
        let _ = url.set_password(Some("***"));
    }
    if let Some(query) = query {
        url.set_query(Some(&query));
    }
    url.to_string()
}

fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["password", "secret", "key", "token"].iter().any(|word| name.contains(word))
}

/// Prints what a shell needs to complete our commands.
pub fn completions(shell: Shell, output: Output) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut cli::command(), "jina-connect", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    output.done(&json!({"shell": shell.to_string(), "script": script}), || vec![script.trim_end().to_owned()])
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
        let table = [
            ("postgres://a:b@host/db", "postgres://a:***@host/db"),
            ("postgres://a:p/w?d@x@host/db", "postgres://a:***@host/db"),
            ("postgres://a:p/w@x@host/db?sslmode=require", "postgres://a:***@host/db?sslmode=require"),
            ("postgres://a@host/db?password=b&sslmode=require", "postgres://a@host/db?password=***&sslmode=require"),
            ("postgres://host/db", "postgres://host/db"),
            ("postgres://a:12/3@host/db", "postgres://a:***@host/db"),
            ("http://localhost:8000", "http://localhost:8000"),
            ("127.0.0.1:8000", "127.0.0.1:8000"),
        ];
        for (value, masked) in table {
            assert_eq!(shown(value, false), masked);
        }
        assert_eq!(shown("abc", true), "***");
    }
}
