//! The settings as values: all of them are checked before the first socket is opened.

use std::{fmt, net::SocketAddr, path::PathBuf, str::FromStr, time::Duration};

use engine::retention::Kept;
use model::{Rate, Result};
use secrecy::SecretString;
use store::Cipher;
use transport::{Mailer, WrongMail};
use url::Url;

use super::resolve::Resolved;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

/// What a process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Roles {
    /// It answers the API, webhooks and MCP.
    pub api: bool,
    /// It delivers, processes and polls: everything that runs by itself.
    pub engine: bool,
}

impl fmt::Display for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.api, self.engine) {
            (true, false) => "api",
            (false, true) => "engine",
            _ => "api,engine",
        })
    }
}

/// Everything that can be set.
#[derive(Debug, Clone)]
pub struct Settings {
    pub roles: Roles,
    pub node_name: Option<String>,
    pub listen_addr: SocketAddr,
    /// Without a slash at the end.
    pub base_url: String,
    pub database_url: String,
    pub data_dir: PathBuf,
    pub field_encryption_key: Option<SecretString>,
    pub secret_key: Option<SecretString>,
    /// Without a slash at the end.
    pub telegram_api_base_url: String,
    /// Without a slash at the end.
    pub whatsapp_api_base_url: String,
    pub bot_rate: Rate,
    pub total_rate: Option<Rate>,
    pub chat_rate: Rate,
    pub group_rate: Rate,
    pub max_retries: u32,
    pub request_timeout: Duration,
    /// `file:///folder` or `s3://bucket/folder`.
    pub storage_url: String,
    pub kept: Kept,
    pub metrics_token: Option<SecretString>,
    /// Whether outgoing webhooks may lead into private networks.
    pub webhook_allow_private: bool,
    /// Where the operator named a mail server.
    pub mailer: Option<Mailer>,
}

impl Settings {
    /// Reads every value, or says which one is wrong and why.
    pub fn read(resolved: &Resolved) -> Result<Self> {
        let data_dir = PathBuf::from(resolved.get("DATA_DIR").unwrap_or("./data"));
        let settings = Self {
            roles: roles(resolved)?,
            node_name: node_name(resolved)?,
            listen_addr: parsed(resolved, "LISTEN_ADDR", "an address and port such as 127.0.0.1:8000")?,
            base_url: base_url(resolved, "BASE_URL")?,
            database_url: database_url(resolved, &data_dir)?,
            field_encryption_key: field_encryption_key(resolved)?,
            secret_key: secret_key(resolved)?,
            telegram_api_base_url: base_url(resolved, "TELEGRAM_API_BASE_URL")?,
            whatsapp_api_base_url: base_url(resolved, "WHATSAPP_API_BASE_URL")?,
            bot_rate: rate(resolved, "TELEGRAM_RATE_LIMIT")?.unwrap_or(Rate::per_minute(30)),
            total_rate: rate(resolved, "TELEGRAM_TOTAL_RATE_LIMIT")?,
            chat_rate: rate(resolved, "TELEGRAM_CHAT_RATE_LIMIT")?.unwrap_or(Rate::per_second(1)),
            group_rate: rate(resolved, "TELEGRAM_GROUP_RATE_LIMIT")?.unwrap_or(Rate::per_minute(20)),
            max_retries: within(resolved, "TELEGRAM_MAX_RETRIES", 0, 20)?,
            request_timeout: Duration::from_secs(within(resolved, "TELEGRAM_REQUEST_TIMEOUT", 1, 300)?.into()),
            storage_url: storage_url(resolved, &data_dir)?,
            kept: Kept {
                event_days: days(resolved, "EVENT_RETENTION_DAYS")?,
                held_days: days(resolved, "DELIVERY_RETENTION_DAYS")?,
                feed_days: days(resolved, "FEED_RETENTION_DAYS")?,
                recipient_days: days(resolved, "RECIPIENT_RETENTION_DAYS")?,
                import_row_days: days(resolved, "IMPORT_RETENTION_DAYS")?,
            },
            metrics_token: resolved.get("METRICS_TOKEN").map(Into::into),
            webhook_allow_private: parsed(resolved, "WEBHOOK_ALLOW_PRIVATE", "true or false")?,
            mailer: mailer(resolved)?,
            data_dir,
        };
        log_format(resolved)?;
        if resolved.get("OTEL_EXPORTER_OTLP_ENDPOINT").is_some() {
            base_url(resolved, "OTEL_EXPORTER_OTLP_ENDPOINT")?;
        }
        if settings.database_url.starts_with("postgres") {
            both_keys(resolved)?;
        } else if !(settings.roles.api && settings.roles.engine) {
            let what = "on SQLite one process does everything; roles are split on PostgreSQL";
            return Err(resolved.wrong("ROLE", what));
        }
        Ok(settings)
    }
}

/// How to log, when it was set.
pub(crate) fn log_format(resolved: &Resolved) -> Result<Option<LogFormat>> {
    match resolved.get("LOG_FORMAT") {
        None => Ok(None),
        Some("text") => Ok(Some(LogFormat::Text)),
        Some("json") => Ok(Some(LogFormat::Json)),
        Some(_) => Err(resolved.wrong("LOG_FORMAT", "write text or json")),
    }
}

/// Several nodes must share their keys, so none may make its own.
fn both_keys(resolved: &Resolved) -> Result<()> {
    for name in ["FIELD_ENCRYPTION_KEY", "SECRET_KEY"] {
        if resolved.get(name).is_none() {
            let what = "must be set when DATABASE_URL is PostgreSQL, since all nodes share it; \
                        \"openssl rand -base64 32\" makes one";
            return Err(resolved.wrong(name, what));
        }
    }
    Ok(())
}

