//! A node: the driver around the real lanes, with a network and a database that fail.

use std::collections::{HashMap, HashSet};

use engine::delivery::{
    lease::{Held, Terms},
    limiter::Total,
    planner::{Action, CHAT_ENTRIES_MAX, CHAT_LOADS_MAX, Event, Lane, Pause, Restore, Settle},
};
use model::{
    Timestamp,
    delivery::{Class, DeliveryKey, Outcome, Queued},
    message::ErrorCode,
};

use crate::{
    scenario::Mutation,
    table::{Claimed, Fenced, Row, State},
    telegram::Call,
    world::{What, World, bot_id, bot_of},
};

/// When a call is given up.
const TIMEOUT_MS: i64 = 10_000;

#[derive(Debug)]
pub struct Node {
    pub is_up: bool,
    /// Changes with every start and crash: what was meant for an earlier life is lost.
    pub life: u64,
    pub frozen_until: i64,
    pub skew: i64,
    runs: HashMap<usize, Run>,
    opening: Vec<usize>,
    total: Option<Total>,
}

/// One lane of a node, from opening to losing it.
#[derive(Debug)]
struct Run {
    id: u64,
    fence: i64,
    held: Held,
    lane: Lane,
    settles: Vec<Settle>,
    pauses: Vec<Pause>,
    revokes: Option<String>,
    is_settling: bool,
    is_renewing: bool,
    /// Positions in claims without an answer, and how many of them are bulk.
    claiming: HashSet<i64>,
    bulk_claims: usize,
    /// Replies that nothing but the bot's own rate holds, and how many bulk messages were begun since.
    express: HashMap<i64, usize>,
    known_pauses: Vec<Pause>,
    /// Only the latest timer counts.
    timer: u64,
    steps: u64,
}

/// A transaction on its way.
#[derive(Debug, Clone)]
pub struct Op {
    id: u64,
    node: usize,
    life: u64,
    run: u64,
    fence: i64,
    bot: usize,
    asked_at: i64,
    terms: Terms,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    Open,
    Renew,
    Release,
    Load { class: Class, chat: Option<i64>, after: i64, limit: usize },
    Feed { room: usize },
    Claim { keys: Vec<DeliveryKey> },
    Settle { settles: Vec<Settle>, pauses: Vec<Pause>, revokes: Option<String> },
}

/// What comes back of a transaction.
#[derive(Debug)]
pub enum Reply {
    /// The connection broke; it may have been committed.
    Broken,
    Fenced,
    Opened(Option<(i64, Box<Restore>)>),
    Done,
    Loaded(Vec<Queued>, bool),
    Fed(bool),
    Claimed(Claimed),
}

impl Node {
    pub fn new() -> Self {
        Self { is_up: false, life: 0, frozen_until: 0, skew: 0, runs: HashMap::new(), opening: Vec::new(), total: None }
    }

    pub fn crash(&mut self, life: u64) {
        self.is_up = false;
        self.life = life;
        self.frozen_until = 0;
        self.runs.clear();
        self.opening.clear();
        self.total = None;
    }
}

impl World {
    fn wall(&self, node: usize) -> Timestamp {
        Timestamp::from_ms(self.now + self.nodes[node].skew)
    }

    pub fn start(&mut self, node: usize) {
        let life = self.id();
        let mut total = self.scenario.total_rate.map(Total::new);
        if let Some(total) = &mut total {
            // At the start of a process, the places of all bots are restored, and of what was being sent.
            let now = Timestamp::from_ms(self.now + self.scenario.config.in_transit_ms);
            let sending = self.bots.iter().flat_map(|bot| bot.rows.values()).filter(|row| row.state == State::Sending);
            sending.for_each(|row| total.remember(row.queued.weight, now));
            for used in self.bots.iter().flat_map(|bot| bot.used()) {
                total.remember(used.weight, used.answered_at);
            }
        }
        let state = &mut self.nodes[node];
        (state.is_up, state.life, state.total) = (true, life, total);
        self.note(|| format!("node {node}: starts"));
        self.after(0, What::Patrol { node, life });
    }

