//! A node: the driver around the real lanes, with a network and a database that fail.

use std::collections::{HashMap, HashSet};

use engine::delivery::{
    lease::Held,
    limiter::Total,
    planner::{Action, CHAT_ENTRIES_MAX, CHAT_LOADS_MAX, Event, Lane, Pause, Settle},
};
use model::{
    Timestamp,
    delivery::{Class, DeliveryKey, Queued},
};

use crate::{
    scenario::Mutation,
    table::{Row, State},
    transaction::Kind,
    world::{What, World},
};

#[derive(Debug)]
pub struct Node {
    pub is_up: bool,
    /// Changes with every start and crash: what was meant for an earlier life is lost.
    pub life: u64,
    pub frozen_until: i64,
    pub skew: i64,
    pub runs: HashMap<usize, Run>,
    pub opening: Vec<usize>,
    total: Option<Total>,
}

/// One lane of a node, from opening to losing it.
#[derive(Debug)]
pub struct Run {
    pub id: u64,
    pub fence: i64,
    pub held: Held,
    pub lane: Lane,
    pub settles: Vec<Settle>,
    pub pauses: Vec<Pause>,
    pub revokes: Option<String>,
    pub is_settling: bool,
    pub is_renewing: bool,
    /// Positions in claims without an answer, and how many of them are bulk.
    pub claiming: HashSet<i64>,
    pub bulk_claims: usize,
    /// Replies that nothing but the bot's own rate holds, and how many bulk messages were begun since.
    pub express: HashMap<i64, usize>,
    pub known_pauses: Vec<Pause>,
    /// Only the latest timer counts.
    pub timer: u64,
    pub steps: u64,
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
            // What is paid for takes no place that a reply could have.
            if row.queued.class == Class::Bulk && !row.queued.is_paid {
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
