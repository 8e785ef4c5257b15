//! Which update may be delivered next: pure bookkeeping of queues, retries and expiry, without a clock or a socket.

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    sync::Arc,
};

use crate::{
    inbox::{Pending, QueueKey},
    random::Random,
};

/// The back-off doubles up to a random wait between this and twice this.
const RETRY_S_MAX: i64 = 60;

/// An update with its history of failures.
#[derive(Debug)]
struct Item {
    update: Arc<Pending>,
    failures: u32,
    delay_s: i64,
}

/// The queues of one webhook. A queue is in at most one of: in flight, ready, waiting.
#[derive(Debug, Default)]
pub struct Lanes {
    queues: HashMap<QueueKey, VecDeque<Item>>,
    ready: VecDeque<QueueKey>,
    waiting: BTreeSet<(i64, QueueKey)>,
    loaded: usize,
    cursor: u64,
}

/// What a failure means for its update.
#[derive(Debug, PartialEq, Eq)]
pub enum After {
    Retry,
    /// The next attempt would be after the update's expiry.
    Dropped(u64),
}

impl Lanes {
    pub fn loaded(&self) -> usize {
        self.loaded
    }

    /// The last update loaded, by order of arrival.
    pub fn cursor(&self) -> u64 {
        self.cursor
    }

    pub fn load(&mut self, update: Arc<Pending>) {
        self.cursor = update.seq;
        self.loaded += 1;
        let key = update.queue.clone();
        let queue = self.queues.entry(key.clone()).or_default();
        queue.push_back(Item { update, failures: 0, delay_s: 1 });
        if queue.len() == 1 {
            self.ready.push_back(key);
        }
    }

    /// The next update to deliver, if any queue has its turn.
    pub fn next(&mut self, now_ms: i64) -> Option<Arc<Pending>> {
        while let Some((due_ms, key)) = self.waiting.first().cloned()
            && due_ms <= now_ms
        {
            self.waiting.pop_first();
            self.ready.push_back(key);
        }
        let key = self.ready.pop_front()?;
        self.queues.get(&key)?.front().map(|item| item.update.clone())
    }

    /// When the first waiting queue has its turn again.
    pub fn due_ms(&self) -> Option<i64> {
        self.waiting.first().map(|(due_ms, _)| *due_ms)
    }

    pub fn has_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// The front update of a queue is done with.
    pub fn settle(&mut self, key: &QueueKey) {
        let Some(queue) = self.queues.get_mut(key) else { return };
        queue.pop_front();
        self.loaded -= 1;
        if queue.is_empty() {
            self.queues.remove(key);
        } else {
            self.ready.push_back(key.clone());
        }
    }

    /// The front update of a queue failed: at once again the first time, then 2, 4, 8 … seconds later, or when the
    /// receiver said. `scale` stretches seconds to milliseconds.
    pub fn fail(&mut self, key: &QueueKey, retry_after_s: i64, now_ms: i64, scale: f64, random: &Random) -> After {
        let Some(item) = self.queues.get_mut(key).and_then(VecDeque::front_mut) else { return After::Retry };
        let mut wait_s = retry_after_s;
        if retry_after_s == 0 && item.failures > 0 {
            item.delay_s = (item.delay_s * 2).min(random.between(RETRY_S_MAX, 2 * RETRY_S_MAX));
            wait_s = item.delay_s;
        }
        item.failures += 1;
        let due_ms = now_ms + (wait_s as f64 * 1000.0 * scale) as i64;
        if due_ms > item.update.expires_at_ms {
            let seq = item.update.seq;
            self.settle(key);
            return After::Dropped(seq);
        }
        self.waiting.insert((due_ms, key.clone()));
        After::Retry
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn update(seq: u64, chat: i64, expires_at_ms: i64) -> Arc<Pending> {
        let id = i64::try_from(seq).unwrap();
        Arc::new(Pending { seq, id, body: "{}".into(), queue: QueueKey::Chat(chat), expires_at_ms })
    }

    fn next(lanes: &mut Lanes, now_ms: i64) -> Option<u64> {
        lanes.next(now_ms).map(|update| update.seq)
    }

    #[test]
    fn a_queue_is_delivered_one_by_one_and_queues_in_parallel() {
        let mut lanes = Lanes::default();
        for (seq, chat) in [(1, 1), (2, 1), (3, 2)] {
            lanes.load(update(seq, chat, 1000));
        }
        assert_eq!(next(&mut lanes, 0), Some(1));
        assert_eq!(next(&mut lanes, 0), Some(3));
        assert_eq!(next(&mut lanes, 0), None, "2 waits for 1");
        lanes.settle(&QueueKey::Chat(1));
        assert_eq!(next(&mut lanes, 0), Some(2));
        lanes.settle(&QueueKey::Chat(1));
        lanes.settle(&QueueKey::Chat(2));
        assert_eq!(lanes.loaded(), 0);
    }

    #[test]
    fn retries_come_at_once_then_at_doubling_distances() {
        let (mut lanes, random) = (Lanes::default(), Random::new(Some(3)));
        lanes.load(update(1, 1, 10_000_000));
        let mut now = 0;
        let mut waits = Vec::new();
        for _ in 0..9 {
            assert_eq!(next(&mut lanes, now), Some(1));
            assert_eq!(lanes.fail(&QueueKey::Chat(1), 0, now, 1.0, &random), After::Retry);
            let due = lanes.due_ms().unwrap();
            waits.push((due - now) / 1000);
            now = due;
        }
        assert_eq!(waits[..6], [0, 2, 4, 8, 16, 32]);
        assert!(waits[6..].iter().all(|wait| (60..=120).contains(wait)), "{waits:?}");
    }

    #[test]
    fn the_receivers_wish_does_not_grow_the_back_off() {
        let (mut lanes, random) = (Lanes::default(), Random::new(Some(3)));
        lanes.load(update(1, 1, 10_000_000));
        for (retry_after, wait_ms) in [(7, 7000), (0, 2000), (5, 5000), (0, 4000)] {
            assert_eq!(next(&mut lanes, 1_000_000), Some(1));
            lanes.fail(&QueueKey::Chat(1), retry_after, 0, 1.0, &random);
            assert_eq!(lanes.due_ms(), Some(wait_ms));
        }
    }

    #[test]
    fn an_update_is_dropped_when_its_next_attempt_came_too_late() {
        let (mut lanes, random) = (Lanes::default(), Random::new(Some(3)));
        lanes.load(update(1, 1, 1_500));
        lanes.load(update(2, 1, 100_000));
        assert_eq!(next(&mut lanes, 0), Some(1));
        assert_eq!(lanes.fail(&QueueKey::Chat(1), 0, 0, 1.0, &random), After::Retry);
        assert_eq!(next(&mut lanes, 0), Some(1));
        assert_eq!(lanes.fail(&QueueKey::Chat(1), 0, 0, 1.0, &random), After::Dropped(1));
        assert_eq!(next(&mut lanes, 0), Some(2), "the next one in the queue goes on");
    }
}
