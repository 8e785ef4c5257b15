//! PostgreSQL: a pool of threads that own a connection each; a transaction body runs on one of them.

mod connection;
mod listen;
mod plan;
mod session;
mod tls;
mod value;
mod worker;

use std::{sync::OnceLock, time::Duration};

use deadpool::{
    Runtime,
    managed::{Pool, QueueMode},
};
use model::{Error, Result};
pub(super) use session::{Call, Session};
use session::{Ending, Mode};
use tls::Tls;
use tokio::{runtime::Handle, time::sleep};
use tokio_postgres::{Client, Config, Connection, Socket};
pub(super) use value::{Param, column};
use worker::Workers;

use super::{Listener, Options, Tx, error, notify::Hub, tx};

/// How often a body runs before a conflict with other transactions becomes `Unavailable`.
const ATTEMPTS_MAX: u32 = 8;

pub(super) struct Postgres {
    target: Target,
    pool: Pool<Workers>,
    options: Options,
    runtime: Handle,
    hub: Hub,
    listening: OnceLock<listen::Task>,
}

impl Postgres {
    pub(super) async fn open(url: &str, options: Options) -> Result<Self> {
        let target = Target::new(url, &options)?;
        let pool = Pool::builder(Workers::new(target.clone()))
            .max_size(options.pool_size.max(1))
            .wait_timeout(Some(options.queue_wait))
            .create_timeout(Some(options.connect_timeout))
            .recycle_timeout(Some(options.connect_timeout))
            .runtime(Runtime::Tokio1)
            // The connection that was used last has all that it needs at hand.
            .queue_mode(QueueMode::Lifo)
            .build()
            .map_err(|error| Error::internal(format!("build the PostgreSQL pool: {error}")))?;
        // A wrong address should be told at the start, not at the first request.
        drop(pool.get().await.map_err(error::pool)?);
        let (runtime, hub) = (Handle::current(), Hub::default());
        Ok(Self { target, pool, options, runtime, hub, listening: OnceLock::new() })
    }

    pub(super) async fn write<T, F>(&self, body: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx) -> Result<T> + Send + 'static,
    {
        self.run(Mode::Write, body).await
    }

    pub(super) async fn read<T, F>(&self, body: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx) -> Result<T> + Send + 'static,
    {
        self.run(Mode::Read, body).await
    }

    async fn run<T, F>(&self, mode: Mode, mut body: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx) -> Result<T> + Send + 'static,
    {
        // The server ends a statement that runs too long; this is for a server that is gone without a word.
        let patience = self.options.statement_timeout + Duration::from_secs(5);
        let mut attempt = 1;
        loop {
            let work = move |connection| {
                let (outcome, ending, connection) = transact(Session::new(connection, mode, patience), &body);
                ((body, outcome, ending), connection)
            };
            let (returned, outcome, ending) = worker::run(&self.pool, work).await?;
            if ending == Ending::Final || outcome.is_ok() || attempt == ATTEMPTS_MAX {
                return outcome;
            }
            body = returned;
            sleep(Duration::from_millis(1 << attempt)).await;
            attempt += 1;
        }
    }

    pub(super) async fn migrate(&self) -> Result<()> {
        // On a connection of its own: the lock ends with it, and a long migration has no time limit.
        let mut target = self.target.clone();
        target.config.options("-c statement_timeout=0 -c lock_timeout=0");
        let (mut client, connection) =
            target.connect().await.map_err(|error| error::postgres("connect to migrate", error))?;
        let driver = tokio::spawn(connection);
        let outcome = super::migrate::postgres(&mut client).await;
        drop(client);
        driver.await.map_err(|error| Error::internal(format!("close the migration's connection: {error}")))?.ok();
        outcome
    }

    pub(super) fn listen(&self, channel: &'static str) -> Listener {
        let listener = self.hub.subscribe(channel);
        match self.listening.get() {
            Some(task) => task.channel_added(),
            None => {
                let start = || listen::Task::start(self.target.clone(), self.hub.clone(), &self.runtime);
                self.listening.get_or_init(start);
            }
        }
        listener
    }

    pub(super) fn close(&self) {
        self.pool.close();
        if let Some(task) = self.listening.get() {
            task.stop();
        }
    }
}

/// Runs commands that want no transaction around them, such as `CREATE DATABASE`, on a connection of their own.
pub async fn commands(url: &str, commands: &[String]) -> Result<()> {
    let failed = |fault| error::postgres("PostgreSQL command", fault);
    let (client, connection) = Target::new(url, &Options::default())?.connect().await.map_err(failed)?;
    let driver = tokio::spawn(connection);
    for command in commands {
        client.batch_execute(command).await.map_err(failed)?;
    }
    drop(client);
    driver.await.map_err(|fault| Error::internal(format!("close a connection: {fault}")))?.map_err(failed)
}

/// Runs a body in one transaction and ends it. The connection comes back unless it must not be used any more.
fn transact<T>(
    session: Session,
    body: &impl Fn(&mut Tx) -> Result<T>,
) -> (Result<T>, Ending, Option<connection::Connection>) {
    let mut tx = Tx::new(tx::Session::Postgres(session));
    let outcome = tx.attempt(body);
    let tx::Session::Postgres(session) = tx.into_session() else {
        return (Err(Error::internal("a session changed its engine")), Ending::Final, None);
    };
    match outcome {
        Ok(value) => {
            let (committed, ending, connection) = session.commit();
            (committed.map(|()| value), ending, connection)
        }
        Err(error) => {
            let (ending, connection) = session.roll_back();
            (Err(error), ending, connection)
        }
    }
}

/// Where the database is and how to talk to it.
#[derive(Clone)]
struct Target {
    config: Config,
    tls: Tls,
}

impl Target {
    fn new(url: &str, options: &Options) -> Result<Self> {
        let (url, root_cert) = tls::take_root_cert(url);
        let mut config = configure(&url, options)?;
        let tls = Tls::new(&mut config, root_cert.as_deref())?;
        Ok(Self { config, tls })
    }

    async fn connect(&self) -> Result<(Client, Connection<Socket, tls::Stream>), tokio_postgres::Error> {
        self.config.connect(self.tls.clone()).await
    }
}

fn configure(url: &str, options: &Options) -> Result<Config> {
    // The error's text stays out: it may quote the URL, which holds the password.
    let mut config: Config = url.parse().map_err(|_| {
        Error::invalid("The PostgreSQL URL is malformed. Write postgres://user:password@host:5432/database.")
    })?;
    let given = config.get_options().unwrap_or_default();
    // A transaction never waits for anything but its own statements. One that idles belongs to a process that was stopped,
    // and its locks must be free again before another node takes over.
    let settings = format!(
        "{given} -c statement_timeout={} -c lock_timeout={} -c idle_in_transaction_session_timeout=3000 -c TimeZone=UTC",
        options.statement_timeout.as_millis(),
        options.lock_timeout.as_millis(),
    );
    config.options(settings.trim()).connect_timeout(options.connect_timeout);
    if config.get_application_name().is_none() {
        config.application_name("jina-connect");
    }
    config.keepalives_idle(Duration::from_secs(15)).keepalives_interval(Duration::from_secs(5)).keepalives_retries(3);
    config.tcp_user_timeout(Duration::from_secs(15));
    Ok(config)
}
