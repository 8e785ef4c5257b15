//! What the lanes want written, gathered and written in batches: pauses, settlements, claims.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
};

use model::{ErrorKind, Id, Result, Timestamp, bot::Bot, delivery::DeliveryKey};
use store::{
    bots,
    db::Tx,
    deliveries::{self, ClaimResult, Claimed, Settlement, Wanted},
    nodes::{self, Duty},
};

use super::{Deps, LaneRef, Note};
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
    releases: Vec<LaneRef>,
    /// Some of them are for others to take up at once.
    has_offers: bool,
}

/// What one transaction writes.
#[derive(Debug, Clone, Default)]
pub(super) struct Batch {
    pauses: Vec<(Id<Bot>, i64, Pause)>,
    revoked: Vec<(Id<Bot>, String)>,
    settlements: Vec<Settlement>,
    claims: Vec<Wanted>,
    releases: Vec<LaneRef>,
    has_offers: bool,
    /// The lease under which it was made.
    pub epoch: u64,
    /// Held by the claims, where a limit over all bots has to be.
    pub total_duty: Option<Duty>,
}

/// What came of the claims.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub granted: Vec<Claimed>,
    pub daily_limit: Vec<DeliveryKey>,
    pub too_heavy: Vec<DeliveryKey>,
    /// Lanes that have other owners.
    pub lost: Vec<LaneRef>,
}

/// The answer to one lane's claims.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub granted: Vec<DeliveryKey>,
    pub gone: Vec<DeliveryKey>,
    pub daily_limit: Vec<DeliveryKey>,
    pub too_heavy: Vec<DeliveryKey>,
}

impl Answer {
    pub(super) fn len(&self) -> usize {
        self.granted.len() + self.gone.len() + self.daily_limit.len() + self.too_heavy.len()
    }
}

impl Outbox {
    pub(super) fn pause(&mut self, (bot, fence): LaneRef, pause: Pause) {
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

    /// A lane is given back, after all that was settled for it.
    pub(super) fn release(&mut self, lane: LaneRef, is_offered: bool) {
        self.releases.push(lane);
        self.has_offers |= is_offered;
    }

    /// Claims of lanes that are no more.
    pub(super) fn forget_claims(&mut self, is_gone: impl Fn(LaneRef) -> bool) {
        self.claims.retain(|wanted| !is_gone((wanted.key.bot, wanted.fence)));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pauses.is_empty()
            && self.revoked.is_empty()
            && self.settlements.is_empty()
            && self.claims.is_empty()
            && self.releases.is_empty()
    }

    /// The next batch. A message occurs in it once: the store counts its parts by rows. Claims wait for the lease.
    pub(super) fn next(&mut self, epoch: u64, may_claim: bool) -> Option<Batch> {
        let mut seen = HashSet::new();
        let count = self.settlements.iter().take(BATCH_MAX).take_while(|s| seen.insert(s.message)).count();
        let claims = if may_claim { self.claims.len().min(BATCH_MAX) } else { 0 };
        // A lane that is given back must not be taken before its settlements are written.
        let releases = if count == self.settlements.len() { self.releases.len().min(BATCH_MAX) } else { 0 };
        let batch = Batch {
            pauses: std::mem::take(&mut self.pauses),
            revoked: std::mem::take(&mut self.revoked),
            settlements: self.settlements.drain(..count).collect(),
            claims: self.claims.drain(..claims).collect(),
            has_offers: releases > 0 && std::mem::take(&mut self.has_offers),
            releases: self.releases.drain(..releases).collect(),
            epoch,
            total_duty: None,
        };
        self.has_offers |= batch.has_offers && !self.releases.is_empty();
        (!batch.is_empty()).then_some(batch)
    }

    /// What could not be written comes first next time.
    pub(super) fn put_back(&mut self, batch: Batch) {
        let Batch { pauses, revoked, settlements, claims, releases, has_offers, epoch: _, total_duty: _ } = batch;
        self.pauses.splice(0..0, pauses);
        self.revoked.splice(0..0, revoked);
        settlements.into_iter().rev().for_each(|s| self.settlements.push_front(s));
        claims.into_iter().rev().for_each(|w| self.claims.push_front(w));
        self.releases.splice(0..0, releases);
        self.has_offers |= has_offers;
    }
}

impl Batch {
    fn is_empty(&self) -> bool {
        self.pauses.is_empty()
            && self.revoked.is_empty()
            && self.settlements.is_empty()
            && self.claims.is_empty()
            && self.releases.is_empty()
    }

