//! Reading ahead: which rows to ask for, and what to do with those that come.

use model::delivery::{Class, Queued};

use super::{
    bulk::FEED_AHEAD_MS,
    event::{Action, Verdict},
    lane::{Around, Lane},
    queue::{CHAT_ENTRIES_MAX, CHATS_MAX},
};

/// Rows of one load.
pub const LOAD_MAX: usize = 128;
/// Loads of single chats under way at a time.
pub const CHAT_LOADS_MAX: usize = 8;
/// With less room than this part of all, room is made first.
const ROOM_MIN: usize = 16;
/// A chat that has to wait longer than this makes room for others.
const LONG_WAIT_MS: i64 = 10_000;

/// The cursor over one class's rows.
#[derive(Debug)]
pub(super) struct Scan {
    after: i64,
    more: bool,
    is_loading: bool,
    /// Something came up while a load was under way.
    again: bool,
    is_discarded: bool,
    chat_loads: usize,
}

impl Scan {
    pub fn new() -> Self {
        Self { after: i64::MIN, more: true, is_loading: false, again: false, is_discarded: false, chat_loads: 0 }
    }

    /// Reads all rows again: some that were let go of can't be found otherwise.
    pub fn restart(&mut self) {
        self.discard();
        self.after = i64::MIN;
        self.more = true;
    }

    /// What is being read does not count: it is read again from the same place on.
    pub fn discard(&mut self) {
        self.is_discarded = self.is_loading;
        self.more |= self.is_loading;
    }

    fn woken(&mut self) {
        self.more = true;
        self.again = self.is_loading;
    }

    /// A load ended. False when its rows don't count: reading starts anew.
    fn loaded(&mut self, last: Option<i64>, more: bool) -> bool {
        self.is_loading = false;
        if std::mem::take(&mut self.is_discarded) {
            return false;
        }
        self.after = last.map_or(self.after, |last| self.after.max(last));
        self.more = more || self.again;
        self.again = false;
        true
    }

    pub fn has_more(&self) -> bool {
        self.more
    }

    pub fn is_busy(&self) -> bool {
        self.is_loading || self.chat_loads > 0
    }
}

impl Lane {
    pub(super) fn woken(&mut self, class: Class) {
        self.scan(class).woken();
    }

    pub(super) fn loaded(&mut self, class: Class, rows: Vec<Queued>, more: bool, around: &mut Around<'_>) {
        if !self.scan(class).loaded(rows.last().map(|row| row.key.position), more) {
            return;
        }
        for row in rows {
            if self.is_wanted(&row) && !self.is_refused(&row, around) {
                self.queue(class).admit(row);
            }
        }
    }

    pub(super) fn chat_loaded(
        &mut self,
        class: Class,
        chat: i64,
        rows: Vec<Queued>,
        more: bool,
        around: &mut Around<'_>,
    ) {
        let scan = self.scan(class);
        scan.chat_loads = scan.chat_loads.saturating_sub(1);
        let mut wanted: Vec<Queued> = Vec::with_capacity(rows.len());
        let last = rows.last().map(|row| row.key.position);
        for row in rows {
            if self.is_wanted(&row) && !self.is_refused(&row, around) {
                wanted.push(row);
            }
        }
        self.queue(class).reloaded(chat, wanted, last.filter(|_| more));
        if !more {
            self.forgive(chat);
        }
    }

    /// Not already under way, nor of a broadcast that is held.
    fn is_wanted(&self, row: &Queued) -> bool {
        !self.flights.contains_key(&row.key.position)
            && !self.settling.contains_key(&row.key.position)
            && !Lane::is_held(&self.bulk.held, row)
    }

    /// Ends a row of a chat that turned out to be unreachable while the row was not in memory.
    fn is_refused(&mut self, row: &Queued, around: &mut Around<'_>) -> bool {
        let refusal = self.chats.known(row.chat_id).and_then(|chat| chat.unreachable.clone());
        let Some((code, message)) = refusal else { return false };
        self.end_uncalled(row.clone(), Verdict::Blocked { code, message }, around);
        true
    }

    /// All rows of an unreachable chat that were waiting are ended: what comes later is new.
    fn forgive(&mut self, chat: i64) {
        if let Some(state) = self.chats.known_mut(chat) {
            state.unreachable = None;
        }
    }

    /// Asks for rows and for feeding, where there is room.
    pub(super) fn ask_for_more(&mut self, around: &mut Around<'_>) {
        self.read(Class::Reply, around);
        self.read(Class::Bulk, around);
        // Rows that exist come first, and while nothing may leave they are enough.
        if !self.is_read(Class::Bulk) || self.daily.is_some() || self.penalty.bot_until() > self.now {
            return;
        }
        if self.bulk.may_feed() && self.bulk_queue.chats() < CHATS_MAX / 2 {
            let soon = self.bulk_queue.soon(self.now + FEED_AHEAD_MS);
            let is_paid = self.bulk_queue.iter().any(|entry| entry.is_paid);
            let rate = self.window_of(is_paid).rate();
            let room = self.bulk.feed(rate, soon, self.config.entries_max);
            around.actions.extend(room.map(|room| Action::Feed { room }));
        }
    }

    /// Asks for the rows of a class.
    pub(super) fn read(&mut self, class: Class, around: &mut Around<'_>) {
        self.load(class, around);
        self.load_chats(class, around);
    }

    /// Whether all rows that could leave are in memory.
    pub(super) fn is_read(&mut self, class: Class) -> bool {
        let scan = self.scan(class);
        !scan.more && !scan.is_busy() && !self.queue(class).has_reloads()
    }

    fn load(&mut self, class: Class, around: &mut Around<'_>) {
        let scan = self.scan(class);
        if !scan.more || scan.is_loading {
            return;
        }
        let least = (self.config.entries_max / ROOM_MIN).max(1);
        if self.room(class) < least {
            self.make_room(class);
        }
        let limit = self.room(class).min(LOAD_MAX);
        if limit < least {
            return;
        }
        let scan = self.scan(class);
        scan.is_loading = true;
        scan.again = false;
        let after = scan.after;
        around.actions.push(Action::Load { class, after, limit });
    }

    fn room(&mut self, class: Class) -> usize {
        let entries_max = self.config.entries_max;
        let queue = self.queue(class);
        let entries = entries_max.saturating_sub(queue.len());
        entries.min(CHATS_MAX.saturating_sub(queue.chats()))
    }

    fn make_room(&mut self, class: Class) {
        let horizon = self.now + LONG_WAIT_MS;
        let settling = &self.settling;
        let queue = match class {
            Class::Reply => &mut self.replies,
            Class::Bulk => &mut self.bulk_queue,
        };
        queue.shed(horizon, |position| settling.contains_key(&position));
    }

    fn load_chats(&mut self, class: Class, around: &mut Around<'_>) {
        while self.scan(class).chat_loads < CHAT_LOADS_MAX {
            let Some((chat_id, after)) = self.queue(class).next_reload() else { return };
            self.scan(class).chat_loads += 1;
            around.actions.push(Action::LoadChat { class, chat_id, after, limit: CHAT_ENTRIES_MAX });
        }
    }
}
