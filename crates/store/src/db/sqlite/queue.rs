//! A bounded queue from async callers to threads. A full queue makes callers wait for a while, then turns them away.

use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use model::{Error, Result};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError},
    time::timeout,
};

pub(super) struct Queue<J> {
    state: Mutex<State<J>>,
    filled: Condvar,
    places: Arc<Semaphore>,
    wait: Duration,
}

struct State<J> {
    jobs: VecDeque<(J, OwnedSemaphorePermit)>,
    is_closed: bool,
}

impl<J> Queue<J> {
    pub(super) fn new(places: usize, wait: Duration) -> Self {
        let state = State { jobs: VecDeque::new(), is_closed: false };
        Self { state: Mutex::new(state), filled: Condvar::new(), places: Arc::new(Semaphore::new(places)), wait }
    }

    pub(super) async fn push(&self, job: J) -> Result<()> {
        let place = self.place().await?;
        let mut state = self.lock();
        if state.is_closed {
            return Err(closed());
        }
        state.jobs.push_back((job, place));
        drop(state);
        self.filled.notify_one();
        Ok(())
    }

    async fn place(&self) -> Result<OwnedSemaphorePermit> {
        match self.places.clone().try_acquire_owned() {
            Ok(place) => return Ok(place),
            Err(TryAcquireError::Closed) => return Err(closed()),
            Err(TryAcquireError::NoPermits) => {}
        }
        match timeout(self.wait, self.places.clone().acquire_owned()).await {
            Ok(place) => place.map_err(|_| closed()),
            Err(_) => Err(Error::unavailable("the database queue is full")),
        }
    }

    /// Waits for jobs and takes up to `max`; none when the queue is closed and empty.
    pub(super) fn take(&self, max: usize) -> Vec<J> {
        let mut state = self.lock();
        while state.jobs.is_empty() && !state.is_closed {
            state = self.filled.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let count = state.jobs.len().min(max);
        state.jobs.drain(..count).map(|(job, _place)| job).collect()
    }

    /// Lets no more jobs in; those inside are still taken.
    pub(super) fn close(&self) {
        self.lock().is_closed = true;
        self.places.close();
        self.filled.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State<J>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn closed() -> Error {
    Error::unavailable("the database is closed")
}
