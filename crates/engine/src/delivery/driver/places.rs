//! How much of the database the lanes may take at a time. Hundreds of bots that begin at once line up here, so that those
//! who ask over the API find a connection.

use std::{future::Future, sync::Arc};

use tokio::sync::Semaphore;

/// Lanes that read ahead, or are opened, at a time. A read is short.
const READS_MAX: usize = 6;
/// Broadcasts that are fed at a time: each writes hundreds of rows.
const FEEDS_MAX: usize = 3;

#[derive(Debug, Clone)]
pub(super) struct Places {
    reads: Arc<Semaphore>,
    feeds: Arc<Semaphore>,
}

impl Default for Places {
    fn default() -> Self {
        Self { reads: Arc::new(Semaphore::new(READS_MAX)), feeds: Arc::new(Semaphore::new(FEEDS_MAX)) }
    }
}

impl Places {
    /// Does a lane's reading when there is a place for it, first come, first served.
    pub(super) fn read<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        within(self.reads.clone(), work)
    }

    /// Feeds a broadcast when there is a place for it.
    pub(super) fn feed<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        within(self.feeds.clone(), work)
    }
}

async fn within<F: Future>(places: Arc<Semaphore>, work: F) -> F::Output {
    // It is never closed.
    let _place = places.acquire_owned().await;
    work.await
}
