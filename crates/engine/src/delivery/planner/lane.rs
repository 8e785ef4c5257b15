//! The lane: one bot's queue, windows, pauses and calls under way, and how each event changes them.

use std::collections::{BTreeMap, HashSet};

use model::{
    Id, Rate, Timestamp,
    bot::Bot,
    broadcast::Broadcast,
    delivery::{Class, DeliveryKey, Queued},
    message::ErrorCode,
};

use super::{
    bulk::Bulk,
    chats::Chats,
    event::{Action, Config, Event, Restore, Verdict},
    hits::{Counter, Hits},
    intake::Scan,
    penalty::Penalty,
    queue::Queue,
    seed::Seed,
};
use crate::delivery::limiter::{Total, Window};

/// A delivery that was asked to be claimed, or is being sent.
#[derive(Debug)]
pub(super) struct Flight {
    pub entry: Queued,
    pub is_granted: bool,
    /// What it took of bulk's pace: nothing, if it is a reply while there is no bulk.
    pub slot_us: i64,
}

/// A settlement that is not known to be committed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settling {
    pub class: Class,
    pub chat: i64,
    pub end: End,
    pub gives_back: bool,
}

/// What a settlement is to its delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// It ended without a call.
    Uncalled,
    /// It ended with a call.
    Called,
    /// It is tried again.
    Again,
    /// It goes to another chat.
    Moved,
}

/// No room in the daily limit for this weight or more.
#[derive(Debug, Clone, Copy)]
pub(super) struct DailyStop {
    pub until: Timestamp,
    pub weight: u32,
}

/// What a step may use besides the lane itself.
pub(super) struct Around<'a> {
    pub total: Option<&'a mut Total>,
    pub actions: &'a mut Vec<Action>,
}

/// One bot's brain. Made when the bot has work, dropped when [`Lane::is_idle`].
#[derive(Debug)]
pub struct Lane {
    pub(super) bot: Id<Bot>,
    pub(super) config: Config,
    pub(super) seed: Seed,
    pub(super) now: Timestamp,
    pub(super) is_restored: bool,
    pub(super) revoked: Option<String>,
    pub(super) replies: Queue,
    pub(super) bulk_queue: Queue,
    pub(super) reply_scan: Scan,
    pub(super) bulk_scan: Scan,
    pub(super) bulk: Bulk,
    pub(super) chats: Chats,
    pub(super) window: Window,
    /// Of messages that are paid for.
    pub(super) paid_window: Window,
    pub(super) penalty: Penalty,
    pub(super) daily: Option<DailyStop>,
    // In an order of their own, so that a decision that looks at all of them is the same each time.
    pub(super) flights: BTreeMap<i64, Flight>,
    pub(super) settling: BTreeMap<i64, Settling>,
    /// The old ids of chats that are being moved, by the position whose settlement moves them.
    pub(super) moves: BTreeMap<i64, i64>,
    pub(super) wake: Option<Timestamp>,
    pub(super) counter: Counter,
}

impl Lane {
    /// `seed` makes the jitter of retries.
    pub fn new(bot: Id<Bot>, config: Config, seed: u64) -> Self {
        Self {
            bot,
            seed: Seed::new(seed),
            now: Timestamp::from_ms(i64::MIN),
            is_restored: false,
            revoked: None,
            replies: Queue::new(Class::Reply),
            bulk_queue: Queue::new(Class::Bulk),
            reply_scan: Scan::new(),
            bulk_scan: Scan::new(),
            bulk: Bulk::default(),
            chats: Chats::new(config.chat_rate, config.group_rate),
            window: Window::new(config.bot_rate),
            paid_window: Window::new(Rate::PAID),
            penalty: Penalty::new(),
            daily: None,
            flights: BTreeMap::new(),
            settling: BTreeMap::new(),
            moves: BTreeMap::new(),
            wake: None,
            counter: Counter::default(),
            config,
        }
    }

    /// Takes one event in and says what is to be done. `total` is the limit over all bots, if there is one: the same
    /// for all lanes of the process, at every step.
    pub fn step(&mut self, event: Event, now: Timestamp, total: Option<&mut Total>, actions: &mut Vec<Action>) {
        self.now = self.now.max(now);
        let mut around = Around { total, actions };
        self.take_in(event, &mut around);
        if self.is_restored {
            self.plan(&mut around);
        }
    }

    /// How often limits held something back since this was last asked.
    pub fn take_hits(&mut self) -> Hits {
        std::mem::take(&mut self.counter.hits)
    }