    /// Renews leases, gives up what is lost or idle, and takes what nobody has.
    pub fn patrol(&mut self, node: usize) {
        let mut bots: Vec<usize> = self.nodes[node].runs.keys().copied().collect();
        bots.sort_unstable();
        for bot in bots {
            self.look_after(node, bot);
        }
        for bot in 0..self.bots.len() {
            let state = &self.nodes[node];
            let is_mine = state.runs.contains_key(&bot) || state.opening.contains(&bot);
            let wall = self.wall(node);
            let table = &self.bots[bot];
            if !is_mine && table.has_work() && table.lease.may_take(&node, wall, self.terms) {
                self.nodes[node].opening.push(bot);
                let op = self.op(node, bot, 0, 0, Kind::Open);
                self.issue(op);
            }
        }
        let life = self.nodes[node].life;
        let quiet_at = self.scenario.starts_at + self.scenario.calm_at + 60_000;
        let next = if self.now > quiet_at { 3_600_000 } else { 1_000 };
        self.after(next, What::Patrol { node, life });
    }

    fn look_after(&mut self, node: usize, bot: usize) {
        let (now, wall, terms, mutation) = (self.now, self.wall(node), self.terms, self.mutation);
        let Some(run) = self.nodes[node].runs.get_mut(&bot) else { return };
        if !run.held.may_write(now) && mutation != Mutation::IgnoreDeadline {
            return self.drop_run(node, bot, "its lease ran out");
        }
        let (id, fence) = (run.id, run.fence);
        if run.lane.is_idle(wall) && run.settles.is_empty() && !run.is_settling {
            self.drop_run(node, bot, "it is idle");
            let op = self.op(node, bot, id, fence, Kind::Release);
            return self.issue(op);
        }
        if run.held.is_old(now, terms) && !run.is_renewing {
            run.is_renewing = true;
            let op = self.op(node, bot, id, fence, Kind::Renew);
            self.issue(op);
        }
    }

    fn drop_run(&mut self, node: usize, bot: usize, why: &str) {
        self.note(|| format!("node {node}: lets go of bot {bot}: {why}"));
        let wall = self.wall(node);
        let state = &mut self.nodes[node];
        if let Some(run) = state.runs.remove(&bot) {
            run.lane.abandon(wall, state.total.as_mut());
        }
    }

    pub fn tell_owners(&mut self, bot: usize, event: impl Fn() -> Event) {
        for node in 0..self.nodes.len() {
            if let Some(run) = self.nodes[node].runs.get(&bot) {
                let (life, run) = (self.nodes[node].life, run.id);
                self.after(0, What::Lane { node, life, run, bot, event: event() });
            }
        }
    }

    /// From now on, bulk may not pass this reply more than once.
    pub fn expect_express(&mut self, bot: usize, position: i64) {
        let is_waiting = self.bots[bot].rows.get(&position).is_some_and(Row::is_untried);
        if !is_waiting {
            return;
        }
        let now = self.now;
        for node in &mut self.nodes {
            // A frozen node hears of it later.
            let run = node.runs.get_mut(&bot).filter(|_| node.frozen_until <= now);
            if let Some(run) = run.filter(|run| !run.claiming.contains(&position)) {
                run.express.insert(position, run.bulk_claims);
            }
        }
    }

    pub fn tell_run(&mut self, node: usize, run_id: u64, bot: usize, event: Event) {
        let wall = self.wall(node);
        self.note(|| format!("node {node} bot {bot}: hears {}", brief(&event)));
        let state = &mut self.nodes[node];
        let Some(run) = state.runs.get_mut(&bot).filter(|run| run.id == run_id) else { return };
        let mut actions = Vec::new();
        run.lane.step(event, wall, state.total.as_mut(), &mut actions);
        run.steps += 1;
        if run.steps % 8 == 0 {
            let snapshot = run.lane.snapshot(wall);
            let in_flight_max = self.scenario.config.in_flight_max;
            // What comes back from a try and what a chat's reload brings may come on top.
            let extra = 2 * in_flight_max + 2 * CHAT_LOADS_MAX * CHAT_ENTRIES_MAX;
            let entries_max = self.scenario.config.entries_max + extra;
            if snapshot.replies.0 > entries_max || snapshot.bulk.0 > entries_max || snapshot.in_flight > in_flight_max {
                self.breaks(format!("a queue has no end: {snapshot:?}"));
            }
        }
        actions.into_iter().for_each(|action| self.perform(node, bot, action));
    }

