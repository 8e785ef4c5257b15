//! Bots and numbers as senders: which of a tenant's may send, and what is left of their day.

use model::{Id, Platform, Result, Scope, Timestamp, bot::Bot};

use crate::{args, columns, db::Tx};

crate::statements! {
    hot GET = "senders.get", "
        SELECT bot.is_active, bot.token_revoked_at, bot.daily_limit, COALESCE(daily_usage.used, 0), bot.platform
        FROM bot LEFT JOIN daily_usage ON daily_usage.bot_id = bot.id AND daily_usage.day_at = $1
        WHERE bot.id = $2 AND bot.tenant_id = $3 AND bot.removed_at IS NULL";
    hot FEW = "senders.few", "SELECT id FROM bot WHERE tenant_id = $1 AND platform = $2
        AND removed_at IS NULL ORDER BY id LIMIT 2";
}

/// A bot or number that is asked to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sender {
    pub bot: Id<Bot>,
    pub platform: Platform,
    pub is_active: bool,
    pub is_token_revoked: bool,
    pub daily_limit: i64,
    /// Messages handed to Telegram on this UTC day.
    pub used_today: i64,
}

/// A bot of the scope's tenant that is not removed.
pub fn get(tx: &mut Tx, scope: &Scope, bot: Id<Bot>, now: Timestamp) -> Result<Option<Sender>> {
    tx.query_opt(GET, &args![now.day_start(), bot, scope.tenant()], |row| {
        Ok(Sender {
            bot,
            platform: columns::word(row, 4)?,
            is_active: row.get(0)?,
            is_token_revoked: row.get::<Option<Timestamp>>(1)?.is_some(),
            daily_limit: row.get(2)?,
            used_today: row.get(3)?,
        })
    })
}

/// The first two of a tenant's senders over a channel: enough to know whether there is exactly one.
pub fn few(tx: &mut Tx, scope: &Scope, platform: Platform) -> Result<Vec<Id<Bot>>> {
    tx.query(FEW, &args![scope.tenant(), platform.as_str()], |row| row.get(0))
}
