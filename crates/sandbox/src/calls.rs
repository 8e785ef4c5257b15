//! The log of API calls, for inspection: what arrived when, with what, and how it ended.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use serde::Serialize;

use crate::params::Param;

/// One API call. It is logged when it arrives; the outcome follows.
#[derive(Debug, Serialize)]
pub struct Call {
    pub seq: u64,
    pub at_us: i64,
    pub at_ms: i64,
    pub bot: i64,
    pub method: String,
    pub chat_id: Option<i64>,
    /// Messages that it counts for: albums their items, what isn't sent or edited 0.
    pub weight: usize,
    #[serde(serialize_with = "as_map")]
    pub params: Arc<Vec<(String, Param)>>,
    pub files: Vec<String>,
    /// Null while the call is under way.
    #[serde(serialize_with = "as_option")]
    pub outcome: OnceLock<Outcome>,
}

/// How a call ended, as the server knows it: an answer may have been lost on purpose.
#[derive(Debug, Serialize)]
pub struct Outcome {
    pub ok: bool,
    pub status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<i64>,
    /// The fault that was injected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<&'static str>,
    pub done_us: i64,
}

fn as_map<S: serde::Serializer>(params: &[(String, Param)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(params.iter().map(|(name, value)| (name, value)))
}

fn as_option<S: serde::Serializer>(outcome: &OnceLock<Outcome>, serializer: S) -> Result<S::Ok, S::Error> {
    outcome.get().serialize(serializer)
}

/// A bounded ring of calls.
#[derive(Debug)]
pub struct CallLog {
    calls: Mutex<VecDeque<Arc<Call>>>,
    max: usize,
    seq: AtomicU64,
    dropped: AtomicU64,
}

/// Which calls are asked for.
#[derive(Debug, Default)]
pub struct Filter {
    pub bot: Option<i64>,
    pub method: Option<String>,
    pub chat_id: Option<i64>,
    pub since: u64,
}

impl Filter {
    fn holds(&self, call: &Call) -> bool {
        call.seq > self.since
            && self.bot.is_none_or(|bot| call.bot == bot)
            && self.chat_id.is_none_or(|chat_id| call.chat_id == Some(chat_id))
            && self.method.as_ref().is_none_or(|method| call.method.eq_ignore_ascii_case(method))
    }
}

impl CallLog {
    pub fn new(max: usize) -> Self {
        Self { calls: Mutex::default(), max, seq: AtomicU64::new(0), dropped: AtomicU64::new(0) }
    }

    pub fn next_seq(&self) -> u64 {
        self.seq.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub fn push(&self, call: Arc<Call>) {
        let oldest = {
            let mut calls = self.calls.lock().expect("no panic while logging");
            calls.push_back(call);
            if calls.len() > self.max { calls.pop_front() } else { None }
        };
        // Freed outside the lock.
        if oldest.is_some() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The first `limit` matching calls in order of arrival.
    pub fn find(&self, filter: &Filter, limit: usize) -> Vec<Arc<Call>> {
        let calls = self.calls.lock().expect("no panic while logging");
        calls.iter().filter(|call| filter.holds(call)).take(limit).cloned().collect()
    }

    pub fn total(&self) -> u64 {
        self.seq.load(Ordering::Relaxed)
    }

    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    pub fn clear(&self) {
        self.calls.lock().expect("no panic while logging").clear();
        self.dropped.store(0, Ordering::Relaxed);
    }
}

/// Counts of one bot or of one chat.
#[derive(Debug, Default, Serialize)]
pub struct Counts {
    pub calls: usize,
    pub ok: usize,
    pub throttled: usize,
    pub failed: usize,
    /// Messages sent or edited, albums by item, whatever the outcome.
    pub messages: usize,
    /// The most messages that arrived in any rolling window of `window_ms`; those refused with 429 are not counted.
    pub max_in_window: usize,
    #[serde(skip)]
    times: Vec<(i64, usize)>,
}

impl Counts {
    fn add(&mut self, call: &Call) {
        self.calls += 1;
        self.messages += call.weight;
        let status = call.outcome.get().map(|outcome| (outcome.ok, outcome.status));
        match status {
            Some((true, _)) => self.ok += 1,
            Some((false, 429)) => self.throttled += 1,
            Some((false, _)) => self.failed += 1,
            None => {}
        }
        if call.weight > 0 && !matches!(status, Some((false, 429))) {
            self.times.push((call.at_us, call.weight));
        }
    }

    fn close(&mut self, window_us: i64) {
        self.times.sort_unstable();
        self.max_in_window = most_in_window(&self.times, window_us);
    }
}

/// The largest sum of weights in any half-open window of `window_us`; `times` are sorted.
fn most_in_window(times: &[(i64, usize)], window_us: i64) -> usize {
    let (mut most, mut sum, mut first) = (0, 0, 0);
    for (at, weight) in times {
        sum += weight;
        while at - times[first].0 >= window_us {
            sum -= times[first].1;
            first += 1;
        }
        most = most.max(sum);
    }
    most
}

/// Counts by bot and by (bot, chat) over what the log still holds.
pub fn count(calls: &[Arc<Call>], window_us: i64) -> (HashMap<i64, Counts>, HashMap<(i64, i64), Counts>) {
    let (mut bots, mut chats) = (HashMap::<i64, Counts>::new(), HashMap::<(i64, i64), Counts>::new());
    for call in calls {
        bots.entry(call.bot).or_default().add(call);
        if let Some(chat_id) = call.chat_id {
            chats.entry((call.bot, chat_id)).or_default().add(call);
        }
    }
    bots.values_mut().chain(chats.values_mut()).for_each(|counts| counts.close(window_us));
    (bots, chats)
}

#[cfg(test)]
mod tests {
    use super::most_in_window;

    #[test]
    fn the_fullest_window_is_found_wherever_it_lies() {
        let times = [(0, 1), (900, 1), (1000, 1), (1100, 10), (1899, 1), (5000, 1)];
        assert_eq!(most_in_window(&times, 1000), 13);
        assert_eq!(most_in_window(&times, 100), 11 - 1);
        assert_eq!(most_in_window(&[], 1000), 0);
    }
}
