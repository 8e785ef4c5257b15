//! A node: the driver around the real lanes, with a network and a database that fail.

use std::collections::{HashMap, HashSet};

use engine::{
    delivery::{
        limiter::Total,
        planner::{Action, CHAT_ENTRIES_MAX, CHAT_LOADS_MAX, Event, Lane, Pause, Settle},
    },
    nodes::lease::{Held, Terms, Watch},
};
use model::{
    Timestamp,
    delivery::{Class, DeliveryKey, Queued},
};

use crate::{
    scenario::Mutation,
    table::{Name, Row, State},
    transaction::Kind,
    world::{FOREVER_MS, What, World},
};

#[derive(Debug)]
pub struct Node {
    pub is_up: bool,
    /// Changes with every start and crash: what was meant for an earlier life is lost.
    pub life: u64,
    pub frozen_until: i64,
    pub skew: i64,
    /// Under which it is known to the others; a new one after a crash, and after they have buried it.
    pub name: Name,
    pub held: Held,
    pub watch: Watch<Name>,
    pub is_renewing: bool,
    pub runs: HashMap<usize, Run>,
    pub opening: Vec<usize>,
    total: Option<Total>,
}

/// One lane of a node, from opening to losing it.
#[derive(Debug)]
pub struct Run {
    pub id: u64,
    pub fence: i64,
    pub lane: Lane,
    pub settles: Vec<Settle>,
    pub pauses: Vec<Pause>,
    pub revokes: Option<String>,
    pub is_settling: bool,
    /// Positions in claims without an answer.
    pub claiming: HashSet<i64>,
    /// Granted, and not to be called after all.
    pub recalled: HashSet<i64>,
    /// Replies that nothing but the bot's own rate holds, and how many bulk messages were begun since.
    pub express: HashMap<i64, usize>,
    pub known_pauses: Vec<Pause>,
    /// Only the latest timer counts.
    pub timer: u64,
    pub steps: u64,
}

