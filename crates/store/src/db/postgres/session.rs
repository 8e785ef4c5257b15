//! One connection with at most one transaction on it.

use std::{borrow::Cow, time::Duration};

use futures::{FutureExt, TryStreamExt, future::join_all, pin_mut};
use model::{Error, Result};
use tokio::time::timeout;
use tokio_postgres::{Client, Statement};

use super::{
    super::{
        Arg, Engine, Row, Sql,
        error::{self, Failure},
    },
    Param,
    connection::{Connection, Statements},
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
    connection: Connection,
    mode: Mode,
    patience: Duration,
    state: State,
    failure: Failure,
}

impl Session {
    pub(super) fn new(connection: Connection, mode: Mode, patience: Duration) -> Self {
        Self { connection, mode, patience, state: State::New, failure: Failure::Other }
    }

    /// Runs statements that go out together, and tells how many rows they changed. When some fail, the first of them.
    pub(in super::super) fn run(&mut self, calls: Vec<Call<'_>>) -> Result<u64, (Sql, Error)> {
        let Some(first) = calls.first().map(|call| call.sql) else { return Ok(0) };
        let begin = (self.state == State::New).then(|| self.mode.begin());
        // Until the answer is here, the connection may be in the middle of something.
        self.state = State::Broken;
        let Connection { runtime, client, statements, .. } = &mut self.connection;
        let outcome = runtime.block_on(async { timeout(self.patience, run(client, statements, begin, calls)).await });
        let Ok(outcome) = outcome else {
            self.failure = Failure::Connection;
            let name = first.name();
            return Err((first, Error::unavailable(format!("statement {name}: PostgreSQL does not answer"))));
        };
        self.state = State::Open;
        outcome.map_err(|(sql, fault)| (sql, self.explain(sql, fault)))
    }

    fn explain(&mut self, sql: Sql, fault: Fault) -> Error {
        match fault {
            Fault::Driver(fault) => {
                self.failure = error::postgres_failure(&fault);
                if self.failure == Failure::Connection {
                    self.state = State::Broken;
                }
                error::postgres(&format!("statement {}", sql.name()), fault)
            }
            Fault::Ours(error) => error,
        }
    }

    /// Takes a text out of the cache of prepared statements.
    pub(in super::super) fn forget(&mut self, text: &str) {
        self.connection.statements.forget(text);
    }

    /// Ends the transaction. The connection comes back unless something may be left open on it.
    pub(super) fn commit(mut self) -> (Result<()>, Ending, Option<Connection>) {
        match self.state {
            State::New => (Ok(()), Ending::Final, self.whole()),
            State::Open if self.mode == Mode::Read => {
                self.end_read();
                (Ok(()), Ending::Final, self.whole())
            }
            State::Open => {
                let committed = self.command("COMMIT");
                // After a lost connection nobody knows whether it was committed, so it must not run again by itself.
                let ending = if self.failure == Failure::Repeat { Ending::Repeat } else { Ending::Final };
                (committed, ending, self.whole())
            }
            State::Broken => (Err(Error::unavailable("the PostgreSQL connection was lost")), Ending::Final, None),
        }
    }

    /// A read has nothing to lose, so its end is not waited for: it goes out before what this connection does next.
    fn end_read(&mut self) {
        // What is polled once is on its way; a failure is the next statement's, too.
        let _ = self.connection.client.batch_execute("COMMIT").now_or_never();
        self.state = State::New;
    }

    pub(super) fn roll_back(mut self) -> (Ending, Option<Connection>) {
        let ending = match self.failure {
            Failure::Repeat | Failure::Connection => Ending::Repeat,
            Failure::Other => Ending::Final,
        };
        if self.state == State::Open {
            if self.failure == Failure::Repeat {
                // In case the cause is a statement that was prepared before a migration.
                self.connection.statements.clear();
            }
            if let Err(error) = self.command("ROLLBACK") {
                tracing::debug!(error = ?error, "A rollback failed; the connection is dropped, which rolls back too.");
            }
        }
        (ending, self.whole())
    }

    fn command(&mut self, text: &'static str) -> Result<()> {
        self.state = State::Broken;
        let Connection { runtime, client, .. } = &self.connection;
        let outcome = runtime.block_on(async { timeout(self.patience, client.batch_execute(text)).await });
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

    /// The connection, unless something may be left open on it.
    fn whole(self) -> Option<Connection> {
        (self.state == State::New).then_some(self.connection)
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

/// One statement with what it takes, and where its rows go.
pub(in super::super) struct Call<'a> {
    pub(in super::super) sql: Sql,
    pub(in super::super) text: Cow<'a, str>,
    pub(in super::super) params: Vec<Param<'a>>,
    pub(in super::super) each: &'a mut dyn FnMut(&Row) -> Result<()>,
}

impl<'a> Call<'a> {
    /// A statement with `{in}` or `{rows …}`, whose text is the same for any number of items.
    pub(in super::super) fn with_lists(
        sql: Sql,
        fixed: &'a [Arg],
        lists: Vec<Vec<&'a Arg>>,
        each: &'a mut dyn FnMut(&Row) -> Result<()>,
    ) -> Self {
        let params = fixed.iter().map(Param::One).chain(lists.into_iter().map(Param::List)).collect();
        Self { sql, text: sql.render(Engine::Postgres, fixed.len(), 1), params, each }
    }
}

async fn run(
    client: &Client,
    statements: &mut Statements,
    begin: Option<&str>,
    calls: Vec<Call<'_>>,
) -> Result<u64, (Sql, Fault)> {
    let first = calls.first().map(|call| call.sql);
    let mut prepared = Vec::with_capacity(calls.len());
    for call in calls {
        let statement = prepare(client, statements, &call).await.map_err(|fault| (call.sql, fault))?;
        prepared.push(answer(client, statement, call));
    }
    let begun = async {
        match begin {
            Some(begin) => client.batch_execute(begin).await,
            None => Ok(()),
        }
    };
    // Polled in this order, so that all are on their way before the first answer. Each takes its rows as they come: the
    // connection hands on the next answer when the one before has been taken.
    let (begun, answers) = futures::join!(begun, join_all(prepared));
    if let (Err(fault), Some(first)) = (begun, first) {
        return Err((first, fault.into()));
    }
    // After the first that failed, the others only say that the transaction has.
    answers.into_iter().sum()
}

async fn prepare(client: &Client, statements: &mut Statements, call: &Call<'_>) -> Result<Statement, Fault> {
    let statement = statements.prepared(client, &call.text).await?;
    if statement.params().len() != call.params.len() {
        let (wanted, given, name) = (statement.params().len(), call.params.len(), call.sql.name());
        return Err(Fault::Ours(Error::internal(format!("statement {name} takes {wanted} arguments, not {given}"))));
    }
    Ok(statement)
}

async fn answer(client: &Client, statement: Statement, call: Call<'_>) -> Result<u64, (Sql, Fault)> {
    let Call { sql, params, each, .. } = call;
    let rows = async {
        let rows = client.query_raw(&statement, params).await?;
        pin_mut!(rows);
        while let Some(row) = rows.try_next().await? {
            each(&Row::postgres(sql.name(), &row)).map_err(Fault::Ours)?;
        }
        Ok(rows.rows_affected().unwrap_or(0))
    };
    rows.await.map_err(|fault| (sql, fault))
}
