//! The rules of a lane, one by one. How they hold together under faults, the simulation shows.

use std::collections::{BTreeMap, HashMap};

use model::{
    Id, Rate, Timestamp,
    bot::Bot,
    delivery::{Class, DeliveryKey, Outcome, Queued},
    message::{ErrorCode, OnUnknown, WaitingFor},
};

use super::*;

/// A lane with a table, in which transactions and calls take no time.
struct Desk {
    lane: Lane,
    now: i64,
    rows: BTreeMap<i64, Queued>,
    /// Position and time of every call that has begun.
    calls: Vec<(i64, i64)>,
    settled: Vec<(i64, Verdict)>,
    pauses: Vec<Pause>,
    wake: Option<i64>,
    /// Outcomes of the next calls by chat; else they are sent.
    outcomes: HashMap<i64, Vec<Outcome>>,
    daily_room: u32,
    latency_ms: i64,
    due: Vec<(i64, i64, Outcome)>,
}

fn bot() -> Id<Bot> {
    Id::from_bytes([1; 16])
}

fn key(position: i64) -> DeliveryKey {
    DeliveryKey { bot: bot(), position }
}

fn queued(position: i64, chat_id: i64, class: Class) -> Queued {
    Queued {
        key: key(position),
        message: Id::from_bytes([2; 16]),
        broadcast: (class == Class::Bulk).then(|| Id::from_bytes([3; 16])),
        class,
        chat_id,
        is_group: false,
        weight: 1,
        counts_daily: true,
        due_at: Timestamp::from_ms(0),
        expires_at: None,
        attempts: 0,
        was_unknown: false,
        on_unknown: OnUnknown::Retry,
        is_paid: false,
    }
}

impl Desk {
    fn new(config: Config) -> Self {
        let mut desk = Self {
            lane: Lane::new(bot(), config, 7),
            now: 1_000_000,
            rows: BTreeMap::new(),
            calls: Vec::new(),
            settled: Vec::new(),
            pauses: Vec::new(),
            wake: None,
            outcomes: HashMap::new(),
            daily_room: 1_000,
            latency_ms: 0,
            due: Vec::new(),
        };
        desk.event(Event::Restore(Restore::default()));
        desk
    }

    fn accept(&mut self, row: Queued) {
        let class = row.class;
        self.rows.insert(row.key.position, row);
        self.event(Event::Woken { class });
    }

    fn event(&mut self, event: Event) {
        let mut events = vec![event];
        while let Some(event) = events.pop() {
            let mut actions = Vec::new();
            self.lane.step(event, Timestamp::from_ms(self.now), None, &mut actions);
            for action in actions {
                let answer = self.perform(action);
                events.splice(0..0, answer);
            }
        }
    }

    fn perform(&mut self, action: Action) -> Vec<Event> {
        match action {
            Action::Load { class, after, limit } => {
                let (rows, more) = self.read(after, limit, |row| row.class == class);
                vec![Event::Loaded { class, rows, more }]
            }
            Action::LoadChat { class, chat_id, after, limit } => {
                let (rows, more) = self.read(after, limit, |row| row.class == class && row.chat_id == chat_id);
                vec![Event::ChatLoaded { class, chat_id, rows, more }]
            }
            Action::Feed { .. } => vec![Event::Fed { more: false }],
            Action::Claim { keys } => self.claim(keys),
            Action::Settle(settle) => self.settle(*settle),
            Action::Pause(pause) => {
                self.pauses.push(pause);
                Vec::new()
            }
            Action::TokenRevoked { .. } | Action::Recall { .. } => Vec::new(),
            Action::WakeAt(at) => {
                self.wake = Some(at.as_ms());
                Vec::new()
            }
        }
    }

    fn read(&self, after: i64, limit: usize, is_asked: impl Fn(&Queued) -> bool) -> (Vec<Queued>, bool) {
        let later = self.rows.values().filter(|row| row.key.position > after && is_asked(row));
        let rows: Vec<Queued> = later.take(limit + 1).cloned().collect();
        (rows.iter().take(limit).cloned().collect(), rows.len() > limit)
    }

