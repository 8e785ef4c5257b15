//! The database: every function is one transaction, whole or not at all.

use std::collections::{BTreeMap, HashMap, HashSet};

use engine::delivery::planner::{Pause, Restore, Settle, Used, Verdict};
use model::{
    Id, Timestamp,
    broadcast::Broadcast,
    delivery::{Class, DeliveryKey, Queued},
};

use crate::scenario::Mutation;

/// A node's name, as it stands in the database.
pub type Name = u64;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Queued,
    Sending,
    Sent,
    Failed,
    Blocked,
    Expired,
    Cancelled,
    Unknown,
}

#[derive(Debug, Clone)]
pub struct Row {
    pub queued: Queued,
    pub state: State,
    /// The claim that marked it, so that a claim whose answer was lost can be asked for again.
    claim: u64,
    claimed_on: Timestamp,
    /// Settled outcomes that were unknown.
    pub unknowns: u32,
}

#[derive(Debug)]
pub struct BotRow {
    pub owner: Option<Name>,
    /// Grows with every taking.
    fence: i64,
    next_position: i64,
    paused_until: Option<Timestamp>,
    ceiling: Option<u32>,
    paused_chats: HashMap<i64, Timestamp>,
    used: Vec<Used>,
    daily: HashMap<i64, i64>,
    pub rows: BTreeMap<i64, Row>,
    /// Recipients of broadcasts that are not rows yet: broadcast, chat.
    pub recipients: Vec<(Id<Broadcast>, i64)>,
    pub held: HashSet<Id<Broadcast>>,
    pub revoked: Option<String>,
    /// Pauses that their lane believes to be written, with the difference of its clock.
    believed: Vec<Pause>,
}

/// What a claim answers.
#[derive(Debug, Clone, Default)]
pub struct Claimed {
    pub granted: Vec<Queued>,
    pub gone: Vec<DeliveryKey>,
    pub daily_limit: Vec<DeliveryKey>,
    pub too_heavy: Vec<DeliveryKey>,
}

/// The caller is no longer the owner.
#[derive(Debug, Clone, Copy)]
pub struct Fenced;

impl Row {
    /// It waits for its first try.
    pub fn is_untried(&self) -> bool {
        self.state == State::Queued && self.claim == 0
    }
}

impl BotRow {
    pub fn new() -> Self {
        Self {
            owner: None,
            fence: 0,
            next_position: 1,
            paused_until: None,
            ceiling: None,
            paused_chats: HashMap::new(),
            used: Vec::new(),
            daily: HashMap::new(),
            rows: BTreeMap::new(),
            recipients: Vec::new(),
            held: HashSet::new(),
            revoked: None,
            believed: Vec::new(),
        }
    }

    pub fn used(&self) -> &[Used] {
        &self.used
    }

    /// Pauses that a new owner has to keep.
    pub fn written_pauses(&self, now: Timestamp) -> Vec<Pause> {
        self.believed.iter().filter(|pause| pause.until > now).copied().collect()
    }

    /// Remembers what a lane was told to be written, whether or not it was.
    pub fn believe(&mut self, pauses: &[Pause], skew: i64) {
        self.believed.extend(pauses.iter().map(|pause| Pause { until: pause.until - skew, ..*pause }));
    }

    pub fn accept(&mut self, make: impl FnOnce(i64) -> Queued) -> Queued {
        let position = self.next_position;
        self.next_position += 1;
        let queued = make(position);
        let row = Row {
            queued: queued.clone(),
            state: State::Queued,
            claim: 0,
            claimed_on: Timestamp::from_ms(0),
            unknowns: 0,
        };
        self.rows.insert(position, row);
        queued
    }

    pub fn has_work(&self) -> bool {
        self.revoked.is_none()
            && (!self.recipients.is_empty()
                || self.rows.values().any(|row| matches!(row.state, State::Queued | State::Sending)))
    }

    pub fn open(&mut self, name: Name, mutation: Mutation) -> (i64, Restore) {
        self.owner = Some(name);
        self.fence += 1;
        let left_over = self.rows.values().filter(|row| row.state == State::Sending);
        let restore = Restore {
            used: self.used.clone(),
            paused_until: self.paused_until,
            paused_chats: self.paused_chats.iter().map(|(chat, until)| (*chat, *until)).collect(),
            bulk_ceiling: self.ceiling,
            left_over: left_over.map(|row| row.queued.clone()).collect(),
            held: self.held.iter().copied().collect(),
            capped: Vec::new(),
            revoked: self.revoked.clone(),
        };
        let restore = if mutation == Mutation::ForgetOnCrash { Restore::default() } else { restore };
        (self.fence, restore)
    }

    pub fn release(&mut self, fence: i64) {
        if self.fence == fence {
            self.owner = None;
        }
    }

