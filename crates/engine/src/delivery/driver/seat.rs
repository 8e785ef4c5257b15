//! A lane with what the driver keeps beside it.

use model::{
    Id, Result, Tenant, Timestamp,
    bot::Bot,
    broadcast::Broadcast,
    delivery::{Class, DeliveryKey},
};
use store::{
    broadcasts::{self, Terms},
    db::Wake,
};

use super::{Driver, Event, Note, call::Door, load, open, wakes::named};
use crate::delivery::planner::Lane;

/// One bot's lane at work.
#[derive(Debug)]
pub(super) struct Seat {
    pub lane: Lane,
    pub fence: i64,
    pub tenant: Id<Tenant>,
    /// With the token.
    pub door: Door,
    /// False while the bot is deactivated or removed: then claims are kept.
    pub may_send: bool,
    /// It goes to another node as soon as nothing of it is under way.
    pub is_leaving: bool,
    /// Claims and settlements that are not written, and calls that are not answered.
    pub owed: usize,
    pub kept_claims: Vec<DeliveryKey>,
    pub wake_at: Option<Timestamp>,
    /// The last position that the lane was told of.
    pub seen: i64,
}

impl Driver {
    /// Something was put into a lane, or something in it changed.
    pub(super) fn woken(&mut self, wake: &Wake) {
        match named(wake) {
            Some(bot) => self.wake(bot),
            None => self.look(),
        }
    }

    pub(super) fn wake(&mut self, bot: Id<Bot>) {
        if self.lanes.contains_key(&bot) {
            self.tell(bot, Event::Woken { class: Class::Reply });
            self.tell(bot, Event::Woken { class: Class::Bulk });
        } else if self.may_open(bot) && self.opening.insert(bot) {
            self.spawn(self.places.read(open::lane(self.deps.clone(), bot)));
        }
    }

    /// Looks for work that nobody told us of.
    pub(super) fn look(&mut self) {
        self.spawn(load::with_work(self.deps.clone()));
    }

    pub(super) fn found(&mut self, bot: Id<Bot>, last: i64) {
        match self.lanes.get_mut(&bot) {
            // Named without a row: recipients of a broadcast wait to become rows.
            Some(_) if last == 0 => self.tell(bot, Event::FeedReady),
            Some(seat) if seat.seen >= last => {}
            Some(seat) => {
                seat.seen = last;
                self.wake(bot);
            }
            None => self.wake(bot),
        }
    }

    /// A bot was changed: its lane hears of it.
    pub(super) fn bot_changed(&mut self, wake: &Wake) {
        let bots: Vec<Id<Bot>> = match named(wake) {
            Some(bot) => vec![bot],
            None => self.lanes.keys().copied().collect(),
        };
        for bot in bots {
            if self.lanes.contains_key(&bot) {
                self.spawn(self.places.read(load::sendable(self.deps.clone(), bot)));
            } else {
                self.wake(bot);
            }
        }
    }

    pub(super) fn refreshed(&mut self, bot: Id<Bot>, bearer: Result<Option<open::Bearer>>) {
        let bearer = match bearer {
            Ok(bearer) => bearer,
            Err(error) => return tracing::error!(bot.id = %bot, error = ?error, "A changed bot could not be read."),
        };
        let Some(seat) = self.lanes.get_mut(&bot) else { return };
        let Some(open::Bearer { sendable, token: Some(token) }) = bearer else {
            seat.may_send = false;
            return;
        };
        seat.door = open::door(&sendable, token);
        seat.may_send = sendable.is_active;
        self.claim_kept(bot);
        self.tell(bot, Event::RateChanged { rate: open::rate(&self.deps, &sendable) });
        self.tell(bot, Event::DailyRoom);
        if !sendable.is_token_revoked {
            self.tell(bot, Event::TokenReplaced);
        }
        self.wake(bot);
    }

    /// A broadcast was started, paused, resumed or cancelled.
    pub(super) fn broadcast_changed(&mut self, wake: &Wake) {
        match named::<Broadcast>(wake) {
            Some(id) => {
                let (deps, now) = (self.deps.clone(), self.deps.clock.now());
                self.spawn(async move {
                    let terms = deps.db.read(move |tx| broadcasts::terms(tx, id, now)).await;
                    Note::Broadcast(id, terms.ok().flatten())
                });
            }
            None => self.look(),
        }
    }

    pub(super) fn broadcast_is(&mut self, broadcast: Id<Broadcast>, terms: Option<Terms>) {
        let runs = terms.is_some_and(|terms| terms.may_leave);
        let rate = terms.and_then(|terms| terms.cap);
        let bots: Vec<Id<Bot>> = self.lanes.keys().copied().collect();
        for bot in bots {
            self.tell(bot, Event::BroadcastCapped { broadcast, rate });
            let event = if runs { Event::BroadcastReleased { broadcast } } else { Event::BroadcastHeld { broadcast } };
            self.tell(bot, event);
            if runs {
                self.tell(bot, Event::FeedReady);
            }
            self.tell(bot, Event::Woken { class: Class::Bulk });
        }
        if runs {
            // Its bots may have no lane open.
            self.look();
        }
    }
}
