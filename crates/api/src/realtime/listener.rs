//! One listener: from where it left off through the feed as it is stored, then along with the tenant's reader. Nothing is
//! missed or told twice on the way, because stretches say where they begin and end.

use std::{collections::VecDeque, sync::Arc};

use app::accounts;
use model::{Actor, Caller, Permission, Result, Scope};
use serde_json::{Map, Value};
use store::feed::{self, Entry};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::{
    event::{Event, Said, text},
    hub::Hub,
    progress::LAG_MAX,
    reader::STRETCH_ENTRIES,
    render::{self, Placed},
};

/// What a listener hears.
#[derive(Debug)]
pub(super) enum Heard {
    /// First of all: where it begins.
    Hello {
        position: i64,
    },
    /// The place it wanted to go on from is none; it goes on from this one.
    Reset {
        position: i64,
        reason: &'static str,
    },
    Event(Arc<Event>),
    /// It fell too far behind, and must come again.
    TooSlow {
        position: i64,
    },
}

/// One event as text.
#[derive(Debug)]
pub(super) struct Written {
    pub kind: &'static str,
    /// Where to go on after it; `None`: where one was.
    pub id: Option<i64>,
    pub text: String,
}

#[derive(Debug)]
pub(super) struct Listener {
    hub: Hub,
    pub caller: Caller,
    said: Receiver<Arc<Said>>,
    /// What was heard but not looked at yet.
    heard: Option<Arc<Said>>,
    queue: VecDeque<Heard>,
    /// All up to here was queued.
    pub position: i64,
    phase: Phase,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Reads the feed as it is stored.
    CatchingUp,
    /// Has just caught up, and may have been behind the reader meanwhile.
    CaughtUp,
    Following,
}

impl Listener {
    /// Begins after the place that a client names, or at the end of the feed.
    pub async fn open(hub: &Hub, caller: Caller, since: Option<&str>) -> Result<Self> {
        // Before looking where the feed ends, so that nothing can come between.
        let said = hub.subscribe(caller.tenant)?;
        let (app, scope) = (hub.app().clone(), caller.require(Permission::Read)?);
        let wanted = since.map(|text| text.trim().parse::<i64>().ok());
        let start = hub.app().db.read(move |tx| {
            let head = feed::head(tx, &scope)?;
            let since = match wanted {
                None => return Ok(Start::at(head)),
                Some(None) => return Ok(Start { reset: Some("unknown"), ..Start::at(head) }),
                Some(Some(since)) => since,
            };
            if !feed::can_resume(tx, &scope, since)? {
                let reason = if (0..head).contains(&since) { "too_old" } else { "unknown" };
                return Ok(Start { reset: Some(reason), ..Start::at(head) });
            }
            let late = feed::progress(tx, &scope, since - LAG_MAX, since)?;
            let placed: Vec<_> = late.into_iter().map(|change| Placed { seq: since, change, is_late: true }).collect();
            let late = render::events(&app, tx, &scope, &placed)?;
            Ok(Start { late, ..Start::at(since) })
        });
        let Start { position, reset, late } = start.await?;
        let queue = VecDeque::from([Heard::Hello { position }]);
        let mut listener =
            Self { hub: hub.clone(), caller, said, heard: None, queue, position, phase: Phase::CatchingUp };
        listener.queue.extend(reset.map(|reason| Heard::Reset { position, reason }));
        late.into_iter().for_each(|event| listener.queue_event(Arc::new(event)));
        hub.signs_of(listener.caller.tenant).into_iter().for_each(|event| listener.queue_event(event));
        Ok(listener)
    }

    /// What comes next; `None` when there will be nothing more. Cancelling loses nothing.
    pub async fn next(&mut self) -> Result<Option<Heard>> {
        loop {
            if let Some(heard) = self.queue.pop_front() {
                return Ok(Some(heard));
            }
            if self.phase == Phase::CatchingUp {
                self.catch_up().await?;
                continue;
            }
            if let Some(said) = self.heard.clone() {
                self.take(&said).await?;
                self.heard = None;
                continue;
            }
            match self.said.recv().await {
                Ok(said) => self.heard = Some(said),
                Err(RecvError::Lagged(_)) if self.phase == Phase::CaughtUp => self.phase = Phase::CatchingUp,
                Err(RecvError::Lagged(_)) => return Ok(Some(Heard::TooSlow { position: self.position })),
                Err(RecvError::Closed) => return Ok(None),
            }
        }
    }

