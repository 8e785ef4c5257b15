//! After each event: what may leave now, and when to look again.

use model::{
    Timestamp,
    delivery::{Class, DeliveryKey},
};

use super::{
    event::{Action, Verdict},
    lane::{Around, Flight, Lane},
    pace::{claims_max, slot_us},
};
use crate::delivery::limiter::{Ask, Opens};

/// Chats looked at when places are kept for replies that wait for their chats.
const KEPT_MAX: usize = 32;

/// Whether a chat's oldest entry may leave, as far as the chat is concerned.
enum Chance {
    Yes,
    At(Timestamp),
    /// After an answer, a settlement or a load.
    Later,
}

/// The deliveries to claim, and the soonest time at which something changes by itself.
#[derive(Default)]
struct Plan {
    keys: Vec<DeliveryKey>,
    wake: Option<Timestamp>,
}

impl Plan {
    fn wake_at(&mut self, at: Timestamp) {
        self.wake = Some(self.wake.map_or(at, |wake| wake.min(at)));
    }
}

/// Whether bulk may follow.
#[derive(PartialEq, Eq)]
enum Replies {
    /// None waits for the bot alone.
    Clear,
    Waiting,
}

impl Lane {
    pub(super) fn plan(&mut self, around: &mut Around<'_>) {
        self.daily = self.daily.filter(|stop| stop.until > self.now);
        self.replies.promote(self.now);
        self.bulk_queue.promote(self.now);
        self.expire(Class::Reply, around);
        self.expire(Class::Bulk, around);
        let mut plan = Plan::default();
        if self.revoked.is_none() {
            self.send(&mut plan, around);
            self.ask_for_more(around);
            // Recipients are asked for again on the next day, also where nothing that is queued waits for it.
            if let Some(stop) = self.daily.filter(|_| self.bulk.may_feed()) {
                plan.wake_at(stop.until);
            }
            if !plan.keys.is_empty() {
                around.actions.push(Action::Claim { keys: plan.keys });
            }
        }
        self.wake_up(plan.wake, around);
        self.chats.sweep(self.now);
    }

    fn send(&mut self, plan: &mut Plan, around: &mut Around<'_>) {
        if self.penalty.bot_until() > self.now {
            plan.wake_at(self.penalty.bot_until());
            return;
        }
        let replies = self.plan_replies(plan, around);
        self.read(Class::Reply, around);
        if replies == Replies::Clear && self.is_read(Class::Reply) {
            self.plan_bulk(false, plan, around);
            self.plan_bulk(true, plan, around);
        }
    }

    fn plan_replies(&mut self, plan: &mut Plan, around: &mut Around<'_>) -> Replies {
        while let Some(chat) = self.replies.oldest(None) {
            match self.chance(Class::Reply, chat) {
                Chance::Yes => {}
                Chance::At(at) => {
                    self.replies.defer(chat, at);
                    continue;
                }
                Chance::Later => {
                    self.replies.rest(chat);
                    continue;
                }
            }
            if self.is_full(self.config.in_flight_max) || !self.has_place(Class::Reply, chat, plan, around) {
                return Replies::Waiting;
            }
            self.start(Class::Reply, chat, plan);
        }
        Replies::Clear
    }

    /// What is paid for and what is not have windows and paces of their own, so that neither waits for the other.
    fn plan_bulk(&mut self, is_paid: bool, plan: &mut Plan, around: &mut Around<'_>) {
        let slot_us = self.slot_us(is_paid);
        while let Some(chat) = self.next_bulk(is_paid, plan) {
            let for_replies = (self.config.in_flight_max / 8).max(1);
            if self.is_full(self.config.in_flight_max.saturating_sub(for_replies).max(1)) || self.is_claiming(slot_us) {
                return;
            }
            let opens_at = self.bulk.pace_of(is_paid).opens_at();
            if opens_at > self.now {
                plan.wake_at(opens_at);
                return;
            }
            if (!is_paid && self.is_kept_for_replies(chat)) || !self.has_place(Class::Bulk, chat, plan, around) {
                return;
            }
            self.start(Class::Bulk, chat, plan);
        }
    }

    /// The distance that bulk keeps now.
    fn slot_us(&mut self, is_paid: bool) -> i64 {
        slot_us(self.window_of(is_paid).rate(), self.penalty.ceiling(self.now))
    }

    /// The chat whose oldest bulk entry is next: broadcasts take turns.
    fn next_bulk(&mut self, is_paid: bool, plan: &mut Plan) -> Option<i64> {
        for group in self.bulk_queue.groups_after(self.bulk.last) {
            if let Some(at) = self.bulk.cap_opens(group).filter(|at| *at > self.now) {
                plan.wake_at(at);
                continue;
            }
            while let Some(chat) = self.bulk_queue.oldest(group) {
                // All of a broadcast is paid for, or nothing.
                if self.bulk_queue.head(chat).is_some_and(|head| head.is_paid != is_paid) {
                    break;
                }
                match self.chance(Class::Bulk, chat) {
                    Chance::Yes => return Some(chat),
                    Chance::At(at) => self.bulk_queue.defer(chat, at),
                    Chance::Later => self.bulk_queue.rest(chat),
                }
            }
        }
        None
    }

