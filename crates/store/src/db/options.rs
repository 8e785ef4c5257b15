//! What can be set about a database. Every wait and every queue has a bound here.

use std::time::Duration;

/// Which database runs underneath.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

#[derive(Debug, Clone)]
pub struct Options {
    /// SQLite: threads that read, each with a connection.
    pub readers: usize,
    /// PostgreSQL: connections at most.
    pub pool_size: usize,
    /// SQLite: jobs that may wait for the writer, and as many again for the readers.
    pub queue_max: usize,
    /// How long a job waits for a place in a full queue, or for a pooled connection.
    pub queue_wait: Duration,
    /// PostgreSQL: how long one statement may run.
    pub statement_timeout: Duration,
    /// How long to wait for a lock that another transaction or process holds.
    pub lock_timeout: Duration,
    /// PostgreSQL: how long to wait for a new connection.
    pub connect_timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        let cpus = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            readers: cpus.clamp(2, 8),
            pool_size: (cpus * 4).clamp(16, 32),
            queue_max: 8_192,
            queue_wait: Duration::from_secs(2),
            statement_timeout: Duration::from_secs(30),
            lock_timeout: Duration::from_secs(5),
            connect_timeout: Duration::from_secs(5),
        }
    }
}
