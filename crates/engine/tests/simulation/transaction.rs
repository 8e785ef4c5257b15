//! Transactions on their way to the database and back, over a network that loses either.

use std::collections::{HashMap, HashSet};

use engine::{
    delivery::planner::{Event, Lane, Pause, Restore, Settle},
    nodes::lease::Terms,
};
use model::{
    Timestamp,
    delivery::{Class, DeliveryKey, Queued},
};

use crate::{
    node::Run,
    scenario::Mutation,
    table::{Claimed, Fenced, Name},
    telegram::Call,
    world::{What, World, bot_id},
};

/// A transaction on its way.
#[derive(Debug, Clone)]
pub struct Op {
    pub id: u64,
    pub node: usize,
    pub life: u64,
    pub run: u64,
    pub fence: i64,
    pub bot: usize,
    pub asked_at: i64,
    pub terms: Terms,
    /// The lease under which it was asked for.
    pub epoch: u64,
    pub kind: Kind,
}

#[derive(Debug, Clone)]
pub enum Kind {
    Join {
        name: Name,
    },
    /// And a look at the others.
    Renew {
        name: Name,
    },
    Bury {
        name: Name,
        beat: i64,
    },
    Open {
        name: Name,
    },
    Release,
    Load {
        class: Class,
        chat: Option<i64>,
        after: i64,
        limit: usize,
    },
    Feed {
        room: usize,
    },
    Claim {
        keys: Vec<DeliveryKey>,
    },
    Settle {
        settles: Vec<Settle>,
        pauses: Vec<Pause>,
        revokes: Option<String>,
    },
}

/// What comes back of a transaction.
#[derive(Debug)]
pub enum Reply {
    /// The connection broke; it may have been committed.
    Broken,
    Fenced,
    /// The others' beats; None: this node was buried.
    Beats(Option<Vec<(Name, i64)>>),
    /// With the pauses that were written by then: those that come later meet the fence.
    Opened(Option<(i64, Box<Restore>, Vec<Pause>)>),
    Done,
    Loaded(Vec<Queued>, bool),
    Fed(bool),
    Claimed(Claimed),
}

impl World {
    pub fn op(&mut self, node: usize, bot: usize, run: u64, fence: i64, kind: Kind) -> Op {
        Op {
            id: self.id(),
            node,
            life: self.nodes[node].life,
            run,
            fence,
            bot,
            asked_at: self.now,
            terms: self.terms,
            epoch: self.nodes[node].held.epoch(),
            kind,
        }
    }

