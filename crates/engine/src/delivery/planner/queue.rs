//! The entries of one class that a lane holds in memory, one line per chat.
//!
//! It knows the order of acceptance and which line may be looked at; whether an entry may leave, the lane knows.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use model::{
    Id, Timestamp,
    broadcast::Broadcast,
    delivery::{Class, Queued},
};

/// Entries of one chat in memory; what was put back after a try comes on top.
pub const CHAT_ENTRIES_MAX: usize = 4;
/// Chats of one class of which a lane knows that they have rows.
pub const CHATS_MAX: usize = 4_096;

/// Whose turn it is among lines: replies share one group, bulk has one per broadcast.
pub(super) type Group = Option<Id<Broadcast>>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Waits for an event: an answer, a settlement, a load.
    Off,
    /// To be looked at.
    Ready(Group, i64),
    /// Not before this.
    Timed(Timestamp),
}

#[derive(Debug)]
pub(super) struct Line {
    entries: VecDeque<Queued>,
    /// The chat has, or may have, rows after this position which are not in memory.
    more_after: Option<i64>,
    /// The position after which the chat is being read.
    loading: Option<i64>,
    /// A row of the chat was seen while its load was under way.
    again: bool,
    /// All was let go of while its load was under way: what that brings does not count.
    is_stale: bool,
    place: Place,
}

impl Line {
    fn new() -> Self {
        Self {
            entries: VecDeque::new(),
            more_after: None,
            loading: None,
            again: false,
            is_stale: false,
            place: Place::Off,
        }
    }
}

#[derive(Debug)]
pub(super) struct Queue {
    pub class: Class,
    lines: HashMap<i64, Line>,
    entries: usize,
    ready: BTreeMap<Group, BTreeSet<(i64, i64)>>,
    timed: BTreeSet<(Timestamp, i64)>,
    expiries: BTreeSet<(Timestamp, i64, i64)>,
    reload: BTreeSet<i64>,
}

impl Queue {
    pub fn new(class: Class) -> Self {
        Self {
            class,
            lines: HashMap::new(),
            entries: 0,
            ready: BTreeMap::new(),
            timed: BTreeSet::new(),
            expiries: BTreeSet::new(),
            reload: BTreeSet::new(),
        }
    }

    pub fn len(&self) -> usize {
        self.entries
    }

    pub fn chats(&self) -> usize {
        self.lines.len()
    }

    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    pub fn head(&self, chat: i64) -> Option<&Queued> {
        self.lines.get(&chat).and_then(|line| line.entries.front())
    }

    pub fn iter(&self) -> impl Iterator<Item = &Queued> {
        self.lines.values().flat_map(|line| &line.entries)
    }

    pub fn contains(&self, chat: i64, position: i64) -> bool {
        self.lines.get(&chat).is_some_and(|line| find(line, position).is_ok())
    }

    /// Takes a row that was read from the table, unless its chat has enough of them already.
    pub fn admit(&mut self, entry: Queued) {
        let (chat, position) = (entry.chat_id, entry.key.position);
        let line = self.lines.entry(chat).or_insert_with(Line::new);
        if find(line, position).is_ok() {
            return;
        }
        if let Some(after) = line.more_after
            && (line.entries.is_empty() || position > after)
        {
            line.more_after = Some(after.min(position - 1));
            line.again = true;
            return;
        }
        self.put_back(entry);
        self.trim(chat, CHAT_ENTRIES_MAX);
    }

    /// Takes an entry back that had been taken out, whatever else its chat holds.
    pub fn put_back(&mut self, entry: Queued) {
        let chat = entry.chat_id;
        let line = self.lines.entry(chat).or_insert_with(Line::new);
        let Err(index) = find(line, entry.key.position) else { return };
        if let Some(at) = entry.expires_at {
            self.expiries.insert((at, entry.key.position, chat));
        }
        line.entries.insert(index, entry);
        self.entries += 1;
        if index == 0 {
            self.touch(chat);
        }
    }

    /// Takes the oldest entry of a chat out.
    pub fn pop(&mut self, chat: i64) -> Option<Queued> {
        let position = self.head(chat)?.key.position;
        self.remove(chat, position)
    }

    pub fn remove(&mut self, chat: i64, position: i64) -> Option<Queued> {
        let line = self.lines.get_mut(&chat)?;
        let index = find(line, position).ok()?;
        let entry = line.entries.remove(index)?;
        self.forget(&entry);
        if index == 0 {
            self.touch(chat);
        }
        Some(entry)
    }

    /// Takes out everything of a chat. Tells whether the table has more rows of it.
    pub fn drain(&mut self, chat: i64) -> (Vec<Queued>, bool) {
        let Some(line) = self.lines.get_mut(&chat) else { return (Vec::new(), false) };
        let entries: Vec<Queued> = line.entries.drain(..).collect();
        let has_more = line.more_after.is_some();
        entries.iter().for_each(|entry| self.forget(entry));
        self.touch(chat);
        (entries, has_more)
    }

