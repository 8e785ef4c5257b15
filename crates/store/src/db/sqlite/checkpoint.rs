//! Moves the write-ahead log into the database file, away from the commits.
//!
//! A second connection copies while commits go on. But only a log that is copied whole can start from its beginning
//! again, and under steady load the copier never quite catches up; so once the log is large, the writer itself copies
//! the small rest between two commits.

use std::{
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    thread::JoinHandle,
};

use model::Result;
use rusqlite::Connection;

use super::{super::error, connection::Opener};

/// Pages of log after which the copier starts: 4 MiB.
const PAGES_COPIED: i64 = 1_000;

/// Pages of log after which the writer helps: 64 MiB.
const PAGES_MAX: i64 = 16_000;

#[derive(Debug, Clone, Default)]
pub(super) struct Checkpointer {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    /// Pages in the log after the latest commit.
    pages: AtomicI64,
    /// The pages at the writer's last help, so that a long reader, who keeps the log, doesn't make it help each time.
    helped_at: AtomicI64,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Idle,
    Wanted,
    Copying,
    Stopped,
}

impl Checkpointer {
    pub(super) fn spawn(&self, opener: Opener) -> Result<JoinHandle<()>> {
        let this = self.clone();
        super::spawn("db-checkpoint".to_owned(), move || this.run(&opener))
    }

    /// Counts the pages that `connection` writes to the log.
    pub(super) fn watch(&self, connection: &mut Connection) -> Result<()> {
        let shared = self.shared.clone();
        let hook = move |_: &mut _, pages: std::ffi::c_int| {
            shared.pages.store(pages.into(), Ordering::Relaxed);
            Ok(())
        };
        connection.wal_hook(Some(hook)).map_err(|error| error::sqlite("watch the log", error))
    }

    pub(super) fn after_commit(&self, connection: &Connection) {
        let pages = self.shared.pages.load(Ordering::Relaxed);
        if pages < PAGES_COPIED {
            self.shared.helped_at.store(0, Ordering::Relaxed);
            return;
        }
        let is_large = pages > PAGES_MAX.max(self.shared.helped_at.load(Ordering::Relaxed) + PAGES_COPIED);
        if self.want_copy() && is_large {
            self.shared.helped_at.store(pages, Ordering::Relaxed);
            report(copy(connection));
        }
    }

    pub(super) fn stop(&self) {
        *self.lock() = State::Stopped;
        self.shared.changed.notify_all();
    }

    /// Wakes the copier. `false`: it is still at work.
    fn want_copy(&self) -> bool {
        let mut state = self.lock();
        if *state != State::Idle {
            return false;
        }
        *state = State::Wanted;
        self.shared.changed.notify_all();
        true
    }

    fn run(&self, opener: &Opener) {
        let mut idle = None;
        while self.wait_until_wanted() {
            let copied = idle.take().map_or_else(|| opener.writer(), Ok).and_then(|connection| {
                copy(&connection)?;
                Ok(connection)
            });
            idle = report(copied);
            self.move_on(State::Copying, State::Idle);
        }
    }

    fn wait_until_wanted(&self) -> bool {
        let mut state = self.lock();
        while *state == State::Idle {
            state = self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let is_wanted = *state == State::Wanted;
        if is_wanted {
            *state = State::Copying;
        }
        is_wanted
    }

    fn move_on(&self, from: State, to: State) {
        let mut state = self.lock();
        if *state == from {
            *state = to;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn copy(connection: &Connection) -> Result<()> {
    let mut statement = connection
        .prepare_cached("PRAGMA wal_checkpoint(PASSIVE)")
        .map_err(|error| error::sqlite("prepare a checkpoint", error))?;
    statement.query_row([], |_| Ok(())).map_err(|error| error::sqlite("checkpoint", error))
}

/// A failed copy loses nothing: the log is whole and is copied later.
fn report<T>(outcome: Result<T>) -> Option<T> {
    outcome.inspect_err(|error| tracing::warn!(error = ?error, "A checkpoint of the database failed.")).ok()
}