    pub fn tick(&mut self, node: usize, run_id: u64, bot: usize, timer: u64) {
        let is_latest = self.nodes[node].runs.get(&bot).is_some_and(|run| run.timer == timer);
        if is_latest {
            self.tell_run(node, run_id, bot, Event::Tick);
        }
    }

    fn perform(&mut self, node: usize, bot: usize, action: Action) {
        let (life, wall) = (self.nodes[node].life, self.wall(node));
        let Some(run) = self.nodes[node].runs.get_mut(&bot) else { return };
        let (id, fence) = (run.id, run.fence);
        let kind = match action {
            Action::Load { class, after, limit } => Kind::Load { class, chat: None, after, limit },
            Action::LoadChat { class, chat_id, after, limit } => {
                Kind::Load { class, chat: Some(chat_id), after, limit }
            }
            Action::Feed { room } => Kind::Feed { room },
            Action::Claim { keys } => {
                self.check_claim(node, bot, &keys);
                Kind::Claim { keys }
            }
            Action::Settle(settle) => {
                run.settles.push(*settle);
                return self.settle_next(node, bot);
            }
            Action::Pause(pause) => {
                run.pauses.push(pause);
                run.known_pauses.push(pause);
                return;
            }
            Action::TokenRevoked { message } => {
                run.revokes = Some(message);
                return;
            }
            Action::WakeAt(at) => {
                let ms = at.as_ms() - wall.as_ms();
                run.timer += 1;
                let timer = run.timer;
                return self.after(ms, What::Timer { node, life, run: id, bot, timer });
            }
        };
        let op = self.op(node, bot, id, fence, kind);
        self.issue(op);
    }

    /// What the lane itself must have known: pauses, and replies before bulk.
    fn check_claim(&mut self, node: usize, bot: usize, keys: &[DeliveryKey]) {
        let wall = self.wall(node);
        self.note(|| {
            format!("node {node} bot {bot}: claims {:?}", keys.iter().map(|k| k.position).collect::<Vec<_>>())
        });
        let rows = &self.bots[bot].rows;
        let Some(run) = self.nodes[node].runs.get_mut(&bot) else { return };
        let is_limited = run.lane.snapshot(wall).daily_until.is_some();
        let mut broken = None;
        for key in keys {
            let Some(row) = rows.get(&key.position) else { continue };
            let chat = row.queued.chat_id;
            let is_early = |pause: &&Pause| pause.until > wall && pause.chat_id.is_none_or(|id| id == chat);
            if let Some(pause) = run.known_pauses.iter().find(is_early) {
                broken = Some(format!("position {} is claimed during {pause:?}", key.position));
            }
            run.express.remove(&key.position);
            run.claiming.insert(key.position);
            if row.queued.class == Class::Bulk {
                run.bulk_claims += 1;
                run.express.values_mut().for_each(|passed| *passed += 1);
            }
        }
        run.express.retain(|position, _| rows.get(position).is_some_and(Row::is_untried));
        if let Some((position, passed)) = run.express.iter().find(|(_, passed)| **passed > 1 && !is_limited) {
            broken = Some(format!("reply {position} was passed by {passed} bulk messages"));
        }
        if let Some(broken) = broken {
            self.breaks(broken);
        }
    }

    fn settle_next(&mut self, node: usize, bot: usize) {
        let Some(run) = self.nodes[node].runs.get_mut(&bot).filter(|run| !run.is_settling && !run.settles.is_empty())
        else {
            return;
        };
        run.is_settling = true;
        let settles = std::mem::take(&mut run.settles);
        let pauses = std::mem::take(&mut run.pauses);
        let kind = Kind::Settle { settles, pauses, revokes: run.revokes.take() };
        let (id, fence) = (run.id, run.fence);
        let op = self.op(node, bot, id, fence, kind);
        self.issue(op);
    }

    fn op(&mut self, node: usize, bot: usize, run: u64, fence: i64, kind: Kind) -> Op {
        Op {
            id: self.id(),
            node,
            life: self.nodes[node].life,
            run,
            fence,
            bot,
            asked_at: self.now,
            terms: self.terms,
            kind,
        }
    }

    fn issue(&mut self, op: Op) {
        let ms = if self.random.chance(50) { self.some(1, 200) } else { self.some(0, 3) };
        self.after(ms, What::Execute(Box::new(op)));
    }

