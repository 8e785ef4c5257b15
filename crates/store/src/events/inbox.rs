//! Group commit of what webhooks bring: many requests share one transaction, and each is answered after its commit.
//!
//! Batches are natural: whatever is queued when the writer is free is the next one, with no timer. Both the number and
//! the bytes of what waits are bounded; beyond that an Update is refused at once, and Telegram brings it again.

use std::sync::Arc;

use model::{Clock, Error, Result};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use super::{NewEvent, insert};
use crate::db::Db;

/// Events that may wait for the writer.
const WAITING_MAX: usize = 8_192;

/// Events in one transaction.
const BATCH_MAX: usize = 1_024;

/// Bytes of payload that may wait for the writer.
const WAITING_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The door through which single Updates enter. Clones share one writer, which ends with the last of them.
#[derive(Debug, Clone)]
pub struct Inbox {
    queue: mpsc::Sender<Waiting>,
    room: Arc<Semaphore>,
}

#[derive(Debug)]
struct Waiting {
    event: NewEvent,
    stored: oneshot::Sender<bool>,
    _room: OwnedSemaphorePermit,
}

impl Inbox {
    /// Starts the writer on the current runtime.
    pub fn start(db: Db, clock: Arc<dyn Clock>) -> Self {
        let (queue, waiting) = mpsc::channel(WAITING_MAX);
        tokio::spawn(write_batches(db, clock, waiting));
        Self { queue, room: Arc::new(Semaphore::new(WAITING_BYTES_MAX)) }
    }

    /// Returns once the event is durable, now or from an earlier delivery of the same Update.
    pub async fn put(&self, event: NewEvent) -> Result<()> {
        let bytes = u32::try_from(event.payload.len()).unwrap_or(u32::MAX);
        let _room = Semaphore::try_acquire_many_owned(self.room.clone(), bytes)
            .map_err(|_| Error::unavailable("the inbox is full: too many bytes wait for the database"))?;
        let (stored, answer) = oneshot::channel();
        self.queue
            .try_send(Waiting { event, stored, _room })
            .map_err(|_| Error::unavailable("the inbox is full: too many events wait for the database"))?;
        match answer.await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Error::unavailable("the event could not be stored")),
            Err(_) => Err(Error::unavailable("the inbox was closed")),
        }
    }
}

async fn write_batches(db: Db, clock: Arc<dyn Clock>, mut waiting: mpsc::Receiver<Waiting>) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    while waiting.recv_many(&mut batch, BATCH_MAX).await > 0 {
        write_batch(&db, &clock, &mut batch).await;
    }
}

async fn write_batch(db: &Db, clock: &Arc<dyn Clock>, batch: &mut Vec<Waiting>) {
    // In one order everywhere, so that two nodes with the same Updates can't lock each other out.
    batch.sort_by_key(|waiting| (waiting.event.bot, waiting.event.update_id));
    let events: Vec<NewEvent> = batch.iter().map(|waiting| waiting.event.clone()).collect();
    let now = clock.now();
    let outcome = db.write(move |tx| insert(tx, &events, now)).await;
    if let Err(error) = &outcome {
        tracing::error!(error = ?error, events = batch.len(), "Updates could not be stored; their senders are asked to come again.");
    }
    for waiting in batch.drain(..) {
        // Whoever hung up meanwhile gets the answer with the next delivery.
        let _ = waiting.stored.send(outcome.is_ok());
    }
}