/// The mail server and the sender go together.
fn mailer(resolved: &Resolved) -> Result<Option<Mailer>> {
    let (url, from) = match (resolved.get("SMTP_URL"), resolved.get("MAIL_FROM")) {
        (None, None) => return Ok(None),
        (Some(url), Some(from)) => (url, from),
        (Some(_), None) => return Err(resolved.wrong("MAIL_FROM", "must be set when SMTP_URL is")),
        (None, Some(_)) => return Err(resolved.wrong("SMTP_URL", "must be set when MAIL_FROM is")),
    };
    let mailer = Mailer::new(&url.into(), from);
    mailer.map(Some).map_err(|wrong| match wrong {
        WrongMail::Url(what) => resolved.wrong("SMTP_URL", what),
        WrongMail::From(what) => resolved.wrong("MAIL_FROM", what),
    })
}

fn roles(resolved: &Resolved) -> Result<Roles> {
    let names: Vec<&str> = resolved.get("ROLE").unwrap_or_default().split(',').map(str::trim).collect();
    let roles = Roles { api: names.contains(&"api"), engine: names.contains(&"engine") };
    if names.iter().all(|name| matches!(*name, "api" | "engine")) {
        Ok(roles)
    } else {
        Err(resolved.wrong("ROLE", "write api, engine or api,engine"))
    }
}

fn node_name(resolved: &Resolved) -> Result<Option<String>> {
    match resolved.get("NODE_NAME").map(str::trim) {
        Some(name) if name.is_empty() || name.len() > 64 || name.contains(char::is_control) => {
            Err(resolved.wrong("NODE_NAME", "write 1 to 64 characters"))
        }
        name => Ok(name.map(str::to_owned)),
    }
}

fn parsed<T: FromStr>(resolved: &Resolved, name: &str, what: &str) -> Result<T> {
    let text = resolved.get(name).unwrap_or_default();
    text.trim().parse().map_err(|_| resolved.wrong(name, format!("\"{text}\" is not {what}")))
}

fn within(resolved: &Resolved, name: &str, low: u32, high: u32) -> Result<u32> {
    let what = format!("a whole number from {low} to {high}");
    let number: u32 = parsed(resolved, name, &what)?;
    if (low..=high).contains(&number) {
        Ok(number)
    } else {
        Err(resolved.wrong(name, format!("{number} is not {what}")))
    }
}

/// Telegram repeats an update that it saw no answer to for a day: nothing may be forgotten that soon.
fn days(resolved: &Resolved, name: &str) -> Result<u32> {
    match within(resolved, name, 0, 36_500)? {
        1 => Err(resolved.wrong(name, "keep it for at least 2 days, or write 0 to keep it for ever")),
        days => Ok(days),
    }
}

fn rate(resolved: &Resolved, name: &str) -> Result<Option<Rate>> {
    let Some(text) = resolved.get(name) else { return Ok(None) };
    text.parse().map(Some).map_err(|e: model::Error| resolved.wrong(name, e.message()))
}

fn base_url(resolved: &Resolved, name: &str) -> Result<String> {
    let text = resolved.get(name).unwrap_or_default().trim().trim_end_matches('/');
    let is_good = Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https") && url.has_host() && url.query().is_none() && url.fragment().is_none()
    });
    if is_good {
        Ok(text.to_owned())
    } else {
        Err(resolved.wrong(name, format!("\"{text}\" is not an http or https address")))
    }
}

fn database_url(resolved: &Resolved, data_dir: &std::path::Path) -> Result<String> {
    let Some(url) = resolved.get("DATABASE_URL") else {
        return Ok(format!("sqlite://{}", data_dir.join("jina-connect.db").display()));
    };
    let known = ["sqlite://", "postgres://", "postgresql://"];
    if known.iter().any(|scheme| url.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty())) {
        return Ok(url.to_owned());
    }
    // The value is not shown: it may hold a password.
    Err(resolved.wrong("DATABASE_URL", "must begin with sqlite:// or postgres://"))
}

fn field_encryption_key(resolved: &Resolved) -> Result<Option<SecretString>> {
    let Some(key) = resolved.get("FIELD_ENCRYPTION_KEY").map(SecretString::from) else { return Ok(None) };
    let what =
        "must be base64 of 32 bytes, or several of these with commas between; \"openssl rand -base64 32\" makes one";
    Cipher::from_base64(&key).map_err(|_| resolved.wrong("FIELD_ENCRYPTION_KEY", what))?;
    Ok(Some(key))
}

fn secret_key(resolved: &Resolved) -> Result<Option<SecretString>> {
    match resolved.get("SECRET_KEY") {
        Some(key) if key.chars().count() < 32 => Err(resolved.wrong("SECRET_KEY", "must have at least 32 characters")),
        key => Ok(key.map(Into::into)),
    }
}

fn storage_url(resolved: &Resolved, data_dir: &std::path::Path) -> Result<String> {
    let Some(url) = resolved.get("STORAGE_URL") else {
        return Ok(format!("file://{}", data_dir.join("media").display()));
    };
    let known = ["file://", "s3://"];
    if known.iter().any(|scheme| url.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty())) {
        return Ok(url.to_owned());
    }
    Err(resolved.wrong("STORAGE_URL", "must begin with file:// or s3://"))
}
