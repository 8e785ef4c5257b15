//! What follows from an outcome. Only here is it decided.

use model::{
    Timestamp,
    delivery::{DeliveryKey, Outcome, Queued, Reach},
    message::{ErrorCode, OnUnknown, WaitingFor},
};

use super::{
    event::{Action, Settle, Verdict},
    lane::{Around, End, Lane, Settling},
};

const STOPPED: &str = "The process that was sending ended before the answer came.";

impl Lane {
    pub(super) fn answered(&mut self, key: DeliveryKey, outcome: Outcome, at: Timestamp, around: &mut Around<'_>) {
        let Some(flight) = self.flights.remove(&key.position) else { return };
        let entry = flight.entry;
        // An answer can't come from the future; one that claims to would keep its places too long.
        let at = at.min(self.now);
        self.window_of(entry.is_paid).answer(entry.weight, at);
        self.chats.answer(&entry, at);
        if let Some(total) = &mut around.total {
            total.answer(entry.weight, at);
        }
        self.touch(entry.chat_id);
        self.conclude(entry, outcome, at, around);
    }

    /// Nothing left: the delivery waits as before, and its places are free again.
    pub(super) fn not_called(&mut self, key: DeliveryKey, around: &mut Around<'_>) {
        let Some(entry) = self.not_granted(key, around) else { return };
        let again = Verdict::TryAgain {
            due_at: entry.due_at,
            attempts: entry.attempts,
            was_unknown: entry.was_unknown,
            waiting_for: None,
            error: None,
        };
        self.settle_call(entry, again, None, false, None, around);
    }

    /// A call of an earlier owner: it may arrive for a little while yet.
    pub(super) fn left_over(&mut self, entry: Queued, around: &mut Around<'_>) {
        let at = self.now + self.config.in_transit_ms;
        self.window_of(entry.is_paid).remember(entry.weight, at);
        self.chats.remember(entry.chat_id, entry.weight, at);
        self.conclude(entry, Outcome::Unknown { message: STOPPED.to_owned() }, at, around);
    }

    fn conclude(&mut self, entry: Queued, outcome: Outcome, at: Timestamp, around: &mut Around<'_>) {
        match outcome {
            Outcome::Sent { provider_message_ids } => {
                self.settle(entry, Verdict::Sent { provider_message_ids }, at, true, around);
            }
            Outcome::Accepted { provider_message_id, name } => {
                self.settle(entry, Verdict::Accepted { provider_message_id, name }, at, true, around);
            }
            Outcome::RetryAfter { after_ms } => self.slow_down(entry, None, after_ms, at, around),
            Outcome::Throttled { after_ms, reach } => self.slow_down(entry, Some(reach), after_ms, at, around),
            Outcome::ChannelSuspended { code, message, after_ms } => {
                self.suspend(entry, (code, message), after_ms, at, around);
            }
            Outcome::WindowClosed { message } => {
                let verdict = failed(&entry, ErrorCode::WindowClosed, message);
                self.settle(entry, verdict, at, false, around);
            }
            Outcome::Retry { code, message } => self.retry(entry, code, message, at, around),
            Outcome::Rejected { code, message } => {
                let verdict = failed(&entry, code, message);
                self.settle(entry, verdict, at, false, around);
            }
            Outcome::Unreachable { code, message } => self.unreachable(entry, code, message, at, around),
            Outcome::Migrated { chat_id } => self.move_chat(entry, chat_id, at, around),
            Outcome::TokenRevoked { message } => self.stop(entry, message, at, around),
            Outcome::Unknown { message } => self.unknown(entry, message, at, around),
        }
    }

