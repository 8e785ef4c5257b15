//! Whether a bot has room for what nobody would miss. A typing indicator must not cost a message its place, and no call at all
//! goes where Telegram asked for silence.

use model::{Id, Platform, Rate, Result, Scope, Timestamp, bot::Bot, chat::ChatState, delivery::Class};

use super::Rates;
use crate::{args, columns, db::Tx};

crate::statements! {
    hot HINDRANCES = "slack.hindrances", "
        SELECT bot.rate_limit, lane.paused_until, chat.paused_until, chat.state, EXISTS (SELECT 1 FROM delivery
                WHERE delivery.bot_id = bot.id AND delivery.class = $1 AND delivery.state = 'QUEUED'), bot.platform
        FROM bot JOIN lane ON lane.bot_id = bot.id
            LEFT JOIN chat ON chat.bot_id = bot.id AND chat.chat_id = $2
        WHERE bot.id = $3 AND bot.tenant_id = $4 AND bot.is_active AND bot.removed_at IS NULL
            AND bot.token_revoked_at IS NULL";
    hot USED = "slack.used", "
        SELECT CAST(COALESCE(SUM(weight), 0) AS BIGINT) FROM rate_use WHERE bot_id = $1 AND answered_at > $2";
}

/// Whether the bot may show something in the chat: no penalty, no reply that waits, and at least half of the window free.
pub fn has_slack(
    tx: &mut Tx,
    scope: &Scope,
    (bot, chat_id): (Id<Bot>, i64),
    rates: Rates,
    now: Timestamp,
) -> Result<bool> {
    let args = args![Class::Reply.as_int(), chat_id, bot, scope.tenant()];
    let found = tx.query_opt(HINDRANCES, &args, |row| {
        let (own, platform): (Option<Rate>, Platform) = (columns::word_opt(row, 0)?, columns::word(row, 5)?);
        let rate = own.or(platform.capabilities().sender_rate);
        let (lane, chat): (Option<Timestamp>, Option<Timestamp>) = (row.get(1)?, row.get(2)?);
        let state: Option<ChatState> = columns::word_opt(row, 3)?;
        let is_hindered = lane.max(chat).is_some_and(|until| until > now)
            || state != Some(ChatState::Active)
            || row.get::<bool>(4)?;
        Ok((rate, is_hindered))
    })?;
    let Some((rate, false)) = found else { return Ok(false) };
    let rate = rate.unwrap_or(rates.bot);
    let used: i64 = tx.query_one(USED, &args![bot, now - rate.window_ms()], |row| row.get(0))?;
    Ok(used * 2 <= i64::from(rate.count()))
}
