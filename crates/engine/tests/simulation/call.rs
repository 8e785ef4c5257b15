//! Calls to the Bot API: refused, slow, lost on the way there or back.

use engine::delivery::planner::Event;
use model::{Timestamp, delivery::Outcome, message::ErrorCode};

use crate::{
    scenario::Mutation,
    telegram::Call,
    world::{What, World, bot_of},
};

/// When a call is given up.
const TIMEOUT_MS: i64 = 10_000;

impl World {
    /// The moment of truth: right before the first byte the owner looks at its lease.
    pub fn write_call(&mut self, node: usize, run_id: u64, epoch: u64, call: Call) {
        let (now, life) = (self.now, self.nodes[node].life);
        let held = self.nodes[node].held;
        let is_permitted = self.mutation == Mutation::IgnoreDeadline || held.may_write(epoch, now);
        if !is_permitted {
            let key = call.queued.key;
            let event = Event::NotCalled { key };
            return self.after(0, What::Lane { node, life, run: run_id, bot: bot_of(key), event });
        }
        let calm = self.is_calm;
        if !calm && self.random.chance(self.scenario.unconnected) {
            let message = "connection refused".to_owned();
            let outcome = Outcome::Retry { code: ErrorCode::TelegramUnavailable, message };
            let ms = self.some(1, 500);
            return self.answer(node, life, run_id, &call, outcome, now, ms);
        }
        let is_slow = !calm && self.random.chance(self.scenario.slow);
        let there_ms = if is_slow { self.some(1, 900) } else { self.some(1, 40) };
        let back_ms = if is_slow { self.some(1, 12_000) } else { self.some(1, 60) };
        if !calm && self.random.chance(self.scenario.lost / 2) {
            let outcome = Outcome::Unknown { message: "connection reset".into() };
            let ms = self.some(there_ms, TIMEOUT_MS);
            return self.answer(node, life, run_id, &call, outcome, now, ms);
        }
        let is_lost = !calm && self.random.chance(self.scenario.lost);
        self.after(
            there_ms,
            What::Arrive { node, life, run: run_id, call, departed: now, answer_ms: back_ms, is_lost },
        );
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of one thing that happens")]
    pub fn arrive(
        &mut self,
        node: usize,
        life: u64,
        run: u64,
        call: Call,
        departed: i64,
        answer_ms: i64,
        is_lost: bool,
    ) {
        let position = call.queued.key.position;
        let answer = self.telegram.arrive(&call, self.now, &self.scenario, &mut self.random);
        self.note(|| format!("bot {}: {position} arrives from node {node}: {:?}", call.bot, answer.outcome));
        if let Some(broken) = answer.broken {
            return self.breaks(broken);
        }
        let end = departed + TIMEOUT_MS - self.now;
        if is_lost || answer_ms > end {
            let outcome = Outcome::Unknown { message: "timed out".into() };
            let ms = if is_lost { answer_ms.min(end) } else { end };
            return self.answer(node, life, run, &call, outcome, departed, ms);
        }
        self.answer(node, life, run, &call, answer.outcome, departed, answer_ms);
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of one thing that happens")]
    fn answer(&mut self, node: usize, life: u64, run: u64, call: &Call, outcome: Outcome, departed: i64, ms: i64) {
        let counts_from = if self.mutation == Mutation::CountFromRequest { departed } else { self.now + ms };
        let at = Timestamp::from_ms(counts_from + self.nodes[node].skew);
        let key = call.queued.key;
        let event = Event::Answered { key, outcome, at };
        self.after(ms, What::Lane { node, life, run, bot: bot_of(key), event });
    }
}
