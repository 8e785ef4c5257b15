//! The checks by outside clients: Python programs under `checks/`, run against the real binary.
//!
//! Each starts and stops the servers that it needs (`checks/servers.py`) and ends with exit status 0 or 1.

use anyhow::Result;

use crate::install::{self, Need};
use crate::program::{self, Program};
use crate::report::Counts;
use crate::workbench::Workbench;

const CURL: Need = Need { what: "curl", packages: &["curl"] };

/// The official MCP client lists and calls our tools, over HTTP and over stdio.
pub fn mcp(bench: &Workbench) -> Result<Counts> {
    script(bench, "mcp/check_mcp.py")
}

/// aiogram, as it would talk to Telegram, talks to our sandbox.
pub fn aiogram(bench: &Workbench) -> Result<Counts> {
    script(bench, "aiogram/run.py")
}

/// The library of Standard Webhooks verifies what we post, through restarts.
pub fn webhooks(bench: &Workbench) -> Result<Counts> {
    script(bench, "webhooks/check_webhooks.py")
}

/// schemathesis holds the API to its own OpenAPI document.
pub fn schemathesis(bench: &Workbench) -> Result<Counts> {
    script(bench, "schemathesis/run.py")
}

/// The lines of the README, pasted into a shell beside the demo.
pub fn readme(bench: &Workbench) -> Result<Counts> {
    install::found_or_installed(&CURL, || Program::new("curl").arg("--version").works().then_some(()))?;
    script(bench, "readme/check_readme.py")
}

fn script(bench: &Workbench, path: &str) -> Result<Counts> {
    let check = Program::new(bench.python()?).arg(program::root().join("checks").join(path));
    let check = check.envs(&bench.test_environment()?).env("JINA_CONNECT_BIN", bench.binary()?);
    check.run().map(|()| Counts::ONE_PASSED)
}
