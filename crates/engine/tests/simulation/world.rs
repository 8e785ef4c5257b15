//! Virtual time, and everything that happens in it.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt::Write as _,
};

use engine::{delivery::planner::Event, nodes::lease::Terms};
use model::{
    Id, Timestamp,
    bot::Bot,
    broadcast::Broadcast,
    delivery::{Class, DeliveryKey, Queued},
    message::OnUnknown,
};

use crate::{
    node::Node,
    random::Random,
    scenario::{Mutation, Scenario},
    table::{BotRow, Name, State},
    telegram::{Call, Telegram},
    transaction::{Op, Reply},
};

/// Virtual time within which everything must have come to its end.
const LIMIT_MS: i64 = 60 * 86_400_000;
/// Things that may happen in a run: more is a lane that goes round in circles.
const EVENTS_MAX: u64 = 300_000;
/// When all is quiet, owners stay: renewing them would only cost time.
pub const FOREVER_MS: i64 = 100 * 86_400_000;
/// From the calm until everybody who is dead has been buried.
const QUIET_MS: i64 = 60_000;
/// Lines of a failing run that are shown.
const TRACE_LINES: usize = 60;

/// Something that happens at a time. What is for a node waits while the node is frozen, and is lost when it crashed.
#[derive(Debug)]
pub enum What {
    Accept { bot: usize, is_express: bool },
    Broadcast { bot: usize, broadcast: Id<Broadcast>, recipients: usize },
    Hold { bot: usize, broadcast: Id<Broadcast>, is_held: bool },
    Cancel,
    Crash,
    Restart { node: usize },
    Freeze,
    DatabaseDown,
    Calm,
    Quiet,
    ReplaceToken { bot: usize },
    Patrol { node: usize, life: u64 },
    Execute(Box<Op>),
    Reply { node: usize, life: u64, op: Box<Op>, reply: Reply },
    Lane { node: usize, life: u64, run: u64, bot: usize, event: Event },
    Timer { node: usize, life: u64, run: u64, bot: usize, timer: u64 },
    Wake { bot: usize, class: Class, express: Option<i64> },
    Claim { node: usize, life: u64, run: u64, bot: usize, keys: Vec<DeliveryKey> },
    WriteCall { node: usize, life: u64, run: u64, epoch: u64, call: Call },
    Arrive { node: usize, life: u64, run: u64, call: Call, departed: i64, answer_ms: i64, is_lost: bool },
}

/// A run that broke a rule.
#[derive(Debug)]
pub struct Failure {
    pub what: String,
    pub trace: String,
}

pub struct World {
    pub scenario: Scenario,
    pub mutation: Mutation,
    pub random: Random,
    pub now: i64,
    pub terms: Terms,
    pub nodes: Vec<Node>,
    pub bots: Vec<BotRow>,
    /// The nodes that are known in the database, with their beats.
    pub registry: BTreeMap<Name, i64>,
    pub telegram: Telegram,
    pub database_down_until: i64,
    pub is_calm: bool,
    pub next_id: u64,
    pub broken: Option<String>,
    pub events: u64,
    agenda: BTreeMap<(i64, u64), What>,
    trace: Option<VecDeque<String>>,
}

/// Runs one seed to its end.
pub fn run(seed: u64, cuts: u32, mutation: Mutation, with_trace: bool) -> Result<u64, Failure> {
    let mut random = Random::new(seed);
    let scenario = Scenario::draw(&mut random, cuts);
    let mut world = World::new(scenario, mutation, random, with_trace);
    world.set_up();
    world.go_on();
    match world.broken.take() {
        None => Ok(world.events),
        Some(what) => Err(Failure { what, trace: world.tell() }),
    }
}

pub fn bot_id(bot: usize) -> Id<Bot> {
    Id::from_bytes([bot as u8; 16])
}

pub fn bot_of(key: DeliveryKey) -> usize {
    usize::from(key.bot.as_bytes()[0])
}

impl World {
    fn new(scenario: Scenario, mutation: Mutation, random: Random, with_trace: bool) -> Self {
        Self {
            terms: scenario.terms,
            now: scenario.starts_at,
            nodes: (0..scenario.nodes).map(|_| Node::new()).collect(),
            bots: (0..scenario.bots).map(|_| BotRow::new()).collect(),
            registry: BTreeMap::new(),
            telegram: Telegram::new(&scenario),
            database_down_until: 0,
            is_calm: false,
            next_id: 1,
            broken: None,
            events: 0,
            agenda: BTreeMap::new(),
            trace: with_trace.then(VecDeque::new),
            scenario,
            mutation,
            random,
        }
    }