    /// What was heard, as it is written to a client.
    pub fn written(&self, heard: &Heard) -> Written {
        let own = |kind: &'static str, id: i64, name: &str, value: &str| {
            let about = Map::from_iter([(name.to_owned(), Value::from(value))]);
            Written { kind, id: Some(id), text: text(kind, Some(id), self.caller.tenant, &about) }
        };
        match heard {
            Heard::Event(event) => Written { kind: event.kind, id: event.seq, text: event.text() },
            Heard::Hello { position } => own("hello", *position, "build", self.hub.build()),
            Heard::Reset { position, reason } => own("reset", *position, "reason", reason),
            Heard::TooSlow { position } => own("resume", *position, "reason", "too_slow"),
        }
    }

    /// What can be had without waiting.
    pub fn next_now(&mut self) -> Option<Heard> {
        self.queue.pop_front()
    }

    /// Looks again at what the caller may do; an error when they may no longer listen.
    pub async fn check(&mut self) -> Result<()> {
        let Caller { tenant, actor, origin, .. } = self.caller;
        self.caller = Caller { origin, ..accounts::present(self.hub.app(), tenant, actor).await? };
        self.scope().map(drop)
    }

    async fn catch_up(&mut self) -> Result<()> {
        let (app, scope, after) = (self.hub.app().clone(), self.scope()?, self.position);
        let read = move |tx: &mut store::db::Tx| {
            let stretch = feed::after(tx, &scope, after, STRETCH_ENTRIES)?;
            let events = render::events(&app, tx, &scope, &newest_progress(&stretch.entries))?;
            Ok((stretch, events))
        };
        let (stretch, events) = self.hub.app().db.read(read).await?;
        events.into_iter().for_each(|event| self.queue_event(Arc::new(event)));
        self.position = stretch.end;
        if !stretch.has_more {
            self.phase = Phase::CaughtUp;
        }
        Ok(())
    }

    async fn take(&mut self, said: &Said) -> Result<()> {
        let (after, end, events) = match said {
            Said::Stretch { after, end, events } => (after, end, events),
            Said::Passing(event) => {
                self.queue_event(event.clone());
                return Ok(());
            }
        };
        if *after > self.position {
            self.phase = Phase::CatchingUp;
            return Ok(());
        }
        let is_new = |event: &&Arc<Event>| event.is_late || event.seq > Some(self.position);
        let new = self.as_seen(events.iter().filter(is_new).cloned().collect()).await?;
        new.into_iter().for_each(|event| self.queue_event(event));
        self.phase = Phase::Following;
        self.position = self.position.max(*end);
        Ok(())
    }

    /// Events as this listener sees them: what all share, or with a person's own view of conversations.
    async fn as_seen(&self, events: Vec<Arc<Event>>) -> Result<Vec<Arc<Event>>> {
        let is_personal = matches!(self.caller.actor, Actor::User(_));
        if !is_personal || events.iter().all(|event| event.conversation.is_none()) {
            return Ok(events);
        }
        let scope = self.scope()?;
        self.hub.app().db.read(move |tx| render::personal(tx, &scope, &events)).await
    }

    fn scope(&self) -> Result<Scope> {
        self.caller.require(Permission::Read)
    }

    fn queue_event(&mut self, event: Arc<Event>) {
        if event.audience.has(&self.caller) {
            self.queue.push_back(Heard::Event(event));
        }
    }
}

/// Where a listener begins.
struct Start {
    position: i64,
    reset: Option<&'static str>,
    late: Vec<Event>,
}

impl Start {
    fn at(position: i64) -> Self {
        Self { position, reset: None, late: Vec::new() }
    }
}

/// All entries, but of each object's progress only the last.
pub(super) fn newest_progress(entries: &[Entry]) -> Vec<Placed> {
    let is_last = |(index, entry): &(usize, &Entry)| {
        !entry.change.kind.is_progress() || !entries[index + 1..].iter().any(|later| later.change == entry.change)
    };
    let kept = entries.iter().enumerate().filter(is_last);
    kept.map(|(_, entry)| Placed { seq: entry.seq, change: entry.change, is_late: false }).collect()
}