    fn claim(&mut self, keys: Vec<DeliveryKey>) -> Vec<Event> {
        let (mut granted, mut gone, mut daily_limit) = (Vec::new(), Vec::new(), Vec::new());
        for key in keys {
            match self.rows.get(&key.position) {
                None => gone.push(key),
                Some(row) if row.weight > self.daily_room => daily_limit.push(key),
                Some(row) => {
                    self.daily_room -= row.weight;
                    self.calls.push((key.position, self.now));
                    let outcomes = self.outcomes.entry(row.chat_id).or_default();
                    let sent = Outcome::Sent { provider_message_ids: vec![key.position] };
                    let outcome = if outcomes.is_empty() { sent } else { outcomes.remove(0) };
                    self.due.push((self.now + self.latency_ms, key.position, outcome));
                    granted.push(key);
                }
            }
        }
        let next_day = Timestamp::from_ms(self.now).next_day();
        vec![Event::Claimed { granted, gone, daily_limit, too_heavy: Vec::new(), next_day }]
    }

    fn settle(&mut self, settle: Settle) -> Vec<Event> {
        let (key, mut row) = (settle.queued.key, settle.queued);
        if !settle.keeps_daily {
            self.daily_room += row.weight;
        }
        match &settle.verdict {
            Verdict::TryAgain { due_at, attempts, was_unknown, .. } => {
                (row.due_at, row.attempts, row.was_unknown) = (*due_at, *attempts, *was_unknown);
                self.rows.insert(key.position, row);
            }
            Verdict::Moved { chat_id } => {
                let moved = self.rows.values_mut().filter(|other| other.chat_id == row.chat_id);
                moved.for_each(|other| other.chat_id = *chat_id);
            }
            _ => drop(self.rows.remove(&key.position)),
        }
        self.settled.push((key.position, settle.verdict));
        vec![Event::Settled { keys: vec![key] }]
    }

    /// Lets time pass until `ms` from now.
    fn run(&mut self, ms: i64) {
        let end = self.now + ms;
        loop {
            self.due.sort_by_key(|(at, position, _)| (*at, *position));
            let answer_at = self.due.first().map(|(at, ..)| *at);
            let Some(next) = answer_at.into_iter().chain(self.wake).min().filter(|at| *at <= end) else { break };
            self.now = self.now.max(next);
            if answer_at == Some(next) {
                let (at, position, outcome) = self.due.remove(0);
                self.event(Event::Answered { key: key(position), outcome, at: Timestamp::from_ms(at) });
            } else {
                self.wake = None;
                self.event(Event::Tick);
            }
        }
        self.now = end;
    }

    fn times(&self) -> Vec<(i64, i64)> {
        self.calls.iter().map(|(position, at)| (*position, *at - 1_000_000)).collect()
    }
}

fn fast() -> Config {
    Config { bot_rate: Rate::per_second(1_000), chat_rate: Rate::per_second(1_000), ..Config::default() }
}

#[test]
fn replies_use_the_free_window_at_once_and_bulk_is_paced() {
    let mut desk = Desk::new(Config { bot_rate: Rate::per_minute(30), ..Config::default() });
    (1..=3).for_each(|n| desk.accept(queued(n, n, Class::Reply)));
    (4..=6).for_each(|n| desk.accept(queued(n, n, Class::Bulk)));
    desk.run(5_000);
    assert_eq!(desk.times(), [(1, 0), (2, 0), (3, 0), (4, 0), (5, 2_000), (6, 4_000)]);
}

#[test]
fn replies_during_a_broadcast_wait_for_one_slot_at_most() {
    let mut desk = Desk::new(Config { bot_rate: Rate::per_second(10), ..fast() });
    (1..=500).for_each(|n| desk.accept(queued(n, n, Class::Bulk)));
    let mut waits = Vec::new();
    for n in 1_000..1_060 {
        desk.latency_ms = 2 + n % 7;
        let accepted = desk.now;
        desk.accept(queued(n, n, Class::Reply));
        while desk.calls.iter().all(|(position, _)| *position != n) {
            desk.run(1);
        }
        waits.push(desk.now - accepted);
        desk.run(100 + n % 3);
    }
    let slot_and_call = 100 + 8;
    assert!(waits.iter().all(|wait| *wait <= slot_and_call), "{waits:?}");
}

#[test]
fn no_rolling_window_holds_more_than_the_rate() {
    let mut desk = Desk::new(Config { bot_rate: Rate::per_second(2), ..Config::default() });
    desk.latency_ms = 300;
    (1..=5).for_each(|n| desk.accept(queued(n, n, Class::Reply)));
    desk.run(10_000);
    assert_eq!(desk.times(), [(1, 0), (2, 0), (3, 1_301), (4, 1_301), (5, 2_602)]);
}

