//! Threads that each own a connection and drive it themselves: what PostgreSQL answers wakes the thread that waits for it,
//! through no other.

use std::sync::Arc;

use deadpool::managed::{Manager, Metrics, Object, Pool, RecycleError, RecycleResult};
use model::{Error, Result};
use tokio::sync::{
    mpsc::{self, UnboundedReceiver, UnboundedSender},
    oneshot,
};
use tokio_postgres::Client;

use super::{super::error, Target, connection::Connection};

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
            Some(whole) => {
                connection = whole;
                connection.renew_plans();
            }
            None => return,
        }
    }
    connection.close();
}

fn ended() -> Error {
    Error::unavailable("the database thread ended")
}
