//! Threads that each own a connection and drive it themselves: what PostgreSQL answers wakes the thread that waits for it,
//! through no other.

use std::{collections::HashMap, sync::Arc, time::Duration};

use deadpool::managed::{Manager, Metrics, Object, Pool, RecycleError, RecycleResult};
use model::{Error, Result};
use tokio::{
    runtime::{Builder, Runtime},
    sync::{
        mpsc::{self, UnboundedReceiver, UnboundedSender},
        oneshot,
    },
    task::JoinHandle,
    time::timeout,
};
use tokio_postgres::{Client, Statement};

use super::{super::error, Target};

/// How long a connection may take to say goodbye.
const FAREWELL: Duration = Duration::from_secs(1);

/// Takes the connection, and gives it back unless it is of no more use.
type Job = Box<dyn FnOnce(Connection) -> Option<Connection> + Send>;

/// A connection on a thread of its own, which ends with it.
pub(super) struct Worker {
    jobs: UnboundedSender<Job>,
    client: Arc<Client>,
}

/// Makes workers for the pool.
pub(super) struct Workers {
    target: Target,
}

impl Workers {
    pub(super) fn new(target: Target) -> Self {
        Self { target }
    }
}

impl Manager for Workers {
    type Type = Worker;
    type Error = Error;

    async fn create(&self) -> Result<Worker> {
        let target = self.target.clone();
        let (jobs, waiting) = mpsc::unbounded_channel();
        let (opened, is_open) = oneshot::channel();
        let run = move || match Connection::open(&target) {
            Ok(connection) => {
                // Nobody may want it any more; then nobody sends jobs either.
                let _ = opened.send(Ok(connection.client.clone()));
                serve(connection, waiting);
            }
            Err(error) => drop(opened.send(Err(error))),
        };
        let thread = std::thread::Builder::new().name("db-postgres".to_owned());
        thread.spawn(run).map_err(|error| Error::unavailable(format!("start a database thread: {error}")))?;
        let client = is_open.await.map_err(|_| ended())??;
        tracing::debug!("A connection to PostgreSQL was opened.");
        Ok(Worker { jobs, client })
    }

    async fn recycle(&self, worker: &mut Worker, _: &Metrics) -> RecycleResult<Error> {
        if worker.client.is_closed() {
            return Err(RecycleError::message("the connection is closed"));
        }
        Ok(())
    }
}

/// Takes a worker of the pool to run `work`, which ends even when nobody waits for it any more.
pub(super) async fn run<T, F>(pool: &Pool<Workers>, work: F) -> Result<T>
where
    T: Send + 'static,
    F: FnOnce(Connection) -> (T, Option<Connection>) + Send + 'static,
{
    let worker = pool.get().await.map_err(error::pool)?;
    let jobs = worker.jobs.clone();
    let (answer, answered) = oneshot::channel();
    let job: Job = Box::new(move |connection| {
        let (outcome, connection) = work(connection);
        // First, so that whoever gets the answer finds this worker free again.
        match &connection {
            Some(_) => drop(worker),
            None => drop(Object::take(worker)),
        }
        // The caller may have gone; what was committed stays.
        let _ = answer.send(outcome);
        connection
    });
    jobs.send(job).map_err(|_| ended())?;
    answered.await.map_err(|_| ended())
}

fn serve(mut connection: Connection, mut jobs: UnboundedReceiver<Job>) {
    while let Some(job) = connection.runtime.block_on(jobs.recv()) {
        match job(connection) {
            Some(whole) => connection = whole,
            None => return,
        }
    }
    connection.close();
}

fn ended() -> Error {
    Error::unavailable("the database thread ended")
}

/// A connection, what drives it, and the statements that were prepared on it.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) runtime: Runtime,
    pub(super) client: Arc<Client>,
    pub(super) statements: Statements,
    driver: JoinHandle<()>,
}

impl Connection {
    fn open(target: &Target) -> Result<Self> {
        let failed = |error| Error::unavailable(format!("connect to PostgreSQL: {error}"));
        let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| failed(error.to_string()))?;
        let connected = runtime.block_on(target.connect());
        let (client, connection) = connected.map_err(|error| failed(error.to_string()).with_source(error))?;
        let driver = runtime.spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(error = %error, "A connection to PostgreSQL broke.");
            }
        });
        Ok(Self { runtime, client: Arc::new(client), statements: Statements::default(), driver })
    }

    fn close(self) {
        let Self { runtime, client, statements, driver } = self;
        drop((client, statements));
        // Whether it was said in time makes no difference to us.
        let _ = runtime.block_on(async { timeout(FAREWELL, driver).await });
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