#[test]
fn one_chat_keeps_its_order_and_its_rate_and_does_not_hold_others() {
    let mut desk = Desk::new(Config { bot_rate: Rate::per_second(100), ..Config::default() });
    [(1, 9), (2, 9), (3, 8)].into_iter().for_each(|(n, chat)| desk.accept(queued(n, chat, Class::Reply)));
    desk.run(5_000);
    assert_eq!(desk.times(), [(1, 0), (3, 0), (2, 1_001)]);
}

#[test]
fn a_retry_holds_its_chat_and_backs_off() {
    let mut desk = Desk::new(fast());
    let fail = || Outcome::Retry { code: ErrorCode::TelegramUnavailable, message: "Bad Gateway".into() };
    desk.outcomes.insert(9, vec![fail(), fail(), fail(), fail()]);
    [(1, 9), (2, 9), (3, 8)].into_iter().for_each(|(n, chat)| desk.accept(queued(n, chat, Class::Reply)));
    desk.run(60_000);
    let order: Vec<i64> = desk.calls.iter().map(|(position, _)| *position).collect();
    assert_eq!(order, [1, 3, 1, 1, 1, 2]);
    let ends: Vec<_> = desk.settled.iter().filter(|(position, _)| *position == 1).map(|(_, v)| v.clone()).collect();
    assert!(matches!(ends.last(), Some(Verdict::Failed { code: ErrorCode::TelegramUnavailable, .. })));
    let gaps: Vec<i64> = desk
        .calls
        .iter()
        .filter(|c| c.0 == 1)
        .map(|c| c.1)
        .collect::<Vec<_>>()
        .windows(2)
        .map(|w| w[1] - w[0])
        .collect();
    for (gap, base) in gaps.iter().zip([1_000, 2_000, 4_000]) {
        assert!((base..=base * 5 / 4).contains(gap), "{gaps:?}");
    }
}

#[test]
fn what_may_have_been_sent_never_ends_as_failed() {
    let mut desk = Desk::new(fast());
    let unknown = Outcome::Unknown { message: "timed out".into() };
    desk.outcomes
        .insert(9, vec![unknown.clone(), Outcome::Rejected { code: ErrorCode::BadMarkup, message: "x".into() }]);
    desk.outcomes.insert(8, vec![unknown]);
    desk.accept(queued(1, 9, Class::Reply));
    desk.accept(Queued { on_unknown: OnUnknown::Hold, ..queued(2, 8, Class::Reply) });
    desk.run(60_000);
    for position in [1, 2] {
        let end = desk.settled.iter().rev().find(|(other, _)| *other == position).map(|(_, verdict)| verdict.clone());
        assert!(matches!(end, Some(Verdict::Unknown { .. })), "{position}: {end:?}");
    }
}

#[test]
fn a_reply_is_passed_by_no_bulk_message() {
    let mut desk = Desk::new(Config { bot_rate: Rate::per_second(1), ..Config::default() });
    (1..=20).for_each(|n| desk.accept(queued(n, n, Class::Bulk)));
    desk.run(4_500);
    desk.accept(queued(99, 99, Class::Reply));
    desk.run(2_000);
    let after = desk.calls.iter().filter(|(_, at)| *at > 1_004_500).map(|(position, _)| *position).next();
    assert_eq!(after, Some(99));
}

#[test]
fn a_place_is_kept_for_a_reply_that_waits_for_its_chat() {
    let mut desk =
        Desk::new(Config { bot_rate: Rate::per_second(2), chat_rate: Rate::new(1, 800), ..Config::default() });
    desk.accept(queued(1, 9, Class::Reply));
    desk.accept(queued(2, 9, Class::Reply));
    desk.accept(queued(3, 3, Class::Bulk));
    assert_eq!(desk.calls.len(), 1, "its chat is busy");
    desk.run(500);
    assert_eq!(desk.calls.len(), 1, "its chat is not open yet");
    desk.run(3_000);
    assert_eq!(desk.times()[..2], [(1, 0), (2, 801)]);
}

