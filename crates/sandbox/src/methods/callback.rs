//! Answering pressed buttons.

use serde_json::json;

use super::Ctx;
use crate::{
    answer::{Answer, ApiError, Result},
    entities::units,
};

const TEXT_UNITS_MAX: usize = 200;
/// As long as the press itself is worth delivering.
pub const ANSWER_MS_MAX: i64 = 150_000;

pub fn answer(ctx: &Ctx<'_>) -> Result<Answer> {
    let id = ctx.params.text("callback_query_id").unwrap_or_default();
    let text = ctx.params.text("text").unwrap_or_default().into_owned();
    if units(&text) > TEXT_UNITS_MAX {
        return Err(ApiError::bad("MESSAGE_TOO_LONG"));
    }
    let press = ctx.bot.desk().presses.get(&*id).copied();
    let is_fresh = |at_ms: i64| ctx.state.now_ms() - at_ms <= ANSWER_MS_MAX;
    let press = press
        .filter(|press| is_fresh(press.at_ms))
        .ok_or_else(|| ApiError::bad("query is too old and response timeout expired or query ID is invalid"))?;
    let (is_alert, url) = (ctx.params.flag("show_alert"), ctx.params.filled("url"));
    ctx.state.events.tell(|| {
        json!({"type": "callback_answer", "bot": ctx.bot.id, "chat": press.chat, "user": press.user,
            "callback_query_id": id, "text": text, "show_alert": is_alert, "url": url})
    });
    Ok(Answer::yes())
}
