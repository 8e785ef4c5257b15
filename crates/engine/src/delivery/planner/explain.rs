//! Why something waits: from a lane's memory where one is at hand, else from facts of the database.

use model::{
    Rate, Timestamp,
    delivery::{Class, DeliveryKey, Queued},
    message::WaitingFor,
};

use super::{lane::Lane, pace::slot_us};
use crate::delivery::limiter::Opens;

/// Why a delivery has not left, and the soonest time at which it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    pub waiting_for: WaitingFor,
    pub next_attempt_at: Option<Timestamp>,
}

/// What is known of a waiting delivery. The database knows all but the last two; without them the answer names the rate
/// without a time.
#[derive(Debug, Clone, Copy, Default)]
pub struct Facts {
    pub due_at: Option<Timestamp>,
    /// It waits for a time that its sender chose.
    pub is_scheduled: bool,
    pub bot_paused_until: Option<Timestamp>,
    pub chat_paused_until: Option<Timestamp>,
    /// The daily limit has no room for it until then.
    pub daily_until: Option<Timestamp>,
    pub chat_opens_at: Option<Timestamp>,
    pub bot_opens_at: Option<Timestamp>,
}

/// The strongest reason why a delivery with these facts waits: the first of these that holds.
pub fn explain(facts: &Facts, now: Timestamp) -> Wait {
    let later = |at: Option<Timestamp>| at.filter(|at| *at > now);
    let because = |waiting_for, at| Wait { waiting_for, next_attempt_at: Some(at) };
    let due_at = later(facts.due_at);
    if let (true, Some(at)) = (facts.is_scheduled, due_at) {
        return because(WaitingFor::Schedule, at);
    }
    if let Some(at) = later(facts.bot_paused_until).max(later(facts.chat_paused_until)) {
        return because(WaitingFor::RetryAfter, at);
    }
    if let Some(at) = later(facts.daily_until) {
        return because(WaitingFor::DailyLimit, at);
    }
    if let Some(at) = due_at {
        return because(WaitingFor::BackOff, at);
    }
    if let Some(at) = later(facts.chat_opens_at) {
        return because(WaitingFor::ChatRate, at);
    }
    Wait { waiting_for: WaitingFor::BotRate, next_attempt_at: later(facts.bot_opens_at) }
}

/// How a lane stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    pub at: Timestamp,
    /// Entries in memory, by class, and whether the table has more.
    pub replies: (usize, bool),
    pub bulk: (usize, bool),
    pub in_flight: usize,
    pub settling: usize,
    pub rate: Rate,
    /// Places of the bot's window that are taken.
    pub used: u64,
    /// Thousandths of the rate that bulk may use after 429s.
    pub bulk_ceiling: u32,
    /// The present distance between two bulk messages.
    pub bulk_slot_ms: i64,
    pub paused_until: Option<Timestamp>,
    pub paused_chats: usize,
    pub daily_until: Option<Timestamp>,
    pub revoked: Option<String>,
    /// Chats of which something is remembered.
    pub chats: usize,
}

impl Lane {
    pub fn snapshot(&self, now: Timestamp) -> Snapshot {
        let ceiling = self.penalty.ceiling(now);
        Snapshot {
            at: now,
            replies: (self.replies.len(), self.reply_scan.has_more()),
            bulk: (self.bulk_queue.len(), self.bulk_scan.has_more()),
            in_flight: self.flights.len(),
            settling: self.settling.len(),
            rate: self.config.bot_rate,
            used: self.window.used(now),
            bulk_ceiling: ceiling,
            bulk_slot_ms: slot_us(self.config.bot_rate, ceiling) / 1_000,
            paused_until: Some(self.penalty.bot_until()).filter(|until| *until > now),
            paused_chats: self.chats.paused(now),
            daily_until: self.daily.map(|stop| stop.until).filter(|until| *until > now),
            revoked: self.revoked.clone(),
            chats: self.chats.len(),
        }
    }

    /// Why an entry in memory waits; None when it is not in memory or under way.
    pub fn waiting(&mut self, key: &DeliveryKey, now: Timestamp) -> Option<Wait> {
        let entry = self.replies.iter().chain(self.bulk_queue.iter()).find(|entry| entry.key == *key)?.clone();
        let facts = self.facts(&entry, now);
        Some(explain(&facts, now))
    }

    fn facts(&mut self, entry: &Queued, now: Timestamp) -> Facts {
        let at = |opens| match opens {
            Opens::At(at) => Some(at),
            Opens::Now | Opens::AfterAnswer => None,
        };
        let stop = self.daily.filter(|stop| entry.counts_daily && entry.weight >= stop.weight);
        let bot_opens_at = at(self.window_of(entry.is_paid).opens(entry.weight, now));
        let paced_at = (entry.class == Class::Bulk).then(|| self.bulk.pace_of(entry.is_paid).opens_at());
        let capped_at = self.bulk.cap_opens(entry.broadcast);
        let chat = self.chats.known_mut(entry.chat_id);
        let (chat_paused_until, chat_opens_at) =
            chat.map_or((None, None), |chat| (Some(chat.paused_until), at(chat.opens(entry, now))));
        Facts {
            due_at: Some(entry.due_at),
            is_scheduled: false,
            bot_paused_until: Some(self.penalty.bot_until()),
            chat_paused_until,
            daily_until: stop.map(|stop| stop.until),
            chat_opens_at,
            bot_opens_at: bot_opens_at.max(paced_at).max(capped_at),
        }
    }
}