    /// Chance, in whole milliseconds.
    pub fn some(&mut self, from: i64, to: i64) -> i64 {
        self.random.within(from..=to)
    }

    pub fn id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    pub fn after(&mut self, ms: i64, what: What) {
        let id = self.id();
        self.agenda.insert((self.now + ms.max(0), id), what);
    }

    pub fn note(&mut self, line: impl FnOnce() -> String) {
        if let Some(trace) = &mut self.trace {
            trace.push_back(format!("{:>9} ms  {}", self.now - self.scenario.starts_at, line()));
            if trace.len() > TRACE_LINES {
                trace.pop_front();
            }
        }
    }

    pub fn breaks(&mut self, what: String) {
        self.note(|| format!("BROKEN: {what}"));
        self.broken.get_or_insert(what);
    }

    fn tell(&self) -> String {
        let mut text = format!("{:?}\n", self.scenario);
        for line in self.trace.iter().flatten() {
            let _ = writeln!(text, "{line}");
        }
        text
    }

    fn set_up(&mut self) {
        let calm_at = self.scenario.calm_at;
        for node in 0..self.nodes.len() {
            self.nodes[node].skew = self.some(-self.scenario.skew_ms / 2, self.scenario.skew_ms / 2);
            self.start(node);
        }
        for _ in 0..self.scenario.replies {
            let (bot, at) = (self.any_bot(), self.some(0, calm_at));
            let is_express = self.random.chance(250);
            self.after(at, What::Accept { bot, is_express });
        }
        for n in 0..self.scenario.broadcasts {
            let (bot, at, recipients) = (self.any_bot(), self.some(0, calm_at / 2), self.scenario.recipients);
            let broadcast = Id::from_bytes([n as u8 + 1; 16]);
            self.after(at, What::Broadcast { bot, broadcast, recipients });
            if self.scenario.holds_broadcasts {
                let (held, released) = (self.some(at, calm_at), self.some(calm_at / 2, calm_at));
                self.after(held, What::Hold { bot, broadcast, is_held: true });
                self.after(released.max(held + 1), What::Hold { bot, broadcast, is_held: false });
            }
        }
        self.plan_trouble();
        self.after(calm_at, What::Calm);
    }

    fn plan_trouble(&mut self) {
        let scenario = self.scenario.clone();
        let kinds = [
            (scenario.crash_every_ms, (|| What::Crash) as fn() -> What),
            (scenario.freeze_every_ms, || What::Freeze),
            (scenario.database_every_ms, || What::DatabaseDown),
            (if scenario.cancels > 0 { 4_000 } else { 0 }, || What::Cancel),
        ];
        for (every_ms, make) in kinds {
            if every_ms == 0 {
                continue;
            }
            let mut at = self.some(1, every_ms * 2);
            while at < scenario.calm_at {
                self.after(at, make());
                at += self.some(1, every_ms * 2);
            }
        }
    }

    fn any_bot(&mut self) -> usize {
        self.some(0, self.scenario.bots as i64 - 1) as usize
    }

    fn go_on(&mut self) {
        while let Some(((at, _), what)) = self.agenda.pop_first() {
            self.now = self.now.max(at);
            self.events += 1;
            if self.now - self.scenario.starts_at > LIMIT_MS {
                return self.complain_of_lost();
            }
            if self.events > EVENTS_MAX {
                return self.breaks("a lane goes round in circles".to_owned());
            }
            if let Some(what) = self.thaw(what) {
                self.happen(what);
            }
            if self.broken.is_some() || (self.is_calm && self.is_over()) {
                break;
            }
        }
        self.check_ends();
    }

    /// What is for a frozen node happens when it thaws.
    fn thaw(&mut self, what: What) -> Option<What> {
        let (node, life) = match &what {
            What::Patrol { node, life }
            | What::Reply { node, life, .. }
            | What::Lane { node, life, .. }
            | What::Timer { node, life, .. }
            | What::Claim { node, life, .. }
            | What::WriteCall { node, life, .. } => (*node, *life),
            _ => return Some(what),
        };
        let until = self.nodes[node].frozen_until;
        if self.nodes[node].life != life {
            return None;
        }
        if until > self.now {
            self.after(until - self.now, what);
            return None;
        }
        Some(what)
    }