    pub fn load(&self, class: Class, chat: Option<i64>, after: i64, limit: usize) -> (Vec<Queued>, bool) {
        let Some(from) = after.checked_add(1) else { return (Vec::new(), false) };
        let rows = self.rows.range(from..).map(|(_, row)| row);
        let waiting = rows.filter(|row| row.state == State::Queued && row.queued.class == class);
        let asked = waiting.filter(|row| chat.is_none_or(|chat| row.queued.chat_id == chat));
        let mut rows: Vec<Queued> = asked.take(limit + 1).map(|row| row.queued.clone()).collect();
        let more = rows.len() > limit;
        rows.truncate(limit);
        (rows, more)
    }

    pub fn claim(
        &mut self,
        fence: i64,
        claim: u64,
        keys: &[DeliveryKey],
        daily_limit: i64,
        now: Timestamp,
        mutation: Mutation,
    ) -> Result<Claimed, Fenced> {
        self.check(fence, mutation)?;
        let used = self.daily.entry(now.day_start().as_ms()).or_default();
        let mut answer = Claimed::default();
        for key in keys {
            let Some(row) = self.rows.get_mut(&key.position) else { continue };
            let weight = if row.queued.counts_daily { i64::from(row.queued.weight) } else { 0 };
            match row.state {
                State::Sending if row.claim == claim => answer.granted.push(row.queued.clone()),
                State::Queued if weight > daily_limit => answer.too_heavy.push(*key),
                State::Queued if weight > 0 && *used + weight > daily_limit => answer.daily_limit.push(*key),
                State::Queued => {
                    *used += weight;
                    (row.state, row.claim, row.claimed_on) = (State::Sending, claim, now.day_start());
                    answer.granted.push(row.queued.clone());
                }
                _ => answer.gone.push(*key),
            }
        }
        Ok(answer)
    }

    /// The day of a row's last claim.
    pub fn day_of(&self, position: i64) -> i64 {
        self.rows.get(&position).map_or(0, |row| row.claimed_on.as_ms())
    }

    pub fn settle(
        &mut self,
        fence: i64,
        settles: &[Settle],
        pauses: &[Pause],
        mutation: Mutation,
    ) -> Result<(), Fenced> {
        self.check(fence, mutation)?;
        for pause in pauses {
            self.ceiling = Some(pause.bulk_ceiling);
            match pause.chat_id {
                Some(chat) => drop(self.paused_chats.insert(chat, pause.until)),
                None => self.paused_until = self.paused_until.max(Some(pause.until)),
            }
        }
        settles.iter().for_each(|settle| self.settle_one(settle));
        Ok(())
    }

    fn settle_one(&mut self, settle: &Settle) {
        let (position, chat) = (settle.queued.key.position, settle.queued.chat_id);
        // What was claimed and not called after all waits again, as if nothing had been.
        let is_called = settle.answered_at.is_some() || matches!(settle.verdict, Verdict::TryAgain { .. });
        let wanted = if is_called { State::Sending } else { State::Queued };
        let Some(row) = self.rows.get_mut(&position).filter(|row| row.state == wanted) else { return };
        if let Some(answered_at) = settle.answered_at {
            self.used.push(Used {
                chat_id: chat,
                weight: settle.queued.weight,
                answered_at,
                is_paid: settle.queued.is_paid,
            });
        }
        if !settle.keeps_daily && row.queued.counts_daily {
            *self.daily.entry(row.claimed_on.as_ms()).or_default() -= i64::from(row.queued.weight);
        }
        row.state = match &settle.verdict {
            Verdict::Sent { .. } | Verdict::Accepted { .. } => State::Sent,
            Verdict::Failed { .. } => State::Failed,
            Verdict::Blocked { .. } => State::Blocked,
            Verdict::Expired => State::Expired,
            Verdict::Unknown { .. } => State::Unknown,
            Verdict::TryAgain { .. } | Verdict::Moved { .. } => State::Queued,
        };
        let is_unknown =
            settle.keeps_daily && settle.answered_at.is_some() && !matches!(settle.verdict, Verdict::Sent { .. });
        row.unknowns += u32::from(is_unknown);
        if let Verdict::TryAgain { due_at, attempts, was_unknown, .. } = &settle.verdict {
            (row.queued.due_at, row.queued.attempts, row.queued.was_unknown) = (*due_at, *attempts, *was_unknown);
        }
        if let Verdict::Moved { chat_id } = settle.verdict {
            let waiting = self.rows.values_mut().filter(|row| row.state == State::Queued && row.queued.chat_id == chat);
            waiting.for_each(|row| row.queued.chat_id = chat_id);
        }
    }

    fn check(&self, fence: i64, mutation: Mutation) -> Result<(), Fenced> {
        if self.fence == fence || mutation == Mutation::SkipFence { Ok(()) } else { Err(Fenced) }
    }

    pub fn cancel(&mut self, position: i64) -> bool {
        match self.rows.get_mut(&position) {
            Some(row) if row.state == State::Queued => {
                row.state = State::Cancelled;
                true
            }
            _ => false,
        }
    }
}