    fn chance(&mut self, class: Class, chat_id: i64) -> Chance {
        let now = self.now;
        let queue = match class {
            Class::Reply => &self.replies,
            Class::Bulk => &self.bulk_queue,
        };
        let Some(head) = queue.head(chat_id) else { return Chance::Later };
        if self.settling.contains_key(&head.key.position) {
            return Chance::Later;
        }
        let daily = self.daily.filter(|stop| head.counts_daily && head.weight >= stop.weight).map(|stop| stop.until);
        // A first try is due when it is read: its time was written by a clock that may be ahead of this one.
        let due_at = if head.attempts > 0 { head.due_at } else { now };
        let mut earliest = due_at.max(daily.unwrap_or(due_at));
        if let Some(chat) = self.chats.known_mut(chat_id) {
            if chat.is_busy || chat.is_unsettled || chat.moving.is_some() {
                return Chance::Later;
            }
            earliest = earliest.max(chat.paused_until);
            match chat.opens(head, now) {
                Opens::Now => {}
                Opens::At(at) => {
                    self.counter.hits.chat_rate += 1;
                    earliest = earliest.max(at);
                }
                Opens::AfterAnswer => return Chance::Later,
            }
        }
        if earliest > now { Chance::At(earliest) } else { Chance::Yes }
    }

    /// Every queue has an end: calls, and settlements that the database has not taken yet.
    fn is_full(&self, in_flight_max: usize) -> bool {
        self.flights.len() >= in_flight_max || self.flights.len() + self.settling.len() >= 2 * self.config.in_flight_max
    }

    fn is_claiming(&self, slot_us: i64) -> bool {
        let max = claims_max(slot_us);
        self.flights.values().filter(|f| f.entry.class == Class::Bulk && !f.is_granted).take(max).count() >= max
    }

    /// Looks for room in the bot's window, then takes it in the total one.
    fn has_place(&mut self, class: Class, chat: i64, plan: &mut Plan, around: &mut Around<'_>) -> bool {
        let Some((weight, is_paid)) = self.queue(class).head(chat).map(|head| (head.weight, head.is_paid)) else {
            return false;
        };
        let now = self.now;
        match self.window_of(is_paid).opens(weight, now) {
            Opens::Now => {}
            Opens::At(at) => {
                self.counter.bot_is_full(now, at);
                plan.wake_at(at);
                return false;
            }
            Opens::AfterAnswer => return false,
        }
        match around.total.as_mut().map(|total| total.ask(self.bot, class, weight, self.now)) {
            None | Some(Ask::Granted) => true,
            Some(Ask::Wait(at)) => {
                plan.wake_at(at);
                false
            }
        }
    }

    /// Whether a bulk message now would take the place of a reply that waits for its chat only.
    fn is_kept_for_replies(&self, chat: i64) -> bool {
        let Some(weight) = self.bulk_queue.head(chat).map(|head| u64::from(head.weight)) else { return false };
        let count = u64::from(self.window.rate().count());
        let window_end = self.now + self.window.rate().window_ms();
        let called = self.flights.values().map(|flight| flight.entry.chat_id);
        let busy = called.chain(self.settling.values().map(|settling| settling.chat)).map(|chat| (self.now, chat));
        let soon = self.replies.timed().take_while(|(at, _)| *at <= window_end);
        let mut kept = 0;
        for (at, chat) in busy.chain(soon).take(KEPT_MAX) {
            kept += self.replies.head(chat).map_or(0, |head| u64::from(head.weight));
            // More replies than the window holds are no reason: bulk would not leave until they are all gone.
            if kept + weight <= count && kept > 0 && self.window.used(at) + kept + weight > count {
                return true;
            }
        }
        false
    }

    fn start(&mut self, class: Class, chat: i64, plan: &mut Plan) {
        let Some(entry) = self.queue(class).pop(chat) else { return };
        self.window_of(entry.is_paid).take(entry.weight);
        self.chats.take(&entry);
        // A reply between two bulk messages takes a slot of theirs. Else the window would be full before its end, and the
        // replies that come then would wait for the rest of it.
        let is_paced = class == Class::Bulk || !(self.bulk_queue.is_empty() && self.bulk.is_fed());
        let slot_us = if is_paced { self.slot_us(entry.is_paid) } else { 0 };
        if is_paced {
            self.bulk.pace_of(entry.is_paid).take(self.now, slot_us, entry.weight);
        }
        if class == Class::Bulk {
            self.bulk.take_cap(entry.broadcast, self.now, entry.weight);
            self.bulk.last = entry.broadcast;
        }
        plan.keys.push(entry.key);
        self.flights.insert(entry.key.position, Flight { entry, is_granted: false, slot_us });
    }

    fn expire(&mut self, class: Class, around: &mut Around<'_>) {
        let now = self.now;
        for (chat, position) in self.queue(class).expired(now) {
            if self.settling.contains_key(&position) {
                continue;
            }
            if let Some(entry) = self.queue(class).remove(chat, position) {
                self.end_uncalled(entry, Verdict::Expired, around);
            }
        }
    }

    fn wake_up(&mut self, planned: Option<Timestamp>, around: &mut Around<'_>) {
        let mut wakes: Vec<Timestamp> = planned.into_iter().collect();
        for queue in [&self.replies, &self.bulk_queue] {
            wakes.extend(queue.next_timed());
            // What has expired already waits for a settlement.
            wakes.extend(queue.next_expiry().filter(|at| *at > self.now));
        }
        let Some(at) = wakes.into_iter().min() else { return };
        if self.wake != Some(at) {
            self.wake = Some(at);
            around.actions.push(Action::WakeAt(at));
        }
    }
}