#[test]
fn broadcasts_take_turns_and_a_held_one_steps_aside() {
    let mut desk = Desk::new(Config { bot_rate: Rate::per_second(1), ..Config::default() });
    let other = Id::from_bytes([4; 16]);
    (1..=4).for_each(|n| desk.accept(queued(n, n, Class::Bulk)));
    (5..=8).for_each(|n| desk.accept(Queued { broadcast: Some(other), ..queued(n, n, Class::Bulk) }));
    desk.run(3_900);
    assert_eq!(desk.calls.iter().map(|c| c.0).collect::<Vec<_>>(), [1, 5, 2, 6]);
    desk.event(Event::BroadcastHeld { broadcast: other });
    desk.run(4_000);
    assert_eq!(desk.calls.iter().map(|c| c.0).collect::<Vec<_>>(), [1, 5, 2, 6, 3, 4]);
    desk.event(Event::BroadcastReleased { broadcast: other });
    desk.run(4_000);
    assert_eq!(desk.calls.len(), 8);
}

#[test]
fn each_limit_that_held_something_back_is_counted_once() {
    let mut desk = Desk::new(Config { bot_rate: Rate::per_minute(3), ..Config::default() });
    (1..=4).for_each(|n| desk.accept(queued(n, n, Class::Reply)));
    desk.run(30_000);
    assert_eq!(desk.lane.take_hits(), Hits { bot_rate: 1, ..Hits::default() });
    assert_eq!(desk.lane.take_hits(), Hits::default());
    let mut desk = Desk::new(Config::default());
    (1..=2).for_each(|n| desk.accept(queued(n, 7, Class::Reply)));
    desk.run(500);
    assert_eq!(desk.lane.take_hits(), Hits { chat_rate: 1, ..Hits::default() });
    desk.daily_room = 0;
    desk.accept(queued(3, 9, Class::Reply));
    assert_eq!(desk.lane.take_hits(), Hits { daily_limit: 1, ..Hits::default() });
}

#[test]
fn a_broadcast_with_a_rate_of_its_own_does_not_slow_the_other() {
    let mut desk = Desk::new(Config { bot_rate: Rate::per_second(10), ..Config::default() });
    let other = Id::from_bytes([4; 16]);
    desk.event(Event::BroadcastCapped { broadcast: other, rate: Some(Rate::per_second(1)) });
    (1..=9).for_each(|n| desk.accept(queued(n, n, Class::Bulk)));
    (10..=12).for_each(|n| desk.accept(Queued { broadcast: Some(other), ..queued(n, n, Class::Bulk) }));
    desk.run(2_000);
    let capped: Vec<i64> = desk.times().iter().filter(|(position, _)| *position >= 10).map(|(_, at)| *at).collect();
    assert_eq!((desk.calls.len(), capped.len()), (11, 2));
    assert!(capped[1] - capped[0] >= 1_000, "{capped:?}");
}

#[test]
fn a_restart_does_not_shorten_the_distance_of_a_rate_of_its_own() {
    let mut desk = Desk::new(Config { bot_rate: Rate::per_second(10), ..Config::default() });
    let of = |byte: u8, has_sent| (Id::from_bytes([byte; 16]), Rate::per_minute(6), has_sent);
    desk.lane = Lane::new(bot(), Config { bot_rate: Rate::per_second(10), ..Config::default() }, 7);
    desk.event(Event::Restore(Restore { capped: vec![of(3, true), of(4, false)], ..Restore::default() }));
    desk.accept(queued(1, 1, Class::Bulk));
    desk.accept(Queued { broadcast: Some(Id::from_bytes([4; 16])), ..queued(2, 2, Class::Bulk) });
    desk.run(11_000);
    assert_eq!(desk.times(), [(2, 0), (1, 10_000)]);
}

#[test]
fn what_is_paid_for_has_a_window_and_a_pace_of_its_own() {
    let mut desk = Desk::new(Config { bot_rate: Rate::per_minute(6), ..Config::default() });
    let paid = |n| Queued { broadcast: Some(Id::from_bytes([4; 16])), is_paid: true, ..queued(n, n, Class::Bulk) };
    (1..=3).for_each(|n| desk.accept(queued(n, n, Class::Bulk)));
    (4..=53).for_each(|n| desk.accept(paid(n)));
    desk.accept(queued(54, 54, Class::Reply));
    desk.run(1_000);
    assert_eq!(desk.calls.iter().filter(|call| call.0 >= 4 && call.0 <= 53).count(), 50, "{:?}", desk.times());
    assert_eq!(desk.calls.iter().filter(|call| call.0 <= 3).count(), 1);
    assert!(desk.calls.iter().any(|call| call.0 == 54));
    assert_eq!(desk.lane.snapshot(Timestamp::from_ms(desk.now)).used, 2);
}