    /// Takes out every entry that `is_out` names; their rows stay in the table.
    pub fn drop_where(&mut self, is_out: impl Fn(&Queued) -> bool) {
        let out: Vec<(i64, i64)> = self.iter().filter(|e| is_out(e)).map(|e| (e.chat_id, e.key.position)).collect();
        for (chat, position) in out {
            self.remove(chat, position);
        }
    }

    /// Moves a chat's line to another chat, until [`Queue::restart`] reads what the table then says.
    pub fn rename(&mut self, from: i64, to: i64) {
        let (entries, has_more) = self.drain(from);
        if let Some(line) = self.lines.get_mut(&from) {
            line.more_after = None;
            line.is_stale = line.loading.is_some();
        }
        self.touch(from);
        for mut entry in entries {
            entry.chat_id = to;
            self.put_back(entry);
        }
        if has_more {
            self.lines.entry(to).or_insert_with(Line::new).more_after = Some(i64::MIN);
            self.touch(to);
        }
    }

    /// Ends a move: whatever is in memory of the old id is let go of, and the new one is read from its first row on.
    pub fn absorb(&mut self, from: i64, to: i64, is_pinned: impl Fn(i64) -> bool) {
        if from != to {
            self.drain(from);
            self.lines.remove(&from);
            self.reload.remove(&from);
        }
        self.lines.entry(to).or_insert_with(Line::new);
        self.restart(to, is_pinned);
    }

    /// Reads a chat anew from its first row on. Entries that `is_pinned` names stay.
    pub fn restart(&mut self, chat: i64, is_pinned: impl Fn(i64) -> bool) {
        let Some(line) = self.lines.get_mut(&chat) else { return };
        let (stay, gone): (Vec<_>, Vec<_>) = line.entries.drain(..).partition(|entry| is_pinned(entry.key.position));
        line.entries = stay.into();
        line.more_after = Some(i64::MIN);
        line.is_stale = line.loading.is_some();
        gone.iter().for_each(|entry| self.forget(entry));
        self.touch(chat);
    }

    /// Lets go of everything, for a scan from the first row on. Entries that `is_pinned` names stay.
    pub fn restart_all(&mut self, is_pinned: impl Fn(i64) -> bool) {
        let chats: Vec<i64> = self.lines.keys().copied().collect();
        for chat in chats {
            self.restart(chat, &is_pinned);
            if let Some(line) = self.lines.get_mut(&chat).filter(|line| line.entries.is_empty()) {
                line.more_after = None;
                self.touch(chat);
            }
        }
    }

    /// Lets a chat's newest entries go until at most `keep` are left; they are read again later.
    fn trim(&mut self, chat: i64, keep: usize) {
        let Some(line) = self.lines.get_mut(&chat) else { return };
        let mut gone = Vec::new();
        while line.entries.len() > keep.max(1) {
            gone.extend(line.entries.pop_back());
        }
        if let (false, Some(last)) = (gone.is_empty(), line.entries.back()) {
            line.more_after = Some(line.more_after.map_or(last.key.position, |after| after.min(last.key.position)));
        }
        gone.iter().for_each(|entry| self.forget(entry));
    }

    /// Makes room: chats that have to wait until after `horizon` are let go of; if there are none, all chats keep one
    /// entry. `is_pinned` names entries whose last settlement is not committed: they can't be read again yet.
    pub fn shed(&mut self, horizon: Timestamp, is_pinned: impl Fn(i64) -> bool) {
        let late: Vec<i64> = self.timed.range((horizon, i64::MIN)..).map(|(_, chat)| *chat).collect();
        let before = self.entries;
        for chat in late {
            let Some(line) = self.lines.get_mut(&chat) else { continue };
            let Some(first) = line.entries.front().map(|e| e.key.position) else { continue };
            if line.entries.iter().any(|e| is_pinned(e.key.position)) {
                continue;
            }
            let gone: Vec<Queued> = line.entries.drain(..).collect();
            line.more_after = Some(line.more_after.map_or(first - 1, |after| after.min(first - 1)));
            gone.iter().for_each(|entry| self.forget(entry));
        }
        if self.entries == before {
            let chats: Vec<i64> = self.lines.keys().copied().collect();
            chats.into_iter().for_each(|chat| self.trim(chat, 1));
        }
    }

    /// Looks at a chat again: something that it waited for may have come.
    pub fn touch(&mut self, chat: i64) {
        let Some(line) = self.lines.get(&chat) else { return };
        let place = match line.entries.front() {
            Some(head) => Place::Ready(self.group(head), head.key.position),
            None => Place::Off,
        };
        let (is_empty, has_more, loading) =
            (line.entries.is_empty(), line.more_after.is_some(), line.loading.is_some());
        self.set_place(chat, place);
        match (is_empty, has_more, loading) {
            (true, true, false) => {
                self.reload.insert(chat);
            }
            (true, false, false) => {
                self.lines.remove(&chat);
                self.reload.remove(&chat);
            }
            _ => {}
        }
    }

