//! Sending once more what ended without having arrived. What never left still stands in the lane; what a channel accepted and
//! gave up on later is made anew from what the timeline shows.

use model::{
    Id, Ids, Result, Scope, Timestamp,
    delivery::Class,
    message::{Message, OnUnknown, Status},
};
use store::{
    callback_data,
    db::Tx,
    deliveries::{self, NewDelivery},
    messages, whatsapp as receipts,
};

use super::{compose, fit};

/// Queues what is left of a message; `was_unknown` says that it may have arrived. Tells how many calls are owed again.
pub(crate) fn queue_again(
    tx: &mut Tx,
    ids: &dyn Ids,
    scope: &Scope,
    id: Id<Message>,
    was_unknown: bool,
    now: Timestamp,
) -> Result<usize> {
    match deliveries::requeue(tx, scope, id, was_unknown, now)? {
        0 => make_anew(tx, ids, scope, id, now),
        queued => Ok(queued),
    }
}

fn make_anew(tx: &mut Tx, ids: &dyn Ids, scope: &Scope, id: Id<Message>, now: Timestamp) -> Result<usize> {
    let lost = receipts::lost(tx, scope, id)?;
    let Some(message) = messages::get(tx, scope, id)?.filter(|_| !lost.is_empty()) else { return Ok(0) };
    let (Some(bot), Some(chat_id)) = (message.bot, message.chat_id) else { return Ok(0) };
    if !deliveries::reopen(tx, id, now)? {
        return Ok(0);
    }
    let (parts, long_data) = compose::anew(ids, &message.content)?;
    let mut parts = fit(message.platform, parts)?;
    let answered = message.reply_to.map(|id| messages::get(tx, scope, id)).transpose()?.flatten();
    if let (Some(first), Some(answered)) = (parts.first_mut(), answered) {
        first.options.reply_to = answered.provider_message_id;
        first.options.reply_to_name = answered.provider_name;
    }
    let parts = (0..).zip(parts).filter(|(part, _)| lost.contains(part));
    let delivery = |(part, outgoing)| NewDelivery {
        message: id,
        part,
        broadcast: message.broadcast,
        class: if message.broadcast.is_some() { Class::Bulk } else { Class::Reply },
        chat_id,
        is_group: false,
        scheduled: None,
        expires_at: None,
        on_unknown: message.sending.as_ref().map_or(OnUnknown::Hold, |sending| sending.on_unknown),
        outgoing,
    };
    let owed: Vec<NewDelivery> = parts.map(delivery).collect();
    receipts::open_again(tx, scope, id)?;
    callback_data::put(tx, scope, &long_data, now)?;
    deliveries::accept(tx, scope, bot, &owed, now)?;
    Ok(owed.len())
}

/// Whether a message that ended so can be sent again.
pub(super) fn may_be(status: Status) -> bool {
    status.is_final() && !status.has_left()
}
