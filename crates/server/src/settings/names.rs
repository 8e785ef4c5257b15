//! Every setting: its name, its default, and what it means. `--help`, `config` and the checks all read this table.

/// A setting of the environment, of the file, or of a flag.
#[derive(Debug)]
pub struct Setting {
    pub name: &'static str,
    /// Shown by `config`; `None` when the default is made at start or there is none.
    pub default: Option<&'static str>,
    pub is_secret: bool,
    pub help: &'static str,
}

const fn setting(name: &'static str, default: Option<&'static str>, help: &'static str) -> Setting {
    Setting { name, default, is_secret: false, help }
}

const fn secret(name: &'static str, help: &'static str) -> Setting {
    Setting { name, default: None, is_secret: true, help }
}

/// All settings, in the order in which they are shown.
pub const SETTINGS: &[Setting] = &[
    setting("ROLE", Some("api,engine"), "What this process does: api, engine, or both; one alone needs PostgreSQL"),
    setting("NODE_NAME", None, "How /healthz and the log call this process; default: the first characters of its id"),
    setting("LISTEN_ADDR", Some("127.0.0.1:8000"), "Address to listen on"),
    setting("BASE_URL", Some("http://localhost:8000"), "Public address, used for webhooks and links"),
    setting("DATABASE_URL", None, "sqlite:///path or postgres://…; default: a file in DATA_DIR"),
    setting("DATA_DIR", Some("./data"), "Folder of the database, media and generated keys"),
    secret("FIELD_ENCRYPTION_KEY", "Base64 of 32 bytes; several with commas, the first encrypts; made on first start"),
    secret("SECRET_KEY", "At least 32 characters; signs access tokens; made on first start"),
    setting(
        "TELEGRAM_API_BASE_URL",
        Some("https://api.telegram.org"),
        "The Bot API: Telegram's, a local one, or the sandbox",
    ),
    setting("TELEGRAM_RATE_LIMIT", Some("30/min"), "Rate limit of every bot without one of its own: N/s, N/min or N/h"),
    setting("TELEGRAM_TOTAL_RATE_LIMIT", None, "One more limit, over all bots together"),
    setting("TELEGRAM_CHAT_RATE_LIMIT", Some("1/s"), "Rate limit to one chat"),
    setting("TELEGRAM_GROUP_RATE_LIMIT", Some("20/min"), "Rate limit to one group"),
    setting("TELEGRAM_MAX_RETRIES", Some("3"), "Tries after the first one, 0 to 20"),
    setting("TELEGRAM_REQUEST_TIMEOUT", Some("30"), "Seconds for one request to Telegram, 1 to 300"),
    setting(
        "WEBHOOK_ALLOW_PRIVATE",
        Some("false"),
        "Whether outgoing webhooks may lead into private networks, and by http: true or false",
    ),
    setting(
        "WHATSAPP_API_BASE_URL",
        Some("https://graph.facebook.com"),
        "The Graph API: Meta's, or the sandbox's (its address and /graph)",
    ),
    setting(
        "STORAGE_URL",
        None,
        "file:///folder or s3://bucket/folder for media (with AWS_… variables); default: media in DATA_DIR",
    ),
    secret(
        "SMTP_URL",
        "Mail server for invitations and new passwords: smtps://user:password@host, or smtp://…?tls=required",
    ),
    setting("MAIL_FROM", None, "Who such letters are from: Jina Connect <help@example.com>; needed with SMTP_URL"),
    setting("EVENT_RETENTION_DAYS", Some("30"), "Days that events are kept after they were processed; 0 for ever"),
    setting("DELIVERY_RETENTION_DAYS", Some("30"), "Days that a failed message can be retried by hand; 0 for ever"),
    setting("FEED_RETENTION_DAYS", Some("7"), "Days after which a client that was away starts over; 0 for ever"),
    setting(
        "IMPORT_RETENTION_DAYS",
        Some("30"),
        "Days that ended imports keep refused rows, and jobs are listed; 0 for ever",
    ),
    setting("RECIPIENT_RETENTION_DAYS", Some("365"), "Days that an ended broadcast tells who got it; 0 for ever"),
    secret("METRICS_TOKEN", "Bearer token that /metrics asks for; default: it is open"),
    setting("LOG_FORMAT", None, "text or json; default: text on a terminal"),
    setting("RUST_LOG", Some("info,refinery_core=warn"), "Log filter"),
    setting("OTEL_EXPORTER_OTLP_ENDPOINT", None, "Collector of traces, by OTLP over HTTP: http://localhost:4318"),
    secret("OTEL_EXPORTER_OTLP_HEADERS", "What the collector asks for: name=value, several with commas between"),
    setting("OTEL_SERVICE_NAME", Some("jina-connect"), "What traces call this installation"),
];

impl Setting {
    /// The flag of the same name: `--listen-addr`.
    pub fn flag(&self) -> String {
        self.name.to_lowercase().replace('_', "-")
    }
}
