//! What the driver is woken by.

use model::Id;
use store::{
    db::{Db, Listener, Wake},
    wake,
};

#[derive(Debug)]
pub(super) struct Wakes {
    pub(super) lane: Listener,
    pub(super) bot: Listener,
    pub(super) broadcast: Listener,
}

impl Wakes {
    pub(super) fn new(db: &Db) -> Self {
        Self { lane: db.listen(wake::LANE), bot: db.listen(wake::BOT), broadcast: db.listen(wake::BROADCAST) }
    }
}

/// The id that a wake-up names; `None`: look at everything.
pub(super) fn named<T>(wake: &Wake) -> Option<Id<T>> {
    match wake {
        Wake::Payload(text) => text.parse().ok(),
        Wake::Missed => None,
    }
}
