//! The answer to a call of management, and readers of its result.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::reply::{Reply, Said, said};
use crate::json::{Object, Value};

/// What became of a call of management.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement<T> {
    Ok(T),
    /// Telegram said no, in these words.
    Refused {
        code: i64,
        description: String,
    },
    RetryAfter {
        after_ms: i64,
    },
    /// No answer of the Bot API, or one of its own trouble: worth another try.
    Unreachable {
        description: String,
    },
}

impl<T> Judgement<T> {
    /// Whether Telegram says that the token is none of its: 401 and 404 both do.
    pub fn is_token_refused(&self) -> bool {
        matches!(self, Judgement::Refused { code: 401 | 404 | 421, .. })
    }
}

/// The bot as Telegram knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Me {
    pub id: i64,
    pub first_name: String,
    pub username: String,
    pub can_join_groups: bool,
    pub can_read_all_group_messages: bool,
}

/// What Telegram says of a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookInfo {
    /// Empty when none is set.
    pub url: String,
    pub has_custom_certificate: bool,
    pub pending_update_count: i64,
    pub ip_address: Option<String>,
    /// Seconds since 1970 of the last failed delivery; a later success doesn't clear it.
    pub last_error_date: Option<i64>,
    pub last_error_message: Option<String>,
    pub last_synchronization_error_date: Option<i64>,
    pub max_connections: Option<i64>,
    /// `None` when it is Telegram's default.
    pub allowed_updates: Option<Vec<String>>,
}

/// A file that can be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    pub file_id: String,
    pub file_size: Option<i64>,
    /// Absent when the file is too big for the Bot API.
    pub file_path: Option<String>,
}

/// Reads the answer to `getMe`.
pub fn me(reply: &Reply<'_>) -> Judgement<Me> {
    judge(reply, |result| {
        let bot = result.as_object()?;
        Some(Me {
            id: bot.integer("id")?,
            first_name: bot.text("first_name").unwrap_or_default(),
            username: bot.text("username").unwrap_or_default(),
            can_join_groups: bot.flag("can_join_groups"),
            can_read_all_group_messages: bot.flag("can_read_all_group_messages"),
        })
    })
}

/// Reads the answer to `getWebhookInfo`.
pub fn webhook_info(reply: &Reply<'_>) -> Judgement<WebhookInfo> {
    judge(reply, |result| {
        let info = result.as_object()?;
        Some(WebhookInfo {
            url: info.text("url").unwrap_or_default(),
            has_custom_certificate: info.flag("has_custom_certificate"),
            pending_update_count: info.integer("pending_update_count").unwrap_or(0),
            ip_address: info.text("ip_address"),
            last_error_date: info.integer("last_error_date"),
            last_error_message: info.text("last_error_message").map(|message| super::scrub(&message)),
            last_synchronization_error_date: info.integer("last_synchronization_error_date"),
            max_connections: info.integer("max_connections"),
            allowed_updates: info.get("allowed_updates").map(|_| words(info, "allowed_updates")),
        })
    })
}

fn words(info: &Object<'_>, key: &str) -> Vec<String> {
    info.array(key).iter().filter_map(Value::as_text).collect()
}

/// Reads the answer to `getFile`.
pub fn file(reply: &Reply<'_>) -> Judgement<File> {
    judge(reply, |result| {
        let file = result.as_object()?;
        let file_path = file.text("file_path");
        Some(File { file_id: file.text("file_id")?, file_size: file.integer("file_size"), file_path })
    })
}

/// Reads the answer to a call whose result is only that it was done.
pub fn done(reply: &Reply<'_>) -> Judgement<()> {
    judge(reply, |_| Some(()))
}

/// Reads the answer to `getUpdates`: every Update as it stands, in order.
pub fn updates(reply: &Reply<'_>) -> Judgement<Vec<Vec<u8>>> {
    judge(reply, |_| {
        let answer: Updates<'_> = serde_json::from_slice(reply.body).ok()?;
        Some(answer.result.iter().map(|update| update.get().as_bytes().to_vec()).collect())
    })
}

/// Updates unread, because each is stored as it came.
#[derive(Deserialize)]
struct Updates<'a> {
    #[serde(borrow)]
    result: Vec<&'a RawValue>,
}

fn judge<T>(reply: &Reply<'_>, read: impl FnOnce(&Value<'_>) -> Option<T>) -> Judgement<T> {
    match said(reply) {
        Said::Done(result) => match result.as_ref().and_then(read) {
            Some(value) => Judgement::Ok(value),
            None => Judgement::Unreachable { description: "Telegram's answer has no result that can be read.".into() },
        },
        Said::Wait { after_ms } => Judgement::RetryAfter { after_ms },
        Said::Failed(failure) if failure.is_bot_api && (400..500).contains(&failure.code) => {
            Judgement::Refused { code: failure.code, description: failure.description }
        }
        Said::Failed(failure) => Judgement::Unreachable { description: failure.description },
    }
}
