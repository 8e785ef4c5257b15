//! Copies the database while it is in use.

use std::{ffi::OsString, fs::File, path::Path};

use model::{Error, Result};
use rusqlite::{
    Connection,
    backup::{Backup, StepResult},
};

use super::{super::error, connection::Opener};

/// Writes a snapshot to `target`, which must not exist. It stands there whole or not at all.
pub(super) fn run(opener: &Opener, target: &Path) -> Result<()> {
    if target.exists() {
        let message = format!("{} exists already. Name a new file.", target.display());
        return Err(Error::conflict("backup_exists", message));
    }
    let mut partial = OsString::from(target);
    partial.push(".partial");
    let partial = Path::new(&partial);
    let copied = copy(&opener.reader()?, partial).and_then(|()| publish(partial, target));
    if copied.is_err() && partial.exists() {
        std::fs::remove_file(partial).map_err(|error| io("remove", partial, error))?;
    }
    copied
}

fn copy(source: &Connection, partial: &Path) -> Result<()> {
    let failed = |error| error::sqlite("backup", error);
    let mut target = Connection::open(partial).map_err(failed)?;
    // All pages in one step, under one snapshot: in smaller steps each commit meanwhile would start it anew.
    let outcome = Backup::new(source, &mut target).and_then(|backup| backup.step(-1)).map_err(failed)?;
    if outcome != StepResult::Done {
        return Err(Error::unavailable("backup: the database is locked"));
    }
    target.close().map_err(|(_, error)| failed(error))
}

fn publish(partial: &Path, target: &Path) -> Result<()> {
    File::open(partial).and_then(|file| file.sync_all()).map_err(|error| io("flush", partial, error))?;
    std::fs::rename(partial, target).map_err(|error| io("rename", partial, error))
}

fn io(doing: &str, path: &Path, error: std::io::Error) -> Error {
    Error::unavailable(format!("backup: {doing} {}: {error}", path.display()))
}