    pub fn issue(&mut self, op: Op) {
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
        let (mutation, wall) = (self.mutation, self.wall(op.node));
        if let Some(reply) = self.commit_of_node(op) {
            return reply;
        }
        let table = &mut self.bots[op.bot];
        let done = |result: Result<(), Fenced>| result.map_or(Reply::Fenced, |()| Reply::Done);
        match &op.kind {
            Kind::Release => {
                table.release(op.fence);
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
            Kind::Join { .. } | Kind::Renew { .. } | Kind::Bury { .. } | Kind::Open { .. } => Reply::Done,
        }
    }

    /// What is written about nodes, and which lanes they have.
    fn commit_of_node(&mut self, op: &Op) -> Option<Reply> {
        let beats = |world: &World| Reply::Beats(Some(world.registry.iter().map(|(n, beat)| (*n, *beat)).collect()));
        match &op.kind {
            Kind::Join { name } => {
                self.registry.insert(*name, self.now);
                Some(beats(self))
            }
            Kind::Renew { name } => match self.registry.get_mut(name) {
                None => Some(Reply::Beats(None)),
                Some(beat) => {
                    *beat += 1;
                    Some(beats(self))
                }
            },
            Kind::Bury { name, beat } => {
                if self.registry.get(name) == Some(beat) {
                    self.note(|| format!("node {}: buries {name}", op.node));
                    self.registry.remove(name);
                }
                Some(Reply::Done)
            }
            Kind::Open { name } if self.may_take(*name, op.bot) => {
                let (fence, restore) = self.bots[op.bot].open(*name, self.mutation);
                Some(Reply::Opened(Some((fence, Box::new(restore), self.kept_pauses(op.node, op.bot)))))
            }
            Kind::Open { .. } => Some(Reply::Opened(None)),
            Kind::Release | Kind::Load { .. } | Kind::Feed { .. } | Kind::Claim { .. } | Kind::Settle { .. } => None,
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

    pub fn reply(&mut self, node: usize, mut op: Op, reply: Reply) {
        if let Kind::Join { .. } | Kind::Renew { .. } | Kind::Bury { .. } = &op.kind {
            return self.heard(node, &op, reply);
        }
        if let (Kind::Open { .. }, reply) = (&op.kind, &reply) {
            self.nodes[node].opening.retain(|bot| *bot != op.bot);
            if matches!(reply, Reply::Broken) {
                return;
            }
        }
        let is_current = self.nodes[node].runs.get(&op.bot).is_some_and(|run| run.id == op.run);
        match (reply, op.kind.clone()) {
            (Reply::Opened(Some((fence, restore, kept))), Kind::Open { name }) if name == self.nodes[node].name => {
                self.opened(node, op, (fence, *restore, kept));
            }
            _ if !is_current => {}
            (Reply::Fenced, _) => self.drop_run(node, op.bot, "another node has it"),
            (Reply::Broken, _) => {
                // The same transaction again: each is written so that doing it twice is doing it once.
                let ms = self.some(50, 300);
                op.epoch = self.nodes[node].held.epoch();
                self.after(ms, What::Execute(Box::new(op)));
            }
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

    /// What came of joining, renewing or burying.
    fn heard(&mut self, node: usize, op: &Op, reply: Reply) {
        if let Kind::Bury { .. } = &op.kind {
            return;
        }
        let (now, terms) = (self.now, op.terms);
        self.nodes[node].is_renewing = false;
        match reply {
            Reply::Beats(Some(beats)) => {
                self.nodes[node].held.renewed(op.asked_at, now, terms);
                self.saw(node, &beats);
            }
            Reply::Beats(None) => self.is_buried(node),
            _ => {}
        }
    }

    fn opened(&mut self, node: usize, op: Op, (fence, restore, kept): (i64, Restore, Vec<Pause>)) {
        let id = self.id();
        let seed = self.random.next();
        let left: Vec<i64> = restore.left_over.iter().map(|queued| queued.key.position).collect();
        self.note(|| format!("node {node}: opens bot {} with fence {fence}, left over {left:?}", op.bot));
        let run = Run {
            id,
            fence,
            lane: Lane::new(bot_id(op.bot), self.scenario.config.clone(), seed),
            settles: Vec::new(),
            pauses: Vec::new(),
            revokes: None,
            is_settling: false,
            claiming: HashSet::new(),
            recalled: HashSet::new(),
            express: HashMap::new(),
            known_pauses: kept,
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
        if let Some(run) = self.nodes[node].runs.get_mut(&op.bot) {
            run.claiming.retain(|position| keys.iter().all(|key| key.position != *position));
            run.express.retain(|position, _| claimed.daily_limit.iter().all(|key| key.position != *position));
        }
        if self.scenario.freeze_every_ms > 0 && !self.is_calm && self.random.chance(30) {
            // The worst moment: after the claim, before the calls.
            self.nodes[node].frozen_until = self.now + self.random.within(500..=20_000);
        }
        let granted = claimed.granted.iter().map(|queued| queued.key).collect();
        let next_day = self.wall(node).next_day();
        let Claimed { gone, daily_limit, too_heavy, .. } = claimed;
        let event = Event::Claimed { granted, gone, daily_limit, too_heavy, next_day };
        self.tell_run(node, op.run, op.bot, event);
        let Some(run) = self.nodes[node].runs.get_mut(&op.bot).filter(|run| run.id == op.run) else { return };
        let recalled = std::mem::take(&mut run.recalled);
        let called: Vec<Queued> =
            claimed.granted.into_iter().filter(|queued| !recalled.contains(&queued.key.position)).collect();
        self.check_passed(node, op.bot, &called);
        self.write_calls(node, op, called);
    }

    fn write_calls(&mut self, node: usize, op: &Op, called: Vec<Queued>) {
        let life = self.nodes[node].life;
        let mut delay = 0;
        for queued in called {
            delay += self.some(0, 1);
            let day = self.bots[op.bot].day_of(queued.key.position);
            let call = Call { bot: op.bot, queued, day };
            self.after(delay, What::WriteCall { node, life, run: op.run, epoch: op.epoch, call });
        }
    }
}
