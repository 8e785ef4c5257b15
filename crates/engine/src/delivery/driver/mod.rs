//! The driver around the lanes: it loads, claims, calls and settles what they decide, and decides nothing itself.
//!
//! One task owns all lanes, and events reach it through one channel, so that they have an order. Reads and calls run
//! beside it; writes run one after the other, each taking all that has gathered meanwhile.

mod call;
mod load;
mod open;
mod seat;
mod settlement;
mod write;

use std::{
    collections::{BTreeSet, HashMap, HashSet, VecDeque},
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
};

use model::{Clock, Id, Rate, Result, Timestamp, bot::Bot, broadcast::Broadcast, delivery::DeliveryKey};
use store::{
    Cipher,
    broadcasts::Terms,
    db::{Db, Listener, Wake},
    deliveries, wake,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use transport::BotApi;

use super::{
    limiter::Total,
    planner::{Action, Config, Event},
};
use seat::Seat;
use write::{Batch, Outbox, Written};

/// Calls under way at a time, over all bots.
const IN_FLIGHT_MAX: usize = 512;

/// Notes that may wait for the driver; senders wait when it is full.
const NOTES_MAX: usize = 4_096;

/// How often to look for work that nobody woke us for: other processes write to the same database file.
const LOOK_MS: i64 = 2_000;

/// How long a stop waits for calls that are under way.
const STOP_MS: i64 = 8_000;

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
    pub cipher: Arc<Cipher>,
    pub feeder: Arc<dyn Feeder>,
    /// Named in the lanes that this process holds.
    pub node: String,
    /// Of bots without a rate of their own.
    pub bot_rate: Rate,
    pub total_rate: Option<Rate>,
    /// Everything but the bot's rate, which differs.
    pub config: Config,
    /// Spreads retries over time.
    pub seed: u64,
}

/// What the work beside the driver tells it.
#[derive(Debug)]
enum Note {
    Opened(Id<Bot>, Result<Option<Box<open::Opened>>>),
    Refreshed(Id<Bot>, Result<Option<open::Bearer>>),
    Event(Id<Bot>, Box<Event>),
    Written(Batch, Result<Written>),
    Found(Vec<(Id<Bot>, i64)>),
    Broadcast(Id<Broadcast>, Option<Terms>),
}

/// The delivery engine of one process.
#[derive(Debug)]
pub struct Driver {
    deps: Arc<Deps>,
    notes: mpsc::Sender<Note>,
    lanes: HashMap<Id<Bot>, Seat>,
    opening: HashSet<Id<Bot>>,
    /// When lanes want to be woken.
    timers: BTreeSet<(Timestamp, Id<Bot>)>,
    total: Option<Total>,
    outbox: Outbox,
    is_writing: bool,
    in_flight: usize,
    /// Claims that wait for a free place among the calls.
    held_claims: VecDeque<(Id<Bot>, Vec<DeliveryKey>)>,
    is_stopping: bool,
    /// Time never runs backwards for the lanes.
    now: Timestamp,
}