    fn happen(&mut self, what: What) {
        match what {
            What::Accept { bot, is_express } => self.accept(bot, is_express),
            What::Broadcast { bot, broadcast, recipients } => self.broadcast(bot, broadcast, recipients),
            What::Hold { bot, broadcast, is_held } => self.hold(bot, broadcast, is_held),
            What::Cancel => self.cancel(),
            What::Crash => self.crash(),
            What::Restart { node } => self.start(node),
            What::Freeze => self.freeze(),
            What::DatabaseDown => self.database_down_until = self.now + self.random.within(100..=12_000),
            What::Calm => self.calm(),
            What::Quiet => self.terms.ttl_ms = FOREVER_MS,
            What::ReplaceToken { bot } => self.replace_token(bot),
            What::Patrol { node, .. } => self.patrol(node),
            What::Execute(op) => self.execute(*op),
            What::Reply { node, op, reply, .. } => self.reply(node, *op, reply),
            What::Lane { node, run, bot, event, .. } => self.tell_run(node, run, bot, event),
            What::Timer { node, run, bot, timer, .. } => self.tick(node, run, bot, timer),
            What::Wake { bot, class, express } => self.wake(bot, class, express),
            What::Claim { node, run, bot, keys, .. } => self.claim(node, run, bot, keys),
            What::WriteCall { node, run, epoch, call, .. } => self.write_call(node, run, epoch, call),
            What::Arrive { node, life, run, call, departed, answer_ms, is_lost } => {
                self.arrive(node, life, run, call, departed, answer_ms, is_lost);
            }
        }
    }

    fn accept(&mut self, bot: usize, is_express: bool) {
        let chat = if is_express { 400 + self.some(0, 99) } else { self.any_chat() };
        // Two express messages to one chat may wait for each other.
        let is_express = is_express && self.bots[bot].rows.values().all(|row| row.queued.chat_id != chat);
        let queued = self.message(bot, chat, Class::Reply, None, is_express);
        let row = self.bots[bot].accept(queued);
        let position = row.key.position;
        self.note(|| format!("bot {bot}: accepted reply {position} to {}", row.chat_id));
        let delay = if self.random.chance(500) { self.some(0, 5) } else { self.some(0, 500) };
        self.after(delay, What::Wake { bot, class: Class::Reply, express: is_express.then_some(position) });
    }

    fn any_chat(&mut self) -> i64 {
        let chat = self.some(1, self.scenario.chats);
        if chat % 4 == 0 { chat - 1_000_000 } else { chat + 500 }
    }

    /// A message that takes its place when it is accepted.
    pub fn message(
        &mut self,
        bot: usize,
        chat_id: i64,
        class: Class,
        broadcast: Option<Id<Broadcast>>,
        is_plain: bool,
    ) -> impl FnOnce(i64) -> Queued + use<> {
        let is_album = !is_plain && self.random.chance(80);
        let is_edit = !is_plain && !is_album && class == Class::Reply && self.random.chance(80);
        let expires = !is_plain && self.random.chance(self.scenario.expiries);
        let expires_at = expires.then(|| Timestamp::from_ms(self.now + self.random.within(100..=60_000)));
        let holds = self.random.chance(if class == Class::Bulk { 800 } else { 200 });
        let now = self.now;
        let is_paid = self.scenario.pays && broadcast.is_some_and(|id| id.as_bytes()[0] % 2 == 1);
        move |position| Queued {
            key: DeliveryKey { bot: bot_id(bot), position },
            message: Id::from_bytes([0; 16]),
            broadcast,
            class,
            chat_id,
            is_group: chat_id < 0,
            weight: if is_album { 3 } else { 1 },
            counts_daily: !is_edit,
            due_at: Timestamp::from_ms(now),
            expires_at,
            attempts: 0,
            was_unknown: false,
            on_unknown: if holds { OnUnknown::Hold } else { OnUnknown::Retry },
            is_paid,
        }
    }

    fn broadcast(&mut self, bot: usize, broadcast: Id<Broadcast>, recipients: usize) {
        for _ in 0..recipients {
            let chat = self.any_chat();
            self.bots[bot].recipients.push((broadcast, chat));
        }
        self.note(|| format!("bot {bot}: broadcast to {recipients}"));
        self.tell_owners(bot, || Event::FeedReady);
    }

