//! The web app's own checks, and those of the whole in a browser.

use std::path::PathBuf;

use anyhow::Result;

use crate::install::{self, Need};
use crate::report::Counts;
use crate::web;
use crate::workbench::Workbench;

const BROWSER: Need = Need { what: "Chromium", packages: &["chromium"] };

/// Types, lints and unit tests (`npm run check`), then the build that the binary embeds.
pub fn check_and_build() -> Result<Counts> {
    if !web::exists() {
        return Ok(Counts::default());
    }
    web::install_packages()?;
    let mut counts = Counts::of(web::npm(&["run", "check"]).run().is_ok());
    counts += Counts::of(web::build().is_ok());
    Ok(counts)
}

/// `npm run e2e`, with the browser in `CHROMIUM` and the product in `JINA_CONNECT_BIN`.
pub fn end_to_end(bench: &Workbench) -> Result<Counts> {
    if !web::exists() {
        return Ok(Counts::default());
    }
    let browser = install::found_or_installed(&BROWSER, browser)?;
    web::install_packages()?;
    let run = web::npm(&["run", "e2e"]).env("CHROMIUM", browser).env("JINA_CONNECT_BIN", bench.binary()?);
    run.run().map(|()| Counts::ONE_PASSED)
}

fn browser() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome"];
    std::env::split_paths(&path).flat_map(|folder| names.map(|name| folder.join(name))).find(|program| program.exists())
}
