//! `migrate`, `backup`, `restore`: care for the database.

use std::{
    fs,
    io::{ErrorKind, Read},
    path::Path,
};

use model::{Error, Result};
use serde_json::json;
use store::db::ServeLock;

use super::Context;
use crate::{output::Output, settings::Settings};

/// How a SQLite file begins.
const HEAD: &[u8; 16] = b"SQLite format 3\0";

/// Opening has brought the schema up to date already.
pub fn migrate(context: &Context) -> Result<()> {
    context.output.done(&json!({"migrated": true}), || vec!["The schema is up to date.".into()])
}

pub async fn backup(context: &Context, file: &Path) -> Result<()> {
    if file.exists() {
        let words = format!("{} exists already; a backup replaces nothing.", file.display());
        return Err(Error::conflict("file_exists", words));
    }
    context.app.db.backup_to(file).await?;
    context.output.done(&json!({"file": file.display().to_string()}), || {
        vec![
            format!("The database was copied to {}.", file.display()),
            format!("Keep the key files and media of {} with it.", context.settings.data_dir.display()),
        ]
    })
}

/// Puts a backup in the database's place. The file is copied aside and renamed, so that half of it never counts.
pub fn restore(settings: &Settings, file: &Path, force: bool, output: Output) -> Result<()> {
    let Some(path) = settings.database_url.strip_prefix("sqlite://").map(Path::new) else {
        return Err(Error::conflict(
            "restore_unsupported",
            "On PostgreSQL: pg_restore --clean --if-exists --dbname=\"$DATABASE_URL\" FILE, with all servers stopped.",
        ));
    };
    if path.exists() && !force {
        let words = format!("{} exists; --force replaces it by the backup.", path.display());
        return Err(Error::conflict("database_exists", words));
    }
    check(file)?;
    let _lock = ServeLock::take(path)?;
    replace(file, path).map_err(|e| Error::invalid(format!("{} could not be restored: {e}", file.display())))?;
    output.done(&json!({"file": path.display().to_string()}), || {
        vec![format!("{} now holds what {} held.", path.display(), file.display())]
    })
}

/// Whether a file is a database at all, by its first bytes.
fn check(file: &Path) -> Result<()> {
    let wrong = |what: String| Error::invalid(format!("{}: {what}", file.display()));
    let mut head = [0; HEAD.len()];
    fs::File::open(file).map_err(|e| wrong(e.to_string()))?.read_exact(&mut head).or_else(|e| match e.kind() {
        ErrorKind::UnexpectedEof => Ok(()),
        _ => Err(wrong(e.to_string())),
    })?;
    if head == *HEAD { Ok(()) } else { Err(wrong("this is no backup of ours".into())) }
}

fn replace(file: &Path, path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let aside = path.with_extension("restoring");
    fs::copy(file, &aside)?;
    fs::File::open(&aside)?.sync_all()?;
    for suffix in ["-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        match fs::remove_file(Path::new(&name)) {
            Err(e) if e.kind() != ErrorKind::NotFound => return Err(e),
            _ => {}
        }
    }
    fs::rename(&aside, path)
}