    /// `reach`: whom the channel means, when it says so.
    fn slow_down(
        &mut self,
        entry: Queued,
        reach: Option<Reach>,
        after_ms: i64,
        at: Timestamp,
        around: &mut Around<'_>,
    ) {
        let pause = match reach {
            None => self.penalty.hit(entry.chat_id, entry.class, at, after_ms),
            Some(reach) => self.penalty.told(entry.chat_id, reach, at, after_ms),
        };
        self.chats.pause(entry.chat_id, pause.until);
        around.actions.push(Action::Pause(pause));
        let again = self.again(&entry, pause.until, WaitingFor::RetryAfter, None);
        self.settle(entry, again, at, false, around);
    }

    /// All of the sender's waits: going on would use up one message after the other.
    fn suspend(
        &mut self,
        entry: Queued,
        error: (ErrorCode, String),
        after_ms: i64,
        at: Timestamp,
        around: &mut Around<'_>,
    ) {
        let pause = self.penalty.told(entry.chat_id, Reach::Bot, at, after_ms);
        around.actions.push(Action::Pause(pause));
        let again = self.again(&entry, pause.until, WaitingFor::RetryAfter, Some(error));
        self.settle(entry, again, at, false, around);
    }

    fn retry(&mut self, mut entry: Queued, code: ErrorCode, message: String, at: Timestamp, around: &mut Around<'_>) {
        entry.attempts += 1;
        if entry.attempts > self.config.max_retries {
            let verdict = failed(&entry, code, message);
            return self.settle(entry, verdict, at, false, around);
        }
        let due_at = self.back_off(entry.attempts, at);
        let again = self.again(&entry, due_at, WaitingFor::BackOff, Some((code, message)));
        self.settle(entry, again, at, false, around);
    }

    fn unknown(&mut self, mut entry: Queued, message: String, at: Timestamp, around: &mut Around<'_>) {
        entry.attempts += 1;
        entry.was_unknown = true;
        if entry.on_unknown == OnUnknown::Hold || entry.attempts > self.config.max_retries {
            return self.settle(entry, Verdict::Unknown { message }, at, true, around);
        }
        let due_at = self.back_off(entry.attempts, at);
        let again = self.again(&entry, due_at, WaitingFor::BackOff, Some((ErrorCode::TimedOut, message)));
        self.settle(entry, again, at, true, around);
    }

    fn unreachable(&mut self, entry: Queued, code: ErrorCode, message: String, at: Timestamp, around: &mut Around<'_>) {
        let chat = entry.chat_id;
        let verdict = match entry.was_unknown {
            true => Verdict::Unknown { message: message.clone() },
            false => Verdict::Blocked { code, message: message.clone() },
        };
        self.settle_call(entry, verdict, Some(at), false, Some(code), around);
        let (replies, more_replies) = self.replies.drain(chat);
        let (bulk, more_bulk) = self.bulk_queue.drain(chat);
        for waiting in replies.into_iter().chain(bulk) {
            self.end_uncalled(waiting, Verdict::Blocked { code, message: message.clone() }, around);
        }
        if more_replies || more_bulk {
            self.chats.get(chat).unreachable = Some((code, message));
        }
    }

    fn move_chat(&mut self, mut entry: Queued, to: i64, at: Timestamp, around: &mut Around<'_>) {
        let from = entry.chat_id;
        let verdict = Verdict::Moved { chat_id: to };
        self.push_settle(entry.clone(), verdict, Some(at), false, None, around);
        entry.chat_id = to;
        entry.due_at = at;
        self.replies.rename(from, to);
        self.bulk_queue.rename(from, to);
        // Until the table has it, neither id may be called: rows are read under both.
        self.moves.insert(entry.key.position, from);
        self.chats.get(from).moving = Some(entry.key.position);
        self.chats.get(to).moving = Some(entry.key.position);
        self.settling.values_mut().filter(|settling| settling.chat == from).for_each(|settling| settling.chat = to);
        self.wait_for_commit(&entry, End::Moved, true);
        self.queue(entry.class).put_back(entry);
    }

