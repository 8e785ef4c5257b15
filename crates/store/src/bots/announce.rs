//! Telling who listens that what is shown of a bot has changed.

use model::{
    Id, Result, Scope, Timestamp,
    bot::Bot,
    feed::{Change, FeedKind},
};

use crate::{args, db::Tx, feed};

crate::statements! {
    hot TENANT = "bots.tenant", "SELECT tenant_id FROM bot WHERE id = $1";
}

/// Writes the change into the feed of the bot's tenant; last in its transaction.
pub(crate) fn announce(tx: &mut Tx, id: Id<Bot>, now: Timestamp) -> Result<()> {
    match tx.query_opt(TENANT, &args![id], |row| row.get(0))? {
        Some(tenant) => feed::append(tx, &Scope::system(tenant), &[Change::new(FeedKind::Bot, id)], now),
        None => Ok(()),
    }
}