    fn hold(&mut self, bot: usize, broadcast: Id<Broadcast>, is_held: bool) {
        self.note(|| format!("bot {bot}: broadcast {broadcast} held: {is_held}"));
        if is_held {
            self.bots[bot].held.insert(broadcast);
            self.tell_owners(bot, || Event::BroadcastHeld { broadcast });
        } else {
            self.bots[bot].held.remove(&broadcast);
            self.tell_owners(bot, || Event::BroadcastReleased { broadcast });
        }
    }

    fn cancel(&mut self) {
        let bot = self.any_bot();
        let waiting: Vec<i64> =
            self.bots[bot].rows.iter().filter(|(_, row)| row.state == State::Queued).map(|(p, _)| *p).collect();
        if waiting.is_empty() {
            return;
        }
        let position = self.random.pick(&waiting);
        if self.bots[bot].cancel(position) && self.random.chance(500) {
            let key = DeliveryKey { bot: bot_id(bot), position };
            self.note(|| format!("bot {bot}: cancelled {position}"));
            self.tell_owners(bot, || Event::Cancelled { key });
        }
    }

    fn wake(&mut self, bot: usize, class: Class, express: Option<i64>) {
        if let Some(position) = express {
            self.expect_express(bot, position);
        }
        self.tell_owners_now(bot, &Event::Woken { class });
    }

    fn crash(&mut self) {
        let node = self.random.within(0..=self.nodes.len() as i64 - 1) as usize;
        if !self.nodes[node].is_up {
            return;
        }
        self.note(|| format!("node {node}: crashes"));
        let life = self.id();
        self.nodes[node].crash(life);
        let back = if self.random.chance(500) { self.some(10, 300) } else { self.some(300, 15_000) };
        self.after(back, What::Restart { node });
    }

    fn freeze(&mut self) {
        let node = self.random.within(0..=self.nodes.len() as i64 - 1) as usize;
        let ms = self.some(500, 20_000);
        self.note(|| format!("node {node}: freezes for {ms} ms"));
        self.nodes[node].frozen_until = self.now + ms;
    }

    fn calm(&mut self) {
        self.note(|| "calm".to_owned());
        self.is_calm = true;
        self.database_down_until = 0;
        self.after(QUIET_MS, What::Quiet);
    }

    fn replace_token(&mut self, bot: usize) {
        self.note(|| format!("bot {bot}: new token"));
        self.telegram.replace_token(bot);
        self.bots[bot].revoked = None;
        self.tell_owners(bot, || Event::TokenReplaced);
    }

    fn is_over(&self) -> bool {
        let ended = |bot: &BotRow| {
            bot.recipients.is_empty()
                && !bot.rows.values().any(|row| matches!(row.state, State::Queued | State::Sending))
        };
        self.now - self.scenario.starts_at > self.scenario.calm_at + 1_000 && self.bots.iter().all(ended)
    }

    fn complain_of_lost(&mut self) {
        let lost = self.bots.iter().enumerate().find_map(|(bot, table)| {
            let rows = table.rows.values();
            let row = rows.into_iter().find(|row| matches!(row.state, State::Queued | State::Sending));
            row.map(|row| format!("bot {bot}: position {} is {:?} for ever", row.queued.key.position, row.state))
        });
        self.breaks(lost.unwrap_or_else(|| "recipients were never fed".to_owned()));
    }

    /// What the table says must be what people got.
    fn check_ends(&mut self) {
        if self.broken.is_some() {
            return;
        }
        if !self.is_over() {
            return self.complain_of_lost();
        }
        let mut wrong = None;
        for (bot, table) in self.bots.iter().enumerate() {
            for (position, row) in &table.rows {
                let times = self.telegram.times_sent(bot, *position);
                let is_right = match row.state {
                    State::Sent => times >= 1 && times <= 1 + row.unknowns,
                    State::Unknown => times <= row.unknowns,
                    State::Failed | State::Blocked | State::Expired => times == 0,
                    State::Cancelled => times <= row.unknowns,
                    State::Queued | State::Sending => false,
                };
                if !is_right {
                    let unknowns = row.unknowns;
                    wrong = Some(format!(
                        "bot {bot}: position {position} ended {:?} but was sent {times} times ({unknowns} unknown)",
                        row.state
                    ));
                }
            }
        }
        if let Some(wrong) = wrong {
            self.breaks(wrong);
        }
    }
}
