//! Bots whose menu of commands Telegram has to be told: an outbox, written with the change and emptied by whoever tells.

use model::{Id, Result, Scope, Tenant, Timestamp, bot::Bot};

use crate::{args, db::Tx, wake};

crate::statements! {
    hot WANT_ALL = "bot_menu.want_all", "INSERT INTO bot_menu (bot_id, due_at, tries)
        SELECT id, CAST($1 AS BIGINT), 0 FROM bot
        WHERE tenant_id = $2 AND platform = 'TELEGRAM' AND removed_at IS NULL
        ON CONFLICT (bot_id) DO UPDATE SET due_at = excluded.due_at, tries = 0";
    WANT = "bot_menu.want", "INSERT INTO bot_menu (bot_id, due_at, tries) VALUES ($1, $2, 0)
        ON CONFLICT (bot_id) DO UPDATE SET due_at = excluded.due_at, tries = 0";
    hot DUE = "bot_menu.due", "SELECT bot_id, tries FROM bot_menu WHERE due_at <= $1 ORDER BY due_at LIMIT $2";
    hot TENANT = "bot_menu.tenant", "SELECT tenant_id FROM bot WHERE id = $1 AND removed_at IS NULL";
    hot CLAIM = "bot_menu.claim", "UPDATE bot_menu SET due_at = $1, tries = tries + 1 WHERE bot_id = $2 AND due_at <= $3";
    hot DONE = "bot_menu.done", "DELETE FROM bot_menu WHERE bot_id = $1 AND due_at = $2";
    hot AGAIN = "bot_menu.again", "UPDATE bot_menu SET due_at = $1 WHERE bot_id = $2 AND due_at = $3";
}

/// All bots of a tenant are to be told.
pub fn want_all(tx: &mut Tx, scope: &Scope, now: Timestamp) -> Result<()> {
    tx.execute(WANT_ALL, &args![now, scope.tenant()])?;
    tx.notify(wake::MENU, "")
}

/// One bot is to be told.
pub fn want(tx: &mut Tx, bot: Id<Bot>, now: Timestamp) -> Result<()> {
    tx.execute(WANT, &args![bot, now])?;
    tx.notify(wake::MENU, "")
}

/// Bots that are due, those that wait longest first, with how often it was tried.
pub fn due(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<(Id<Bot>, i64)>> {
    tx.query(DUE, &args![now, limit], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Takes a due bot until `lease_until`. `None`: somebody else has it. With `None` inside: the bot is gone.
pub fn claim(
    tx: &mut Tx,
    bot: Id<Bot>,
    (now, lease_until): (Timestamp, Timestamp),
) -> Result<Option<Option<Id<Tenant>>>> {
    if tx.execute(CLAIM, &args![lease_until, bot, now])? == 0 {
        return Ok(None);
    }
    tx.query_opt(TENANT, &args![bot], |row| row.get(0)).map(Some)
}

/// It was told, or never will be. If it was wanted anew meanwhile, that stays.
pub fn done(tx: &mut Tx, bot: Id<Bot>, lease_until: Timestamp) -> Result<()> {
    tx.execute(DONE, &args![bot, lease_until]).map(drop)
}

/// It is told again at `at`, unless it was wanted anew meanwhile.
pub fn again(tx: &mut Tx, bot: Id<Bot>, lease_until: Timestamp, at: Timestamp) -> Result<()> {
    tx.execute(AGAIN, &args![at, bot, lease_until]).map(drop)
}