impl Node {
    pub fn new() -> Self {
        Self {
            is_up: false,
            life: 0,
            frozen_until: 0,
            skew: 0,
            name: 0,
            held: Held::none(),
            watch: Watch::default(),
            is_renewing: false,
            runs: HashMap::new(),
            opening: Vec::new(),
            total: None,
        }
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
    pub fn wall(&self, node: usize) -> Timestamp {
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
        let is_alone = self.nodes.len() == 1;
        let state = &mut self.nodes[node];
        (state.is_up, state.life, state.total) = (true, life, total);
        (state.name, state.watch, state.is_renewing) = (life, Watch::default(), false);
        state.held = if is_alone { Held::for_good() } else { Held::none() };
        if is_alone {
            self.registry.clear();
            self.registry.insert(life, 0);
        }
        self.note(|| format!("node {node}: starts"));
        self.after(0, What::Patrol { node, life });
    }

    /// Renews the lease, gives up lanes that are idle, and takes those that nobody has.
    pub fn patrol(&mut self, node: usize) {
        if self.nodes.len() > 1 && !self.nodes[node].is_renewing {
            self.nodes[node].is_renewing = true;
            let name = self.nodes[node].name;
            let op = self.op(node, 0, 0, 0, Kind::Renew { name });
            self.issue(op);
        }
        let mut bots: Vec<usize> = self.nodes[node].runs.keys().copied().collect();
        bots.sort_unstable();
        for bot in bots {
            self.look_after(node, bot);
        }
        for bot in 0..self.bots.len() {
            let state = &self.nodes[node];
            let is_mine = state.runs.contains_key(&bot) || state.opening.contains(&bot);
            let (name, may_take) = (state.name, state.held.is_held(self.now));
            if !is_mine && may_take && self.bots[bot].has_work() && self.may_take(name, bot) {
                self.nodes[node].opening.push(bot);
                let op = self.op(node, bot, 0, 0, Kind::Open { name });
                self.issue(op);
            }
        }
        let life = self.nodes[node].life;
        let next = if self.terms.ttl_ms >= FOREVER_MS && self.nodes[node].held.is_held(self.now + FOREVER_MS / 2) {
            3_600_000
        } else {
            self.terms.renew_ms
        };
        self.after(next, What::Patrol { node, life });
    }

    fn look_after(&mut self, node: usize, bot: usize) {
        let wall = self.wall(node);
        let Some(run) = self.nodes[node].runs.get_mut(&bot) else { return };
        let (id, fence) = (run.id, run.fence);
        if run.lane.is_idle(wall) && run.settles.is_empty() && !run.is_settling {
            self.drop_run(node, bot, "it is idle");
            let op = self.op(node, bot, id, fence, Kind::Release);
            self.issue(op);
        }
    }

    /// What was read of the others' beats.
    pub fn saw(&mut self, node: usize, beats: &[(Name, i64)]) {
        let (now, terms, mutation) = (self.now, self.terms, self.mutation);
        let terms = if mutation == Mutation::BuryEarly { Terms { ttl_ms: 1, ..terms } } else { terms };
        let state = &mut self.nodes[node];
        let name = state.name;
        state.watch.look(beats.iter().copied().filter(|(other, _)| *other != name), now, terms);
        for (name, beat) in state.watch.dead(now, terms) {
            let op = self.op(node, 0, 0, 0, Kind::Bury { name, beat });
            self.issue(op);
        }
    }

    /// The others have buried this node: it begins anew, under another name.
    pub fn is_buried(&mut self, node: usize) {
        let mut bots: Vec<usize> = self.nodes[node].runs.keys().copied().collect();
        bots.sort_unstable();
        bots.into_iter().for_each(|bot| self.drop_run(node, bot, "the others buried it"));
        let name = self.id();
        self.nodes[node].name = name;
        let op = self.op(node, 0, 0, 0, Kind::Join { name });
        self.issue(op);
    }

    /// Whether a lane belongs to nobody who is still there.
    pub fn may_take(&self, name: Name, bot: usize) -> bool {
        self.bots[bot].owner.is_none_or(|owner| owner == name || !self.registry.contains_key(&owner))
    }

    pub fn drop_run(&mut self, node: usize, bot: usize, why: &str) {
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

    /// The same without a delay, where the node is not frozen.
    pub fn tell_owners_now(&mut self, bot: usize, event: &Event) {
        for node in 0..self.nodes.len() {
            let (life, is_frozen) = (self.nodes[node].life, self.nodes[node].frozen_until > self.now);
            let Some(run) = self.nodes[node].runs.get(&bot).map(|run| run.id) else { continue };
            if is_frozen {
                self.after(0, What::Lane { node, life, run, bot, event: event.clone() });
            } else {
                self.tell_run(node, run, bot, event.clone());
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
                run.express.insert(position, 0);
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
                return self.claim(node, id, bot, keys);
            }
            Action::Recall { keys } => {
                run.recalled.extend(keys.iter().map(|key| key.position));
                return;
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

    /// Claims wait for the lease.
    pub fn claim(&mut self, node: usize, run: u64, bot: usize, keys: Vec<DeliveryKey>) {
        let (life, now) = (self.nodes[node].life, self.now);
        let Some(fence) = self.nodes[node].runs.get(&bot).filter(|r| r.id == run).map(|r| r.fence) else { return };
        if !self.nodes[node].held.is_held(now) && self.mutation != Mutation::IgnoreDeadline {
            return self.after(100, What::Claim { node, life, run, bot, keys });
        }
        let op = self.op(node, bot, run, fence, Kind::Claim { keys });
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
        }
        if let Some(broken) = broken {
            self.breaks(broken);
        }
    }

    /// Bulk is about to be called: no reply that waits may be passed twice.
    pub fn check_passed(&mut self, node: usize, bot: usize, called: &[Queued]) {
        let wall = self.wall(node);
        let rows = &self.bots[bot].rows;
        let Some(run) = self.nodes[node].runs.get_mut(&bot) else { return };
        let is_limited = run.lane.snapshot(wall).daily_until.is_some();
        let bulk = called.iter().filter(|queued| queued.class == Class::Bulk && !queued.is_paid).count();
        run.express.retain(|position, _| rows.get(position).is_some_and(Row::is_untried));
        run.express.values_mut().for_each(|passed| *passed += bulk);
        let passed = run.express.iter().find(|(_, passed)| **passed > 1 && !is_limited);
        if let Some(broken) = passed.map(|(position, n)| format!("reply {position} was passed by {n} bulk messages")) {
            self.breaks(broken);
        }
    }

    pub fn settle_next(&mut self, node: usize, bot: usize) {
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