    fn take_in(&mut self, event: Event, around: &mut Around<'_>) {
        match event {
            Event::Restore(restore) => self.restore(restore, around),
            Event::Woken { class } => self.woken(class),
            Event::Loaded { class, rows, more } => self.loaded(class, rows, more, around),
            Event::ChatLoaded { class, chat_id, rows, more } => self.chat_loaded(class, chat_id, rows, more, around),
            Event::Fed { more } => self.bulk.fed(more),
            Event::FeedReady => self.bulk.more_to_feed(),
            Event::Claimed { granted, gone, daily_limit, too_heavy, next_day } => {
                self.granted(&granted, around);
                too_heavy.iter().for_each(|key| self.too_heavy(*key, around));
                for key in gone {
                    self.not_granted(key, around);
                }
                daily_limit.iter().for_each(|key| self.no_room_today(*key, next_day, around));
            }
            Event::Answered { key, outcome, at } => self.answered(key, outcome, at, around),
            Event::NotCalled { key } => self.not_called(key, around),
            Event::Settled { keys } => keys.iter().for_each(|key| self.settled(*key)),
            Event::Cancelled { key } => self.forget_entry(key),
            Event::BroadcastHeld { broadcast } => self.hold(broadcast),
            Event::BroadcastReleased { broadcast } => self.release(broadcast),
            Event::BroadcastCapped { broadcast, rate } => self.bulk.cap(broadcast, rate),
            Event::DailyRoom => self.daily_room(),
            Event::RateChanged { rate } => self.change_rate(rate),
            Event::TokenReplaced => self.revive(),
            Event::Tick => self.wake = None,
        }
    }

    fn restore(&mut self, restore: Restore, around: &mut Around<'_>) {
        let skew = self.config.clock_skew_ms;
        let latest = self.now + self.config.in_transit_ms;
        for used in restore.used {
            let at = used.answered_at.min(latest) + skew;
            self.window_of(used.is_paid).remember(used.weight, at);
            self.chats.remember(used.chat_id, used.weight, at);
        }
        for (chat, until) in restore.paused_chats {
            self.chats.pause(chat, until + skew);
        }
        let bot_until = restore.paused_until.map_or(Timestamp::from_ms(0), |until| until + skew);
        self.penalty.restore(bot_until, restore.bulk_ceiling, self.now);
        self.bulk.restore(restore.held, restore.capped, self.now);
        self.revoked = restore.revoked;
        self.is_restored = true;
        restore.left_over.into_iter().for_each(|entry| self.left_over(entry, around));
    }

    fn granted(&mut self, keys: &[DeliveryKey], around: &mut Around<'_>) {
        let mut recalled = Vec::new();
        let waits = self.has_reply_waiting();
        for key in keys {
            let Some(flight) = self.flights.get_mut(&key.position) else { continue };
            flight.is_granted = true;
            if is_rival(&flight.entry) && waits && std::mem::replace(&mut self.bulk.has_passed, true) {
                recalled.push(*key);
            }
        }
        self.bulk.has_passed &= waits;
        if !recalled.is_empty() {
            around.actions.push(Action::Recall { keys: recalled.clone() });
            recalled.into_iter().for_each(|key| self.not_called(key, around));
        }
    }

    /// A reply that nothing but the bot's own limits can hold, or rows among which there may be one.
    fn has_reply_waiting(&mut self) -> bool {
        self.replies.oldest(None).is_some() || !self.is_read(Class::Reply)
    }

    /// It could wait for ever.
    fn too_heavy(&mut self, key: DeliveryKey, around: &mut Around<'_>) {
        let Some(entry) = self.not_granted(key, around) else { return };
        let message =
            format!("It counts {} messages, more than the bot's daily limit allows in one day.", entry.weight);
        let verdict = Verdict::Failed { code: ErrorCode::PayloadInvalid, message };
        self.end_uncalled(entry, verdict, around);
    }

    /// A claimed delivery does not leave: its places are free again.
    pub(super) fn not_granted(&mut self, key: DeliveryKey, around: &mut Around<'_>) -> Option<Queued> {
        let flight = self.flights.remove(&key.position)?;
        let entry = flight.entry;
        self.window_of(entry.is_paid).give_back(entry.weight);
        self.chats.give_back(&entry);
        if let Some(total) = &mut around.total {
            total.give_back(entry.weight);
        }
        self.bulk.pace_of(entry.is_paid).give_back(flight.slot_us, entry.weight);
        self.touch(entry.chat_id);
        Some(entry)
    }

    fn no_room_today(&mut self, key: DeliveryKey, until: Timestamp, around: &mut Around<'_>) {
        let Some(entry) = self.not_granted(key, around) else { return };
        let weight = self.daily.map_or(entry.weight, |stop| stop.weight.min(entry.weight));
        self.daily = Some(DailyStop { until, weight });
        self.counter.hits.daily_limit += 1;
        self.queue(entry.class).put_back(entry);
    }

    fn settled(&mut self, key: DeliveryKey) {
        let Some(settling) = self.settling.remove(&key.position) else { return };
        self.finish_move(settling.chat, key.position);
        if let (End::Called | End::Again, Some(chat)) = (settling.end, self.chats.known_mut(settling.chat)) {
            chat.is_unsettled = false;
        }
        if settling.gives_back {
            self.daily_room();
        }
        let is_in_memory = self.queue(settling.class).contains(settling.chat, key.position);
        let goes_on = matches!(settling.end, End::Again | End::Moved);
        if goes_on && !is_in_memory {
            self.read_anew(settling.class);
        }
        self.touch(settling.chat);
    }

