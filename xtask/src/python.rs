//! The private Python of the checks: a virtual environment under `target/`, made anew when its requirements change.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::install::{self, Need};
use crate::program::{self, Program};

const VENV: Need = Need { what: "Python's venv module", packages: &["python3-venv"] };
/// Has a venv module that makes environments with pip, and is new enough for what the requirements pin.
const FIT: &str = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))";

/// The environment's Python, after making it where it is missing or out of date.
pub fn environment() -> Result<PathBuf> {
    let requirements = program::root().join("checks/requirements.txt");
    let wanted = std::fs::read_to_string(&requirements).context("checks/requirements.txt")?;
    let folder = program::target().join("checks-venv");
    let python = folder.join("bin/python");
    let base = install::found_or_installed(&VENV, base_python)?;
    let stamp = folder.join("made-from");
    let mark = mark(&wanted, base);
    if python.exists() && std::fs::read_to_string(&stamp).is_ok_and(|made| made == mark) {
        return Ok(python);
    }
    make(base, &folder, &requirements)?;
    std::fs::write(&stamp, mark).context("can't note what the environment was made from")?;
    Ok(python)
}

fn base_python() -> Option<&'static str> {
    ["python3.11", "python3"].into_iter().find(|name| Program::new(name).args(["-c", FIT]).works())
}

fn mark(requirements: &str, base: &str) -> String {
    let mut hasher = DefaultHasher::new();
    (requirements, base).hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

fn make(base: &str, folder: &Path, requirements: &Path) -> Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder).context("can't remove the old environment of the checks")?;
    }
    Program::new(base).args(["-m", "venv"]).arg(folder).run()?;
    let pip = Program::new(folder.join("bin/python"))
        .args(["-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-input", "--no-deps"])
        .arg("--requirement")
        .arg(requirements);
    if let Err(error) = pip.run() {
        bail!("the packages of checks/requirements.txt can't be installed from PyPI: {error:#}");
    }
    Ok(())
}
