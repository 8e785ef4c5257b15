//! The driver around the lanes: it loads, claims, calls and settles what they decide, and decides nothing itself.
//!
//! One task owns all lanes, and events reach it through one channel, so that they have an order. Reads and calls run
//! beside it; writes run one after the other, each taking all that has gathered meanwhile.

mod call;
mod counters;
mod load;
mod open;
mod own;
mod places;
mod seat;
mod settlement;
mod total;
mod turns;
mod wakes;
mod write;

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
};

use model::{Clock, Id, Rate, Result, Timestamp, bot::Bot, broadcast::Broadcast, delivery::DeliveryKey};
use store::{Cipher, broadcasts::Terms, db::Db, deliveries, nodes::Duty};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use transport::{BotApi, GraphApi};

use super::{
    limiter::Total,
    planner::{Action, Config, Event},
};
use crate::nodes::{Nodes, Share};
use places::Places;
use seat::Seat;
use turns::Turns;
use wakes::Wakes;
use write::{Batch, Outbox, Written};

/// Calls under way at a time, over all bots.
const IN_FLIGHT_MAX: usize = 512;

/// Notes that may wait for the driver; senders wait when it is full.
const NOTES_MAX: usize = 4_096;

/// How often to look for work that nobody woke us for: other processes write to the same database file.
const LOOK_MS: i64 = 2_000;

/// How often to look whether the lease is back, while something waits for it.
const LEASE_LOOK_MS: i64 = 100;

/// How long a stop waits for calls that are under way.
const STOP_MS: i64 = 7_000;

/// How long giving the lanes back may take after that.
const LAST_MS: i64 = 2_000;

/// Turns recipients of broadcasts into deliveries. The use cases do it; the server registers them here.
pub trait Feeder: fmt::Debug + Send + Sync {
    /// Makes up to `room` deliveries of a bot's running broadcasts; tells whether there are more recipients.
    fn feed<'a>(&'a self, bot: Id<Bot>, room: usize) -> Pin<Box<dyn Future<Output = Result<bool>> + Send + 'a>>;
}

/// What the driver works with.
#[derive(Debug, Clone)]
pub struct Deps {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub bot_api: BotApi,
    pub graph_api: GraphApi,
    pub cipher: Arc<Cipher>,
    pub feeder: Arc<dyn Feeder>,
    /// Which lanes should be here, and whether this node may work at all.
    pub nodes: Nodes,
    /// Of bots without a rate of their own.
    pub bot_rate: Rate,
    pub total_rate: Option<Rate>,
    /// Where there is such a limit, one node sends for all bots: so it holds over all nodes.
    pub total_share: Share,
    /// Everything but the bot's rate, which differs.
    pub config: Config,
    /// Spreads retries over time.
    pub seed: u64,
}

/// A lane as it was taken once: what was begun for an earlier taking means nothing to the present one.
type LaneRef = (Id<Bot>, i64);

/// What the work beside the driver tells it.
#[derive(Debug)]
enum Note {
    Opened(Id<Bot>, Result<open::Opening>),
    AskAgain(Id<Bot>),
    Refreshed(Id<Bot>, Result<Option<open::Bearer>>),
    Event(LaneRef, Box<Event>),
    /// A call ended, or was not made.
    Called(LaneRef, Box<Event>),
    Written(Batch, Result<Written>),
    Found(Vec<(Id<Bot>, i64)>),
    Broadcast(Id<Broadcast>, Option<Terms>),
    /// Places in the limit over all bots that are taken.
    TotalRestored(Option<Duty>, Vec<(Timestamp, u32)>),
}

