//! Which polling bots are at it, which may go, and which wait for a moment. Pure.

use std::collections::{HashMap, HashSet, VecDeque};

use model::{Id, Timestamp, bot::Bot};

const FAILED_FIRST_MS: i64 = 1_000;
const FAILED_MAX_MS: i64 = 60_000;

/// When a bot may poll again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    /// At once: it went well.
    None,
    /// The longer, the more failures there were in a row.
    AfterFailure,
    /// As long as Telegram asked for, or until a person has set things right.
    Ms(i64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Ready,
    Polling,
    Until(Timestamp),
}

#[derive(Debug, Default)]
pub(super) struct Roster {
    bots: HashMap<Id<Bot>, (State, u32)>,
    /// Those that are `Ready`, first come first served; may name some that are not any more.
    ready: VecDeque<Id<Bot>>,
}

impl Roster {
    /// Takes over the list of polling bots; gives those that left it.
    pub(super) fn set(&mut self, ids: &[Id<Bot>]) -> Vec<Id<Bot>> {
        let wanted: HashSet<Id<Bot>> = ids.iter().copied().collect();
        let gone: Vec<Id<Bot>> = self.bots.keys().filter(|id| !wanted.contains(id)).copied().collect();
        for id in &gone {
            self.bots.remove(id);
        }
        for id in ids {
            if !self.bots.contains_key(id) {
                self.bots.insert(*id, (State::Ready, 0));
                self.ready.push_back(*id);
            }
        }
        gone
    }

    /// The next bot that may poll; it counts as polling from now on.
    pub(super) fn take(&mut self, now: Timestamp) -> Option<Id<Bot>> {
        let due: Vec<Id<Bot>> = self.waiting().filter(|(_, at)| *at <= now).map(|(id, _)| id).collect();
        for id in due {
            self.hurry(id);
        }
        while let Some(id) = self.ready.pop_front() {
            if let Some((state @ State::Ready, _)) = self.bots.get_mut(&id) {
                *state = State::Polling;
                return Some(id);
            }
        }
        None
    }

    /// A bot's poll ended.
    pub(super) fn ended(&mut self, id: Id<Bot>, wait: Wait, now: Timestamp) {
        let Some((state, failures)) = self.bots.get_mut(&id) else { return };
        *state = match wait {
            Wait::None => {
                *failures = 0;
                State::Ready
            }
            Wait::AfterFailure => {
                let wait_ms = (FAILED_FIRST_MS << (*failures).min(6)).min(FAILED_MAX_MS);
                *failures += 1;
                State::Until(now + wait_ms)
            }
            Wait::Ms(ms) => State::Until(now + ms),
        };
        if *state == State::Ready {
            self.ready.push_back(id);
        }
    }

    /// Something about the bot has changed: it need not wait any longer.
    pub(super) fn hurry(&mut self, id: Id<Bot>) {
        if let Some((state @ State::Until(_), _)) = self.bots.get_mut(&id) {
            *state = State::Ready;
            self.ready.push_back(id);
        }
    }

    /// When the first of those that wait may go.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        self.waiting().map(|(_, at)| at).min()
    }

    pub(super) fn len(&self) -> usize {
        self.bots.len()
    }

    fn waiting(&self) -> impl Iterator<Item = (Id<Bot>, Timestamp)> + '_ {
        self.bots.iter().filter_map(|(id, (state, _))| match state {
            State::Until(at) => Some((*id, *at)),
            State::Ready | State::Polling => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_ms(1_000_000);

    fn id(byte: u8) -> Id<Bot> {
        Id::from_bytes([byte; 16])
    }

    #[test]
    fn everybody_polls_once_at_a_time_and_in_turn() {
        let mut roster = Roster::default();
        assert!(roster.set(&[id(1), id(2)]).is_empty());
        assert_eq!([roster.take(NOW), roster.take(NOW), roster.take(NOW)], [Some(id(1)), Some(id(2)), None]);
        roster.ended(id(1), Wait::None, NOW);
        assert_eq!([roster.take(NOW), roster.take(NOW)], [Some(id(1)), None]);
        assert_eq!(roster.set(&[id(2)]), [id(1)]);
        roster.ended(id(1), Wait::None, NOW);
        assert_eq!((roster.take(NOW), roster.len()), (None, 1));
    }

    #[test]
    fn failures_wait_longer_and_longer_until_something_changes() {
        let mut roster = Roster::default();
        roster.set(&[id(1)]);
        let mut waits = Vec::new();
        for _ in 0..8 {
            let now = roster.next_due().unwrap_or(NOW);
            assert_eq!(roster.take(now), Some(id(1)));
            roster.ended(id(1), Wait::AfterFailure, now);
            waits.push(roster.next_due().unwrap().since(now) / 1_000);
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(roster.take(NOW), None);
        roster.hurry(id(1));
        assert_eq!(roster.take(NOW), Some(id(1)));
        roster.ended(id(1), Wait::Ms(5), NOW);
        assert_eq!((roster.take(NOW + 4), roster.take(NOW + 5)), (None, Some(id(1))));
    }
}
