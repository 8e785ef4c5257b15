//! An answer of the Bot API, taken apart.

use super::scrub::scrub;
use crate::json::{self, Object, Value};
pub use crate::wire::Reply;

/// When Telegram says "too many requests" but not for how long.
const RETRY_AFTER_MS_DEFAULT: i64 = 5_000;

/// Characters of a body that is not JSON, such as a proxy's page, that are shown.
const EXCERPT: usize = 200;

/// What an answer says, in three cases.
pub(super) enum Said<'a> {
    /// `ok: true`.
    Done(Option<Value<'a>>),
    /// 429, or any answer that names a time to wait.
    Wait { after_ms: i64 },
    /// `ok: false`, or an answer that isn't the Bot API's.
    Failed(Failure),
}

/// A refusal.
pub(super) struct Failure {
    pub code: i64,
    pub description: String,
    pub migrate_to_chat_id: Option<i64>,
    /// Whether the answer was the Bot API's own, not a proxy's page.
    pub is_bot_api: bool,
}

/// Takes an answer apart.
pub(super) fn said<'a>(reply: &Reply<'a>) -> Said<'a> {
    let Some(mut body) = json::object(reply.body) else { return unreadable(reply) };
    if body.flag("ok") {
        return Said::Done(body.take("result"));
    }
    let code = body.integer("error_code").unwrap_or_else(|| i64::from(reply.status));
    let parameters = body.object("parameters");
    let named = parameters.and_then(|parameters| parameters.get("retry_after")).and_then(seconds);
    if code == 429 || named.is_some() {
        return Said::Wait { after_ms: wait(named, reply, body.text("description").as_deref()) };
    }
    let description = match body.text("description") {
        Some(description) => scrub(&description),
        None => format!("HTTP {} without a description.", reply.status),
    };
    let migrate_to_chat_id = parameters.and_then(|parameters| parameters.integer("migrate_to_chat_id"));
    Said::Failed(Failure { code, description, migrate_to_chat_id, is_bot_api: is_bot_api(&body) })
}

fn is_bot_api(body: &Object<'_>) -> bool {
    body.has("description") || body.has("error_code")
}

fn unreadable<'a>(reply: &Reply<'_>) -> Said<'a> {
    if reply.status == 429 {
        return Said::Wait { after_ms: wait(None, reply, None) };
    }
    let text = String::from_utf8_lossy(reply.body);
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ").replace('\0', "\u{fffd}");
    let mut excerpt: String = words.chars().take(EXCERPT).collect();
    if excerpt.len() < words.len() {
        excerpt.push('…');
    }
    let description = scrub(&format!("HTTP {}: {excerpt}", reply.status));
    // Telegram's own front answers a wrong path with two bare words.
    let is_bot_api = matches!(words.as_str(), "Not Found" | "Unauthorized");
    Said::Failed(Failure { code: i64::from(reply.status), description, migrate_to_chat_id: None, is_bot_api })
}

/// The longest time that anyone names: the body's, the header's, or the sentence's.
fn wait(named: Option<i64>, reply: &Reply<'_>, description: Option<&str>) -> i64 {
    let header = reply.retry_after.and_then(|text| text.trim().parse::<i64>().ok());
    let sentence = || description?.rsplit(' ').next()?.parse::<i64>().ok();
    let longest = named.max(header).or_else(sentence);
    longest.map_or(RETRY_AFTER_MS_DEFAULT, |seconds| seconds.max(1).saturating_mul(1000))
}

/// Whole seconds, however they are written and however large.
fn seconds(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Number(digits) => digits.parse::<i64>().ok().or_else(|| Some(digits.parse::<f64>().ok()?.ceil() as i64)),
        _ => None,
    }
}
