//! The lock that makes one process the server of a SQLite file, on a file of its own beside it.

use std::{
    fs::{File, OpenOptions, TryLockError},
    path::Path,
};

use model::{Error, Result};

/// Held by the one serving process; the operating system frees it when the process ends, however it ends.
#[derive(Debug)]
pub struct ServeLock {
    _file: Option<File>,
}

impl ServeLock {
    pub(in super::super) fn not_needed() -> Self {
        Self { _file: None }
    }

    /// Takes the lock of the database at this path, which need not exist yet.
    pub fn take(database: &Path) -> Result<Self> {
        let path = database.with_file_name("serve.lock");
        let failed = |error| Error::unavailable(format!("lock {}: {error}", path.display()));
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: Some(file) }),
            Err(TryLockError::WouldBlock) => Err(Error::conflict(
                "already_serving",
                format!("Another process already serves from {}. Stop it first.", folder(database).display()),
            )),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}

fn folder(database: &Path) -> &Path {
    database.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