    pub fn execute(&mut self, op: Op) {
        // A crash may catch a transaction before or after it reached the database.
        if self.nodes[op.node].life != op.life && self.random.chance(500) {
            return;
        }
        let trouble = self.scenario.database_every_ms > 0 && !self.is_calm;
        let reply = if self.database_down_until > self.now || (trouble && self.random.chance(5)) {
            Reply::Broken
        } else {
            self.commit(&op)
        };
        let reply = if trouble && self.random.chance(5) { Reply::Broken } else { reply };
        let ms = self.some(0, 3);
        self.after(ms, What::Reply { node: op.node, life: op.life, op: Box::new(op), reply });
    }

    fn commit(&mut self, op: &Op) -> Reply {
        let (mutation, terms, wall) = (self.mutation, op.terms, self.wall(op.node));
        let table = &mut self.bots[op.bot];
        let done = |result: Result<(), Fenced>| result.map_or(Reply::Fenced, |()| Reply::Done);
        match &op.kind {
            Kind::Open => {
                Reply::Opened(table.open(op.node, wall, terms, mutation).map(|(fence, all)| (fence, Box::new(all))))
            }
            Kind::Renew => done(table.renew(op.node, op.fence, wall, terms)),
            Kind::Release => {
                if let Some(lease) = table.lease.released(&op.node, op.fence) {
                    table.lease = lease;
                }
                Reply::Done
            }
            Kind::Load { class, chat, after, limit } => {
                let (rows, more) = table.load(*class, *chat, *after, *limit);
                Reply::Loaded(rows, more)
            }
            Kind::Feed { room } => self.feed(op.bot, *room),
            Kind::Claim { keys } => {
                let limit = self.scenario.daily_limit;
                table.claim(op.fence, op.id, keys, limit, wall, mutation).map_or(Reply::Fenced, Reply::Claimed)
            }
            Kind::Settle { settles, pauses, revokes } => {
                let skew = self.nodes[op.node].skew;
                let skipped = mutation == Mutation::DropSettle && self.random.chance(20);
                let settles = if skipped { &[] } else { &settles[..] };
                let written = if mutation == Mutation::ForgetPause { &[] } else { &pauses[..] };
                let result = table.settle(op.fence, settles, written, mutation);
                if result.is_ok() {
                    table.believe(pauses, skew);
                }
                if let (Ok(()), Some(message)) = (&result, revokes) {
                    table.revoked = Some(message.clone());
                    let ms = self.some(1_000, 20_000);
                    self.after(ms, What::ReplaceToken { bot: op.bot });
                }
                done(result)
            }
        }
    }

    fn feed(&mut self, bot: usize, room: usize) -> Reply {
        let table = &mut self.bots[bot];
        let (fed, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut table.recipients)
            .into_iter()
            .partition(|(broadcast, _)| !table.held.contains(broadcast));
        let (now, later) = fed.split_at(room.min(fed.len()));
        table.recipients = later.iter().copied().chain(rest).collect();
        let more = !later.is_empty();
        for (broadcast, chat) in now {
            let message = self.message(bot, *chat, Class::Bulk, Some(*broadcast), false);
            self.bots[bot].accept(message);
        }
        Reply::Fed(more)
    }

    pub fn reply(&mut self, node: usize, op: Op, reply: Reply) {
        if let (Kind::Open, reply) = (&op.kind, &reply) {
            self.nodes[node].opening.retain(|bot| *bot != op.bot);
            if matches!(reply, Reply::Broken) {
                return;
            }
        }
        let is_current = self.nodes[node].runs.get(&op.bot).is_some_and(|run| run.id == op.run);
        match (reply, op.kind.clone()) {
            (Reply::Opened(Some((fence, restore))), _) => self.opened(node, op, fence, *restore),
            _ if !is_current => {}
            (Reply::Fenced, _) => self.drop_run(node, op.bot, "another node has it"),
            (Reply::Broken, Kind::Renew) => self.renewing_ended(node, &op, false),
            (Reply::Broken, _) => {
                // The same transaction again: each is written so that doing it twice is doing it once.
                let ms = self.some(50, 300);
                self.after(ms, What::Execute(Box::new(op)));
            }
            (Reply::Done, Kind::Renew) => self.renewing_ended(node, &op, true),
            (Reply::Loaded(rows, more), Kind::Load { class, chat, .. }) => {
                let event = match chat {
                    None => Event::Loaded { class, rows, more },
                    Some(chat_id) => Event::ChatLoaded { class, chat_id, rows, more },
                };
                self.tell_run(node, op.run, op.bot, event);
            }
            (Reply::Fed(more), _) => {
                self.tell_run(node, op.run, op.bot, Event::Fed { more });
                self.tell_run(node, op.run, op.bot, Event::Woken { class: Class::Bulk });
            }
            (Reply::Claimed(claimed), Kind::Claim { keys }) => self.claimed(node, &op, &keys, claimed),
            (Reply::Done, Kind::Settle { settles, .. }) => {
                if let Some(run) = self.nodes[node].runs.get_mut(&op.bot) {
                    run.is_settling = false;
                }
                let keys = settles.iter().map(|settle| settle.queued.key).collect();
                self.tell_run(node, op.run, op.bot, Event::Settled { keys });
                self.settle_next(node, op.bot);
            }
            _ => {}
        }
    }