#[test]
fn a_429_holds_its_chat_and_costs_no_try() {
    let mut desk = Desk::new(fast());
    desk.outcomes.insert(9, vec![Outcome::RetryAfter { after_ms: 30_000 }; 6]);
    desk.accept(queued(1, 9, Class::Reply));
    desk.accept(queued(2, 8, Class::Reply));
    desk.run(1_000);
    assert_eq!(desk.times(), [(1, 0), (2, 0)]);
    let wait = desk.lane.waiting(&key(1), Timestamp::from_ms(desk.now)).unwrap();
    assert_eq!(wait.waiting_for, WaitingFor::RetryAfter);
    assert_eq!(wait.next_attempt_at, Some(Timestamp::from_ms(1_030_000)));
    desk.run(300_000);
    assert!(matches!(desk.settled.last(), Some((1, Verdict::Sent { .. }))));
    assert_eq!(desk.pauses.len(), 6);
}

#[test]
fn the_daily_limit_holds_the_rest_until_the_next_day() {
    let mut desk = Desk::new(fast());
    desk.daily_room = 2;
    (1..=3).for_each(|n| desk.accept(queued(n, n, Class::Reply)));
    desk.accept(Queued { counts_daily: false, weight: 0, ..queued(4, 4, Class::Reply) });
    desk.run(1_000);
    assert_eq!(desk.calls.iter().map(|c| c.0).collect::<Vec<_>>(), [1, 2, 4]);
    let wait = desk.lane.waiting(&key(3), Timestamp::from_ms(desk.now)).unwrap();
    assert_eq!(
        (wait.waiting_for, wait.next_attempt_at),
        (WaitingFor::DailyLimit, Some(Timestamp::from_ms(86_400_000)))
    );
    desk.daily_room = 5;
    desk.run(86_400_000);
    assert_eq!(desk.calls.len(), 4);
}

#[test]
fn a_chat_that_cannot_be_written_to_is_not_called_again() {
    let mut desk = Desk::new(fast());
    desk.latency_ms = 10;
    desk.outcomes.insert(9, vec![Outcome::Unreachable { code: ErrorCode::BlockedByUser, message: "blocked".into() }]);
    (1..=20).for_each(|n| desk.accept(queued(n, 9, Class::Reply)));
    desk.run(60_000);
    assert_eq!(desk.calls.len(), 1);
    assert_eq!(desk.settled.iter().filter(|(_, v)| matches!(v, Verdict::Blocked { .. })).count(), 20);
}

#[test]
fn a_group_that_migrated_is_sent_to_in_order_under_its_new_id() {
    let mut desk = Desk::new(fast());
    desk.latency_ms = 10;
    desk.outcomes.insert(-9, vec![Outcome::Migrated { chat_id: -100 }]);
    (1..=20).for_each(|n| desk.accept(queued(n, -9, Class::Reply)));
    desk.run(60_000);
    let sent: Vec<i64> =
        desk.settled.iter().filter(|(_, v)| matches!(v, Verdict::Sent { .. })).map(|(position, _)| *position).collect();
    assert_eq!(sent, (1..=20).collect::<Vec<_>>());
}

#[test]
fn a_bad_token_stops_everything_until_there_is_a_new_one() {
    let mut desk = Desk::new(fast());
    desk.outcomes.insert(9, vec![Outcome::TokenRevoked { message: "Unauthorized".into() }]);
    desk.accept(queued(1, 9, Class::Reply));
    desk.run(0);
    desk.accept(queued(2, 8, Class::Reply));
    desk.run(100_000);
    assert_eq!(desk.calls.len(), 1);
    assert!(desk.lane.is_idle(Timestamp::from_ms(desk.now)));
    desk.event(Event::TokenReplaced);
    desk.run(100_000);
    assert_eq!(desk.calls.len(), 3);
}

#[test]
fn a_message_expires_before_its_claim_only() {
    let mut desk = Desk::new(Config { bot_rate: Rate::per_minute(1), ..fast() });
    desk.accept(queued(1, 1, Class::Reply));
    desk.accept(Queued { expires_at: Some(Timestamp::from_ms(1_005_000)), ..queued(2, 2, Class::Reply) });
    desk.run(4_999);
    assert_eq!(desk.settled.len(), 1);
    desk.run(1);
    assert_eq!(desk.settled.last(), Some(&(2, Verdict::Expired)));
}

