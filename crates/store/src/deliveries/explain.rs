//! Why a message has not left yet, and when it is tried next: read from what is stored, so that every node says the same.

use model::{
    Id, Platform, Rate, Result, Timestamp,
    bot::Bot,
    delivery::{Class, DeliveryState},
    message::{Message, Status, WaitingFor},
};

use crate::{args, columns, db::Tx};

crate::statements! {
    hot OWED = "explain.owed", "
        SELECT delivery.bot_id, delivery.position, delivery.state, delivery.class, delivery.due_at, delivery.chat_id,
            delivery.is_group, delivery.counts_daily, lane.paused_until, chat.paused_until, bot.rate_limit,
            bot.daily_limit - COALESCE(daily_usage.used, 0), delivery.is_paid,
            CASE WHEN broadcast.is_quiet THEN broadcast.quiet_change_at END, delivery.weight, bot.platform
        FROM delivery
            JOIN lane ON lane.bot_id = delivery.bot_id
            JOIN bot ON bot.id = delivery.bot_id
            LEFT JOIN chat ON chat.bot_id = delivery.bot_id AND chat.chat_id = delivery.chat_id
            LEFT JOIN daily_usage ON daily_usage.bot_id = delivery.bot_id AND daily_usage.day_at = $1
            LEFT JOIN broadcast ON broadcast.id = delivery.broadcast_id
        WHERE delivery.message_id = $2 AND delivery.state IN ('QUEUED', 'SCHEDULED')
        ORDER BY delivery.position LIMIT 1";
    hot BOT_WINDOW = "explain.bot_window", "
        SELECT CAST(COALESCE(SUM(weight), 0) AS BIGINT), MIN(answered_at) FROM rate_use
        WHERE bot_id = $1 AND answered_at > $2 AND is_paid = $3";
    hot CHAT_WINDOW = "explain.chat_window", "
        SELECT CAST(COALESCE(SUM(weight), 0) AS BIGINT), MIN(answered_at) FROM rate_use
        WHERE bot_id = $1 AND answered_at > $2 AND chat_id = $3";
    hot AHEAD = "explain.ahead", "
        SELECT COUNT(*) FROM (SELECT 1 FROM delivery
            WHERE bot_id = $1 AND class = $2 AND state = 'QUEUED' AND position < $3 LIMIT 10000) AS ahead";
    hot AHEAD_IN_CHAT = "explain.ahead_in_chat", "
        SELECT COUNT(*) FROM (SELECT 1 FROM delivery
            WHERE bot_id = $1 AND class = $2 AND state = 'QUEUED' AND position < $3 AND chat_id = $4 LIMIT 10000) AS ahead";
}

/// The installation's rates, for bots without one of their own.
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    pub bot: Rate,
    pub chat: Rate,
    pub group: Rate,
}

impl Rates {
    /// Those that hold over a channel, which may have its own.
    fn over(self, platform: Platform) -> Self {
        let own = platform.capabilities();
        Self { bot: own.sender_rate.unwrap_or(self.bot), chat: own.chat_rate.unwrap_or(self.chat), ..self }
    }
}

/// The first call that a message still owes, with what could hold it back.
#[derive(Debug)]
struct Owed {
    bot: Id<Bot>,
    position: i64,
    state: DeliveryState,
    class: Class,
    due_at: Timestamp,
    chat_id: i64,
    is_group: bool,
    counts_daily: bool,
    bot_paused_until: Option<Timestamp>,
    chat_paused_until: Option<Timestamp>,
    rate_limit: Option<Rate>,
    room_today: i64,
    is_paid: bool,
    /// Of its broadcast, while it is quiet.
    quiet_until: Option<Timestamp>,
    weight: i64,
    platform: Platform,
}

/// Fills in `waiting_for` and `next_attempt_at` of messages that have not left.
pub fn explain(tx: &mut Tx, messages: &mut [Message], rates: Rates, now: Timestamp) -> Result<()> {
    for message in messages {
        let id = message.id;
        let Some(sending) =
            message.sending.as_mut().filter(|s| matches!(s.status, Status::Pending | Status::Scheduled))
        else {
            continue;
        };
        let Some(owed) = owed(tx, id, now)? else { continue };
        let why = reason(tx, &owed, rates, sending.waiting_for, now)?;
        sending.waiting_for = why.map(|(waiting_for, _)| waiting_for);
        sending.next_attempt_at = why.map(|(_, at)| at);
    }
    Ok(())
}