    /// The table calls a chat by its new id now. What was read before, or is being read, may still say the old one.
    fn finish_move(&mut self, to: i64, position: i64) {
        let Some(from) = self.moves.remove(&position) else { return };
        for chat in [from, to] {
            self.chats.get(chat).moving = None;
        }
        let settling = &self.settling;
        self.replies.absorb(from, to, |position| settling.contains_key(&position));
        self.bulk_queue.absorb(from, to, |position| settling.contains_key(&position));
        self.reply_scan.discard();
        self.bulk_scan.discard();
    }

    fn forget_entry(&mut self, key: DeliveryKey) {
        for queue in [&mut self.replies, &mut self.bulk_queue] {
            let chat = queue.iter().find(|entry| entry.key == key).map(|entry| entry.chat_id);
            if let Some(chat) = chat {
                queue.remove(chat, key.position);
            }
        }
    }

    fn hold(&mut self, broadcast: Id<Broadcast>) {
        self.bulk.held.insert(broadcast);
        self.bulk_queue.drop_where(|entry| entry.broadcast == Some(broadcast));
    }

    fn release(&mut self, broadcast: Id<Broadcast>) {
        self.bulk.held.remove(&broadcast);
        self.read_anew(Class::Bulk);
        self.bulk.more_to_feed();
    }

    /// Some rows are in the table only, before others that are in memory: all are read again, in their order.
    fn read_anew(&mut self, class: Class) {
        let settling = &self.settling;
        let queue = match class {
            Class::Reply => &mut self.replies,
            Class::Bulk => &mut self.bulk_queue,
        };
        queue.restart_all(|position| settling.contains_key(&position));
        self.scan(class).restart();
    }

    fn daily_room(&mut self) {
        if self.daily.take().is_some() {
            self.touch_all();
        }
    }

    fn change_rate(&mut self, rate: Rate) {
        self.config.bot_rate = rate;
        self.window.set_rate(rate);
    }

    fn revive(&mut self) {
        self.revoked = None;
        self.touch_all();
    }

    /// Lets go of a lane that is not idle: its lease was lost, or its process leaves. Calls under way keep their places
    /// in the limit over all bots for one window more; whoever opens the lane next finds them as left over.
    pub fn abandon(self, now: Timestamp, total: Option<&mut Total>) {
        let Some(total) = total else { return };
        total.withdraw(self.bot, Class::Reply);
        total.withdraw(self.bot, Class::Bulk);
        let at = now + self.config.in_transit_ms;
        self.flights.values().for_each(|flight| total.answer(flight.entry.weight, at));
    }

    /// The window in which a message takes its place.
    pub(super) fn window_of(&mut self, is_paid: bool) -> &mut Window {
        if is_paid { &mut self.paid_window } else { &mut self.window }
    }

    pub(super) fn queue(&mut self, class: Class) -> &mut Queue {
        match class {
            Class::Reply => &mut self.replies,
            Class::Bulk => &mut self.bulk_queue,
        }
    }

    pub(super) fn scan(&mut self, class: Class) -> &mut Scan {
        match class {
            Class::Reply => &mut self.reply_scan,
            Class::Bulk => &mut self.bulk_scan,
        }
    }

    /// Looks at a chat again, in both classes.
    pub(super) fn touch(&mut self, chat: i64) {
        self.replies.touch(chat);
        self.bulk_queue.touch(chat);
    }

    fn touch_all(&mut self) {
        self.replies.touch_all();
        self.bulk_queue.touch_all();
    }

    /// Whether the lane can be dropped: nothing waits, nothing is under way, nothing needs to be remembered. A lane
    /// whose token was revoked is idle too: a new one is opened when the token was replaced.
    pub fn is_idle(&mut self, now: Timestamp) -> bool {
        let is_quiet = self.is_restored && self.flights.is_empty() && self.settling.is_empty();
        if !is_quiet || self.reply_scan.is_busy() || self.bulk_scan.is_busy() {
            return false;
        }
        self.revoked.is_some() || (self.has_no_work() && self.remembers_nothing(now))
    }

    fn has_no_work(&self) -> bool {
        self.replies.is_empty()
            && self.bulk_queue.is_empty()
            && !self.reply_scan.has_more()
            && !self.bulk_scan.has_more()
            && self.bulk.is_fed()
    }

    fn remembers_nothing(&mut self, now: Timestamp) -> bool {
        self.penalty.bot_until() <= now
            && self.window.is_empty(now)
            && self.paid_window.is_empty(now)
            && self.chats.is_clear(now)
    }

    /// Broadcasts whose rows stay in the table for now.
    pub(super) fn is_held(held: &HashSet<Id<Broadcast>>, entry: &Queued) -> bool {
        entry.broadcast.is_some_and(|broadcast| held.contains(&broadcast))
    }
}

/// Bulk that takes a place which a reply could have; what is paid for has places of its own.
fn is_rival(entry: &Queued) -> bool {
    entry.class == Class::Bulk && !entry.is_paid
}
