//! Bots as their tenant sees them.

use model::{
    Id, Result, Scope, Timestamp,
    bot::{Bot, ReceiveMode, WebhookStatus},
};

use super::row::{self, COLUMNS, columns};
use crate::{
    args,
    db::{Row, Tx},
    page::{Page, Request},
    search,
};

/// A bot and what it has sent today.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    pub bot: Bot,
    /// Requests handed to Telegram in the current UTC day.
    pub sent_today: i64,
}

/// Which bots of a tenant are wanted; `None` means all.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub is_active: Option<bool>,
    pub receive_mode: Option<ReceiveMode>,
    pub webhook_status: Option<WebhookStatus>,
    /// The whole name, as it is written.
    pub name: Option<String>,
    /// In any case.
    pub username: Option<String>,
    pub bot_user_id: Option<i64>,
    /// Words of the name or username, in any case.
    pub search: Option<String>,
}

crate::pages! {
    /// The bots of a tenant, without those that were removed.
    BOTS = "bots.list",
    select "bot.id, bot.tenant_id, bot.name, bot.bot_user_id, bot.username, bot.token_hint, bot.is_active, bot.daily_limit,
        bot.rate_limit, bot.receive_mode, bot.webhook_status, bot.webhook_error, bot.created_at, bot.updated_at,
        bot.platform, COALESCE(daily_usage.used, 0)",
    from concat!("bot LEFT JOIN daily_usage ON daily_usage.bot_id = bot.id AND daily_usage.day_at = $5
        WHERE bot.tenant_id = $4 AND bot.platform = 'TELEGRAM' AND bot.removed_at IS NULL
        AND (CAST($6 AS BOOLEAN) IS NULL OR bot.is_active = $6)
        AND (CAST($7 AS TEXT) IS NULL OR bot.receive_mode = $7)
        AND (CAST($8 AS TEXT) IS NULL OR bot.webhook_status = $8)
        AND (CAST($9 AS TEXT) IS NULL OR bot.name = $9)
        AND (CAST($10 AS TEXT) IS NULL OR LOWER(bot.username) = $10)
        AND (CAST($11 AS BIGINT) IS NULL OR bot.bot_user_id = $11)",
        search::words_are_in!(("bot.name", "bot.username") 12 13 14 15 16 17)),
    unique Id "bot.id",
    sorts { "created_at" => Unique, "updated_at" => Int("bot.updated_at") }
}

crate::statements! {
    hot GET = "bots.get", concat!("SELECT ", columns!(), ", COALESCE(daily_usage.used, 0)
        FROM bot LEFT JOIN daily_usage ON daily_usage.bot_id = bot.id AND daily_usage.day_at = $1
        WHERE bot.id = $2 AND bot.tenant_id = $3 AND bot.platform = 'TELEGRAM' AND bot.removed_at IS NULL");
    hot ALL = "bots.all", concat!("SELECT ", columns!(), ", COALESCE(daily_usage.used, 0)
        FROM bot LEFT JOIN daily_usage ON daily_usage.bot_id = bot.id AND daily_usage.day_at = $1
        WHERE bot.tenant_id = $2 AND bot.platform = 'TELEGRAM' AND bot.removed_at IS NULL ORDER BY bot.id");
}

/// One page of the tenant's bots.
pub fn list(tx: &mut Tx, scope: &Scope, filter: &Filter, now: Timestamp, request: &Request) -> Result<Page<Overview>> {
    let filters = args![
        scope.tenant(),
        now.day_start(),
        filter.is_active,
        filter.receive_mode.map(ReceiveMode::as_str),
        filter.webhook_status.map(WebhookStatus::as_str),
        filter.name.as_deref(),
        filter.username.as_deref().map(str::to_lowercase),
        filter.bot_user_id,
    ];
    BOTS.page(tx, request, &search::with_words(&filters, filter.search.as_deref()), read)
}

/// All bots of the tenant, oldest first: for the command line.
pub fn all(tx: &mut Tx, scope: &Scope, now: Timestamp) -> Result<Vec<Overview>> {
    tx.query(ALL, &args![now.day_start(), scope.tenant()], read)
}

/// A bot of the scope's tenant that is not removed.
pub fn get(tx: &mut Tx, scope: &Scope, id: Id<Bot>, now: Timestamp) -> Result<Option<Overview>> {
    tx.query_opt(GET, &args![now.day_start(), id, scope.tenant()], read)
}

fn read(row: &Row<'_>) -> Result<Overview> {
    Ok(Overview { bot: row::read(row)?, sent_today: row.get(COLUMNS)? })
}