    fn renewing_ended(&mut self, node: usize, op: &Op, is_renewed: bool) {
        if let Some(run) = self.nodes[node].runs.get_mut(&op.bot) {
            run.is_renewing = false;
            if is_renewed {
                run.held = Held::since(op.asked_at, op.fence, op.terms);
            }
        }
    }

    fn opened(&mut self, node: usize, op: Op, fence: i64, restore: Restore) {
        let id = self.id();
        let seed = self.random.next();
        let left: Vec<i64> = restore.left_over.iter().map(|queued| queued.key.position).collect();
        self.note(|| format!("node {node}: opens bot {} with fence {fence}, left over {left:?}", op.bot));
        let run = Run {
            id,
            fence,
            held: Held::since(op.asked_at, fence, op.terms),
            lane: Lane::new(bot_id(op.bot), self.scenario.config.clone(), seed),
            settles: Vec::new(),
            pauses: Vec::new(),
            revokes: None,
            is_settling: false,
            is_renewing: false,
            claiming: HashSet::new(),
            bulk_claims: 0,
            express: HashMap::new(),
            known_pauses: self.kept_pauses(node, op.bot),
            timer: 0,
            steps: 0,
        };
        self.nodes[node].runs.insert(op.bot, run);
        self.tell_run(node, id, op.bot, Event::Restore(restore));
    }

    /// Pauses of former owners, on this node's clock.
    fn kept_pauses(&self, node: usize, bot: usize) -> Vec<Pause> {
        let skew = self.nodes[node].skew;
        let pauses = self.bots[bot].written_pauses(Timestamp::from_ms(self.now));
        pauses.into_iter().map(|pause| Pause { until: pause.until + skew, ..pause }).collect()
    }

    fn claimed(&mut self, node: usize, op: &Op, keys: &[DeliveryKey], claimed: Claimed) {
        let rows = &self.bots[op.bot].rows;
        let is_bulk = |key: &&DeliveryKey| rows.get(&key.position).is_some_and(|r| r.queued.class == Class::Bulk);
        let bulk = keys.iter().filter(is_bulk).count();
        if let Some(run) = self.nodes[node].runs.get_mut(&op.bot) {
            run.bulk_claims = run.bulk_claims.saturating_sub(bulk);
            run.claiming.retain(|position| keys.iter().all(|key| key.position != *position));
            run.express.retain(|position, _| claimed.daily_limit.iter().all(|key| key.position != *position));
        }
        if self.scenario.freeze_every_ms > 0 && !self.is_calm && self.random.chance(30) {
            // The worst moment: after the claim, before the calls.
            self.nodes[node].frozen_until = self.now + self.random.within(500..=20_000);
        }
        let life = self.nodes[node].life;
        let mut delay = 0;
        for queued in &claimed.granted {
            delay += self.some(0, 1);
            let day = self.bots[op.bot].day_of(queued.key.position);
            let call = Call { bot: op.bot, queued: queued.clone(), day };
            self.after(delay, What::WriteCall { node, life, run: op.run, call });
        }
        let granted = claimed.granted.iter().map(|queued| queued.key).collect();
        let next_day = self.wall(node).next_day();
        let event = Event::Claimed { granted, gone: claimed.gone, daily_limit: claimed.daily_limit, next_day };
        self.tell_run(node, op.run, op.bot, event);
    }