    fn stop(&mut self, entry: Queued, message: String, at: Timestamp, around: &mut Around<'_>) {
        if self.revoked.is_none() {
            around.actions.push(Action::TokenRevoked { message: message.clone() });
        }
        let again = Verdict::TryAgain {
            due_at: at,
            attempts: entry.attempts,
            was_unknown: entry.was_unknown,
            waiting_for: Some(WaitingFor::BackOff),
            error: Some((ErrorCode::TokenRevoked, message.clone())),
        };
        self.revoked = Some(message);
        self.settle(entry, again, at, false, around);
    }

    fn again(
        &self,
        entry: &Queued,
        due_at: Timestamp,
        waiting_for: WaitingFor,
        error: Option<(ErrorCode, String)>,
    ) -> Verdict {
        let (attempts, was_unknown) = (entry.attempts, entry.was_unknown);
        Verdict::TryAgain { due_at, attempts, was_unknown, waiting_for: Some(waiting_for), error }
    }

    /// 1, 2, 4 … times the shortest, and up to a quarter more.
    fn back_off(&mut self, attempts: u32, at: Timestamp) -> Timestamp {
        let (min, max) = (self.config.back_off_min_ms, self.config.back_off_max_ms);
        let base = min.saturating_mul(1i64 << attempts.saturating_sub(1).min(30)).min(max);
        let jitter = self.seed.up_to(base / 4);
        at + (base + jitter).min(max)
    }

    /// Ends an entry for which no call was made.
    pub(super) fn end_uncalled(&mut self, entry: Queued, verdict: Verdict, around: &mut Around<'_>) {
        let verdict = match (entry.was_unknown, &verdict) {
            (true, Verdict::Expired) => Verdict::Unknown { message: "It expired before another try.".to_owned() },
            (true, Verdict::Blocked { message, .. }) => Verdict::Unknown { message: message.clone() },
            _ => verdict,
        };
        self.wait_for_commit(&entry, End::Uncalled, false);
        self.push_settle(entry, verdict, None, true, None, around);
    }

    fn settle(&mut self, entry: Queued, verdict: Verdict, at: Timestamp, keeps_daily: bool, around: &mut Around<'_>) {
        self.settle_call(entry, verdict, Some(at), keeps_daily, None, around);
    }

    fn settle_call(
        &mut self,
        mut entry: Queued,
        verdict: Verdict,
        at: Option<Timestamp>,
        keeps_daily: bool,
        blocks_chat: Option<ErrorCode>,
        around: &mut Around<'_>,
    ) {
        let again_at = match &verdict {
            Verdict::TryAgain { due_at, .. } => Some(*due_at),
            _ => None,
        };
        self.push_settle(entry.clone(), verdict, at, keeps_daily, blocks_chat, around);
        let end = if again_at.is_some() { End::Again } else { End::Called };
        self.wait_for_commit(&entry, end, !keeps_daily);
        self.chats.get(entry.chat_id).is_unsettled = true;
        if let Some(due_at) = again_at {
            entry.due_at = due_at;
            if !Lane::is_held(&self.bulk.held, &entry) {
                self.queue(entry.class).put_back(entry);
            }
        }
    }

    fn wait_for_commit(&mut self, entry: &Queued, end: End, gives_back: bool) {
        let settling =
            Settling { class: entry.class, chat: entry.chat_id, end, gives_back: gives_back && entry.counts_daily };
        self.settling.insert(entry.key.position, settling);
    }

    fn push_settle(
        &mut self,
        queued: Queued,
        verdict: Verdict,
        answered_at: Option<Timestamp>,
        keeps_daily: bool,
        blocks_chat: Option<ErrorCode>,
        around: &mut Around<'_>,
    ) {
        let settle = Settle { queued, answered_at, keeps_daily, blocks_chat, verdict };
        around.actions.push(Action::Settle(Box::new(settle)));
    }
}

/// After the last try. What may have been sent by an earlier one is unknown, never failed.
fn failed(entry: &Queued, code: ErrorCode, message: String) -> Verdict {
    match entry.was_unknown {
        true => Verdict::Unknown { message },
        false => Verdict::Failed { code, message },
    }
}