/// The delivery engine of one process.
#[derive(Debug)]
pub struct Driver {
    deps: Arc<Deps>,
    notes: mpsc::Sender<Note>,
    places: Places,
    lanes: HashMap<Id<Bot>, Seat>,
    opening: HashSet<Id<Bot>>,
    /// Lanes that other nodes had when they were asked for, until they are asked for again.
    refused: HashSet<Id<Bot>>,
    /// The name under which lanes are taken.
    me: String,
    /// When lanes want to be woken.
    timers: BTreeSet<(Timestamp, Id<Bot>)>,
    total: Option<Total>,
    /// The taking of the duty under which `total` was restored; nothing may be claimed without it.
    total_duty: Option<Duty>,
    is_restoring: bool,
    outbox: Outbox,
    is_writing: bool,
    in_flight: usize,
    /// Claims that wait for a free place among the calls.
    held_claims: Turns,
    /// Granted and not to be called after all.
    recalled: HashSet<DeliveryKey>,
    is_stopping: bool,
    /// Time never runs backwards for the lanes.
    now: Timestamp,
}

impl Driver {
    /// Delivers until `stop`, then finishes what is under way, for a few seconds at most.
    pub async fn run(deps: Deps, stop: CancellationToken) {
        let (notes, mut inbox) = mpsc::channel(NOTES_MAX);
        let mut wakes = Wakes::new(&deps.db);
        let mut nodes = deps.nodes.changes();
        let mut total_share = deps.total_share.clone();
        let mut driver = Self::new(deps, notes);
        driver.restore_total();
        driver.look();
        let mut next_look = driver.now + LOOK_MS;
        while !stop.is_cancelled() {
            let timer = driver.deps.clock.sleep_until(driver.next_timer(next_look));
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                // Before what claims brought: a reply that was accepted meanwhile must be known then.
                wake = wakes.lane.recv() => driver.woken(&wake),
                Some(note) = inbox.recv() => driver.note(note),
                wake = wakes.bot.recv() => driver.bot_changed(&wake),
                wake = wakes.broadcast.recv() => driver.broadcast_changed(&wake),
                // Its sender lives in `deps`.
                _ = nodes.changed() => driver.nodes_changed(),
                () = total_share.changed(), if driver.total.is_some() => driver.total_may_have_moved(),
                () = timer => {}
            }
            driver.tick();
            if driver.now >= next_look {
                driver.look();
                next_look = driver.now + LOOK_MS;
            }
            driver.flush();
            driver.deps.nodes.has_lanes(driver.lanes.len());
        }
        driver.finish(&mut inbox).await;
    }

    fn new(deps: Deps, notes: mpsc::Sender<Note>) -> Self {
        Self {
            notes,
            places: Places::default(),
            lanes: HashMap::new(),
            opening: HashSet::new(),
            refused: HashSet::new(),
            me: deps.nodes.view().me.clone(),
            timers: BTreeSet::new(),
            total: deps.total_rate.map(Total::new),
            total_duty: None,
            is_restoring: false,
            outbox: Outbox::default(),
            is_writing: false,
            in_flight: 0,
            held_claims: Turns::default(),
            recalled: HashSet::new(),
            is_stopping: false,
            now: deps.clock.now(),
            deps: Arc::new(deps),
        }
    }

    /// Takes what is under way to its end: answers are settled, nothing new is claimed, lanes are given back as soon as
    /// nothing of them is under way.
    async fn finish(&mut self, inbox: &mut mpsc::Receiver<Note>) {
        self.is_stopping = true;
        let bots: Vec<Id<Bot>> = self.lanes.keys().copied().collect();
        for bot in bots {
            if let Some(seat) = self.lanes.get_mut(&bot) {
                seat.is_leaving = true;
            }
            self.let_go(bot);
        }
        self.write_out(inbox, self.deps.clock.now() + STOP_MS).await;
        if self.in_flight > 0 {
            tracing::warn!(
                calls = self.in_flight,
                "Calls were still under way at the stop; their outcomes are unknown."
            );
        }
        if !self.deps.nodes.is_alone() {
            self.release_all();
            self.write_out(inbox, self.deps.clock.now() + LAST_MS).await;
        }
    }

    async fn write_out(&mut self, inbox: &mut mpsc::Receiver<Note>, until: Timestamp) {
        self.flush();
        while self.lanes.values().any(|seat| seat.owed > 0) || self.is_writing || !self.outbox.is_empty() {
            tokio::select! {
                Some(note) = inbox.recv() => self.note(note),
                () = self.deps.clock.sleep_until(until) => return,
            }
            self.flush();
        }
    }

    fn note(&mut self, note: Note) {
        match note {
            Note::Opened(bot, opening) => self.opened(bot, opening),
            Note::AskAgain(bot) => {
                self.refused.remove(&bot);
                self.wake(bot);
            }
            Note::Refreshed(bot, sendable) => self.refreshed(bot, sendable),
            Note::Event(lane, event) => self.step(lane, *event),
            Note::Called(lane, event) => {
                self.in_flight -= 1;
                self.release_claims();
                self.paid(lane, 1);
                self.step(lane, *event);
            }
            Note::Written(batch, result) => self.written(batch, result),
            Note::Found(bots) => bots.into_iter().for_each(|(bot, last)| self.found(bot, last)),
            Note::Broadcast(id, terms) => self.broadcast_is(id, terms),
            Note::TotalRestored(duty, uses) => self.total_restored(duty, &uses),
        }
    }

    /// Tells a lane something, whenever it was taken.
    fn tell(&mut self, bot: Id<Bot>, event: Event) {
        if let Some(seat) = self.lanes.get(&bot) {
            self.step((bot, seat.fence), event);
        }
    }

    /// Lets a lane decide, and does what it decided.
    fn step(&mut self, (bot, fence): LaneRef, event: Event) {
        self.now = self.now.max(self.deps.clock.now());
        let Some(seat) = self.lanes.get_mut(&bot).filter(|seat| seat.fence == fence) else { return };
        let mut actions = Vec::new();
        seat.lane.step(event, self.now, self.total.as_mut(), &mut actions);
        counters::limits(seat.lane.take_hits());
        for action in actions {
            self.act((bot, fence), action);
        }
        self.let_go(bot);
    }

    fn act(&mut self, lane: LaneRef, action: Action) {
        let (bot, fence) = lane;
        let Some(seat) = self.lanes.get_mut(&bot) else { return };
        match action {
            Action::Load { class, after, limit } => {
                self.spawn(self.places.read(load::class(self.deps.clone(), lane, class, after, limit)));
            }
            Action::LoadChat { class, chat_id, after, limit } => {
                self.spawn(self.places.read(load::chat(self.deps.clone(), lane, class, chat_id, after, limit)));
            }
            Action::Feed { room } => self.spawn(self.places.feed(load::feed(self.deps.clone(), lane, room))),
            Action::Claim { keys } => self.claim(lane, keys),
            Action::Recall { keys } => self.recalled.extend(keys),
            Action::Settle(settle) => {
                seat.owed += 1;
                self.outbox.settle(settlement::of(fence, *settle));
            }
            Action::Pause(pause) => {
                counters::limit("retry_after", 1);
                self.outbox.pause(lane, pause);
            }
            Action::TokenRevoked { message } => {
                tracing::error!(bot.id = %bot, "The channel refuses the bot's token; its messages wait for a new one.");
                self.outbox.revoke(bot, message);
            }
            Action::WakeAt(at) => {
                if let Some(before) = seat.wake_at.replace(at) {
                    self.timers.remove(&(before, bot));
                }
                self.timers.insert((at, bot));
            }
        }
    }

    /// Claims go out while there is room among the calls and the bot may send here; otherwise they are kept.
    fn claim(&mut self, (bot, fence): LaneRef, keys: Vec<DeliveryKey>) {
        let Some(seat) = self.lanes.get_mut(&bot).filter(|seat| seat.fence == fence) else { return };
        if !seat.may_send || seat.is_leaving {
            seat.kept_claims.extend(keys);
        } else if !self.held_claims.is_empty() || self.in_flight + self.outbox.claims() + keys.len() > IN_FLIGHT_MAX {
            self.held_claims.wait(seat.tenant, (bot, fence), keys);
        } else {
            seat.owed += keys.len();
            self.outbox.claim(fence, keys);
        }
    }

    fn release_claims(&mut self) {
        loop {
            let room = IN_FLIGHT_MAX.saturating_sub(self.in_flight + self.outbox.claims());
            let Some(((bot, fence), keys)) = self.held_claims.next(room) else { return };
            let Some(seat) = self.lanes.get_mut(&bot).filter(|seat| seat.fence == fence) else { continue };
            if !seat.may_send || seat.is_leaving {
                seat.kept_claims.extend(keys);
                continue;
            }
            seat.owed += keys.len();
            self.outbox.claim(fence, keys);
        }
    }

    /// Writes what has gathered, unless a write is under way: then its end does.
    fn flush(&mut self) {
        if self.is_writing {
            return;
        }
        // The lease under which claims are made is noted before they are: calls are made under no other one.
        let epoch = self.deps.nodes.epoch();
        self.follow_name();
        let Some(mut batch) = self.outbox.next(epoch, self.deps.nodes.is_held()) else { return };
        batch.total_duty.clone_from(&self.total_duty);
        self.is_writing = true;
        self.spawn(write::batch(self.deps.clone(), batch));
    }

    fn written(&mut self, batch: Batch, result: Result<Written>) {
        self.is_writing = false;
        let written = match result {
            Ok(written) => written,
            Err(error) => {
                tracing::error!(error = ?error, "Outcomes of calls could not be written; it is tried again.");
                self.outbox.put_back(batch);
                return;
            }
        };
        self.lost(&written.lost);
        let next_day = self.now.next_day();
        for (lane, answer) in write::answers(&batch, &written) {
            self.paid(lane, answer.len());
            for key in &answer.granted {
                self.owe_call((key.bot, lane.1));
            }
            let event = Event::Claimed {
                granted: answer.granted,
                gone: answer.gone,
                daily_limit: answer.daily_limit,
                too_heavy: answer.too_heavy,
                next_day,
            };
            self.step(lane, event);
        }
        let fences = batch.fences();
        for claimed in written.granted {
            let fence = fences.get(&claimed.key).copied().unwrap_or_default();
            match self.recalled.remove(&claimed.key) {
                true => self.paid((claimed.key.bot, fence), 1),
                false => self.call(claimed, fence, batch.epoch),
            }
        }
        for (lane, keys) in batch.settled() {
            self.paid(lane, keys.len());
            self.step(lane, Event::Settled { keys });
        }
        self.release_claims();
    }

    fn owe_call(&mut self, (bot, fence): LaneRef) {
        if let Some(seat) = self.lanes.get_mut(&bot).filter(|seat| seat.fence == fence) {
            seat.owed += 1;
        }
    }

    fn call(&mut self, claimed: deliveries::Claimed, fence: i64, epoch: u64) {
        let Some(seat) = self.lanes.get(&claimed.key.bot).filter(|seat| seat.fence == fence) else { return };
        self.in_flight += 1;
        let permit = self.deps.nodes.permit(epoch);
        let granted = call::Granted { claimed, fence, door: seat.door.clone(), permit };
        self.spawn(call::call(self.deps.clone(), granted));
    }

    fn spawn(&self, work: impl Future<Output = Note> + Send + 'static) {
        let notes = self.notes.clone();
        tokio::spawn(async move {
            let note = work.await;
            // Fails only when the driver has ended, and then nobody is left to be told.
            let _ = notes.send(note).await;
        });
    }

    fn next_timer(&self, next_look: Timestamp) -> Timestamp {
        // Claims wait for the lease, which comes back without a word.
        let next_look = if self.outbox.claims() > 0 && !self.is_writing {
            next_look.min(self.now + LEASE_LOOK_MS)
        } else {
            next_look
        };
        self.timers.first().map_or(next_look, |(at, _)| next_look.min(*at))
    }

    fn tick(&mut self) {
        self.now = self.now.max(self.deps.clock.now());
        while let Some((at, bot)) = self.timers.first().copied() {
            if at > self.now {
                return;
            }
            self.timers.remove(&(at, bot));
            if let Some(seat) = self.lanes.get_mut(&bot) {
                seat.wake_at = None;
            }
            self.tell(bot, Event::Tick);
        }
    }
}
