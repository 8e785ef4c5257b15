//! The checks by outside clients: Python programs under `checks/`, run against the real binary.
//!
//! Each starts and stops the servers that it needs (`checks/servers.py`) and ends with exit status 0 or 1.

use anyhow::Result;

use crate::program::{self, Program};
use crate::report::Counts;
use crate::workbench::Workbench;

/// The official MCP client lists and calls our tools, over HTTP and over stdio.
pub fn mcp(bench: &Workbench) -> Result<Counts> {
    script(bench, "mcp/check_mcp.py")
}

/// aiogram, as it would talk to Telegram, talks to our sandbox.
pub fn aiogram(bench: &Workbench) -> Result<Counts> {
    script(bench, "aiogram/run.py")
}

/// schemathesis holds the API to its own OpenAPI document.
pub fn schemathesis(bench: &Workbench) -> Result<Counts> {
    script(bench, "schemathesis/run.py")
}

fn script(bench: &Workbench, path: &str) -> Result<Counts> {
    let check = Program::new(bench.python()?).arg(program::root().join("checks").join(path));
    let check = check.envs(&bench.test_environment()?).env("JINA_CONNECT_BIN", bench.binary()?);
    check.run().map(|()| Counts::ONE_PASSED)
}
