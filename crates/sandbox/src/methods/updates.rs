//! getUpdates: long polling, with one poller at a time.

use std::time::Duration;

use tokio::time::Instant;

use super::Ctx;
use crate::{
    answer::{Answer, ApiError, Result},
    inbox::{Inbox, parse_allowed},
};

const TIMEOUT_S_MAX: i64 = 50;
const ANSWER_BYTES_MAX: usize = 4 << 20;
const WEBHOOK_ACTIVE: &str =
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
const OTHER_POLLER: &str = "terminated by other getUpdates request; make sure that only one bot instance is running";

pub async fn get_updates(ctx: &Ctx<'_>) -> Result<Answer> {
    let inbox = &ctx.bot.inbox;
    let limit = ctx.params.int("limit").unwrap_or(100).clamp(1, 100);
    let timeout = ctx.params.int("timeout").unwrap_or(0).clamp(0, TIMEOUT_S_MAX);
    let deadline = Instant::now() + Duration::from_secs(timeout.unsigned_abs());
    let poll = begin(ctx)?;
    loop {
        let woken = inbox.woken.notified();
        tokio::pin!(woken);
        woken.as_mut().enable();
        let ready = take(inbox, poll, limit, ctx.state.now_ms())?;
        let is_over = Instant::now() >= deadline;
        if !ready.is_empty() || is_over {
            let list = serde_json::value::RawValue::from_string(format!("[{}]", ready.join(",")));
            return Ok(Answer::new(&list.expect("updates are kept as JSON")));
        }
        // Whether woken or not, the loop looks again and sees the deadline.
        drop(tokio::time::timeout_at(deadline, woken).await);
    }
}

/// Takes over from whoever polls, and notes what they wish.
fn begin(ctx: &Ctx<'_>) -> Result<u64> {
    let mut state = ctx.bot.inbox.state();
    if state.webhook.is_some() {
        return Err(ApiError::conflict(WEBHOOK_ACTIVE));
    }
    state.poll += 1;
    let poll = state.poll;
    let allowed = ctx.params.json("allowed_updates").and_then(Result::ok);
    if let Some(allowed) = parse_allowed(allowed.as_deref()) {
        state.allowed = allowed;
    }
    if let Some(offset) = ctx.params.int("offset") {
        state.confirm(offset);
    }
    drop(state);
    ctx.bot.inbox.woken.notify_waiters();
    Ok(poll)
}

fn take(inbox: &Inbox, poll: u64, limit: i64, now_ms: i64) -> Result<Vec<String>> {
    let mut state = inbox.state();
    if state.webhook.is_some() {
        return Err(ApiError::conflict("terminated by setWebhook request"));
    }
    if state.poll != poll {
        return Err(ApiError::conflict(OTHER_POLLER));
    }
    state.drop_expired(now_ms);
    let mut bytes = 0;
    let limit = usize::try_from(limit).unwrap_or(1);
    let fits = |body: &String| {
        bytes += body.len();
        bytes <= ANSWER_BYTES_MAX || bytes == body.len()
    };
    Ok(state.pending.values().take(limit).map(|update| update.body.to_string()).take_while(fits).collect())
}