fn owed(tx: &mut Tx, message: Id<Message>, now: Timestamp) -> Result<Option<Owed>> {
    tx.query_opt(OWED, &args![now.day_start(), message], |row| {
        Ok(Owed {
            bot: row.get(0)?,
            position: row.get(1)?,
            state: columns::word(row, 2)?,
            class: Class::from_int(row.get(3)?),
            due_at: row.get(4)?,
            chat_id: row.get(5)?,
            is_group: row.get(6)?,
            counts_daily: row.get(7)?,
            bot_paused_until: row.get(8)?,
            chat_paused_until: row.get(9)?,
            rate_limit: columns::word_opt(row, 10)?,
            room_today: row.get(11)?,
            is_paid: row.get(12)?,
            quiet_until: row.get(13)?,
            weight: row.get(14)?,
            platform: columns::word(row, 15)?,
        })
    })
}

/// The hindrance that ends last comes first.
fn reason(
    tx: &mut Tx,
    owed: &Owed,
    rates: Rates,
    noted: Option<WaitingFor>,
    now: Timestamp,
) -> Result<Option<(WaitingFor, Timestamp)>> {
    if owed.state == DeliveryState::Scheduled {
        return Ok(Some((WaitingFor::Schedule, owed.due_at)));
    }
    if let Some(until) = owed.quiet_until {
        return Ok(Some((WaitingFor::Schedule, until)));
    }
    let mut fixed: Vec<(WaitingFor, Timestamp)> = Vec::new();
    if owed.counts_daily && owed.room_today < owed.weight {
        fixed.push((WaitingFor::DailyLimit, now.next_day()));
    }
    let paused_until = owed.bot_paused_until.max(owed.chat_paused_until);
    fixed.extend(paused_until.map(|until| (WaitingFor::RetryAfter, until)));
    fixed.push((noted.unwrap_or(WaitingFor::BackOff), owed.due_at));
    let last = fixed.into_iter().filter(|(_, at)| *at > now).max_by_key(|(_, at)| *at);
    if last.is_some() {
        return Ok(last);
    }
    let rates = rates.over(owed.platform);
    let chat_rate = if owed.is_group { rates.group } else { rates.chat };
    if let Some(at) = chat_free_at(tx, owed, chat_rate, now)? {
        return Ok(Some((WaitingFor::ChatRate, at)));
    }
    let bot_rate = if owed.is_paid { Rate::PAID } else { owed.rate_limit.unwrap_or(rates.bot) };
    Ok(bot_free_at(tx, owed, bot_rate, now)?.map(|at| (WaitingFor::BotRate, at)))
}

fn chat_free_at(tx: &mut Tx, owed: &Owed, rate: Rate, now: Timestamp) -> Result<Option<Timestamp>> {
    let since = now - rate.window_ms();
    let (used, oldest) = window(tx, &CHAT_WINDOW, &args![owed.bot, since, owed.chat_id])?;
    let args = args![owed.bot, owed.class.as_int(), owed.position, owed.chat_id];
    let ahead: i64 = tx.query_one(AHEAD_IN_CHAT, &args, |row| row.get(0))?;
    Ok(free_at(used, oldest, ahead, rate, now))
}

fn bot_free_at(tx: &mut Tx, owed: &Owed, rate: Rate, now: Timestamp) -> Result<Option<Timestamp>> {
    let since = now - rate.window_ms();
    let (used, oldest) = window(tx, &BOT_WINDOW, &args![owed.bot, since, owed.is_paid])?;
    let args = args![owed.bot, owed.class.as_int(), owed.position];
    let ahead: i64 = tx.query_one(AHEAD, &args, |row| row.get(0))?;
    Ok(free_at(used, oldest, ahead, rate, now))
}

fn window(tx: &mut Tx, sql: &crate::db::Sql, args: &[crate::db::Arg]) -> Result<(i64, Option<Timestamp>)> {
    tx.query_one(*sql, args, |row| Ok((row.get(0)?, row.get(1)?)))
}

/// When a place comes free for who has `ahead` others before it; None: there is one now.
fn free_at(used: i64, oldest: Option<Timestamp>, ahead: i64, rate: Rate, now: Timestamp) -> Option<Timestamp> {
    let free = (i64::from(rate.count()) - used).max(0);
    if ahead < free {
        return None;
    }
    let first = oldest.map_or(now, |at| at + rate.window_ms()).max(now);
    Some(first + (ahead - free).saturating_mul(rate.slot_ms()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_free_place_is_no_reason_to_wait() {
        let (now, rate) = (Timestamp::from_ms(100_000), Rate::per_minute(30));
        assert_eq!(free_at(29, Some(now - 1_000), 0, rate, now), None);
        assert_eq!(free_at(30, Some(now - 1_000), 0, rate, now), Some(now + 59_000));
        assert_eq!(free_at(30, Some(now - 1_000), 3, rate, now), Some(now + 65_000));
        assert_eq!(free_at(0, None, 31, rate, now), Some(now + 2_000));
    }
}
