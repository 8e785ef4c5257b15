//! What a lane remembers of chats: their windows, pauses, and whether a call to them is under way.

use std::collections::HashMap;

use model::{Rate, Timestamp, delivery::Queued, message::ErrorCode};

use crate::delivery::limiter::{Opens, Window};

/// Chats remembered before those of which nothing needs to be remembered are forgotten.
const SWEEP_MIN: usize = 256;

#[derive(Debug)]
pub(super) struct Chat {
    window: Window,
    group: Window,
    pub is_busy: bool,
    /// What came of the last call is not written yet. Until it is, a crash would forget it: the next message would
    /// be sent, and then the one before again.
    pub is_unsettled: bool,
    pub paused_until: Timestamp,
    /// The position of the delivery whose settlement moves another chat's rows here.
    pub moving: Option<i64>,
    /// It can't be written to, and rows of it were not in memory when that turned out.
    pub unreachable: Option<(ErrorCode, String)>,
}

impl Chat {
    fn new(chat_rate: Rate, group_rate: Rate) -> Self {
        Self {
            window: Window::new(chat_rate),
            group: Window::new(group_rate),
            is_busy: false,
            is_unsettled: false,
            paused_until: Timestamp::from_ms(i64::MIN),
            moving: None,
            unreachable: None,
        }
    }

    pub fn opens(&mut self, entry: &Queued, now: Timestamp) -> Opens {
        let chat = self.window.opens(entry.weight, now);
        if entry.is_group { chat.and(self.group.opens(entry.weight, now)) } else { chat }
    }

    fn is_forgettable(&mut self, now: Timestamp) -> bool {
        !self.is_busy
            && !self.is_unsettled
            && self.moving.is_none()
            && self.unreachable.is_none()
            && self.paused_until <= now
            && self.window.is_empty(now)
            && self.group.is_empty(now)
    }
}

/// All chats of which something needs to be remembered; no more than were called within a window, are paused, or busy.
#[derive(Debug)]
pub(super) struct Chats {
    chat_rate: Rate,
    group_rate: Rate,
    map: HashMap<i64, Chat>,
    sweep_at: usize,
}

impl Chats {
    pub fn new(chat_rate: Rate, group_rate: Rate) -> Self {
        Self { chat_rate, group_rate, map: HashMap::new(), sweep_at: SWEEP_MIN }
    }

    pub fn known(&self, id: i64) -> Option<&Chat> {
        self.map.get(&id)
    }

    pub fn known_mut(&mut self, id: i64) -> Option<&mut Chat> {
        self.map.get_mut(&id)
    }

    pub fn get(&mut self, id: i64) -> &mut Chat {
        let (chat_rate, group_rate) = (self.chat_rate, self.group_rate);
        self.map.entry(id).or_insert_with(|| Chat::new(chat_rate, group_rate))
    }

    /// A call is about to leave.
    pub fn take(&mut self, entry: &Queued) {
        let chat = self.get(entry.chat_id);
        chat.is_busy = true;
        chat.window.take(entry.weight);
        if entry.is_group {
            chat.group.take(entry.weight);
        }
    }

    /// It did not leave.
    pub fn give_back(&mut self, entry: &Queued) {
        let chat = self.get(entry.chat_id);
        chat.is_busy = false;
        chat.window.give_back(entry.weight);
        if entry.is_group {
            chat.group.give_back(entry.weight);
        }
    }

    /// Its answer came.
    pub fn answer(&mut self, entry: &Queued, at: Timestamp) {
        let chat = self.get(entry.chat_id);
        chat.is_busy = false;
        chat.window.answer(entry.weight, at);
        if entry.is_group {
            chat.group.answer(entry.weight, at);
        }
    }

    /// A call from before the lane was opened; whether it went to a group is no longer known.
    pub fn remember(&mut self, id: i64, weight: u32, at: Timestamp) {
        let chat = self.get(id);
        chat.window.remember(weight, at);
        chat.group.remember(weight, at);
    }

    pub fn pause(&mut self, id: i64, until: Timestamp) {
        let chat = self.get(id);
        chat.paused_until = chat.paused_until.max(until);
    }

    pub fn paused(&self, now: Timestamp) -> usize {
        self.map.values().filter(|chat| chat.paused_until > now).count()
    }

    /// Forgets chats now and then.
    pub fn sweep(&mut self, now: Timestamp) {
        if self.map.len() < self.sweep_at {
            return;
        }
        self.map.retain(|_, chat| !chat.is_forgettable(now));
        self.sweep_at = (self.map.len() * 2).max(SWEEP_MIN);
    }

    pub fn len(&self) -> usize {
        self.map.len()
    }

    /// Whether nothing is remembered any more.
    pub fn is_clear(&mut self, now: Timestamp) -> bool {
        self.map.retain(|_, chat| !chat.is_forgettable(now));
        self.map.is_empty()
    }
}
