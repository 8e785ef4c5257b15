//! Who is looked at next: those with something to mend, then the busy ones, then all the others. Every fourth turn goes
//! to whoever waits longest, so that nobody is forgotten behind the others.

use std::collections::VecDeque;

use model::{Id, Result, Timestamp, bot::Bot};
use store::bots::doctor;

use super::Doctor;

const FAIR_TURN: u32 = 4;

/// Busy bots that are looked up in one statement.
const BUSY_CHUNK: usize = 256;

#[derive(Debug, Default)]
pub(super) struct Picker {
    turn: u32,
    /// Busy bots of this round that were not asked about yet.
    busy: VecDeque<Id<Bot>>,
    /// Busy bots that were due when they were asked about.
    due: VecDeque<Id<Bot>>,
}

impl Picker {
    pub(super) async fn pick(&mut self, doctor: &Doctor) -> Result<Option<Id<Bot>>> {
        self.turn = self.turn.wrapping_add(1);
        let now = doctor.clock.now();
        if !self.turn.is_multiple_of(FAIR_TURN) {
            if let Some(id) = first(doctor.db.read(move |tx| doctor::ailing(tx, now, 1)).await?) {
                return Ok(Some(id));
            }
            if let Some(id) = self.busy(doctor, now).await? {
                return Ok(Some(id));
            }
        }
        Ok(first(doctor.db.read(move |tx| doctor::due(tx, now, 1)).await?))
    }

    async fn busy(&mut self, doctor: &Doctor, now: Timestamp) -> Result<Option<Id<Bot>>> {
        if let Some(id) = self.due.pop_front() {
            return Ok(Some(id));
        }
        if self.busy.is_empty() {
            self.busy = doctor.hooks.busy().into();
        }
        let chunk: Vec<Id<Bot>> = self.busy.drain(..self.busy.len().min(BUSY_CHUNK)).collect();
        if chunk.is_empty() {
            return Ok(None);
        }
        self.due = doctor.db.read(move |tx| doctor::due_among(tx, &chunk, now)).await?.into();
        Ok(self.due.pop_front())
    }
}

impl Doctor {
    /// When somebody is due; `None`: not before something changes.
    pub(super) async fn next_due(&self) -> Result<Option<Timestamp>> {
        self.db.read(doctor::next_due).await
    }
}

fn first(found: Vec<Id<Bot>>) -> Option<Id<Bot>> {
    found.into_iter().next()
}
