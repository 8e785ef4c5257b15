//! A connection that is driven by whoever holds it.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use futures::FutureExt;
use model::{Error, Result};
use tokio::{
    runtime::{Builder, Runtime},
    task::JoinHandle,
    time::timeout,
};
use tokio_postgres::{Client, Statement};

use super::Target;

/// How long a connection may take to say goodbye.
const FAREWELL: Duration = Duration::from_secs(1);

/// For how long PostgreSQL may keep its plans on a new connection.
const PLANS_KEPT_FIRST: Duration = Duration::from_secs(1);

/// The same at most: on an old one.
const PLANS_KEPT_MAX: Duration = Duration::from_secs(16);

/// A connection, what drives it, and the statements that were prepared on it.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) runtime: Runtime,
    pub(super) client: Arc<Client>,
    pub(super) statements: Statements,
    driver: JoinHandle<()>,
    plans: Plans,
}

impl Connection {
    pub(super) fn open(target: &Target) -> Result<Self> {
        let failed = |error| Error::unavailable(format!("connect to PostgreSQL: {error}"));
        let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| failed(error.to_string()))?;
        let connected = runtime.block_on(target.connect());
        let (client, connection) = connected.map_err(|error| failed(error.to_string()).with_source(error))?;
        let driver = runtime.spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(error = %error, "A connection to PostgreSQL broke.");
            }
        });
        let (statements, plans) = (Statements::default(), Plans::new());
        Ok(Self { runtime, client: Arc::new(client), statements, driver, plans })
    }

    /// Between two transactions: throws PostgreSQL's plans away when they are old. A plan from when a table was small reads all
    /// of it when it is large, which autovacuum notices after a minute or more.
    pub(super) fn renew_plans(&mut self) {
        if self.plans.renew_if_old() {
            // What is polled once is on its way, before what comes next. A failure is the next statement's, too.
            let _ = self.client.batch_execute("DISCARD PLANS").now_or_never();
        }
    }

    pub(super) fn close(self) {
        let Self { runtime, client, statements, driver, .. } = self;
        drop((client, statements));
        // Whether it was said in time makes no difference to us.
        let _ = runtime.block_on(async { timeout(FAREWELL, driver).await });
    }
}

/// Since when PostgreSQL has its plans, and for how long it keeps them: a young database grows fastest.
#[derive(Debug)]
struct Plans {
    since: Instant,
    kept: Duration,
}

impl Plans {
    fn new() -> Self {
        Self { since: Instant::now(), kept: PLANS_KEPT_FIRST }
    }

    /// Begins anew if they are too old, and tells so.
    fn renew_if_old(&mut self) -> bool {
        let are_old = self.since.elapsed() >= self.kept;
        if are_old {
            *self = Self { since: Instant::now(), kept: PLANS_KEPT_MAX.min(2 * self.kept) };
        }
        are_old
    }
}

/// Prepared statements by their text. None is forgotten by itself: ours are a few hundred.
#[derive(Debug, Default)]
pub(super) struct Statements {
    by_text: HashMap<Box<str>, Statement>,
}

impl Statements {
    pub(super) async fn prepared(&mut self, client: &Client, text: &str) -> Result<Statement, tokio_postgres::Error> {
        if let Some(statement) = self.by_text.get(text) {
            return Ok(statement.clone());
        }
        let statement = client.prepare(text).await?;
        self.by_text.insert(text.into(), statement.clone());
        Ok(statement)
    }

    pub(super) fn forget(&mut self, text: &str) {
        self.by_text.remove(text);
    }

    pub(super) fn clear(&mut self) {
        self.by_text.clear();
    }
}
