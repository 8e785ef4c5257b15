//! The receiving end: a Bot API with bad days, which also counts what really arrives.

use std::collections::{HashMap, VecDeque};

use model::{
    Rate,
    delivery::{Class, Outcome, Queued},
    message::{ErrorCode, OnUnknown},
};

use crate::{random::Random, scenario::Scenario};

/// What arrived within the longest window, with a rate to hold.
#[derive(Debug)]
struct Counter {
    rate: Rate,
    arrived: VecDeque<(i64, u32)>,
}

impl Counter {
    fn new(rate: Rate) -> Self {
        Self { rate, arrived: VecDeque::new() }
    }

    /// False when more than the rate arrived within a window. A call heavier than the whole window is let pass alone.
    fn arrive(&mut self, at: i64, weight: u32) -> bool {
        self.arrived.push_back((at, weight));
        while self.arrived.front().is_some_and(|(time, _)| at - time > self.rate.window_ms()) {
            self.arrived.pop_front();
        }
        let sum: u32 = self.arrived.iter().map(|(_, weight)| weight).sum();
        sum <= self.rate.count() || self.arrived.len() == 1
    }
}

#[derive(Debug)]
struct BotSide {
    counter: Counter,
    /// Of messages that are paid for.
    paid: Counter,
    chats: HashMap<i64, Counter>,
    groups: HashMap<i64, Counter>,
    penalties: HashMap<i64, i64>,
    penalty: i64,
    burst_until: i64,
    blocked: HashMap<i64, ErrorCode>,
    moved: HashMap<i64, i64>,
    is_revoked: bool,
    /// How often each delivery was really sent to people, and the last one per chat, class and broadcast.
    sent: HashMap<i64, u32>,
    last: HashMap<(i64, Class, Option<[u8; 16]>), i64>,
    daily: HashMap<i64, i64>,
}

/// What comes back of a call.
pub struct Answer {
    pub outcome: Outcome,
    /// A rule was broken.
    pub broken: Option<String>,
}

#[derive(Debug)]
pub struct Telegram {
    bots: Vec<BotSide>,
    total: Option<Counter>,
}

/// A call as it arrives.
#[derive(Debug, Clone)]
pub struct Call {
    pub bot: usize,
    pub queued: Queued,
    /// The day whose limit was reserved.
    pub day: i64,
}

impl Telegram {
    pub fn new(scenario: &Scenario) -> Self {
        let bot = || BotSide {
            counter: Counter::new(scenario.config.bot_rate),
            paid: Counter::new(Rate::PAID),
            chats: HashMap::new(),
            groups: HashMap::new(),
            penalties: HashMap::new(),
            penalty: 0,
            burst_until: 0,
            blocked: HashMap::new(),
            moved: HashMap::new(),
            is_revoked: false,
            sent: HashMap::new(),
            last: HashMap::new(),
            daily: HashMap::new(),
        };
        Self { bots: (0..scenario.bots).map(|_| bot()).collect(), total: scenario.total_rate.map(Counter::new) }
    }

    pub fn replace_token(&mut self, bot: usize) {
        self.bots[bot].is_revoked = false;
    }

    pub fn times_sent(&self, bot: usize, position: i64) -> u32 {
        self.bots[bot].sent.get(&position).copied().unwrap_or(0)
    }

    /// A request is here: counts it, judges it, and decides what it comes to.
    pub fn arrive(&mut self, call: &Call, at: i64, scenario: &Scenario, random: &mut Random) -> Answer {
        let mut broken = self.count(call, at, scenario);
        let is_calm = at >= scenario.starts_at + scenario.calm_at;
        let side = &mut self.bots[call.bot];
        let outcome = side.judge(call, at, scenario, is_calm, random);
        if matches!(outcome, Outcome::Sent { .. }) {
            broken = broken.or(side.sent(call, scenario));
        }
        Answer { outcome, broken }
    }

