//! How a bot's row is read.

use model::{Result, bot::Bot};

use crate::{
    columns::{word, word_opt},
    db::Row,
};

/// The columns that [`read`] takes, in its order.
macro_rules! columns {
    () => {
        "bot.id, bot.tenant_id, bot.name, bot.bot_user_id, bot.username, bot.token_hint, bot.is_active, bot.daily_limit,
        bot.rate_limit, bot.receive_mode, bot.webhook_status, bot.webhook_error, bot.created_at, bot.updated_at,
        bot.platform"
    };
}
pub(crate) use columns;

/// How many columns [`columns!`] names.
pub(crate) const COLUMNS: usize = 15;

pub(crate) fn read(row: &Row<'_>) -> Result<Bot> {
    Ok(Bot {
        id: row.get(0)?,
        tenant: row.get(1)?,
        name: row.get(2)?,
        bot_user_id: row.get(3)?,
        username: row.get(4)?,
        token_hint: row.get(5)?,
        is_active: row.get(6)?,
        daily_limit: row.get(7)?,
        rate_limit: word_opt(row, 8)?,
        receive_mode: word(row, 9)?,
        webhook_status: word(row, 10)?,
        webhook_error: row.get(11)?,
        created_at: row.get(12)?,
        updated_at: row.get(13)?,
        platform: word(row, 14)?,
    })
}
