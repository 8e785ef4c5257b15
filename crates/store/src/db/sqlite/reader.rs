//! The readers: each runs one body at a time on its own connection, on the snapshot of the moment the body began.

use std::{sync::Arc, thread::JoinHandle};

use model::{Error, Result};
use rusqlite::Connection;

use super::{
    super::{Tx, tx::Session},
    connection::{Opener, command},
    job::Job,
    queue::Queue,
};

pub(super) fn spawn(number: usize, opener: Opener, queue: Arc<Queue<Box<dyn Job>>>) -> Result<JoinHandle<()>> {
    super::spawn(format!("db-reader-{number}"), move || run(&opener, &queue))
}

fn run(opener: &Opener, queue: &Queue<Box<dyn Job>>) {
    let mut idle = None;
    while let Some(mut job) = queue.take(1).pop() {
        if job.is_abandoned() {
            continue;
        }
        let failure = match read(opener, idle.take(), &mut *job) {
            Ok(connection) => {
                idle = Some(connection);
                None
            }
            // Its connection is dropped; the next job opens a fresh one.
            Err(error) => Some(error),
        };
        job.answer(failure);
    }
}

fn read(opener: &Opener, idle: Option<Connection>, job: &mut dyn Job) -> Result<Connection> {
    let connection = match idle {
        Some(connection) => connection,
        None => opener.reader()?,
    };
    command(&connection, "BEGIN")?;
    let mut tx = Tx::new(Session::Sqlite(connection));
    job.run(&mut tx);
    let Session::Sqlite(connection) = tx.into_session() else {
        return Err(Error::internal("a reader's session changed its engine"));
    };
    if !connection.is_autocommit() {
        command(&connection, "COMMIT")?;
    }
    Ok(connection)
}
