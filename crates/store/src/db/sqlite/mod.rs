//! SQLite: one writer thread that commits in groups, some reader threads, and a thread that checkpoints the WAL.

mod backup;
mod checkpoint;
mod connection;
mod job;
mod lock;
mod queue;
mod reader;
mod writer;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
};

pub(super) use connection::{Opener, column, run};
use job::Job;
pub use lock::ServeLock;
use model::{Error, Result};
use queue::Queue;
use tokio::task::spawn_blocking;

use super::{
    Listener, Options, Tx,
    notify::{Hub, Wake},
};

pub(super) struct Sqlite {
    path: PathBuf,
    options: Options,
    writes: Arc<Queue<Box<dyn Job>>>,
    reads: Arc<Queue<Box<dyn Job>>>,
    hub: Hub,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Sqlite {
    pub(super) async fn open(path: &Path, options: Options) -> Result<Self> {
        let path = path.to_owned();
        blocking(move || Self::start(path, options)).await
    }

    fn start(path: PathBuf, options: Options) -> Result<Self> {
        let hub = Hub::default();
        let writes = Arc::new(Queue::new(options.queue_max, options.queue_wait));
        let reads = Arc::new(Queue::new(options.queue_max, options.queue_wait));
        let opener = Opener::new(path.clone(), options.lock_timeout);
        // The first connection makes the file; later ones must find it, so that a deleted file is noticed.
        let first = opener.create()?;
        let checkpointer = checkpoint::Checkpointer::default();
        let mut threads = vec![
            checkpointer.spawn(opener.clone())?,
            writer::spawn(first, opener.clone(), writes.clone(), hub.clone(), checkpointer)?,
        ];
        for number in 0..options.readers.max(1) {
            threads.push(reader::spawn(number, opener.clone(), reads.clone())?);
        }
        Ok(Self { path, options, writes, reads, hub, threads: Mutex::new(threads) })
    }

    pub(super) async fn write<T, F>(&self, body: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx) -> Result<T> + Send + 'static,
    {
        job::submit(&self.writes, body).await
    }

    pub(super) async fn read<T, F>(&self, body: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx) -> Result<T> + Send + 'static,
    {
        job::submit(&self.reads, body).await
    }

    pub(super) fn listen(&self, channel: &'static str) -> Listener {
        let listener = self.hub.subscribe(channel);
        self.hub.publish(channel, Wake::Missed);
        listener
    }

    pub(super) async fn migrate(&self) -> Result<()> {
        let opener = Opener::new(self.path.clone(), self.options.lock_timeout);
        blocking(move || super::migrate::sqlite(&opener)).await
    }

    pub(super) async fn backup_to(&self, target: &Path) -> Result<()> {
        let opener = Opener::new(self.path.clone(), self.options.lock_timeout);
        let target = target.to_owned();
        blocking(move || backup::run(&opener, &target)).await
    }

    pub(super) fn lock_for_serving(&self) -> Result<ServeLock> {
        ServeLock::take(&self.path)
    }

    pub(super) async fn close(&self) {
        self.stop();
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        let opener = Opener::new(self.path.clone(), self.options.lock_timeout);
        let joined = blocking(move || {
            let panicked = threads.into_iter().filter_map(|thread| thread.join().err()).count();
            // The last connection moves the log into the file and removes it; of several that go at once, none may.
            drop(opener.writer()?);
            if panicked == 0 { Ok(()) } else { Err(Error::internal(format!("{panicked} database threads panicked"))) }
        });
        if let Err(error) = joined.await {
            tracing::error!(error = ?error, "The database did not close cleanly.");
        }
    }

    fn stop(&self) {
        self.writes.close();
        self.reads.close();
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        self.stop();
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    spawn_blocking(work).await.unwrap_or_else(|error| Err(Error::internal(format!("database work: {error}"))))
}

fn spawn(name: String, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
    let builder = std::thread::Builder::new().name(name.clone());
    builder.spawn(work).map_err(|error| Error::unavailable(format!("start thread {name}: {error}")))
}
