//! Making, changing and removing bots.

use model::{
    Id, Rate, Result, Scope, Timestamp,
    bot::{Bot, ReceiveMode, WEBHOOK_GRACE_MS, WebhookStatus},
};

use super::announce::announce;
use crate::{args, broadcasts, db::Tx, wake};

/// A bot that is about to be registered.
#[derive(Debug, Clone)]
pub struct NewBot {
    pub bot: Bot,
    pub sealed_token: Vec<u8>,
}

/// What may be changed of a bot but for its token and receive mode; `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    pub name: Option<String>,
    pub username: Option<String>,
    pub is_active: Option<bool>,
    pub daily_limit: Option<i64>,
    /// `Some(None)`: the installation's limit from now on.
    pub rate_limit: Option<Option<Rate>>,
}

crate::statements! {
    hot DROP_REMOVAL = "bots.drop_removal", "
        UPDATE bot SET token = NULL, webhook_secret = NULL, webhook_secret_new = NULL, doctor_at = NULL
        WHERE bot_user_id = $1 AND removed_at IS NOT NULL AND token IS NOT NULL";
    INSERT = "bots.insert", "
        INSERT INTO bot (id, tenant_id, name, bot_user_id, username, token, token_hint, is_active, daily_limit, rate_limit,
            receive_mode, webhook_status, doctor_at, created_at, updated_at, platform)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
        ON CONFLICT (bot_user_id) WHERE removed_at IS NULL DO NOTHING";
    INSERT_LANE = "bots.insert_lane", "INSERT INTO lane (bot_id, next_position, fence) VALUES ($1, 1, 0)";
    hot UPDATE = "bots.update", "
        UPDATE bot SET name = COALESCE($1, name), username = COALESCE($2, username), is_active = COALESCE($3, is_active),
            daily_limit = COALESCE($4, daily_limit),
            rate_limit = CASE WHEN CAST($5 AS BOOLEAN) THEN $6 ELSE rate_limit END, updated_at = $7
        WHERE id = $8 AND tenant_id = $9 AND removed_at IS NULL";
    hot REPLACE_TOKEN = "bots.replace_token", "
        UPDATE bot SET token = $1, token_hint = $2, token_revoked_at = NULL, webhook_error = NULL, webhook_tries = 0,
            webhook_status = CASE receive_mode WHEN 'webhook' THEN 'PENDING' ELSE 'NONE' END,
            doctor_at = CASE receive_mode WHEN 'webhook' THEN CAST($3 AS BIGINT) ELSE NULL END, updated_at = $4
        WHERE id = $5 AND tenant_id = $6 AND removed_at IS NULL";
    hot SET_RECEIVE_MODE = "bots.set_receive_mode", "
        UPDATE bot SET receive_mode = $1, webhook_status = $2, webhook_error = NULL, webhook_tries = 0, doctor_at = $3,
            poll_offset = NULL, updated_at = $4
        WHERE id = $5 AND tenant_id = $6 AND removed_at IS NULL AND receive_mode <> $1";
    hot REMOVE = "bots.remove", "
        UPDATE bot SET removed_at = $1, updated_at = $1, webhook_status = 'PENDING', webhook_tries = 0, doctor_at = $2
        WHERE id = $3 AND tenant_id = $4 AND removed_at IS NULL";
}

/// Registers a bot with its lane; `false` when the same Telegram bot is registered already, here or elsewhere.
///
/// A pending removal of an earlier registration is dropped: it would take away the new one's webhook.
pub fn insert(tx: &mut Tx, new: &NewBot) -> Result<bool> {
    let bot = &new.bot;
    let args = args![
        bot.id,
        bot.tenant,
        &bot.name,
        bot.bot_user_id,
        &bot.username,
        &new.sealed_token,
        &bot.token_hint,
        bot.is_active,
        bot.daily_limit,
        bot.rate_limit.map(|rate| rate.to_string()),
        bot.receive_mode.as_str(),
        bot.webhook_status.as_str(),
        first_look(bot.receive_mode, bot.created_at),
        bot.created_at,
        bot.updated_at,
        bot.platform.as_str(),
    ];
    if tx.execute(INSERT, &args)? == 0 {
        return Ok(false);
    }
    tx.execute(INSERT_LANE, &args![bot.id])?;
    tx.execute(DROP_REMOVAL, &args![bot.bot_user_id])?;
    tell(tx, bot.id, bot.created_at)?;
    Ok(true)
}

/// Changes the given fields; `false` when there is no such bot.
pub fn update(tx: &mut Tx, scope: &Scope, id: Id<Bot>, changes: &Changes, now: Timestamp) -> Result<bool> {
    let args = args![
        changes.name.as_deref(),
        changes.username.as_deref(),
        changes.is_active,
        changes.daily_limit,
        changes.rate_limit.is_some(),
        changes.rate_limit.flatten().map(|rate| rate.to_string()),
        now,
        id,
        scope.tenant(),
    ];
    let found = tx.execute(UPDATE, &args)? == 1;
    tell(tx, id, now)?;
    Ok(found)
}

/// Puts another token of the same bot in place. Telegram keeps webhooks by token, so it is then still to be set.
pub fn replace_token(
    tx: &mut Tx,
    scope: &Scope,
    id: Id<Bot>,
    (sealed, hint): (&[u8], &str),
    now: Timestamp,
) -> Result<()> {
    tx.execute(REPLACE_TOKEN, &args![sealed, hint, now + WEBHOOK_GRACE_MS, now, id, scope.tenant()])?;
    tell(tx, id, now)
}

/// Switches how a bot gets its Updates; `false` when it was so already. The webhook is then still to be set, or the poller takes it away.
///
/// The old secret stays: what Telegram had under way with it is still taken.
pub fn set_receive_mode(tx: &mut Tx, scope: &Scope, id: Id<Bot>, mode: ReceiveMode, now: Timestamp) -> Result<bool> {
    let args = args![mode.as_str(), first_status(mode).as_str(), first_look(mode, now), now, id, scope.tenant()];
    let is_new = tx.execute(SET_RECEIVE_MODE, &args)? == 1;
    tell(tx, id, now)?;
    Ok(is_new)
}

/// Removes a bot from sight; its webhook is then still to be removed, and its token erased. `false`: no such bot.
pub fn remove(tx: &mut Tx, scope: &Scope, id: Id<Bot>, now: Timestamp) -> Result<bool> {
    let found = tx.execute(REMOVE, &args![now, now + WEBHOOK_GRACE_MS, id, scope.tenant()])? == 1;
    if found {
        broadcasts::withdraw_bot(tx, id)?;
        tell(tx, id, now)?;
    }
    Ok(found)
}

fn first_status(mode: ReceiveMode) -> WebhookStatus {
    match mode {
        ReceiveMode::Webhook => WebhookStatus::Pending,
        ReceiveMode::Polling => WebhookStatus::None,
    }
}

/// Whoever switches a webhook on sets it as well; only if they don't come to that, the doctor does.
fn first_look(mode: ReceiveMode, now: Timestamp) -> Option<Timestamp> {
    (mode == ReceiveMode::Webhook).then(|| now + WEBHOOK_GRACE_MS)
}

fn tell(tx: &mut Tx, bot: Id<Bot>, now: Timestamp) -> Result<()> {
    tx.notify(wake::BOT, &bot.to_string())?;
    tx.notify(wake::LANE, &bot.to_string())?;
    announce(tx, bot, now)
}
