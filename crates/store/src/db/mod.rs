//! The engine layer: one [`Db`] over SQLite or PostgreSQL, with synchronous transaction bodies.
//!
//! The only place that names a database driver. It knows nothing of tables: those belong to the modules beside it.
//! Why bodies are synchronous: `docs/decisions/0001-synchronous-transactions.md`.

mod arg;
mod check;
mod condition;
mod deferred;
mod error;
mod migrate;
mod notify;
mod options;
mod postgres;
mod round;
mod row;
mod sql;
mod sqlite;
mod tx;

use std::{fmt, path::Path, sync::Arc};

pub use arg::{Arg, listed};
pub use check::Plan;
pub use condition::{Condition, Piece};
use model::{Error, Result};
pub use notify::{Listener, Wake};
pub use options::{Engine, Options};
pub use postgres::commands as postgres_commands;
pub use round::Round;
pub use row::{Column, FromColumn, Row};
pub use sql::{Sql, numbered_for_sqlite};
pub use sqlite::ServeLock;
pub use tx::Tx;

/// A database; cheap to clone. Everything goes through [`Db::read`] and [`Db::write`].
#[derive(Clone)]
pub struct Db {
    backend: Backend,
}

#[derive(Clone)]
enum Backend {
    Sqlite(Arc<sqlite::Sqlite>),
    Postgres(Arc<postgres::Postgres>),
}

impl Db {
    /// Opens `sqlite:///path/to/file` (made when missing) or `postgres://…`. Migrations are a step of their own.
    pub async fn open(url: &str, options: Options) -> Result<Self> {
        let backend = if let Some(path) = url.strip_prefix("sqlite://") {
            Backend::Sqlite(Arc::new(sqlite::Sqlite::open(Path::new(path), options).await?))
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Backend::Postgres(Arc::new(postgres::Postgres::open(url, options).await?))
        } else {
            return Err(Error::invalid("The database URL must begin with sqlite:// or postgres://."));
        };
        Ok(Self { backend })
    }

    pub fn engine(&self) -> Engine {
        match &self.backend {
            Backend::Sqlite(_) => Engine::Sqlite,
            Backend::Postgres(_) => Engine::Postgres,
        }
    }

    /// Runs `body` in one transaction and answers after its commit.
    ///
    /// An error or a panic of the body, or a failed statement, rolls back all that it did. The body may run more than
    /// once (PostgreSQL: serialization failures, deadlocks, lost connections), so it must not keep state of its own.
    /// Dropping the returned future does not stop a body that has begun.
    pub async fn write<T, F>(&self, body: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx) -> Result<T> + Send + 'static,
    {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.write(body).await,
            Backend::Postgres(postgres) => postgres.write(body).await,
        }
    }

    /// Runs `body` on one consistent snapshot; it cannot write.
    pub async fn read<T, F>(&self, body: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx) -> Result<T> + Send + 'static,
    {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.read(body).await,
            Backend::Postgres(postgres) => postgres.read(body).await,
        }
    }

    /// Brings the schema up to date. Safe to call from several processes at the same time.
    pub async fn migrate(&self) -> Result<()> {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.migrate().await,
            Backend::Postgres(postgres) => postgres.migrate().await,
        }
    }

    /// Hears what [`Tx::notify`] says on `channel` in committed transactions: of every node on PostgreSQL, of this
    /// process on SQLite.
    pub fn listen(&self, channel: &'static str) -> Listener {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.listen(channel),
            Backend::Postgres(postgres) => postgres.listen(channel),
        }
    }

    /// Makes this process the only one that serves from the SQLite file, until the lock is dropped. Other processes can
    /// still read and write. PostgreSQL serves several nodes, so there it always succeeds.
    pub fn lock_for_serving(&self) -> Result<ServeLock> {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.lock_for_serving(),
            Backend::Postgres(_) => Ok(ServeLock::not_needed()),
        }
    }

    /// Copies a consistent snapshot to the new file `path` while work goes on. SQLite only.
    pub async fn backup_to(&self, path: &Path) -> Result<()> {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.backup_to(path).await,
            Backend::Postgres(_) => Err(Error::conflict(
                "backup_unsupported",
                "This installation runs on PostgreSQL: pg_dump --format=custom --file=FILE \"$DATABASE_URL\", or the tools of its provider.",
            )),
        }
    }

    /// Finishes what is queued and closes every connection. Later calls answer `Unavailable`.
    pub async fn close(&self) {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.close().await,
            Backend::Postgres(postgres) => postgres.close(),
        }
    }
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Db").field("engine", &self.engine()).finish_non_exhaustive()
    }
}
