//! Connections: how they are opened and set up, and how a statement runs on one.

use std::{path::PathBuf, time::Duration};

use model::{Error, Result};
use rusqlite::{
    Connection, OpenFlags, ToSql,
    config::DbConfig,
    types::{ToSqlOutput, ValueRef},
};

use super::super::{Arg, Column, Row, error};

/// Distinct statements are a few hundred; a cached one costs a few kilobytes.
const STATEMENTS_MAX: usize = 512;

/// Opens connections to one file.
#[derive(Debug, Clone)]
pub(in super::super) struct Opener {
    path: PathBuf,
    lock_timeout: Duration,
}

impl Opener {
    pub(super) fn new(path: PathBuf, lock_timeout: Duration) -> Self {
        Self { path, lock_timeout }
    }

    pub(in super::super) fn path(&self) -> &std::path::Path {
        &self.path
    }

    /// Opens the file for writing and makes it when it is missing.
    pub(super) fn create(&self) -> Result<Connection> {
        if let Some(folder) = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)
                .map_err(|error| Error::unavailable(format!("create {}: {error}", folder.display())))?;
        }
        self.open(OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)
    }

    pub(in super::super) fn writer(&self) -> Result<Connection> {
        self.open(OpenFlags::SQLITE_OPEN_READ_WRITE)
    }

    /// A connection that reads. The file is opened for writing, because a reader may have to recover the WAL.
    pub(super) fn reader(&self) -> Result<Connection> {
        let connection = self.writer()?;
        self.set(&connection, "query_only", "on")?;
        self.set(&connection, "cache_size", "-4000")?;
        Ok(connection)
    }

    fn open(&self, flags: OpenFlags) -> Result<Connection> {
        let connection = Connection::open_with_flags(&self.path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
            .map_err(|error| error::sqlite(&format!("open {}", self.path.display()), error))?;
        connection.busy_timeout(self.lock_timeout).map_err(|error| error::sqlite("set busy_timeout", error))?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
        // A plan must not depend on what is bound: SQLite would compile a statement anew for each execution.
        connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
            .map_err(|error| error::sqlite("keep plans stable", error))?;
        for (name, value) in [
            ("journal_mode", "wal"),
            ("synchronous", "full"),
            ("foreign_keys", "on"),
            ("temp_store", "memory"),
            ("cache_size", "-16000"),
            // After a checkpoint the file is cut back to this, however large one transaction made it.
            ("journal_size_limit", "67108864"),
            // Commits would pay for it; the checkpoint thread does it instead.
            ("wal_autocheckpoint", "0"),
        ] {
            self.set(&connection, name, value)?;
        }
        Ok(connection)
    }

    fn set(&self, connection: &Connection, name: &str, value: &str) -> Result<()> {
        connection
            .pragma_update(None, name, value)
            .map_err(|error| error::sqlite(&format!("set {name} of {}", self.path.display()), error))
    }
}

/// Runs one statement, gives its rows to `each`, and tells how many rows it changed.
pub(in super::super) fn run(
    connection: &Connection,
    name: &'static str,
    text: &str,
    args: &[&Arg],
    each: &mut dyn FnMut(&Row) -> Result<()>,
) -> Result<u64> {
    let failed = |error| error::sqlite(&format!("statement {name}"), error);
    let mut statement = connection.prepare_cached(text).map_err(failed)?;
    if statement.parameter_count() != args.len() {
        let (wanted, given) = (statement.parameter_count(), args.len());
        return Err(Error::internal(format!("statement {name} takes {wanted} arguments, not {given}")));
    }
    for (index, arg) in args.iter().enumerate() {
        statement.raw_bind_parameter(index + 1, *arg).map_err(failed)?;
    }
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(failed)? {
        each(&Row::sqlite(name, row))?;
    }
    drop(rows);
    Ok(connection.changes())
}

/// Runs one of the layer's own commands, such as `COMMIT`.
pub(super) fn command(connection: &Connection, text: &str) -> Result<()> {
    let failed = |error| error::sqlite(text, error);
    connection.prepare_cached(text).map_err(failed)?.execute([]).map_err(failed)?;
    Ok(())
}

pub(in super::super) fn column<'a>(row: &'a rusqlite::Row<'_>, index: usize) -> Option<Column<'a>> {
    Some(match row.get_ref(index).ok()? {
        ValueRef::Null => Column::Null,
        ValueRef::Integer(value) => Column::Int(value),
        ValueRef::Real(value) => Column::Float(value),
        ValueRef::Text(value) => Column::Text(std::str::from_utf8(value).ok()?),
        ValueRef::Blob(value) => Column::Bytes(value),
    })
}

impl ToSql for Arg {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Arg::Null => ValueRef::Null,
            Arg::Int(value) => ValueRef::Integer(*value),
            Arg::Float(value) => ValueRef::Real(*value),
            Arg::Bool(value) => ValueRef::Integer((*value).into()),
            Arg::Text(value) => ValueRef::Text(value.as_bytes()),
            Arg::Bytes(value) => ValueRef::Blob(value),
        }))
    }
}
