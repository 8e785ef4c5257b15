//! Installing what a step needs from Debian, when we may; else the one line to type.

use std::path::Path;
use std::sync::Once;

use anyhow::{Context, Result, bail};

use crate::program::Program;

/// Debian's packages for something a step can't do without.
#[derive(Debug)]
pub struct Need {
    /// What a person calls it.
    pub what: &'static str,
    pub packages: &'static [&'static str],
}

pub fn is_root() -> bool {
    Program::new("id").arg("-u").capture().is_ok_and(|id| id.trim() == "0")
}

/// Finds the thing by `find`, installing it first where it is missing and we may.
pub fn found_or_installed<T>(need: &Need, find: impl Fn() -> Option<T>) -> Result<T> {
    if let Some(found) = find() {
        return Ok(found);
    }
    install(need)?;
    find().with_context(|| format!("{} was installed but is not where it was looked for", need.what))
}

fn install(need: &Need) -> Result<()> {
    let packages = need.packages.join(" ");
    if !Path::new("/usr/bin/apt-get").exists() {
        bail!("{} is missing: install it (on Debian: sudo apt-get install {packages})", need.what);
    }
    if !is_root() {
        bail!("{} is missing, type: sudo apt-get install {packages}", need.what);
    }
    eprintln!("{} is missing: installing {packages}", need.what);
    refresh_package_lists();
    apt_get(&["install", "--yes", "--no-install-recommends"]).args(need.packages).run()
}

/// A failed update is no failure yet: the lists that are there may do, and if not, the install says what is missing.
fn refresh_package_lists() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if let Err(error) = apt_get(&["update"]).run() {
            eprintln!("{error:#}; going on with the package lists that are there");
        }
    });
}

fn apt_get(arguments: &[&str]) -> Program {
    Program::new("apt-get").arg("-qq").args(arguments).env("DEBIAN_FRONTEND", "noninteractive")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_not_installed() {
        let need = Need { what: "a thing that Debian does not have", packages: &["no-such-package"] };
        assert_eq!(found_or_installed(&need, || Some(1)).unwrap(), 1);
    }
}