    pub fn touch_all(&mut self) {
        let chats: Vec<i64> = self.lines.keys().copied().collect();
        chats.into_iter().for_each(|chat| self.touch(chat));
    }

    /// The chat's oldest entry can't leave before `at`.
    pub fn defer(&mut self, chat: i64, at: Timestamp) {
        self.set_place(chat, Place::Timed(at));
    }

    /// The chat waits for an event.
    pub fn rest(&mut self, chat: i64) {
        self.set_place(chat, Place::Off);
    }

    /// Brings back the chats whose time has come.
    pub fn promote(&mut self, now: Timestamp) {
        while let Some((at, chat)) = self.timed.first().copied() {
            if at > now {
                return;
            }
            self.timed.remove(&(at, chat));
            self.touch(chat);
        }
    }

    /// When the next chat's time comes.
    pub fn next_timed(&self) -> Option<Timestamp> {
        self.timed.first().map(|(at, _)| *at)
    }

    /// The chats that wait for a time, soonest first.
    pub fn timed(&self) -> impl Iterator<Item = (Timestamp, i64)> {
        self.timed.iter().copied()
    }

    pub fn next_expiry(&self) -> Option<Timestamp> {
        self.expiries.first().map(|(at, ..)| *at)
    }

    /// Chat and position of entries whose time has run out.
    pub fn expired(&self, now: Timestamp) -> Vec<(i64, i64)> {
        let due = self.expiries.iter().take_while(|(at, ..)| *at <= now);
        due.map(|(_, position, chat)| (*chat, *position)).collect()
    }

    /// Chats with a next read that is not asked for yet.
    pub fn has_reloads(&self) -> bool {
        !self.reload.is_empty()
    }

    /// Chats that do not have to wait until after `horizon`.
    pub fn soon(&self, horizon: Timestamp) -> usize {
        self.lines.len() - self.timed.range((horizon, i64::MAX)..).count()
    }

    /// The chat of the oldest entry in a group that may be looked at.
    pub fn oldest(&self, group: Group) -> Option<i64> {
        self.ready.get(&group).and_then(|set| set.first()).map(|(_, chat)| *chat)
    }

    /// The groups with something to look at, those after `last` first.
    pub fn groups_after(&self, last: Group) -> Vec<Group> {
        let (before, after): (Vec<Group>, Vec<Group>) = self.ready.keys().copied().partition(|group| *group <= last);
        after.into_iter().chain(before).collect()
    }

    /// The next chat that should be read on, and from where.
    pub fn next_reload(&mut self) -> Option<(i64, i64)> {
        let chat = self.reload.pop_first()?;
        let line = self.lines.get_mut(&chat)?;
        let after = line.more_after?;
        line.loading = Some(after);
        line.again = false;
        Some((chat, after))
    }

    /// The rows that a chat's load brought. They are taken as the chat's next ones, unless earlier ones or all were let go of
    /// meanwhile: then the chat is read again.
    pub fn reloaded(&mut self, chat: i64, rows: Vec<Queued>, more_after: Option<i64>) {
        let Some(line) = self.lines.get_mut(&chat) else { return };
        let Some(asked) = line.loading.take() else { return };
        if !std::mem::take(&mut line.is_stale) && line.more_after == Some(asked) {
            line.more_after = None;
            let last = rows.last().map_or(asked, |row| row.key.position);
            let more_after = more_after.or(line.again.then_some(last));
            rows.into_iter().for_each(|row| self.put_back(row));
            self.trim(chat, CHAT_ENTRIES_MAX);
            if let Some(line) = self.lines.get_mut(&chat) {
                line.more_after = line.more_after.or(more_after);
            }
        }
        if self.head(chat).is_none() {
            self.touch(chat);
        }
    }

    fn group(&self, head: &Queued) -> Group {
        match self.class {
            Class::Reply => None,
            Class::Bulk => head.broadcast,
        }
    }

    fn set_place(&mut self, chat: i64, place: Place) {
        let Some(line) = self.lines.get_mut(&chat) else { return };
        let old = std::mem::replace(&mut line.place, place);
        match old {
            Place::Off => {}
            Place::Timed(at) => {
                self.timed.remove(&(at, chat));
            }
            Place::Ready(group, position) => {
                let is_empty = self.ready.get_mut(&group).is_some_and(|set| {
                    set.remove(&(position, chat));
                    set.is_empty()
                });
                if is_empty {
                    self.ready.remove(&group);
                }
            }
        }
        match place {
            Place::Off => {}
            Place::Timed(at) => {
                self.timed.insert((at, chat));
            }
            Place::Ready(group, position) => {
                self.ready.entry(group).or_default().insert((position, chat));
            }
        }
    }

    fn forget(&mut self, entry: &Queued) {
        self.entries -= 1;
        if let Some(at) = entry.expires_at {
            self.expiries.remove(&(at, entry.key.position, entry.chat_id));
        }
    }
}

fn find(line: &Line, position: i64) -> Result<usize, usize> {
    line.entries.binary_search_by_key(&position, |entry| entry.key.position)
}
