//! The bots that are at work on a broadcast, with what limits them: for saying when it will be done.

use model::{Id, Rate, Result, Timestamp, bot::Bot, broadcast::Broadcast};

use crate::{
    args, columns,
    db::{Arg, Row, Tx},
};

macro_rules! limits {
    () => {
        "SELECT bot.id, bot.rate_limit, bot.daily_limit, COALESCE(daily_usage.used, 0), lane.paused_until,
            bot.username, bot.is_active AND bot.removed_at IS NULL, bot.token_revoked_at IS NOT NULL
        FROM bot LEFT JOIN lane ON lane.bot_id = bot.id
            LEFT JOIN daily_usage ON daily_usage.bot_id = bot.id AND daily_usage.day_at = $1
        WHERE bot.id IN "
    };
}

crate::statements! {
    hot AT_WORK = "pace.at_work", concat!(limits!(), "
        (SELECT bot_id FROM broadcast_lane WHERE broadcast_id = $2
            UNION SELECT bot_id FROM delivery
            WHERE broadcast_id = $2 AND broadcast_id IS NOT NULL AND state IN ('QUEUED', 'SENDING'))");
    hot OF_BOTS = "pace.of_bots", concat!(limits!(), "({in})");
}

/// What limits one bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    pub bot: Id<Bot>,
    /// None: the installation's.
    pub rate: Option<Rate>,
    pub daily_limit: i64,
    pub used_today: i64,
    /// A 429 over the whole bot.
    pub paused_until: Option<Timestamp>,
    pub username: String,
    /// Neither deactivated nor removed.
    pub is_active: bool,
    pub is_token_revoked: bool,
}

/// The bots that still have something of a broadcast to send.
pub fn at_work(tx: &mut Tx, id: Id<Broadcast>, now: Timestamp) -> Result<Vec<Limits>> {
    tx.query(AT_WORK, &args![now.day_start(), id], read)
}

/// The limits of these bots.
pub fn of_bots(tx: &mut Tx, bots: &[Id<Bot>], now: Timestamp) -> Result<Vec<Limits>> {
    let list: Vec<Arg> = bots.iter().map(Arg::from).collect();
    tx.query_in(OF_BOTS, &args![now.day_start()], &list, read)
}

fn read(row: &Row<'_>) -> Result<Limits> {
    Ok(Limits {
        bot: row.get(0)?,
        rate: columns::word_opt(row, 1)?,
        daily_limit: row.get(2)?,
        used_today: row.get(3)?,
        paused_until: row.get(4)?,
        username: row.get(5)?,
        is_active: row.get(6)?,
        is_token_revoked: row.get(7)?,
    })
}
