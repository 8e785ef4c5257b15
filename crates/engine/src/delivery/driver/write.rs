//! What the lanes want written, gathered and written in batches: pauses, settlements, claims.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
};

use model::{ErrorKind, Id, Result, Timestamp, bot::Bot, delivery::DeliveryKey};
use store::{
    bots,
    db::Tx,
    deliveries::{self, Claimed, Settlement, Wanted},
};

use super::{Deps, Note};
use crate::delivery::planner::Pause;

/// Settlements, and claims, in one transaction.
const BATCH_MAX: usize = 256;

/// How long to wait before a failed write is tried again.
const RETRY_MS: i64 = 500;

/// What waits to be written.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    pauses: Vec<(Id<Bot>, i64, Pause)>,
    revoked: Vec<(Id<Bot>, String)>,
    settlements: VecDeque<Settlement>,
    claims: VecDeque<Wanted>,
}

/// What one transaction writes.
#[derive(Debug, Clone, Default)]
pub(super) struct Batch {
    pauses: Vec<(Id<Bot>, i64, Pause)>,
    revoked: Vec<(Id<Bot>, String)>,
    settlements: Vec<Settlement>,
    claims: Vec<Wanted>,
}

/// What came of the claims.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub granted: Vec<Claimed>,
    pub daily_limit: Vec<DeliveryKey>,
}

/// The answer to one lane's claims.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub granted: Vec<DeliveryKey>,
    pub gone: Vec<DeliveryKey>,
    pub daily_limit: Vec<DeliveryKey>,
}

impl Outbox {
    pub(super) fn pause(&mut self, (bot, fence): (Id<Bot>, i64), pause: Pause) {
        self.pauses.push((bot, fence, pause));
    }

    pub(super) fn revoke(&mut self, bot: Id<Bot>, message: String) {
        self.revoked.push((bot, message));
    }

    pub(super) fn settle(&mut self, settlement: Settlement) {
        self.settlements.push_back(settlement);
    }

    pub(super) fn claim(&mut self, fence: i64, keys: Vec<DeliveryKey>) {
        self.claims.extend(keys.into_iter().map(|key| Wanted { key, fence }));
    }

    /// How many claims wait.
    pub(super) fn claims(&self) -> usize {
        self.claims.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pauses.is_empty() && self.revoked.is_empty() && self.settlements.is_empty() && self.claims.is_empty()
    }

    /// Whether something of this bot waits.
    pub(super) fn concerns(&self, bot: Id<Bot>) -> bool {
        self.settlements.iter().any(|s| s.key.bot == bot) || self.claims.iter().any(|w| w.key.bot == bot)
    }

    /// The next batch. A message occurs in it once: the store counts its parts by rows.
    pub(super) fn next(&mut self) -> Option<Batch> {
        if self.is_empty() {
            return None;
        }
        let mut seen = HashSet::new();
        let count = self.settlements.iter().take(BATCH_MAX).take_while(|s| seen.insert(s.message)).count();
        let claims = self.claims.len().min(BATCH_MAX);
        Some(Batch {
            pauses: std::mem::take(&mut self.pauses),
            revoked: std::mem::take(&mut self.revoked),
            settlements: self.settlements.drain(..count).collect(),
            claims: self.claims.drain(..claims).collect(),
        })
    }

    /// What could not be written comes first next time.
    pub(super) fn put_back(&mut self, batch: Batch) {
        let Batch { pauses, revoked, settlements, claims } = batch;
        self.pauses.splice(0..0, pauses);
        self.revoked.splice(0..0, revoked);
        settlements.into_iter().rev().for_each(|s| self.settlements.push_front(s));
        claims.into_iter().rev().for_each(|w| self.claims.push_front(w));
    }
}

impl Batch {
    /// The settlements' keys, by bot.
    pub(super) fn settled(&self) -> HashMap<Id<Bot>, Vec<DeliveryKey>> {
        let mut keys: HashMap<Id<Bot>, Vec<DeliveryKey>> = HashMap::new();
        for settlement in &self.settlements {
            keys.entry(settlement.key.bot).or_default().push(settlement.key);
        }
        keys
    }
}

/// Writes a batch. While the database is away it waits here, so that nothing is asked of it in vain.
pub(super) async fn batch(deps: Arc<Deps>, batch: Batch) -> Note {
    let now = deps.clock.now();
    let work = batch.clone();
    let result = deps.db.write(move |tx| write(tx, &work, now)).await;
    let result = match result {
        Err(error) if error.kind() == ErrorKind::Unavailable => {
            deps.clock.sleep_until(deps.clock.now() + RETRY_MS).await;
            Err(error)
        }
        Err(error) => one_by_one(&deps, &batch, error).await,
        done => done,
    };
    Note::Written(batch, result)
}

/// A batch that can't be written holds something that the database refuses. The rest must not wait for it: a delivery
/// whose settlement is refused stays as it is, and is treated as unknown when its lane is opened again.
async fn one_by_one(deps: &Deps, batch: &Batch, error: model::Error) -> Result<Written> {
    tracing::error!(error = ?error, "A batch of outcomes was refused; each is written alone.");
    let mut written = Written::default();
    let single = |batch: Batch| {
        let now = deps.clock.now();
        deps.db.write(move |tx| write(tx, &batch, now))
    };
    let pauses = Batch { pauses: batch.pauses.clone(), revoked: batch.revoked.clone(), ..Batch::default() };
    let settlements = batch.settlements.iter().map(|s| Batch { settlements: vec![s.clone()], ..Batch::default() });
    let claims = batch.claims.iter().map(|w| Batch { claims: vec![*w], ..Batch::default() });
    for part in std::iter::once(pauses).chain(settlements).chain(claims) {
        match single(part).await {
            Ok(mut done) => {
                written.granted.append(&mut done.granted);
                written.daily_limit.append(&mut done.daily_limit);
            }
            Err(error) if error.kind() == ErrorKind::Unavailable => return Err(error),
            Err(error) => tracing::error!(error = ?error, "An outcome could not be written and was left."),
        }
    }
    Ok(written)
}

fn write(tx: &mut Tx, batch: &Batch, now: Timestamp) -> Result<Written> {
    for (bot, fence, pause) in &batch.pauses {
        deliveries::pause(tx, (*bot, *fence), pause.chat_id, pause.until, pause.bulk_ceiling)?;
    }
    // Claims before settlements: the feed's row, which settling locks, must be locked last.
    let claims = deliveries::claim(tx, &batch.claims, now)?;
    deliveries::settle(tx, &batch.settlements, now)?;
    for (bot, words) in &batch.revoked {
        bots::mark_token_revoked(tx, *bot, words, now)?;
    }
    Ok(Written { granted: claims.granted, daily_limit: claims.daily_limit })
}

/// Sorts a batch's claims by lane and by what came of them.
pub(super) fn answers(batch: &Batch, written: &Written) -> HashMap<Id<Bot>, Answer> {
    let granted: HashSet<DeliveryKey> = written.granted.iter().map(|c| c.key).collect();
    let over: HashSet<DeliveryKey> = written.daily_limit.iter().copied().collect();
    let mut answers: HashMap<Id<Bot>, Answer> = HashMap::new();
    for Wanted { key, .. } in &batch.claims {
        let answer = answers.entry(key.bot).or_default();
        match (granted.contains(key), over.contains(key)) {
            (true, _) => answer.granted.push(*key),
            (_, true) => answer.daily_limit.push(*key),
            _ => answer.gone.push(*key),
        }
    }
    answers
}
