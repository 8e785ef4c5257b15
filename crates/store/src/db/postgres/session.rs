//! One connection with at most one transaction on it, driven from a blocking thread.

use std::time::Duration;

use deadpool_postgres::Object;
use futures::{TryStreamExt, pin_mut};
use model::{Error, Result};
use tokio::{runtime::Handle, time::timeout};

use super::{
    super::{
        Row,
        error::{self, Failure},
    },
    Param,
};

/// What the transaction may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Read,
    /// READ COMMITTED: a later `UPDATE … RETURNING` of a hot row waits for the earlier one and goes on from it, where
    /// the stricter levels would fail and run everything again.
    Write,
}

impl Mode {
    fn begin(self) -> &'static str {
        match self {
            Mode::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            Mode::Write => "BEGIN ISOLATION LEVEL READ COMMITTED",
        }
    }
}

/// Whether a failed transaction may be run again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Final,
    Repeat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// `BEGIN` goes out together with the first statement, which saves a round trip.
    New,
    Open,
    /// The connection's state is not known: it must not go back to the pool.
    Broken,
}

#[derive(Debug)]
pub(in super::super) struct Session {
    client: Object,
    runtime: Handle,
    mode: Mode,
    patience: Duration,
    state: State,
    failure: Failure,
}

impl Session {
    pub(super) fn new(client: Object, runtime: Handle, mode: Mode, patience: Duration) -> Self {
        Self { client, runtime, mode, patience, state: State::New, failure: Failure::Other }
    }

    /// Runs one statement, gives its rows to `each`, and tells how many rows it changed.
    pub(in super::super) fn run(
        &mut self,
        name: &'static str,
        text: &str,
        params: Vec<Param<'_>>,
        each: &mut dyn FnMut(&Row) -> Result<()>,
    ) -> Result<u64> {
        let begin = (self.state == State::New).then(|| self.mode.begin());
        // Until the answer is here, the connection may be in the middle of something.
        self.state = State::Broken;
        let statement = run(&self.client, begin, name, text, params, each);
        let outcome = self.runtime.block_on(async { timeout(self.patience, statement).await });
        let Ok(outcome) = outcome else {
            self.failure = Failure::Connection;
            return Err(Error::unavailable(format!("statement {name}: PostgreSQL does not answer")));
        };
        self.state = State::Open;
        outcome.map_err(|fault| match fault {
            Fault::Driver(fault) => {
                self.failure = error::postgres_failure(&fault);
                if self.failure == Failure::Connection {
                    self.state = State::Broken;
                }
                error::postgres(&format!("statement {name}"), fault)
            }
            Fault::Ours(error) => error,
        })
    }

    /// Takes a text out of the cache of prepared statements.
    pub(in super::super) fn forget(&self, text: &str) {
        self.client.statement_cache.remove(text, &[]);
    }

    pub(super) fn commit(mut self) -> (Result<()>, Ending) {
        match self.state {
            State::New => (Ok(()), Ending::Final),
            // A read has nothing to lose: its end need not be waited for.
            State::Open if self.mode == Mode::Read => {
                let Self { client, runtime, patience, .. } = self;
                runtime.spawn(async move {
                    if !matches!(timeout(patience, client.batch_execute("COMMIT")).await, Ok(Ok(()))) {
                        drop(Object::take(client));
                    }
                });
                (Ok(()), Ending::Final)
            }
            State::Open => {
                let committed = self.command("COMMIT");
                // After a lost connection nobody knows whether it was committed, so it must not run again by itself.
                let ending = if self.failure == Failure::Repeat { Ending::Repeat } else { Ending::Final };
                self.put_back();
                (committed, ending)
            }
            State::Broken => (Err(Error::unavailable("the PostgreSQL connection was lost")), Ending::Final),
        }
    }

    pub(super) fn roll_back(mut self) -> Ending {
        let ending = match self.failure {
            Failure::Repeat | Failure::Connection => Ending::Repeat,
            Failure::Other => Ending::Final,
        };
        if self.state == State::Open {
            if self.failure == Failure::Repeat {
                // In case the cause is a statement that was prepared before a migration.
                self.client.statement_cache.clear();
            }
            if let Err(error) = self.command("ROLLBACK") {
                tracing::debug!(error = ?error, "A rollback failed; the connection is dropped, which rolls back too.");
            }
        }
        self.put_back();
        ending
    }

    fn command(&mut self, text: &'static str) -> Result<()> {
        self.state = State::Broken;
        let command = timeout(self.patience, self.client.batch_execute(text));
        let outcome = self.runtime.block_on(command);
        let outcome = outcome.map_err(|_| Error::unavailable(format!("{text}: PostgreSQL does not answer")))?;
        match outcome {
            Ok(()) => self.state = State::New,
            Err(fault) => {
                self.failure = error::postgres_failure(&fault);
                if self.failure != Failure::Connection {
                    // A failed COMMIT has rolled back.
                    self.state = State::New;
                }
                return Err(error::postgres(text, fault));
            }
        }
        Ok(())
    }

    /// Gives the connection back to the pool, unless something may be left open on it.
    fn put_back(self) {
        if self.state != State::New {
            drop(Object::take(self.client));
        }
    }
}

enum Fault {
    Driver(tokio_postgres::Error),
    Ours(Error),
}

impl From<tokio_postgres::Error> for Fault {
    fn from(fault: tokio_postgres::Error) -> Self {
        Fault::Driver(fault)
    }
}

async fn run(
    client: &Object,
    begin: Option<&str>,
    name: &'static str,
    text: &str,
    params: Vec<Param<'_>>,
    each: &mut dyn FnMut(&Row) -> Result<()>,
) -> Result<u64, Fault> {
    let statement = client.prepare_cached(text).await?;
    if statement.params().len() != params.len() {
        let (wanted, given) = (statement.params().len(), params.len());
        return Err(Fault::Ours(Error::internal(format!("statement {name} takes {wanted} arguments, not {given}"))));
    }
    let begun = async {
        match begin {
            Some(begin) => client.batch_execute(begin).await,
            None => Ok(()),
        }
    };
    // Polled in this order, so that both are on their way before the first answer.
    let (begun, rows) = futures::join!(begun, client.query_raw(&statement, params));
    begun?;
    let rows = rows?;
    pin_mut!(rows);
    while let Some(row) = rows.try_next().await? {
        each(&Row::postgres(name, &row)).map_err(Fault::Ours)?;
    }
    Ok(rows.rows_affected().unwrap_or(0))
}
