//! Migrations: forward only, the same names for both engines, run by refinery under a lock.

use std::fs::File;

use model::{Error, Result};
use refinery::{Migration, Runner};

use super::{Engine, sqlite::Opener};
use crate::migrations::MIGRATIONS;

/// Any number, the same in every version of this program.
const ADVISORY_LOCK: i64 = 0x4a69_6e61_4d69_6772;

pub(super) fn sqlite(opener: &Opener) -> Result<()> {
    let path = opener.path().with_file_name("migrate.lock");
    let lock = File::create(&path).and_then(|file| file.lock().map(|()| file));
    let _lock = lock.map_err(|error| Error::unavailable(format!("lock {}: {error}", path.display())))?;
    runner(Engine::Sqlite)?.run(&mut opener.writer()?).map(drop).map_err(failed)
}

pub(super) async fn postgres(client: &mut tokio_postgres::Client) -> Result<()> {
    let lock = format!("SELECT pg_advisory_lock({ADVISORY_LOCK})");
    client.batch_execute(&lock).await.map_err(|error| super::error::postgres("lock the migrations", error))?;
    // The lock ends with the session, so a failure frees it as well.
    runner(Engine::Postgres)?.run_async(client).await.map(drop).map_err(failed)
}

fn runner(engine: Engine) -> Result<Runner> {
    let migrations = MIGRATIONS.iter().map(|migration| {
        let text = match engine {
            Engine::Sqlite => migration.sqlite,
            Engine::Postgres => migration.postgres,
        };
        Migration::unapplied(migration.name, text).map_err(failed)
    });
    let migrations = migrations.collect::<Result<Vec<_>>>()?;
    // A node of the version before may start while a newer one has migrated already; migrations allow for that.
    Ok(Runner::new(&migrations).set_abort_missing(false))
}

fn failed(error: refinery::Error) -> Error {
    Error::internal(format!("migrate the database: {error}")).with_source(error)
}
