//! The one writer. It takes all that is queued, commits it as one transaction, then answers: under load, many jobs
//! share one flush to disk, and without load nobody waits for company.

use std::{
    collections::VecDeque,
    sync::Arc,
    thread::JoinHandle,
    time::{Duration, Instant},
};

use model::{Error, ErrorKind, Result};
use rusqlite::Connection;

use super::{
    super::{Tx, notify::Hub, tx::Session},
    checkpoint::Checkpointer,
    connection::{Opener, command},
    job::Job,
    queue::Queue,
};

const BATCH_MAX: usize = 256;

/// After so much work a batch is committed, and the rest of it goes to the next one.
const BATCH_TIME: Duration = Duration::from_millis(5);

struct Writer {
    tx: Option<Tx>,
    opener: Opener,
    queue: Arc<Queue<Box<dyn Job>>>,
    hub: Hub,
    checkpointer: Checkpointer,
}

pub(super) fn spawn(
    mut connection: Connection,
    opener: Opener,
    queue: Arc<Queue<Box<dyn Job>>>,
    hub: Hub,
    checkpointer: Checkpointer,
) -> Result<JoinHandle<()>> {
    checkpointer.watch(&mut connection)?;
    let tx = Some(Tx::new(Session::Sqlite(connection)));
    let writer = Writer { tx, opener, queue, hub, checkpointer };
    super::spawn("db-writer".to_owned(), move || writer.run())
}

impl Writer {
    fn run(mut self) {
        loop {
            let mut waiting: VecDeque<_> = self.queue.take(BATCH_MAX).into();
            if waiting.is_empty() {
                return self.checkpointer.stop();
            }
            while !waiting.is_empty() {
                self.write(&mut waiting);
            }
        }
    }

    /// Commits and answers jobs from the front of `waiting`: at least one, and as many as there is time for.
    fn write(&mut self, waiting: &mut VecDeque<Box<dyn Job>>) {
        let mut done = Vec::with_capacity(waiting.len());
        let failure = self.commit(waiting, &mut done).err();
        for job in done {
            job.answer(failure.as_ref().map(repeat));
        }
    }

    /// Moves jobs from `waiting` to `done` and commits them. On an error nothing of `done` is in the database.
    fn commit(&mut self, waiting: &mut VecDeque<Box<dyn Job>>, done: &mut Vec<Box<dyn Job>>) -> Result<()> {
        let begun = self.begin();
        if begun.is_err() {
            // The others would fail alike, each after waiting for the lock.
            done.extend(waiting.drain(..));
        }
        let mut tx = begun?;
        // On an error the connection is dropped, which rolls back; the next batch opens a fresh one.
        fill(&mut tx, waiting, done)?;
        tx.write_deferred()?;
        command(connection(&mut tx), "COMMIT")?;
        self.hub.publish_all(tx.take_notices());
        self.checkpointer.after_commit(connection(&mut tx));
        self.tx = Some(tx);
        Ok(())
    }

    fn begin(&mut self) -> Result<Tx> {
        let mut tx = match self.tx.take() {
            Some(tx) => tx,
            None => {
                let mut connection = self.opener.writer()?;
                self.checkpointer.watch(&mut connection)?;
                Tx::new(Session::Sqlite(connection))
            }
        };
        command(connection(&mut tx), "BEGIN IMMEDIATE")?;
        Ok(tx)
    }
}

/// Runs jobs until there are no more or the time is up; what a failed one wrote is undone.
fn fill(tx: &mut Tx, waiting: &mut VecDeque<Box<dyn Job>>, done: &mut Vec<Box<dyn Job>>) -> Result<()> {
    let began = Instant::now();
    while let Some(mut job) = waiting.pop_front() {
        if job.is_abandoned() {
            continue;
        }
        let outcome = run(tx, &mut *job);
        done.push(job);
        outcome?;
        if began.elapsed() > BATCH_TIME {
            break;
        }
    }
    Ok(())
}

fn run(tx: &mut Tx, job: &mut dyn Job) -> Result<()> {
    command(connection(tx), "SAVEPOINT job")?;
    let succeeded = job.run(tx);
    if connection(tx).is_autocommit() {
        // A full disk and some other troubles make SQLite roll back everything, the batch's earlier jobs too.
        return Err(Error::unavailable("SQLite rolled back a batch"));
    }
    if !succeeded {
        command(connection(tx), "ROLLBACK TO job")?;
    }
    command(connection(tx), "RELEASE job")
}

fn connection(tx: &mut Tx) -> &mut Connection {
    match tx.session() {
        Session::Sqlite(connection) => connection,
        Session::Postgres(_) => unreachable!("the writer makes its transactions itself, on SQLite"),
    }
}

/// The failure of a batch, once more for each of its jobs.
fn repeat(error: &Error) -> Error {
    let context = error.context().unwrap_or_default();
    match error.kind() {
        ErrorKind::Internal => Error::internal(context),
        _ => Error::unavailable(context),
    }
}