    /// The moment of truth: right before the first byte the owner looks at its lease.
    pub fn write_call(&mut self, node: usize, run_id: u64, call: Call) {
        let now = self.now;
        let Some(run) = self.nodes[node].runs.get(&call.bot).filter(|run| run.id == run_id) else { return };
        if !run.held.may_write(now) && self.mutation != Mutation::IgnoreDeadline {
            return self.drop_run(node, call.bot, "its lease ran out before a call");
        }
        let life = self.nodes[node].life;
        let calm = self.is_calm;
        if !calm && self.random.chance(self.scenario.unconnected) {
            let message = "connection refused".to_owned();
            let outcome = Outcome::Retry { code: ErrorCode::TelegramUnavailable, message };
            let ms = self.some(1, 500);
            return self.answer(node, life, run_id, &call, outcome, now, ms);
        }
        let is_slow = !calm && self.random.chance(self.scenario.slow);
        let there_ms = if is_slow { self.some(1, 900) } else { self.some(1, 40) };
        let back_ms = if is_slow { self.some(1, 12_000) } else { self.some(1, 60) };
        if !calm && self.random.chance(self.scenario.lost / 2) {
            let outcome = Outcome::Unknown { message: "connection reset".into() };
            let ms = self.some(there_ms, TIMEOUT_MS);
            return self.answer(node, life, run_id, &call, outcome, now, ms);
        }
        let is_lost = !calm && self.random.chance(self.scenario.lost);
        self.after(
            there_ms,
            What::Arrive { node, life, run: run_id, call, departed: now, answer_ms: back_ms, is_lost },
        );
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of one thing that happens")]
    pub fn arrive(
        &mut self,
        node: usize,
        life: u64,
        run: u64,
        call: Call,
        departed: i64,
        answer_ms: i64,
        is_lost: bool,
    ) {
        let position = call.queued.key.position;
        let answer = self.telegram.arrive(&call, self.now, &self.scenario, &mut self.random);
        self.note(|| format!("bot {}: {position} arrives from node {node}: {:?}", call.bot, answer.outcome));
        if let Some(broken) = answer.broken {
            return self.breaks(broken);
        }
        let end = departed + TIMEOUT_MS - self.now;
        if is_lost || answer_ms > end {
            let outcome = Outcome::Unknown { message: "timed out".into() };
            let ms = if is_lost { answer_ms.min(end) } else { end };
            return self.answer(node, life, run, &call, outcome, departed, ms);
        }
        self.answer(node, life, run, &call, answer.outcome, departed, answer_ms);
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of one thing that happens")]
    fn answer(&mut self, node: usize, life: u64, run: u64, call: &Call, outcome: Outcome, departed: i64, ms: i64) {
        let counts_from = if self.mutation == Mutation::CountFromRequest { departed } else { self.now + ms };
        let at = Timestamp::from_ms(counts_from + self.nodes[node].skew);
        let key = call.queued.key;
        let event = Event::Answered { key, outcome, at };
        self.after(ms, What::Lane { node, life, run, bot: bot_of(key), event });
    }
}

/// An event in one line of a story.
fn brief(event: &Event) -> String {
    let positions = |keys: &[DeliveryKey]| keys.iter().map(|key| key.position).collect::<Vec<_>>();
    let rows = |rows: &[Queued]| rows.iter().map(|row| (row.key.position, row.chat_id)).collect::<Vec<_>>();
    match event {
        Event::Loaded { class, rows: read, more } => format!("{class:?} rows {:?}, more: {more}", rows(read)),
        Event::ChatLoaded { class, chat_id, rows: read, more } => {
            format!("{class:?} rows of {chat_id} {:?}, more: {more}", rows(read))
        }
        Event::Claimed { granted, gone, daily_limit, .. } => format!(
            "granted {:?}, gone {:?}, no room {:?}",
            positions(granted),
            positions(gone),
            positions(daily_limit)
        ),
        Event::Answered { key, outcome, .. } => format!("{} answered {outcome:?}", key.position),
        Event::Settled { keys } => format!("settled {:?}", positions(keys)),
        Event::Restore(restore) => format!("restored, paused {:?} {:?}", restore.paused_until, restore.paused_chats),
        other => format!("{other:?}"),
    }
}