#[test]
fn a_chat_with_a_long_queue_keeps_nobody_out_of_memory() {
    let mut desk = Desk::new(Config { bot_rate: Rate::per_second(1_000), ..Config::default() });
    for n in 1..=5_000 {
        desk.rows.insert(n, queued(n, 1, Class::Reply));
    }
    desk.rows.insert(5_001, queued(5_001, 2, Class::Reply));
    desk.event(Event::Woken { class: Class::Reply });
    desk.run(3_500);
    assert_eq!(desk.times(), [(1, 0), (5_001, 0), (2, 1_001), (3, 2_002), (4, 3_003)]);
    assert!(desk.lane.snapshot(Timestamp::from_ms(desk.now)).replies.0 <= CHAT_ENTRIES_MAX);
}

#[test]
fn paused_chats_make_room_for_others() {
    let mut desk = Desk::new(fast());
    let chats = 700;
    let paused_chats = (1..=chats).map(|chat| (chat, Timestamp::from_ms(2_000_000))).collect();
    desk.lane = Lane::new(bot(), fast(), 7);
    for n in 1..=chats {
        desk.rows.insert(n, queued(n, n, Class::Reply));
    }
    desk.rows.insert(chats + 1, queued(chats + 1, chats + 1, Class::Reply));
    desk.event(Event::Restore(Restore { paused_chats, ..Restore::default() }));
    desk.run(1_000);
    assert_eq!(desk.times(), [(chats + 1, 0)]);
    desk.run(2_000_000);
    assert_eq!(desk.calls.len(), 701);
}

#[test]
fn an_idle_lane_is_forgotten() {
    let mut desk = Desk::new(fast());
    desk.accept(queued(1, 1, Class::Reply));
    assert!(!desk.lane.is_idle(Timestamp::from_ms(desk.now)));
    desk.run(5_000);
    assert!(desk.lane.is_idle(Timestamp::from_ms(desk.now)));
}

#[test]
fn what_was_being_sent_at_a_crash_is_unknown_and_keeps_its_places() {
    let mut desk = Desk::new(Config { bot_rate: Rate::per_second(1), ..Config::default() });
    desk.lane = Lane::new(bot(), Config { bot_rate: Rate::per_second(1), ..Config::default() }, 7);
    let left_over = vec![Queued { on_unknown: OnUnknown::Hold, ..queued(1, 1, Class::Bulk) }];
    desk.rows.insert(2, queued(2, 2, Class::Reply));
    desk.event(Event::Restore(Restore { left_over, ..Restore::default() }));
    assert!(matches!(desk.settled[..], [(1, Verdict::Unknown { .. })]));
    desk.run(5_000);
    assert_eq!(desk.times(), [(2, 2_001)]);
}

#[test]
fn a_chat_that_makes_room_is_read_from_its_first_row_in_the_table() {
    let mut queue = super::queue::Queue::new(Class::Bulk);
    let (chat, late) = (501, Timestamp::from_ms(2_000_000));
    queue.admit(queued(36, chat, Class::Bulk));
    // All is read again, but its last settlement is not written yet: it stays in memory.
    queue.restart(chat, |position| position == 36);
    queue.defer(chat, late);
    queue.shed(Timestamp::from_ms(1_000_000), |_| false);
    queue.promote(late);
    assert_eq!(queue.next_reload(), Some((chat, i64::MIN)), "rows before that one may be in the table only");
}

#[test]
fn what_was_asked_before_all_was_let_go_of_is_not_taken() {
    let mut queue = super::queue::Queue::new(Class::Bulk);
    let (chat, row) = (501, |position| queued(position, 501, Class::Bulk));
    (41..=46).for_each(|position| queue.admit(row(position)));
    for _ in 41..=44 {
        queue.pop(chat);
    }
    assert_eq!(queue.next_reload(), Some((chat, 44)));
    // A broadcast is released meanwhile: it had 42 and 43, of which the first leaves while the lane makes room.
    queue.restart_all(|_| false);
    [42, 43, 45].into_iter().for_each(|position| queue.admit(row(position)));
    queue.shed(Timestamp::from_ms(0), |_| false);
    queue.pop(chat);
    assert_eq!(queue.next_reload(), None, "one load of a chat at a time");
    queue.reloaded(chat, vec![row(45), row(46)], None);
    assert!(queue.head(chat).is_none(), "43 comes before");
    assert_eq!(queue.next_reload(), Some((chat, 42)));
}
