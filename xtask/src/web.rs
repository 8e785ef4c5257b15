//! The web app's chores: packages, checks, the build that is embedded into the binary.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::program::{self, Program};

/// What npm and the build make; everything else under `web/` is a source.
const MADE: [&str; 4] = ["node_modules", "dist", "shots", "test-results"];

pub fn folder() -> PathBuf {
    program::root().join("web")
}

pub fn exists() -> bool {
    folder().join("package.json").exists()
}

pub fn npm(arguments: &[&str]) -> Program {
    Program::new("npm").args(arguments).folder(folder())
}

/// `npm ci`, unless the installed packages are those of the lock file.
pub fn install_packages() -> Result<()> {
    let lock = std::fs::read(folder().join("package-lock.json")).context("web/package-lock.json")?;
    let mut hasher = DefaultHasher::new();
    lock.hash(&mut hasher);
    unless_done("web-packages", "node_modules", hasher.finish(), || {
        npm(&["ci", "--no-audit", "--no-fund"]).run().context("npm can't install the web app's packages (Node 20)")
    })
}

/// Builds the app into `web/dist`, unless no source changed since the last time.
pub fn build() -> Result<()> {
    install_packages()?;
    let mut hasher = DefaultHasher::new();
    hash_sources(&folder(), &mut hasher)?;
    unless_done("web-build", "dist/index.html", hasher.finish(), || npm(&["run", "build"]).run())
}

/// Runs `work`, unless it was done for the same `hash` and what it made is still there.
fn unless_done(name: &str, made: &str, hash: u64, work: impl FnOnce() -> Result<()>) -> Result<()> {
    let stamp = program::target().join(format!("{name}.made-from"));
    let mark = format!("{hash:016x}");
    if folder().join(made).exists() && std::fs::read_to_string(&stamp).is_ok_and(|done| done == mark) {
        return Ok(());
    }
    work()?;
    std::fs::write(&stamp, mark).with_context(|| format!("can't write {}", stamp.display()))
}

fn hash_sources(folder: &Path, hasher: &mut DefaultHasher) -> Result<()> {
    let mut entries = std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name();
        if MADE.iter().any(|made| name == *made) {
            continue;
        }
        name.hash(hasher);
        if entry.file_type()?.is_dir() {
            hash_sources(&entry.path(), hasher)?;
        } else {
            std::fs::read(entry.path())?.hash(hasher);
        }
    }
    Ok(())
}
