//! What waits for a bot and what holds it back, for people: counted up to an end, so that it stays fast however much it is.

use model::{Id, Rate, Result, Scope, Timestamp, bot::Bot, delivery::Class};

use super::own;
use crate::{args, columns, db::Tx};

/// Counting stops here.
pub const COUNT_MAX: i64 = 10_000;

/// Bots that are named when all are asked for.
const BOTS_MAX: i64 = 1_000;

/// Paused chats that are named.
const PAUSED_CHATS_MAX: i64 = 100;

crate::statements! {
    hot BOT = "queue.bot", "
        SELECT bot.rate_limit, bot.daily_limit, COALESCE(daily_usage.used, 0), bot.is_active, bot.token_revoked_at,
            lane.paused_until, lane.bulk_ceiling, lane.ceiling_at, node.name
        FROM bot
            JOIN lane ON lane.bot_id = bot.id
            LEFT JOIN node ON node.id = lane.owner
            LEFT JOIN daily_usage ON daily_usage.bot_id = bot.id AND daily_usage.day_at = $1
        WHERE bot.id = $2 AND bot.tenant_id = $3 AND bot.removed_at IS NULL";
    hot WAITING = "queue.waiting", "
        SELECT COUNT(*) FROM (SELECT 1 FROM delivery
            WHERE bot_id = $1 AND class = $2 AND state = 'QUEUED' LIMIT $3) AS waiting";
    hot SENDING = "queue.sending", "SELECT class FROM delivery WHERE bot_id = $1 AND state = 'SENDING' LIMIT $2";
    hot RECIPIENTS = "queue.recipients", "
        SELECT COUNT(*) FROM (SELECT 1 FROM broadcast_lane
                JOIN broadcast ON broadcast.id = broadcast_lane.broadcast_id
                JOIN broadcast_recipient ON broadcast_recipient.broadcast_id = broadcast_lane.broadcast_id
                    AND broadcast_recipient.bot_id = broadcast_lane.bot_id AND broadcast_recipient.status = 'PENDING'
            WHERE broadcast_lane.bot_id = $1 AND broadcast.status IN ('QUEUED', 'SENDING') LIMIT $2) AS waiting";
    hot PAUSED = "queue.paused_chats", "
        SELECT chat_id, paused_until FROM chat
        WHERE bot_id = $1 AND paused_until IS NOT NULL AND paused_until > $2 ORDER BY paused_until LIMIT $3";
    /// Goes from bot to bot over the index, however much each of them owes.
    hot OWING = "queue.owing", "
        WITH RECURSIVE owing (bot_id) AS (
            SELECT bot_id FROM (SELECT bot_id FROM delivery WHERE state = 'QUEUED' ORDER BY bot_id LIMIT 1) AS first
            UNION ALL
            SELECT (SELECT delivery.bot_id FROM delivery WHERE delivery.state = 'QUEUED' AND delivery.bot_id > owing.bot_id
                ORDER BY delivery.bot_id LIMIT 1)
            FROM owing WHERE owing.bot_id IS NOT NULL)
        SELECT bot_id FROM owing WHERE bot_id IS NOT NULL LIMIT $1";
    hot USED = "queue.used", "
        SELECT CAST(COALESCE(SUM(weight), 0) AS BIGINT), MIN(answered_at) FROM rate_use
        WHERE bot_id = $1 AND answered_at > $2";
}

/// How many calls of one class there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Depth {
    pub waiting: i64,
    pub sending: i64,
}

/// A bot's queue.
#[derive(Debug, Clone)]
pub struct Queue {
    pub rate_limit: Option<Rate>,
    pub daily_limit: i64,
    pub used_today: i64,
    pub is_active: bool,
    pub is_token_revoked: bool,
    pub paused_until: Option<Timestamp>,
    /// Thousandths of the rate that broadcasts may use now; `None`: the whole.
    pub ceiling: Option<u32>,
    /// The name of the node that sends for it.
    pub node: Option<String>,
    pub replies: Depth,
    pub broadcasts: Depth,
    /// People of running broadcasts who are not messages yet.
    pub recipients: i64,
    pub paused_chats: Vec<(i64, Timestamp)>,
}

/// What waits for a bot of the tenant.
pub fn queue(tx: &mut Tx, scope: &Scope, bot: Id<Bot>, now: Timestamp) -> Result<Option<Queue>> {
    let found = tx.query_opt(BOT, &args![now.day_start(), bot, scope.tenant()], |row| {
        Ok(Queue {
            rate_limit: columns::word_opt(row, 0)?,
            daily_limit: row.get(1)?,
            used_today: row.get(2)?,
            is_active: row.get(3)?,
            is_token_revoked: row.get::<Option<Timestamp>>(4)?.is_some(),
            paused_until: row.get::<Option<Timestamp>>(5)?.filter(|until| *until > now),
            ceiling: own::ceiling(row.get(6)?, row.get(7)?, now),
            node: row.get(8)?,
            replies: Depth::default(),
            broadcasts: Depth::default(),
            recipients: 0,
            paused_chats: Vec::new(),
        })
    })?;
    let Some(mut queue) = found else { return Ok(None) };
    queue.replies.waiting = waiting(tx, bot, Class::Reply)?;
    queue.broadcasts.waiting = waiting(tx, bot, Class::Bulk)?;
    tx.query_each(SENDING, &args![bot, COUNT_MAX], |row| {
        match Class::from_int(row.get(0)?) {
            Class::Reply => queue.replies.sending += 1,
            Class::Bulk => queue.broadcasts.sending += 1,
        }
        Ok(())
    })?;
    queue.recipients = tx.query_one(RECIPIENTS, &args![bot, COUNT_MAX], |row| row.get(0))?;
    queue.paused_chats = tx.query(PAUSED, &args![bot, now, PAUSED_CHATS_MAX], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(Some(queue))
}

/// What waits for each bot of the installation, for its operator: at most 1,000 bots, each counted up to [`COUNT_MAX`].
pub fn depths(tx: &mut Tx) -> Result<Vec<(Id<Bot>, Class, i64)>> {
    let bots: Vec<Id<Bot>> = tx.query(OWING, &args![BOTS_MAX], |row| row.get(0))?;
    let mut depths = Vec::with_capacity(2 * bots.len());
    for bot in bots {
        for class in [Class::Reply, Class::Bulk] {
            depths.push((bot, class, waiting(tx, bot, class)?));
        }
    }
    Ok(depths)
}

fn waiting(tx: &mut Tx, bot: Id<Bot>, class: Class) -> Result<i64> {
    tx.query_one(WAITING, &args![bot, class.as_int(), COUNT_MAX], |row| row.get(0))
}

/// Places of a rate that are taken now, and when the first of them comes free.
pub fn used(tx: &mut Tx, bot: Id<Bot>, rate: Rate, now: Timestamp) -> Result<(i64, Option<Timestamp>)> {
    tx.query_one(USED, &args![bot, now - rate.window_ms()], |row| {
        Ok((row.get(0)?, row.get::<Option<Timestamp>>(1)?.map(|at| at + rate.window_ms())))
    })
}
