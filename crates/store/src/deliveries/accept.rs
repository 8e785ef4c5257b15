//! Taking places in lanes: at acceptance, and when a scheduled time has come.

use model::{
    Error, Id, Result, Scope, Timestamp,
    bot::Bot,
    broadcast::Broadcast,
    delivery::{Class, DeliveryState},
    message::{Message, OnUnknown},
    outgoing::Outgoing,
};

use crate::{
    args, columns,
    db::{Arg, Tx},
    wake,
};

crate::statements! {
    hot TAKE_PLACES = "deliveries.take_places",
        "UPDATE lane SET next_position = next_position + $1 WHERE bot_id = $2 RETURNING next_position";
    INSERT = "deliveries.insert", "
        INSERT INTO delivery (bot_id, position, tenant_id, message_id, part, broadcast_id, class, chat_id, is_group,
            weight, counts_daily, op, state, due_at, expires_at, attempts, was_unknown, on_unknown, payload, is_paid)
        VALUES {rows bytes, int, bytes, bytes, int, bytes, int, int, bool,
            int, bool, text, text, int, int, int, bool, text, text, bool}";
    hot SCHEDULED = "deliveries.scheduled", "
        SELECT bot_id, position, message_id FROM delivery
        WHERE state = 'SCHEDULED' AND due_at <= $1 ORDER BY due_at, position LIMIT $2";
    hot PROMOTE = "deliveries.promote", "
        UPDATE delivery SET state = 'QUEUED', position = $1 WHERE bot_id = $2 AND position = $3 AND state = 'SCHEDULED'";
    hot PENDING = "deliveries.promote_message", "
        UPDATE message SET status = 'PENDING', waiting_for = NULL, next_attempt_at = NULL
        WHERE id = $1 AND status = 'SCHEDULED'";
    hot IS_DUE = "deliveries.is_scheduled_due", "
        SELECT 1 FROM delivery WHERE state = 'SCHEDULED' AND due_at <= $1 LIMIT 1";
}

/// A call to be made, in a lane that is named at acceptance.
#[derive(Debug, Clone)]
pub struct NewDelivery {
    pub message: Id<Message>,
    /// Counted from 0 within the message.
    pub part: i64,
    pub broadcast: Option<Id<Broadcast>>,
    pub class: Class,
    pub chat_id: i64,
    pub is_group: bool,
    /// Not before this time; until then it takes no place among those that wait.
    pub scheduled: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    pub on_unknown: OnUnknown,
    pub outgoing: Outgoing,
}

/// Puts deliveries at the end of a bot's lane, in their order, and wakes the lane. Whoever commits first is first.
pub fn accept(tx: &mut Tx, scope: &Scope, bot: Id<Bot>, deliveries: &[NewDelivery], now: Timestamp) -> Result<()> {
    let first = take_places(tx, bot, deliveries.len())?;
    let rows: Vec<Vec<Arg>> =
        deliveries.iter().zip(first..).map(|(d, position)| row(scope, bot, d, position, now)).collect::<Result<_>>()?;
    tx.execute_rows(INSERT, &[], &rows)?;
    tx.notify(wake::LANE, &bot.to_string())
}

fn take_places(tx: &mut Tx, bot: Id<Bot>, count: usize) -> Result<i64> {
    let count = i64::try_from(count).map_err(|_| Error::internal("more deliveries than an integer counts"))?;
    let next: i64 = tx.query_one(TAKE_PLACES, &args![count, bot], |row| row.get(0))?;
    Ok(next - count)
}

fn row(scope: &Scope, bot: Id<Bot>, d: &NewDelivery, position: i64, now: Timestamp) -> Result<Vec<Arg>> {
    let state = if d.scheduled.is_some() { DeliveryState::Scheduled } else { DeliveryState::Queued };
    Ok(args![
        bot,
        position,
        scope.tenant(),
        d.message,
        d.part,
        d.broadcast,
        d.class.as_int(),
        d.chat_id,
        d.is_group,
        d.outgoing.weight(),
        d.outgoing.is_new_message(),
        d.outgoing.delivery_op().as_str(),
        state.as_str(),
        d.scheduled.unwrap_or(now),
        d.expires_at,
        0_i64,
        false,
        d.on_unknown.as_str(),
        columns::to_json(&d.outgoing)?,
        d.outgoing.options.allow_paid_broadcast,
    ]
    .into())
}

/// Whether the time of a scheduled delivery has come.
pub fn is_scheduled_due(tx: &mut Tx, now: Timestamp) -> Result<bool> {
    Ok(tx.query_opt(IS_DUE, &args![now], |_| Ok(()))?.is_some())
}

/// Queues up to `limit` scheduled deliveries whose time has come, at the end of their lanes. Tells how many.
pub fn promote_scheduled(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<usize> {
    let due: Vec<(Id<Bot>, i64, Id<Message>)> =
        tx.query(SCHEDULED, &args![now, limit], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    for (bot, position, message) in &due {
        let place = take_places(tx, *bot, 1)?;
        tx.execute(PROMOTE, &args![place, bot, *position])?;
        tx.execute(PENDING, &args![message])?;
        tx.notify(wake::LANE, &bot.to_string())?;
    }
    Ok(due.len())
}
