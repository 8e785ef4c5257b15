//! What the planner reads ahead: light rows, and what a lane has to remember after a restart.

use model::{
    Id, Platform, Rate, Result, Tenant, Timestamp,
    bot::Bot,
    delivery::{Class, DeliveryKey, Queued},
};

use crate::{
    args, columns,
    db::{Row, Tx},
};

macro_rules! queued_columns {
    () => {
        "delivery.bot_id, delivery.position, delivery.message_id, delivery.broadcast_id, delivery.class, \
         delivery.chat_id, delivery.is_group, delivery.weight, delivery.counts_daily, delivery.due_at, \
         delivery.expires_at, delivery.attempts, delivery.was_unknown, delivery.on_unknown, delivery.is_paid"
    };
}

crate::statements! {
    hot LOAD = "deliveries.load", concat!("SELECT ", queued_columns!(), " FROM delivery
        WHERE bot_id = $1 AND class = $2 AND state = 'QUEUED' AND position > $3 ORDER BY position LIMIT $4");
    hot LOAD_CHAT = "deliveries.load_chat", concat!("SELECT ", queued_columns!(), " FROM delivery
        WHERE bot_id = $1 AND class = $2 AND state = 'QUEUED' AND position > $3 AND chat_id = $4
        ORDER BY position LIMIT $5");
    hot LEFTOVERS = "deliveries.leftovers", concat!("SELECT ", queued_columns!(), " FROM delivery
        WHERE bot_id = $1 AND state = 'SENDING' ORDER BY position");
    hot USES = "deliveries.uses", "
        SELECT chat_id, answered_at, weight, is_paid FROM rate_use WHERE bot_id = $1 AND answered_at > $2 ORDER BY answered_at";
    ALL_USES = "deliveries.all_uses",
        "SELECT answered_at, weight FROM rate_use WHERE answered_at > $1 ORDER BY answered_at";
    ALL_SENDING = "deliveries.all_sending", "SELECT weight FROM delivery WHERE state = 'SENDING'";
    WITH_QUEUED = "deliveries.with_queued", "
        SELECT bot_id, MAX(position) FROM delivery WHERE state = 'QUEUED' GROUP BY bot_id";
    WITH_SENDING = "deliveries.with_sending", "
        SELECT DISTINCT bot_id FROM delivery WHERE state = 'SENDING'";
    hot SENDABLE = "deliveries.sendable", "
        SELECT bot.tenant_id, bot.rate_limit, bot.is_active AND bot.removed_at IS NULL, bot.token_revoked_at, bot.platform,
            whatsapp_number.phone_number_id
        FROM bot LEFT JOIN whatsapp_number ON whatsapp_number.bot_id = bot.id WHERE bot.id = $1";
}

/// Queued rows of one class after a position, oldest first.
pub fn load(tx: &mut Tx, bot: Id<Bot>, class: Class, after: i64, limit: i64) -> Result<Vec<Queued>> {
    tx.query(LOAD, &args![bot, class.as_int(), after, limit], read)
}

/// Queued rows of one chat after a position, oldest first.
pub fn load_chat(tx: &mut Tx, bot: Id<Bot>, class: Class, after: i64, chat: i64, limit: i64) -> Result<Vec<Queued>> {
    tx.query(LOAD_CHAT, &args![bot, class.as_int(), after, chat, limit], read)
}

/// What an earlier owner of the lane was sending when it ended: its outcomes are unknown.
pub fn leftovers(tx: &mut Tx, bot: Id<Bot>) -> Result<Vec<Queued>> {
    tx.query(LEFTOVERS, &args![bot], read)
}

/// A place taken in a lane's windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Use {
    pub chat_id: i64,
    pub answered_at: Timestamp,
    pub weight: u32,
    /// In the window of messages that are paid for.
    pub is_paid: bool,
}

/// Places taken in the lane's windows since a time.
pub fn recent_uses(tx: &mut Tx, bot: Id<Bot>, since: Timestamp) -> Result<Vec<Use>> {
    tx.query(USES, &args![bot, since], |row| {
        let weight = u32::try_from(row.get::<i64>(2)?).unwrap_or(u32::MAX);
        Ok(Use { chat_id: row.get(0)?, answered_at: row.get(1)?, weight, is_paid: row.get(3)? })
    })
}

/// Places taken by all bots since a time; what is being sent takes its place now.
pub fn all_uses(tx: &mut Tx, since: Timestamp, now: Timestamp) -> Result<Vec<(Timestamp, u32)>> {
    let weight = |row: &Row<'_>, index| Ok(u32::try_from(row.get::<i64>(index)?).unwrap_or(u32::MAX));
    let mut uses = tx.query(ALL_USES, &args![since], |row| Ok((row.get(0)?, weight(row, 1)?)))?;
    uses.extend(tx.query(ALL_SENDING, &[], |row| Ok((now, weight(row, 0)?)))?);
    Ok(uses)
}

/// Bots with something queued, each with the last position in its queue.
pub fn with_queued(tx: &mut Tx) -> Result<Vec<(Id<Bot>, i64)>> {
    tx.query(WITH_QUEUED, &[], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Bots of which something was being sent when their lane's owner ended.
pub fn with_leftovers(tx: &mut Tx) -> Result<Vec<Id<Bot>>> {
    tx.query(WITH_SENDING, &[], |row| row.get(0))
}

/// What of a bot matters to its lane.
#[derive(Debug, Clone)]
pub struct Sendable {
    pub tenant: Id<Tenant>,
    pub rate_limit: Option<Rate>,
    /// Neither deactivated nor removed.
    pub is_active: bool,
    pub is_token_revoked: bool,
    pub platform: Platform,
    /// Of a WhatsApp number: under what it sends.
    pub phone_number_id: Option<String>,
}

/// The bot behind a lane.
pub fn sendable(tx: &mut Tx, bot: Id<Bot>) -> Result<Option<Sendable>> {
    tx.query_opt(SENDABLE, &args![bot], |row| {
        Ok(Sendable {
            tenant: row.get(0)?,
            rate_limit: columns::word_opt(row, 1)?,
            is_active: row.get(2)?,
            is_token_revoked: row.get::<Option<Timestamp>>(3)?.is_some(),
            platform: columns::word(row, 4)?,
            phone_number_id: row.get(5)?,
        })
    })
}

fn read(row: &Row<'_>) -> Result<Queued> {
    let count = |index| Ok(u32::try_from(row.get::<i64>(index)?).unwrap_or(u32::MAX));
    Ok(Queued {
        key: DeliveryKey { bot: row.get(0)?, position: row.get(1)? },
        message: row.get(2)?,
        broadcast: row.get(3)?,
        class: Class::from_int(row.get(4)?),
        chat_id: row.get(5)?,
        is_group: row.get(6)?,
        weight: count(7)?,
        counts_daily: row.get(8)?,
        due_at: row.get(9)?,
        expires_at: row.get(10)?,
        attempts: count(11)?,
        was_unknown: row.get(12)?,
        on_unknown: columns::word(row, 13)?,
        is_paid: row.get(14)?,
    })
}