impl Driver {
    /// Delivers until `stop`, then finishes what is under way, for a few seconds at most.
    pub async fn run(deps: Deps, stop: CancellationToken) {
        let (notes, mut inbox) = mpsc::channel(NOTES_MAX);
        let mut wakes = Wakes::new(&deps.db);
        let mut driver = Self::new(deps, notes);
        tokio::select! {
            () = stop.cancelled() => return,
            () = driver.restore_total() => {}
        }
        driver.look();
        let mut next_look = driver.now + LOOK_MS;
        while !stop.is_cancelled() {
            let timer = driver.deps.clock.sleep_until(driver.next_timer(next_look));
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                Some(note) = inbox.recv() => driver.note(note),
                wake = wakes.lane.recv() => driver.woken(&wake),
                wake = wakes.bot.recv() => driver.bot_changed(&wake),
                wake = wakes.broadcast.recv() => driver.broadcast_changed(&wake),
                () = timer => {}
            }
            driver.tick();
            if driver.now >= next_look {
                driver.look();
                next_look = driver.now + LOOK_MS;
            }
            driver.flush();
        }
        driver.finish(&mut inbox).await;
    }

    fn new(deps: Deps, notes: mpsc::Sender<Note>) -> Self {
        Self {
            notes,
            lanes: HashMap::new(),
            opening: HashSet::new(),
            timers: BTreeSet::new(),
            total: deps.total_rate.map(Total::new),
            outbox: Outbox::default(),
            is_writing: false,
            in_flight: 0,
            held_claims: VecDeque::new(),
            is_stopping: false,
            now: deps.clock.now(),
            deps: Arc::new(deps),
        }
    }

    /// The limit over all bots survives a restart as well.
    async fn restore_total(&mut self) {
        let Some(total) = &mut self.total else { return };
        for (at, weight) in load::all_uses(&self.deps, total.rate()).await {
            total.remember(weight, at);
        }
    }

    /// Takes what is under way to its end: answers are settled, nothing new is claimed.
    async fn finish(&mut self, inbox: &mut mpsc::Receiver<Note>) {
        self.is_stopping = true;
        let until = self.deps.clock.now() + STOP_MS;
        while self.in_flight > 0 || self.is_writing || !self.outbox.is_empty() {
            tokio::select! {
                Some(note) = inbox.recv() => self.note(note),
                () = self.deps.clock.sleep_until(until) => break,
            }
            self.flush();
        }
        if self.in_flight > 0 {
            tracing::warn!(
                calls = self.in_flight,
                "Calls were still under way at the stop; their outcomes are unknown."
            );
        }
    }

    fn note(&mut self, note: Note) {
        match note {
            Note::Opened(bot, opened) => self.opened(bot, opened),
            Note::Refreshed(bot, sendable) => self.refreshed(bot, sendable),
            Note::Event(bot, event) => {
                if matches!(*event, Event::Answered { .. }) {
                    self.in_flight -= 1;
                    self.release_claims();
                }
                self.step(bot, *event);
            }
            Note::Written(batch, result) => self.written(batch, result),
            Note::Found(bots) => bots.into_iter().for_each(|(bot, last)| self.found(bot, last)),
            Note::Broadcast(id, terms) => self.broadcast_is(id, terms),
        }
    }

    /// Lets a lane decide, and does what it decided.
    fn step(&mut self, bot: Id<Bot>, event: Event) {
        self.now = self.now.max(self.deps.clock.now());
        let Some(seat) = self.lanes.get_mut(&bot) else { return };
        let mut actions = Vec::new();
        seat.lane.step(event, self.now, self.total.as_mut(), &mut actions);
        for action in actions {
            self.act(bot, action);
        }
        self.leave_if_idle(bot);
    }

    fn act(&mut self, bot: Id<Bot>, action: Action) {
        let Some(seat) = self.lanes.get_mut(&bot) else { return };
        match action {
            Action::Load { class, after, limit } => {
                self.spawn(load::class(self.deps.clone(), bot, class, after, limit))
            }
            Action::LoadChat { class, chat_id, after, limit } => {
                self.spawn(load::chat(self.deps.clone(), bot, class, chat_id, after, limit));
            }
            Action::Feed { room } => self.spawn(load::feed(self.deps.clone(), bot, room)),
            Action::Claim { keys } => self.claim(bot, keys),
            Action::Settle(settle) => self.outbox.settle(settlement::of(seat.fence, *settle)),
            Action::Pause(pause) => self.outbox.pause((bot, seat.fence), pause),
            Action::TokenRevoked { message } => {
                tracing::error!(bot.id = %bot, "Telegram refuses the bot's token; its messages wait for a new one.");
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

    /// Claims go out while there is room among the calls and the bot may send; otherwise they are kept.
    fn claim(&mut self, bot: Id<Bot>, keys: Vec<DeliveryKey>) {
        let Some(seat) = self.lanes.get_mut(&bot) else { return };
        if !seat.may_send || self.is_stopping {
            seat.kept_claims.extend(keys);
        } else if self.in_flight + self.outbox.claims() + keys.len() > IN_FLIGHT_MAX {
            self.held_claims.push_back((bot, keys));
        } else {
            self.outbox.claim(seat.fence, keys);
        }
    }

    fn release_claims(&mut self) {
        while let Some((_, keys)) = self.held_claims.front() {
            if self.in_flight + self.outbox.claims() + keys.len() > IN_FLIGHT_MAX {
                return;
            }
            if let Some((bot, keys)) = self.held_claims.pop_front() {
                self.claim(bot, keys);
            }
        }
    }

    /// Writes what has gathered, unless a write is under way: then its end does.
    fn flush(&mut self) {
        if self.is_writing {
            return;
        }
        let Some(batch) = self.outbox.next() else { return };
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
        let next_day = self.now.next_day();
        for (bot, answer) in write::answers(&batch, &written) {
            let event = Event::Claimed {
                granted: answer.granted.clone(),
                gone: answer.gone,
                daily_limit: answer.daily_limit,
                next_day,
            };
            self.step(bot, event);
        }
        for claimed in written.granted {
            self.call(claimed);
        }
        for (bot, keys) in batch.settled() {
            self.step(bot, Event::Settled { keys });
        }
    }

    fn call(&mut self, claimed: deliveries::Claimed) {
        let bot = claimed.key.bot;
        let Some(seat) = self.lanes.get(&bot) else { return };
        self.in_flight += 1;
        let token = seat.token.clone();
        self.spawn(call::call(self.deps.clone(), token, claimed));
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
            self.step(bot, Event::Tick);
        }
    }
}

/// What the driver is woken by.
#[derive(Debug)]
struct Wakes {
    lane: Listener,
    bot: Listener,
    broadcast: Listener,
}

impl Wakes {
    fn new(db: &Db) -> Self {
        Self { lane: db.listen(wake::LANE), bot: db.listen(wake::BOT), broadcast: db.listen(wake::BROADCAST) }
    }
}

/// The id that a wake-up names; `None`: look at everything.
fn named<T>(wake: &Wake) -> Option<Id<T>> {
    match wake {
        Wake::Payload(text) => text.parse().ok(),
        Wake::Missed => None,
    }
}