    fn count(&mut self, call: &Call, at: i64, scenario: &Scenario) -> Option<String> {
        let side = &mut self.bots[call.bot];
        let (chat, weight) = (call.queued.chat_id, call.queued.weight);
        let position = call.queued.key.position;
        let (counter, rate) = match call.queued.is_paid {
            true => (&mut side.paid, Rate::PAID),
            false => (&mut side.counter, scenario.config.bot_rate),
        };
        if !counter.arrive(at, weight) {
            return Some(format!("bot {} over {rate} at position {position}", call.bot));
        }
        if let Some(total) = &mut self.total
            && !total.arrive(at, weight)
        {
            return Some(format!("all bots together over the total rate at position {position}"));
        }
        let in_chat = side.chats.entry(chat).or_insert_with(|| Counter::new(scenario.config.chat_rate));
        if !in_chat.arrive(at, weight) {
            return Some(format!("chat {chat} over {} at position {position}", scenario.config.chat_rate));
        }
        let in_group = side.groups.entry(chat).or_insert_with(|| Counter::new(scenario.config.group_rate));
        if call.queued.is_group && !in_group.arrive(at, weight) {
            return Some(format!("group {chat} over {} at position {position}", scenario.config.group_rate));
        }
        None
    }
}

impl BotSide {
    fn judge(&mut self, call: &Call, at: i64, scenario: &Scenario, is_calm: bool, random: &mut Random) -> Outcome {
        let chat = call.queued.chat_id;
        let mut may = |permille| !is_calm && random.chance(permille);
        let (new_revocation, new_block, new_move) =
            (may(scenario.revocations), may(scenario.blocks), may(scenario.migrations));
        let (new_burst, new_penalty, new_bot_penalty) =
            (may(scenario.burst_5xx), may(scenario.penalty), may(scenario.bot_penalty));
        let is_rejected = may(scenario.rejected);
        self.is_revoked |= new_revocation;
        if self.is_revoked {
            return Outcome::TokenRevoked { message: "Unauthorized".into() };
        }
        if new_burst {
            self.burst_until = at + random.within(500..=15_000);
        }
        if self.burst_until > at && random.chance(700) {
            return Outcome::Retry { code: ErrorCode::TelegramUnavailable, message: "Bad Gateway".into() };
        }
        let long = random.pick(&[1, 1, 2, 3, 5, 30, 30, 120, 4 * 3_600]) * 1_000;
        if new_penalty {
            self.penalties.insert(chat, at + long);
        }
        if new_bot_penalty {
            self.penalty = at + long.min(120_000);
        }
        let until = self.penalty.max(self.penalties.get(&chat).copied().unwrap_or(0));
        if until > at {
            // Telegram counts in whole seconds.
            return Outcome::RetryAfter { after_ms: (until - at + 999) / 1_000 * 1_000 };
        }
        if new_move && call.queued.is_group && !self.moved.contains_key(&chat) {
            self.moved.insert(chat, chat - 1_000);
        }
        if let Some(to) = self.moved.get(&chat) {
            return Outcome::Migrated { chat_id: *to };
        }
        if new_block {
            self.blocked.insert(chat, ErrorCode::BlockedByUser);
        }
        if let Some(code) = self.blocked.get(&chat) {
            return Outcome::Unreachable { code: *code, message: "Forbidden".into() };
        }
        if is_rejected {
            return Outcome::Rejected { code: ErrorCode::PayloadInvalid, message: "Bad Request".into() };
        }
        Outcome::Sent { provider_message_ids: vec![call.queued.key.position] }
    }

    /// A person got it.
    fn sent(&mut self, call: &Call, scenario: &Scenario) -> Option<String> {
        let queued = &call.queued;
        let position = queued.key.position;
        let times = self.sent.entry(position).or_default();
        *times += 1;
        let times = *times;
        if times > 1 && queued.on_unknown == OnUnknown::Hold {
            return Some(format!("position {position} was sent {times} times although it must never double"));
        }
        if times > 1 && !queued.was_unknown {
            return Some(format!("position {position} was sent {times} times without a lost answer between"));
        }
        // Rows of a broadcast that was held stay behind: then there is an order within each broadcast only.
        let broadcast = queued.broadcast.filter(|_| scenario.holds_broadcasts).map(|id| *id.as_bytes());
        let root = queued.chat_id.rem_euclid(1_000);
        let last = self.last.entry((root, queued.class, broadcast)).or_default();
        // A second copy comes when it comes.
        if *last > position && times == 1 {
            return Some(format!("position {position} came after {last} in chat {}", queued.chat_id));
        }
        *last = position.max(*last);
        if queued.counts_daily {
            let used = self.daily.entry(call.day).or_default();
            *used += i64::from(queued.weight);
            if *used > scenario.daily_limit {
                return Some(format!("position {position} is over the daily limit of {}", scenario.daily_limit));
            }
        }
        None
    }
}
