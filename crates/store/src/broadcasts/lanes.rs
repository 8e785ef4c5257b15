//! What the delivery engine asks about broadcasts: which run, and which bots still have recipients to feed.

use model::{
    Id, Result,
    bot::Bot,
    broadcast::{Broadcast, BroadcastStatus},
};

use crate::{args, columns, db::Tx};

crate::statements! {
    hot STATUS = "broadcasts.status", "SELECT status FROM broadcast WHERE id = $1";
    hot HELD = "broadcasts.held", "
        SELECT DISTINCT broadcast.id FROM delivery JOIN broadcast ON broadcast.id = delivery.broadcast_id
        WHERE delivery.bot_id = $1 AND delivery.class = 1 AND delivery.state = 'QUEUED'
            AND broadcast.status NOT IN ('QUEUED', 'SENDING')";
    hot TO_FEED = "broadcasts.to_feed", "
        SELECT DISTINCT broadcast_lane.bot_id FROM broadcast
            JOIN broadcast_lane ON broadcast_lane.broadcast_id = broadcast.id
        WHERE broadcast.status IN ('QUEUED', 'SENDING')";
}

/// Where a broadcast stands.
pub fn status(tx: &mut Tx, id: Id<Broadcast>) -> Result<Option<BroadcastStatus>> {
    tx.query_opt(STATUS, &args![id], |row| columns::word(row, 0))
}

/// Broadcasts with deliveries in a bot's lane that must not leave now.
pub fn held(tx: &mut Tx, bot: Id<Bot>) -> Result<Vec<Id<Broadcast>>> {
    tx.query(HELD, &args![bot], |row| row.get(0))
}

/// Bots with recipients of running broadcasts that are no deliveries yet.
pub fn bots_to_feed(tx: &mut Tx) -> Result<Vec<Id<Bot>>> {
    tx.query(TO_FEED, &[], |row| row.get(0))
}
