//! Driver errors as `model::Error`: what passes is `Unavailable`, a broken uniqueness is `Conflict`, the rest is ours.

use deadpool::managed::PoolError;
use model::Error;
use rusqlite::ErrorCode;
use tokio_postgres::error::SqlState;

/// A uniqueness that was broken. Use cases that expect it ask first or say `ON CONFLICT`.
fn conflict(context: String) -> Error {
    Error::conflict("already_exists", "There is already one like this.").with_context(context)
}

pub(super) fn sqlite(doing: &str, error: rusqlite::Error) -> Error {
    let context = format!("{doing}: {error}");
    let Some(code) = error.sqlite_error() else { return Error::internal(context).with_source(error) };
    match (code.code, code.extended_code) {
        (_, rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE | rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY) => conflict(context),
        (code, _) if passes(code) => Error::unavailable(context),
        _ => Error::internal(context),
    }
    .with_source(error)
}

/// Whether the trouble lies in the disk or in another process, so that it can pass.
fn passes(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::DiskFull
            | ErrorCode::SystemIoFailure
            | ErrorCode::ReadOnly
            | ErrorCode::CannotOpen
            | ErrorCode::OutOfMemory
            | ErrorCode::FileLockingProtocolFailed
    )
}

/// What a failed PostgreSQL statement means for the transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// Another transaction was in the way, or a cached plan is out of date: the same again may succeed.
    Repeat,
    /// The connection is gone.
    Connection,
    Other,
}

pub(super) fn postgres_failure(error: &tokio_postgres::Error) -> Failure {
    let Some(code) = error.code() else {
        return if error.is_closed() || is_io(error) { Failure::Connection } else { Failure::Other };
    };
    match *code {
        SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => Failure::Repeat,
        // A migration changed a table under a prepared statement.
        SqlState::FEATURE_NOT_SUPPORTED | SqlState::INVALID_SQL_STATEMENT_NAME => Failure::Repeat,
        SqlState::ADMIN_SHUTDOWN | SqlState::CRASH_SHUTDOWN | SqlState::CANNOT_CONNECT_NOW => Failure::Connection,
        _ if code.code().starts_with("08") => Failure::Connection,
        _ => Failure::Other,
    }
}

fn is_io(error: &tokio_postgres::Error) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.is::<std::io::Error>())
}

pub(super) fn postgres(doing: &str, error: tokio_postgres::Error) -> Error {
    let failure = postgres_failure(&error);
    let Some(cause) = error.as_db_error() else {
        let context = format!("{doing}: {error}");
        return match failure {
            Failure::Connection => Error::unavailable(context),
            _ => Error::internal(context),
        }
        .with_source(error);
    };
    let constraint = cause.constraint().map(|name| format!(" ({name})")).unwrap_or_default();
    let context = format!("{doing}: {} {}{constraint}", cause.code().code(), cause.message());
    if *cause.code() == SqlState::UNIQUE_VIOLATION {
        conflict(context)
    } else if failure == Failure::Connection || passes_on_postgres(cause.code()) {
        Error::unavailable(context)
    } else {
        Error::internal(context)
    }
    .with_source(error)
}

fn passes_on_postgres(code: &SqlState) -> bool {
    // 40: in each other's way, too often. 53: out of disk, memory or connections. 58: trouble of its operating system.
    // 25006: a stand-by after a switch.
    let code = code.code();
    ["40", "53", "58"].iter().any(|class| code.starts_with(class))
        || ["55P03", "57014", "57P05", "25006"].contains(&code)
}

pub(super) fn pool(error: PoolError<Error>) -> Error {
    match error {
        // Whatever keeps us from connecting, the operator can mend it while we run.
        PoolError::Backend(error) => error,
        error => Error::unavailable(format!("take a PostgreSQL connection: {error}")).with_source(error),
    }
}