    /// The lanes that claim something.
    fn claiming(&self) -> Vec<LaneRef> {
        let mut lanes: Vec<LaneRef> = self.claims.iter().map(|wanted| (wanted.key.bot, wanted.fence)).collect();
        lanes.sort_unstable();
        lanes.dedup();
        lanes
    }

    /// The settlements' keys, by lane.
    pub(super) fn settled(&self) -> HashMap<LaneRef, Vec<DeliveryKey>> {
        let mut keys: HashMap<LaneRef, Vec<DeliveryKey>> = HashMap::new();
        for settlement in &self.settlements {
            keys.entry((settlement.key.bot, settlement.fence)).or_default().push(settlement.key);
        }
        keys
    }

    /// Under which fence each claim was made.
    pub(super) fn fences(&self) -> HashMap<DeliveryKey, i64> {
        self.claims.iter().map(|wanted| (wanted.key, wanted.fence)).collect()
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
    let claims = batch.claims.iter().map(|w| Batch {
        claims: vec![*w],
        total_duty: batch.total_duty.clone(),
        ..Batch::default()
    });
    let releases = Batch { releases: batch.releases.clone(), has_offers: batch.has_offers, ..Batch::default() };
    for part in std::iter::once(pauses).chain(settlements).chain(claims).chain([releases]) {
        match single(part).await {
            Ok(mut done) => {
                written.granted.append(&mut done.granted);
                written.daily_limit.append(&mut done.daily_limit);
                written.too_heavy.append(&mut done.too_heavy);
                written.lost.append(&mut done.lost);
            }
            Err(error) if error.kind() == ErrorKind::Unavailable => return Err(error),
            Err(error) => tracing::error!(error = ?error, "An outcome could not be written and was left."),
        }
    }
    Ok(written)
}

fn write(tx: &mut Tx, batch: &Batch, now: Timestamp) -> Result<Written> {
    for (bot, fence, pause) in &batch.pauses {
        deliveries::pause(tx, (*bot, *fence), pause.chat_id, pause.until, pause.bulk_ceiling, now)?;
    }
    let (wanted, mut given_up) =
        if may_claim(tx, batch)? { (&batch.claims[..], Vec::new()) } else { (&[][..], batch.claiming()) };
    let done = deliveries::claim_and_settle(tx, wanted, &batch.settlements, now)?;
    for (bot, words) in &batch.revoked {
        bots::mark_token_revoked(tx, *bot, words, now)?;
    }
    deliveries::release_lanes(tx, &batch.releases)?;
    if batch.has_offers {
        deliveries::offer_lanes(tx)?;
    }
    let ClaimResult { granted, daily_limit, too_heavy, mut lost } = done;
    lost.append(&mut given_up);
    Ok(Written { granted, daily_limit, too_heavy, lost })
}

/// Not where another node sends for all bots now: then these lanes are to be given up.
fn may_claim(tx: &mut Tx, batch: &Batch) -> Result<bool> {
    match &batch.total_duty {
        Some(duty) if !batch.claims.is_empty() => Ok(!nodes::hold_duties(tx, std::slice::from_ref(duty))?.is_empty()),
        _ => Ok(true),
    }
}

/// Sorts a batch's claims by lane and by what came of them.
pub(super) fn answers(batch: &Batch, written: &Written) -> HashMap<LaneRef, Answer> {
    let granted: HashSet<DeliveryKey> = written.granted.iter().map(|c| c.key).collect();
    let over: HashSet<DeliveryKey> = written.daily_limit.iter().copied().collect();
    let too_heavy: HashSet<DeliveryKey> = written.too_heavy.iter().copied().collect();
    let mut answers: HashMap<LaneRef, Answer> = HashMap::new();
    for Wanted { key, fence } in &batch.claims {
        let answer = answers.entry((key.bot, *fence)).or_default();
        match (granted.contains(key), over.contains(key)) {
            (true, _) => answer.granted.push(*key),
            (_, true) => answer.daily_limit.push(*key),
            _ if too_heavy.contains(key) => answer.too_heavy.push(*key),
            _ => answer.gone.push(*key),
        }
    }
    answers
}
